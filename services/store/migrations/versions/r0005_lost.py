"""What the topics of Kafka held and was never taken in: `stream.lost`."""

from services.store.migrations.statements import run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make everything, in the transaction of the migration."""
    run("0005_lost.sql")


def downgrade() -> None:
    """There is no way back: what was taken in would be forgotten."""
    raise NotImplementedError
