"""The first tables: log, state and figures, the views of the boards, and the roles."""

from services.store.migrations.statements import run

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make everything, in the transaction of the migration."""
    run("0001_tables.sql", "0001_views.sql", "0001_roles.sql")


def downgrade() -> None:
    """There is no way back from the first tables: they hold the log."""
    raise NotImplementedError
