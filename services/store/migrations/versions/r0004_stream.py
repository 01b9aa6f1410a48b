"""How far the topics of Kafka have been taken in: the schema `stream`."""

from services.store.migrations.statements import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make everything, in the transaction of the migration."""
    run("0004_stream.sql")


def downgrade() -> None:
    """There is no way back: what was taken in would be forgotten."""
    raise NotImplementedError
