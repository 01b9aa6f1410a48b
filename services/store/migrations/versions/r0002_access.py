"""Who may come in and who sees what: the schemas `access` and `seen`, and row-level security on all the rest."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PARTS = (
    "0002_access.sql",
    "0002_columns.sql",
    "0002_visible.sql",
    "0002_asking.sql",
    "0002_seen.sql",
    "0002_policies.sql",
)


def upgrade() -> None:
    """Make everything, in the transaction of the migration."""
    # The driver itself takes a file of many statements, and leaves percent signs alone.
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise NotImplementedError("these tables cannot be written out as SQL")
    for part in _PARTS:
        driver.execute(Path(__file__).with_name(part).read_bytes())


def downgrade() -> None:
    """There is no way back: what was seen by nobody would be seen by all."""
    raise NotImplementedError
