"""The whole state once more, from the log alone, into temporary tables beside the real one.

`rebuild` puts right what differs from it, `verify` tells. The log is streamed in the order of its units, so memory does
not grow with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any, TypeAlias

from schemas.codec import Waiting, kept
from schemas.envelope import Event
from schemas.identifiers import organisation_of
from services.domain.amendments import AnyEvent
from services.domain.units import AMENDMENTS
from services.store.amending import Cell, examine, recorded
from services.store.batches import Decoded, Refused, read
from services.store.cells import number_of_event
from services.store.connections import Connection, columns
from services.store.log import Row, on_behalf_of
from services.store.names import Names
from services.store.refolding import copy_into, effective, rows_of
from services.store.shapes import SHAPES, types_of

ORIGIN_OF_UNFIT = "upgrade"
"""Where rejected lines come from that were kept unread until an upgrade."""

OnProgress: TypeAlias = Callable[[int, int], None]

SETTINGS = b"SET LOCAL work_mem = '128MB'; SET LOCAL client_min_messages = warning"
DERIVED = (*(shape.table for shape in SHAPES.values()), "amendment", "amended", "waiting", "speaker")
"""The tables of state that follow from the log."""

_WITHOUT_UNIT = b"SELECT source_no, id, subject_no, body FROM log.event WHERE unit_hash IS NULL"
_NOW_KNOWN = b"UPDATE log.event SET unit_hash = %s, on_behalf_of = %s WHERE source_no = %s AND id = %s"
_SPEAKERS = b"INSERT INTO re_speaker SELECT DISTINCT subject_no, source_no FROM log.event"

_CONNECTED = b"""
WITH node AS (
    SELECT subject_no, source_no, id FROM re_amendment
    UNION SELECT subject_no, target_source_no, target_id FROM re_amendment
)
SELECT e.subject_no, e.source_no, e.id, e.unit_hash, e.body FROM node n
JOIN log.event e ON e.source_no = n.source_no AND e.id = n.id AND e.subject_no = n.subject_no
ORDER BY e.subject_no"""

_STAND = b"""
UPDATE re_amendment a SET standing = n.standing
FROM unnest(%s::int[], %s::text[], %s::text[]) AS n (source_no, id, standing)
WHERE a.source_no = n.source_no AND a.id = n.id"""

_EFFECTIVE = b"""
SELECT e.subject_no, e.unit_hash, e.source_no, e.body FROM log.event e
LEFT JOIN re_amended a ON a.source_no = e.source_no AND a.id = e.id
WHERE e.unit_hash IS NOT NULL AND a.source_no IS NULL
UNION ALL
SELECT a.subject_no, a.unit_hash, e.source_no, e.body FROM re_amended a
JOIN log.event e ON e.source_no = a.by_source_no AND e.id = a.by_id
ORDER BY 1, 2"""

_FETCHED = 10_000


@dataclass(slots=True)
class Recomputed:
    """What was seen on the way: how many events, those that do not lie where they should, and those that cannot be.

    `unfit` are the events that waited for this edition, which knows their version, and are none of it.
    """

    events: int = 0
    misplaced: list[str] = field(default_factory=list)
    unfit: list[Refused] = field(default_factory=list)


def recompute(connection: Connection, names: Names, on_progress: OnProgress) -> Recomputed:
    """Fill the temporary tables `re_...` in the running transaction; events that are understood by now get a unit."""
    connection.execute(SETTINGS)
    for table in DERIVED:
        connection.execute(b"CREATE TEMP TABLE re_%(t)s (LIKE state.%(t)s) ON COMMIT DROP" % {b"t": table.encode()})
    connection.execute(_SPEAKERS)
    seen = Recomputed()
    _amendments(connection, names, seen)
    connection.execute("CREATE INDEX ON re_amendment (source_no, id)")
    connection.execute("ANALYZE re_amendment")
    _settle(connection, names)
    connection.execute("ANALYZE re_amended")
    _fold(connection, names, on_progress, seen)
    return seen


def _amendments(connection: Connection, names: Names, seen: Recomputed) -> None:
    """Fill re_amendment and re_waiting from what has no unit; what is understood by now gets one."""
    with connection.cursor(name="without_unit") as cursor:
        cursor.execute(_WITHOUT_UNIT)
        while rows := cursor.fetchmany(_FETCHED):
            told = [
                (Row(0, source, id_, subject, None, 0, body), _kept(body, seen)) for source, id_, subject, body in rows
            ]
            waiting = [(row.source_no, row.id, row.subject_no) for row, event in told if not isinstance(event, Event)]
            known: list[tuple[Row, AnyEvent]] = [(row, event) for row, event in told if isinstance(event, Event)]
            amendments = [(row, event) for row, event in known if event.type in AMENDMENTS]
            _copy(connection, "waiting", waiting)
            _copy(connection, "amendment", ((*_reordered(row), "waits") for row in recorded(names, amendments)))
            _give_units(connection, known)


def _kept(body: bytes, seen: Recomputed) -> AnyEvent | Waiting:
    found = read(body, ORIGIN_OF_UNFIT)
    if isinstance(found, Decoded):
        return found.event
    event = kept(body)
    seen.unfit.append(found._replace(organisation=organisation_of(event.source)))
    return event


def _reordered(row: tuple[int, int, str, int, str, bool]) -> tuple[object, ...]:
    subject_no, source_no, id_, *rest = row
    return source_no, id_, subject_no, *rest


def _give_units(connection: Connection, known: Iterable[tuple[Row, AnyEvent]]) -> None:
    found = [
        (number_of_event(event), on_behalf_of(event), row.source_no, row.id)
        for row, event in known
        if event.type not in AMENDMENTS
    ]
    if found:
        with connection.cursor() as cursor:
            cursor.executemany(_NOW_KNOWN, found)


def _settle(connection: Connection, names: Names) -> None:
    """Fill re_amended, and how each amendment stands, subject by subject."""
    with connection.cursor(name="amended") as cursor:
        for _, bodies in groupby(cursor.execute(_CONNECTED), key=lambda row: row[0]):
            found = examine(names, bodies)
            outcomes = ((o.source_no, o.id, o.subject_no, *o[3:]) for o in found.outcomes)
            _copy(connection, "amended", outcomes)
            connection.execute(_STAND, columns(found.standings, 3))


def _fold(connection: Connection, names: Names, on_progress: OnProgress, seen: Recomputed) -> None:
    total: int = connection.execute("SELECT coalesce(sum(events), 0)::bigint FROM log.applied_batch").fetchall()[0][0]
    with connection.cursor(name="effective") as cursor:
        cursor.itersize = _FETCHED
        cells = groupby(cursor.execute(_EFFECTIVE), key=lambda row: (row[0], row[1]))
        while lot := _lot(cells, seen):
            sources = names.sources.numbers(event.source for events in lot.values() for event in events)
            for family, rows in rows_of(lot, sources).items():
                _copy(connection, SHAPES[family].table, rows)
            on_progress(seen.events, total)


def _lot(cells: Iterator[tuple[Cell, Iterable[tuple[Any, ...]]]], seen: Recomputed) -> dict[Cell, list[AnyEvent]]:
    """Some thousand whole cells with their events."""
    lot: dict[Cell, list[AnyEvent]] = {}
    for cell, rows in islice(cells, _FETCHED):
        events = [effective(body) for _, _, _, body in rows]
        seen.events += len(events)
        if any(number_of_event(event) != cell[1] for event in events):
            seen.misplaced += [event.id for event in events]
        lot[cell] = events
    return lot


def _copy(connection: Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    copy_into(connection, f"re_{table}", types_of(table), rows)
