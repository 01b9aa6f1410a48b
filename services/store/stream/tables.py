"""The tables of schema `stream`, beside those of `services.store.tables`; a test holds them against the migrations."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from services.store.tables import metadata

_SCHEMA = "stream"


def _topic_no() -> Column[int]:
    return Column("topic_no", Integer, ForeignKey("stream.topic.no"), primary_key=True)


def _of_record() -> list[Column[int]]:
    return [
        _topic_no(),
        Column("partition", Integer, primary_key=True),
        Column("offset", BigInteger, primary_key=True, autoincrement=False),
    ]


topic = Table(
    "topic",
    metadata,
    Column("no", Integer, Identity(always=True), primary_key=True),
    Column("name", Text(collation="C"), nullable=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True), nullable=True),
    Index("topic_name", "name", unique=True, postgresql_where=text("retired_at IS NULL")),
    schema=_SCHEMA,
)
applied_record = Table(
    "applied_record",
    metadata,
    *_of_record(),
    *(Column(name, Integer, nullable=False) for name in ("events", "new", "duplicate", "rejected")),
    CheckConstraint("", name="applied_record_sum"),
    schema=_SCHEMA,
)
checked = Table(
    "checked",
    metadata,
    _topic_no(),
    Column("partition", Integer, primary_key=True),
    Column("up_to", BigInteger, nullable=False),
    schema=_SCHEMA,
)
dead_letter = Table(
    "dead_letter",
    metadata,
    *_of_record(),
    Column("nr", Integer, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=True),
    Column("replayed_at", DateTime(timezone=True), nullable=True),
    Index("dead_letter_unsent", "noted_at", postgresql_where=text("sent_at IS NULL")),
    schema=_SCHEMA,
)
lost = Table(
    "lost",
    metadata,
    _topic_no(),
    Column("partition", Integer, primary_key=True),
    Column("from", BigInteger, primary_key=True, autoincrement=False),
    Column("to", BigInteger, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("", name="lost_span"),
    schema=_SCHEMA,
)
