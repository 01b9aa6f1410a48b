"""Dead letters: events that a topic brought and that ended among the rejected, and what was done about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from schemas.faults import Fault
from services.store import rejections
from services.store.batches import Decoded, Refused
from services.store.connections import Database, columns
from services.store.rejections import Rejection
from services.store.stream.records import Item

# A line that came again has several letters: it is shown where it stood last.
_LIST = b"""
SELECT * FROM (
    SELECT DISTINCT ON (j.no) j.no, t.name, d.partition, d."offset", d.nr, d.noted_at, d.sent_at, d.replayed_at,
        j.organisation, j.origin, j.line, j.received_at, j.payload, j.faults, j.times, j.resolved_at
    FROM stream.dead_letter d JOIN stream.topic t ON t.no = d.topic_no JOIN log.rejected j ON j.digest = d.digest
    WHERE (%(resolved_too)s OR j.resolved_at IS NULL) AND (%(numbers)s::bigint[] IS NULL OR j.no = ANY(%(numbers)s))
    ORDER BY j.no, d.noted_at DESC, d."offset" DESC
) AS letters ORDER BY no DESC LIMIT %(limit)s"""
_COUNT = b"""
SELECT count(DISTINCT j.no) FROM stream.dead_letter d JOIN log.rejected j ON j.digest = d.digest
WHERE %s OR j.resolved_at IS NULL"""
_UNSENT = b"""
SELECT d.topic_no, d.partition, d."offset", d.nr, t.name, d.noted_at, j.organisation, j.payload, j.faults
FROM stream.dead_letter d JOIN stream.topic t ON t.no = d.topic_no LEFT JOIN log.rejected j ON j.digest = d.digest
WHERE d.sent_at IS NULL ORDER BY d.noted_at LIMIT %s"""
_COUNT_UNSENT = b"SELECT count(*) FROM stream.dead_letter WHERE sent_at IS NULL"
_SENT = b"""
UPDATE stream.dead_letter d SET sent_at = now()
FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::int[]) AS k (topic_no, partition, o, nr)
WHERE d.topic_no = k.topic_no AND d.partition = k.partition AND d."offset" = k.o AND d.nr = k.nr"""
_REPLAYED = b"""
UPDATE stream.dead_letter d SET replayed_at = now() FROM log.rejected j
WHERE j.no = ANY(%s) AND d.digest = j.digest"""
_UNRESOLVED = b"SELECT digest, no FROM log.rejected WHERE digest = ANY(%s) AND resolved_at IS NULL"


class LetterKey(NamedTuple):
    """Which event: the number of its topic, partition, offset, and its place in the record."""

    topic_no: int
    partition: int
    offset: int
    nr: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A rejected line that a topic brought, where it stood when it came last, and what is wrong with it."""

    topic: str
    partition: int
    offset: int
    nr: int
    noted_at: datetime
    sent_at: datetime | None
    replayed_at: datetime | None
    organisation: str | None
    rejection: Rejection

    @property
    def place(self) -> str:
        """Where it stood, as a dead letter's key tells it."""
        return f"{self.topic}/{self.partition}/{self.offset}/{self.nr}"


@dataclass(frozen=True, slots=True)
class Unsent:
    """A letter that the topic of dead letters does not have yet."""

    key: LetterKey
    topic: str
    noted_at: datetime
    organisation: str | None
    payload: bytes
    faults: tuple[Fault, ...]


def letters(
    database: Database, *, numbers: Sequence[int] | None = None, resolved_too: bool = False, limit: int | None = None
) -> list[Letter]:
    """Dead letters, the latest first: those that need somebody, or those of the rejected lines that are named."""
    asked = {"numbers": None if numbers is None else list(numbers), "resolved_too": resolved_too, "limit": limit}
    with database.transaction() as connection:
        return [_letter(*row) for row in connection.execute(_LIST, asked)]


def places(database: Database, numbers: Sequence[int]) -> dict[int, str]:
    """Where rejected lines stood that a topic brought, by their numbers."""
    return {one.rejection.no: one.place for one in letters(database, numbers=numbers, resolved_too=True)}


def count(database: Database, *, resolved_too: bool = False) -> int:
    """How many rejected lines topics brought."""
    with database.transaction() as connection:
        return int(connection.execute(_COUNT, [resolved_too]).fetchall()[0][0])


def count_unsent(database: Database) -> int:
    """How many letters the topic of dead letters does not have yet."""
    with database.transaction() as connection:
        return int(connection.execute(_COUNT_UNSENT).fetchall()[0][0])


def unsent(database: Database, limit: int) -> list[Unsent]:
    """The oldest letters that the topic of dead letters does not have yet."""
    with database.transaction() as connection:
        return [_unsent(*row) for row in connection.execute(_UNSENT, [limit])]


def mark_sent(database: Database, keys: Iterable[LetterKey]) -> None:
    """The topic of dead letters has acknowledged these."""
    with database.transaction() as connection:
        connection.execute(_SENT, columns(sorted(keys), 4))


def mark_replayed(database: Database, numbers: Iterable[int]) -> None:
    """These rejected lines were sent to their topics again."""
    with database.transaction() as connection:
        connection.execute(_REPLAYED, [list(numbers)])


def marked(database: Database, value: bytes, items: Sequence[Item]) -> list[Item]:
    """The events of a record that was sent again, as what mends the rejected line with just these bytes, if any.

    Whoever sends bytes again can only resolve what the same bytes were rejected as: no number is believed.
    """
    with database.transaction() as connection:
        found = connection.execute(_UNRESOLVED, [[rejections.digest_of(value)]]).fetchone()
    return list(items) if found is None else [_mending(item, found[1]) for item in items]


def _mending(item: Item, number: int) -> Decoded | Refused:
    return item._replace(resolves=number)


def _letter(no: int, *row: Any) -> Letter:
    topic, partition, offset, nr, noted_at, sent_at, replayed_at, organisation, *line = row
    origin, at, received_at, payload, faults, times, resolved_at = line
    found = tuple(Fault(**fault) for fault in faults)
    rejection = Rejection(no, origin, at, received_at, bytes(payload), found, times, resolved_at)
    return Letter(topic, partition, offset, nr, noted_at, sent_at, replayed_at, organisation, rejection)


def _unsent(*row: Any) -> Unsent:
    *key, topic, noted_at, organisation, payload, faults = row
    found = tuple(Fault(**fault) for fault in faults or ())
    return Unsent(LetterKey(*key), topic, noted_at, organisation, bytes(payload or b""), found)
