"""Who may come in and who sees what: the schemas `access` and `seen`, and row-level security on all the rest."""

from services.store.migrations.statements import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make everything, in the transaction of the migration."""
    run(
        "0002_access.sql",
        "0002_columns.sql",
        "0002_visible.sql",
        "0002_asking.sql",
        "0002_seen.sql",
        "0002_policies.sql",
    )


def downgrade() -> None:
    """There is no way back: what was seen by nobody would be seen by all."""
    raise NotImplementedError
