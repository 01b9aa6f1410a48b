"""What the topics of Kafka held and was never taken in: `stream.lost`."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PART = "0005_lost.sql"


def upgrade() -> None:
    """Make everything, in the transaction of the migration."""
    # The driver itself takes a file of many statements, and leaves percent signs alone.
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise NotImplementedError("these tables cannot be written out as SQL")
    driver.execute(Path(__file__).with_name(_PART).read_bytes())


def downgrade() -> None:
    """There is no way back: what was taken in would be forgotten."""
    raise NotImplementedError
