"""Where a batch stands in the log, and whose figures it makes old.

The position lock is taken last, after every row a transaction locks or writes, and is held until it has committed. So
positions are given in the order of commits, without gaps: a follower that reads up to a position will never find
anything new below it later. An event's position is (position of its batch, nr).

Tenders are marked under the same lock. Links between persons concern tenders that their batch has not locked: a
placement of such a person is either committed by now, and is seen here, or its batch marks its own tender after us.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.store.connections import Connection

_LOCK = b"SELECT pg_advisory_xact_lock(%s)" % str(0x706F73).encode()

# A clock that was set back must not bring positions and times into different orders.
_PLACE = b"""
INSERT INTO log.applied_batch (batch, position, events, known_at)
SELECT %s, coalesce(max(position), 0) + 1, %s, greatest(clock_timestamp(), max(known_at))
FROM (SELECT position, known_at FROM log.applied_batch ORDER BY position DESC LIMIT 1) AS last
RETURNING position, known_at"""

_MARK = b"""
INSERT INTO state.dirty_tender (subject_no, since_position)
SELECT unnest(%s::int[]), %s::bigint ORDER BY 1
ON CONFLICT (subject_no) DO UPDATE SET since_position = excluded.since_position"""

_TENDERS_OF_PERSONS = b"""
SELECT DISTINCT p.subject_no FROM state.placement p
JOIN state.tender t ON t.subject_no = p.subject_no
JOIN log.subject c ON c.name = t.linking_circle
WHERE p.person = ANY(%s) AND c.no = ANY(%s)"""

_NAMED = b"SELECT no FROM log.subject WHERE name = ANY(%s)"


class Place(NamedTuple):
    """Where a batch stands in the log, and when it was known."""

    position: int
    known_at: datetime


@dataclass(slots=True)
class Touched:
    """What a batch changed, as far as figures depend on it."""

    subjects: set[int] = field(default_factory=set)
    circles: set[int] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)
    tenders: set[str] = field(default_factory=set)


def place(connection: Connection, batch_no: int, events: int, touched: Touched) -> Place:
    """Give the batch its place, and mark the tenders whose figures are older than it. Commit right after."""
    connection.execute(_LOCK)
    position, known_at = _first(connection.execute(_PLACE, [batch_no, events]).fetchone())
    marked = touched.subjects | _elsewhere(connection, touched)
    if marked:
        connection.execute(_MARK, [list(marked), position])
    return Place(int(position), known_at)


def _elsewhere(connection: Connection, touched: Touched) -> set[int]:
    found: set[int] = set()
    if touched.persons:
        cursor = connection.execute(_TENDERS_OF_PERSONS, [list(touched.persons), list(touched.circles)])
        found |= _numbers(cursor)
    if touched.tenders:
        found |= _numbers(connection.execute(_NAMED, [list(touched.tenders)]))
    return found


def _numbers(rows: Iterable[tuple[int]]) -> set[int]:
    return {number for (number,) in rows}


def _first(row: tuple[int, datetime] | None) -> tuple[int, datetime]:
    assert row is not None  # noqa: S101 -- an INSERT of one row returns one
    return row
