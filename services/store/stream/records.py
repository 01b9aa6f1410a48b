"""Records of a topic into the log, in ONE transaction: their events, what is refused, and that they were here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from services.store import rejections
from services.store.apply import apply
from services.store.batches import Applied, Decoded, Outcome, Refused
from services.store.connections import Connection, Database, columns
from services.store.store import Store

_KNOWN = b"""
SELECT r.topic_no, r.partition, r."offset" FROM unnest(%s::int[], %s::int[], %s::bigint[]) AS k (topic_no, partition, o)
JOIN stream.applied_record r ON r.topic_no = k.topic_no AND r.partition = k.partition AND r."offset" = k.o"""
# A record that comes again changes nothing: what it was the first time stands. In order of the key, as everywhere.
_APPLIED = b"""
INSERT INTO stream.applied_record (topic_no, partition, "offset", events, new, duplicate, rejected)
SELECT * FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::int[], %s::int[], %s::int[], %s::int[])
ON CONFLICT DO NOTHING"""
_DEAD = b"""
INSERT INTO stream.dead_letter (topic_no, partition, "offset", nr, digest)
SELECT * FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::int[], %s::bytea[])
ON CONFLICT DO NOTHING"""

Item: TypeAlias = "Decoded | Refused"


class RecordKey(NamedTuple):
    """Which record: the number of its topic (`topics.numbered`), its partition, its offset."""

    topic_no: int
    partition: int
    offset: int


class Place(NamedTuple):
    """Where an event went: the topic by its id in Kafka, partition, offset, and its number in the record, from 0."""

    topic_id: str
    partition: int
    offset: int
    nr: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was read: each of its events, understood or refused, in their order."""

    key: RecordKey
    items: Sequence[Item]


def applied_among(database: Database, keys: Iterable[RecordKey]) -> set[RecordKey]:
    """Those of the records that are in the log already."""
    with database.transaction() as connection:
        return {RecordKey(*row) for row in connection.execute(_KNOWN, columns(keys, 3))}


def apply_records(store: Store, records: Sequence[Record]) -> Applied:
    """Apply the events of records, keep what is refused of them, and note each record as applied: all or nothing.

    The same records again change nothing. Raises DatabaseUnavailable (retriable).
    """
    understood = [(r.key, nr, item) for r in records for nr, item in enumerate(r.items) if isinstance(item, Decoded)]
    refused = [(r.key, nr, item) for r in records for nr, item in enumerate(r.items) if isinstance(item, Refused)]

    def note(connection: Connection, outcomes: Sequence[Outcome]) -> None:
        went = [(key, nr, item.raw, outcome) for (key, nr, item), outcome in zip(understood, outcomes, strict=True)]
        became = Counter((key, outcome) for key, _, _, outcome in went)
        wrong = Counter(key for key, _, _ in refused)
        rows = sorted(_row(record, became, wrong[record.key]) for record in records)
        connection.execute(_APPLIED, columns(rows, 7))
        dead = [(*key, nr, rejections.digest_of(item.raw)) for key, nr, item in refused]
        dead += [(*key, nr, rejections.digest_of(raw)) for key, nr, raw, how in went if how is Outcome.CONFLICT]
        if dead:
            connection.execute(_DEAD, columns(sorted(dead), 5))

    return apply(
        store.database,
        store.names,
        [item for _, _, item in understood],
        [item for _, _, item in refused],
        beside=note,
    )


def _row(record: Record, became: Counter[tuple[RecordKey, Outcome]], refused: int) -> tuple[int, ...]:
    key = record.key
    new = became[key, Outcome.NEW] + became[key, Outcome.WAITING]
    return *key, len(record.items), new, became[key, Outcome.DUPLICATE], refused + became[key, Outcome.CONFLICT]
