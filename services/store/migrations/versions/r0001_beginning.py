"""The first tables: log, state and figures, the views of the boards, and the roles."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_PARTS = ("0001_tables.sql", "0001_views.sql", "0001_roles.sql")


def upgrade() -> None:
    """Make everything, in the transaction of the migration."""
    # The driver itself takes a file of many statements, and leaves percent signs alone.
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise NotImplementedError("the first tables cannot be written out as SQL")
    for part in _PARTS:
        driver.execute(Path(__file__).with_name(part).read_bytes())


def downgrade() -> None:
    """There is no way back from the first tables: they hold the log."""
    raise NotImplementedError
