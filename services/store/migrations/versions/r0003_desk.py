"""Sheets that were handed in: the schema `desk`, each organisation by itself."""

from services.store.migrations.statements import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make everything, in the transaction of the migration."""
    run("0003_desk.sql")


def downgrade() -> None:
    """There is no way back: what waits for a yes would be lost."""
    raise NotImplementedError
