"""Every table, in words for programs. The migrations make them; a test holds the two against each other.

    log       what was said, for ever: nothing here is changed or deleted by `bygspor_apply`
    state     what follows from it: thrown away and recomputed by `rebuild` at will
    figures   what is computed of the state on a date
    board     views for those who look (made by the migrations only)

Ids are compared byte by byte (collation C), so PostgreSQL sorts them as Python does.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()


def _id(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Text(collation="C"), nullable=nullable)


def _some(kind: type, *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=True) for name in names]


def _interned(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("no", Integer, Identity(), primary_key=True),
        Column("name", Text(collation="C"), nullable=False, unique=True),
        schema="log",
    )


source = _interned("source")
source.append_column(
    Column("organisation", Text(collation="C"), Computed(text("split_part(name, ':', 3)"), persisted=True))
)
Index("source_by_organisation", source.c.organisation)
event_type = _interned("event_type")
subject = _interned("subject")
# Locking a row asks for the right to update some column of it. This is that column; nobody ever writes it.
subject.append_column(Column("lock", Boolean, nullable=True))

batch_no = Sequence("batch_no", metadata=metadata, schema="log")

event = Table(
    "event",
    metadata,
    Column("batch", BigInteger, nullable=False),
    Column("nr", Integer, nullable=False),
    Column("source_no", Integer, nullable=False),
    _id("id"),
    Column("subject_no", Integer, nullable=False),
    Column("unit_hash", BigInteger, nullable=True),
    Column("type_no", SmallInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _id("on_behalf_of", nullable=True),
    PrimaryKeyConstraint("source_no", "id", name="event_pkey"),
    Index("event_by_unit", "subject_no", "unit_hash"),
    Index("event_on_behalf", "on_behalf_of", postgresql_where=text("on_behalf_of IS NOT NULL")),
    schema="log",
)

applied_batch = Table(
    "applied_batch",
    metadata,
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False, unique=True),
    Column("events", Integer, nullable=False),
    Column("known_at", DateTime(timezone=True), nullable=False),
    schema="log",
)

rejected = Table(
    "rejected",
    metadata,
    Column("no", BigInteger, Identity(), primary_key=True),
    Column("origin", Text(collation="C"), nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("faults", JSONB, nullable=False),
    Column("times", Integer, nullable=False),
    Column("resolved_at", DateTime(timezone=True), nullable=True),
    _id("resolved_source", nullable=True),
    _id("resolved_id", nullable=True),
    _id("organisation", nullable=True),
    UniqueConstraint("digest", name="rejected_once"),
    Index("rejected_by_organisation", "organisation"),
    schema="log",
)

speaker = Table(
    "speaker",
    metadata,
    Column("subject_no", Integer, nullable=False),
    Column("source_no", Integer, nullable=False),
    PrimaryKeyConstraint("subject_no", "source_no", name="speaker_pkey"),
    schema="state",
)

amendment = Table(
    "amendment",
    metadata,
    Column("source_no", Integer, nullable=False),
    _id("id"),
    Column("subject_no", Integer, nullable=False),
    Column("target_source_no", Integer, nullable=False),
    _id("target_id"),
    Column("withdraws", Boolean, nullable=False),
    Column("standing", Text, nullable=False),
    PrimaryKeyConstraint("source_no", "id", name="amendment_pkey"),
    Index("amendment_by_target", "target_source_no", "target_id"),
    Index("amendment_not_held", "subject_no", postgresql_where=text("standing <> 'holds'")),
    schema="state",
)

amended = Table(
    "amended",
    metadata,
    Column("source_no", Integer, nullable=False),
    _id("id"),
    Column("subject_no", Integer, nullable=False),
    Column("unit_hash", BigInteger, nullable=True),
    Column("by_source_no", Integer, nullable=True),
    _id("by_id", nullable=True),
    PrimaryKeyConstraint("source_no", "id", name="amended_pkey"),
    Index("amended_by_unit", "subject_no", "unit_hash"),
    schema="state",
)

waiting = Table(
    "waiting",
    metadata,
    Column("source_no", Integer, nullable=False),
    _id("id"),
    Column("subject_no", Integer, nullable=False),
    PrimaryKeyConstraint("source_no", "id", name="waiting_pkey"),
    schema="state",
)

edition = Table(
    "edition",
    metadata,
    Column("one", Boolean, primary_key=True),
    Column("name", Text, nullable=False),
    schema="state",
)

dirty_tender = Table(
    "dirty_tender",
    metadata,
    Column("subject_no", Integer, primary_key=True, autoincrement=False),
    Column("since_position", BigInteger, nullable=False),
    schema="state",
)


def _state(name: str, *columns: Column[Any], indexes: tuple[Index, ...] = ()) -> Table:
    return Table(
        name,
        metadata,
        Column("subject_no", Integer, nullable=False),
        Column("unit_hash", BigInteger, nullable=False),
        *columns,
        Index(f"{name}_by_unit", "subject_no", "unit_hash"),
        *indexes,
        schema="state",
    )


def _doc() -> Column[Any]:
    return Column("doc", JSONB, nullable=False)


def _hours(name: str, of: str) -> Table:
    return _state(
        name,
        _id(of),
        Column("from_on", Date, nullable=False),
        Column("to_on", Date, nullable=False),
        Column("hours", Numeric, nullable=False),
        Column("school_hours", Numeric, nullable=False),
        Column("holds", Boolean, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("source_no", Integer, nullable=False),
        _id("id"),
    )


_state(
    "tender",
    *_some(Text, "title", "client", "secretariat"),
    Column("municipality", Integer, nullable=True),
    *_some(Text, "linking_circle", "project", "area", "contract_kind", "route"),
    Column("published_on", Date, nullable=True),
    Column("contract_sum_dkk", BigInteger, nullable=True),
    *_some(Date, "starts_on", "handover_on", "closed_on"),
    Column("parties", JSONB, nullable=False),
)
_state(
    "placement",
    _id("placement"),
    _id("person", nullable=True),
    *_some(Text, "kind", "contractor", "contract"),
    *_some(Date, "planned_start", "started_on", "planned_end", "ended_on"),
    Column("not_started", Boolean, nullable=False),
    _doc(),
    Column("contractors", ARRAY(Text), nullable=False),
    Column("job_centres", ARRAY(Text), nullable=False),
    _id("referred_by", nullable=True),
    indexes=(
        Index("placement_by_person", "person"),
        Index("placement_by_referrer", "subject_no", "referred_by", postgresql_where=text("referred_by IS NOT NULL")),
    ),
)
_hours("hours", "placement")
_hours("site_hours", "contractor")
_state(
    "placement_match",
    _id("one"),
    _id("other"),
    Column("same", Boolean, nullable=False),
    Column("decided_on", Date, nullable=False),
)
_state("opening", _id("opening"), *_some(Text, "contractor", "kind", "trade"), _doc())
_state("meeting", _id("meeting"), *_some(Date, "planned_on", "held_on", "cancelled_on", "approved_on"), _doc())
_state("action", _id("action"), *_some(Text, "owner_organisation"), *_some(Date, "due_on", "closed_on"), _doc())
_state(
    "candidate",
    _id("candidate"),
    _id("person", nullable=True),
    _id("linking_circle", nullable=True),
    Column("tenders", ARRAY(Text), nullable=False),
    _doc(),
    Column("told_by", ARRAY(Text), nullable=False),
    Column("presented", ARRAY(Text), nullable=False),
    Column("consents", JSONB, nullable=False),
    indexes=(Index("candidate_by_tender", "tenders", postgresql_using="gin"),),
)
_state(
    "person_link",
    _id("person"),
    _id("root"),
    indexes=(Index("person_link_by_person", "subject_no", "person"),),
)
_state("area_indicator", *_some(Text, "indicator"), *_some(Integer, "year"), *_some(Numeric, "value"), _doc())

figure = Table(
    "figure",
    metadata,
    Column("subject_no", Integer, nullable=False),
    _id("target"),
    Column("on_date", Date, nullable=False),
    Column("computed_at_position", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    *(Column(name, Numeric, nullable=False) for name in ("agreed", "waived", "required")),
    *_some(Numeric, "delivered", "expected", "forecast"),
    Column("last_date", Date, nullable=True),
    _doc(),
    PrimaryKeyConstraint("subject_no", "target", "on_date", name="figure_pkey"),
    schema="figures",
)

finding = Table(
    "finding",
    metadata,
    Column("subject_no", Integer, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    _id("about"),
    Column("must_act", Text, nullable=False),
    Column("must_act_organisation", Text, nullable=True),
    Column("since", Date, nullable=True),
    Column("da", Text, nullable=False),
    Column("en", Text, nullable=False),
    _doc(),
    Column("scope", Text, nullable=False),
    PrimaryKeyConstraint("subject_no", "code", "about", name="finding_pkey"),
    schema="figures",
)
