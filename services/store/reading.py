"""What is read for people: tenders, the events behind a figure, and how much of a run is not counted yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schemas.codec import Waiting, kept
from schemas.envelope import Event
from schemas.facts import Fact
from services.domain.findings import NOT_COUNTED
from services.domain.units import Family, Unit
from services.store.cells import number_of, numbers_named
from services.store.connections import Connection
from services.store.store import Store

_TENDERS = b"SELECT s.name FROM state.tender t JOIN log.subject s ON s.no = t.subject_no ORDER BY s.name"
_REGISTERED = b"""
SELECT s.name FROM state.tender t JOIN log.subject s ON s.no = t.subject_no WHERE t.title IS NOT NULL"""
_CIRCLE = b"""
SELECT t.linking_circle FROM state.tender t JOIN log.subject s ON s.no = t.subject_no WHERE s.name = %s"""
_FIRST_WORD = b"""
SELECT min(b.known_at) FROM log.applied_batch b
WHERE %(tender)s::text IS NULL OR b.batch IN (
    SELECT e.batch FROM log.event e JOIN log.subject s ON s.no = e.subject_no WHERE s.name = %(tender)s::text)"""
_POSITION = b"SELECT coalesce(max(position), 0) FROM log.applied_batch"

_IN_CELLS = b"""
SELECT e.body, b.position, e.nr, b.known_at
FROM (SELECT DISTINCT unnest(%s::bigint[]) AS first, unnest(%s::bigint[]) AS last) AS cell
JOIN log.subject s ON s.name = %s
JOIN log.event e ON e.subject_no = s.no AND e.unit_hash BETWEEN cell.first AND cell.last
JOIN log.applied_batch b USING (batch)
ORDER BY b.position, e.nr"""
_AMENDING = b"""
SELECT e.body, b.position, e.nr, b.known_at FROM state.amendment a
JOIN log.subject s ON s.no = a.subject_no AND s.name = %s
JOIN log.event e ON e.source_no = a.source_no AND e.id = a.id
JOIN log.applied_batch b USING (batch)
JOIN log.source t ON t.no = a.target_source_no
WHERE (t.name, a.target_id) IN (SELECT unnest(%s::text[]), unnest(%s::text[]))
ORDER BY b.position, e.nr"""

_UNCOUNTED_PLACEMENTS = b"""
SELECT s.name, p.placement FROM figures.finding f
JOIN log.subject s ON s.no = f.subject_no
JOIN state.placement p ON p.subject_no = f.subject_no
 AND (p.placement = f.about OR p.contractor = f.about OR f.code = 'tender_unknown')
WHERE f.code = ANY(%s)"""
_COUNT_IN_CELLS = b"""
SELECT count(*) FROM (SELECT DISTINCT unnest(%s::text[]) AS tender, unnest(%s::bigint[]) AS first,
                             unnest(%s::bigint[]) AS last) AS cell
JOIN log.subject s ON s.name = cell.tender
JOIN log.event e ON e.subject_no = s.no AND e.unit_hash BETWEEN cell.first AND cell.last
JOIN log.applied_batch b USING (batch)
WHERE b.position > %s"""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event of the log: what was said, and when we were told."""

    position: int
    nr: int
    known_at: datetime
    source: str
    id: str
    type: str
    said: Event[Fact] | Waiting = field(compare=False)


def tenders(store: Store) -> list[str]:
    """The ids of all tenders of which anything that frames them is known."""
    with store.database.transaction() as connection:
        return [name for (name,) in connection.execute(_TENDERS)]


def registered(store: Store) -> set[str]:
    """The ids of the tenders that are registered; others are only spoken of."""
    with store.database.transaction() as connection:
        return {name for (name,) in connection.execute(_REGISTERED)}


def first_word(store: Store, tender: str | None = None) -> datetime | None:
    """When the first word came of a tender, or of any; None where none has come."""
    with store.database.transaction() as connection:
        row = connection.execute(_FIRST_WORD, {"tender": tender}).fetchone()
    return row[0] if row else None


def linking_circle(connection: Connection, tender: str) -> str | None:
    """The linking circle of a tender; None where it is not registered, or not seen on this connection."""
    row = connection.execute(_CIRCLE, [tender]).fetchone()
    return row[0] if row else None


def position(store: Store) -> int:
    """How far the log has come."""
    with store.database.transaction() as connection:
        row = connection.execute(_POSITION).fetchone()
    return int(row[0]) if row else 0


def events_behind(connection: Connection, tender: str, placements: Iterable[str]) -> list[LoggedEvent]:
    """All that was said of the tender's frame and of some placements, corrections included, in the order it came."""
    frame = number_of(Unit(Family.TENDER, ""))
    cells = [(frame, frame), *map(numbers_named, placements)]
    firsts, lasts = [first for first, _ in cells], [last for _, last in cells]
    rows = connection.execute(_IN_CELLS, [firsts, lasts, tender]).fetchall()
    events = [_logged(*row) for row in rows]
    keys = [(event.source, event.id) for event in events]
    amending = connection.execute(_AMENDING, [tender, [s for s, _ in keys], [i for _, i in keys]]).fetchall()
    told = {(event.position, event.nr): event for event in (*events, *(_logged(*row) for row in amending))}
    return [told[place] for place in sorted(told)]


def not_counted_since(store: Store, since: int) -> int:
    """How many events after a position belong to placements that do not count yet; findings say why."""
    with store.database.transaction() as connection:
        uncounted = connection.execute(_UNCOUNTED_PLACEMENTS, [sorted(NOT_COUNTED)]).fetchall()
        return _count(connection, uncounted, since)


def _count(connection: Connection, placements: Sequence[tuple[str, str]], since: int) -> int:
    ranges = [numbers_named(placement) for _, placement in placements]
    names = [tender for tender, _ in placements]
    row = connection.execute(
        _COUNT_IN_CELLS, [names, [first for first, _ in ranges], [last for _, last in ranges], since]
    ).fetchone()
    return int(row[0]) if row else 0


def _logged(body: bytes, position: int, nr: int, known_at: datetime) -> LoggedEvent:
    event = kept(bytes(body))
    kind = event.type if isinstance(event, Waiting) else event.data.name
    return LoggedEvent(position, nr, known_at, event.source, event.id, kind, event)
