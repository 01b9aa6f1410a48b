"""From events to state rows, unit by unit, and always from all effective events of the unit.

There is no second, incremental rule anywhere: that is why any order, repetition and cutting into batches gives the
same state (architecture.md, invariants 3 and 4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TypeAlias

from schemas.codec import decode, replaced
from schemas.corrections import EventCorrected
from schemas.envelope import Event
from services.domain.amendments import AnyEvent
from services.domain.folding import fold
from services.domain.units import Family, Unit, unit_of
from services.store.amending import Cell
from services.store.cells import family_of
from services.store.connections import Connection
from services.store.log import Key, Row
from services.store.shapes import SHAPES, Shape, Sources, Values

Rows: TypeAlias = Mapping[Family, Sequence[Values]]

_ALONE = {family: Unit(family, "") for family in (Family.HOURS, Family.SITE_HOURS)}

# What else effectively belongs to the cells: as sent, unless amended, and what corrections put there.
SIBLINGS = b"""
WITH cell AS (SELECT * FROM unnest(%s::int[], %s::bigint[]) AS c (subject_no, unit_hash))
SELECT e.subject_no, e.unit_hash, e.body FROM cell c JOIN log.event e
ON e.subject_no = c.subject_no AND e.unit_hash = c.unit_hash
WHERE e.batch <> %s
AND NOT EXISTS (SELECT FROM state.amended a WHERE a.source_no = e.source_no AND a.id = e.id)
UNION ALL
SELECT a.subject_no, a.unit_hash, e.body FROM cell c JOIN state.amended a
ON a.subject_no = c.subject_no AND a.unit_hash = c.unit_hash
JOIN log.event e ON e.source_no = a.by_source_no AND e.id = a.by_id"""


def siblings(connection: Connection, cells: Iterable[Cell], batch_no: int) -> list[tuple[Cell, AnyEvent]]:
    """The effective events of some cells, but for those that this batch brought itself."""
    found = connection.execute(SIBLINGS, [*_columns(cells), batch_no])
    return [((subject_no, number), effective(body)) for subject_no, number, body in found]


def effective(body: bytes) -> AnyEvent:
    """The event that a body puts in place: itself, or what a correction says instead."""
    event = decode(body)
    if not isinstance(event, Event):
        raise TypeError(f"{event.type} is not understood yet and has no unit")
    told: AnyEvent = event
    return replaced(told) if isinstance(told.data, EventCorrected) else told


def rows_of(cells: Mapping[Cell, Sequence[AnyEvent]], sources: Sources) -> Rows:
    """The state rows of whole cells, by family."""
    rows: dict[Family, list[Values]] = defaultdict(list)
    for cell, events in cells.items():
        for unit, together in _units(cell, events):
            family = unit.family
            values = SHAPES[family].values
            rows[family] += [(*cell, *values(row, sources)) for row in fold(together[0].subject, unit, together)]
    return rows


def _units(cell: Cell, events: Sequence[AnyEvent]) -> Iterable[tuple[Unit, Sequence[AnyEvent]]]:
    """The units of a cell. One report of hours alone, the great majority, takes a short cut: its key is not needed."""
    family = family_of(cell[1])
    return ((_ALONE[family], events),) if len(events) == 1 and family in _ALONE else by_unit(events)


def by_unit(events: Sequence[AnyEvent]) -> Iterable[tuple[Unit, Sequence[AnyEvent]]]:
    """Units that share a cell by chance are told apart here."""
    if len(events) == 1:
        return ((unit_of(events[0]), events),)
    units: dict[Unit, list[AnyEvent]] = defaultdict(list)
    for event in events:
        units[unit_of(event)].append(event)
    return units.items()


def delete(connection: Connection, cells: Iterable[Cell]) -> dict[Family, list[Values]]:
    """Take the state of some cells away. Of persons and candidates it is returned: who they touch must be told."""
    by_family: dict[Family, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_family[family_of(cell[1])].append(cell)
    return {family: _delete(connection, SHAPES[family], found) for family, found in by_family.items()}


_RETURNED = {Family.PERSONS: b" RETURNING t.subject_no, t.person, t.root", Family.CANDIDATE: b" RETURNING t.tenders"}


def _delete(connection: Connection, shape: Shape, cells: Sequence[Cell]) -> list[Values]:
    returned = next((text for family, text in _RETURNED.items() if SHAPES[family] is shape), b"")
    statement = b"""
        DELETE FROM state.%s t USING unnest(%%s::int[], %%s::bigint[]) AS c (subject_no, unit_hash)
        WHERE t.subject_no = c.subject_no AND t.unit_hash = c.unit_hash%s"""
    cursor = connection.execute(statement % (shape.table.encode(), returned), _columns(cells))
    return cursor.fetchall() if returned else []


def _columns(cells: Iterable[Cell]) -> list[list[int]]:
    subjects, numbers = tuple(zip(*cells, strict=True)) or ((), ())
    return [list(subjects), list(numbers)]


def write(connection: Connection, rows: Rows) -> None:
    """Put rows into their tables."""
    for family, found in rows.items():
        if found:
            shape = SHAPES[family]
            connection.execute(_temporary(shape))
            copy_into(connection, f"new_{shape.table}", shape.types, found)
            connection.execute(
                b"INSERT INTO state.%(table)s SELECT * FROM new_%(table)s" % {b"table": shape.table.encode()}
            )


def copy_into(connection: Connection, table: str, types: Sequence[str], rows: Iterable[Values]) -> None:
    """Copy rows into a table whose columns have these types."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _temporary(shape: Shape) -> bytes:
    # PostgreSQL refuses COPY into a table under row-level security, so rows take this way round.
    table = shape.table
    return f"CREATE TEMP TABLE IF NOT EXISTS new_{table} (LIKE state.{table}) ON COMMIT DELETE ROWS".encode()


def event_cells(new: Iterable[tuple[Row, AnyEvent]], left_out: Set[Key]) -> dict[Cell, list[AnyEvent]]:
    """A batch's own events by cell, without amendments and without what does not stand as sent."""
    cells: dict[Cell, list[AnyEvent]] = defaultdict(list)
    for row, event in new:
        if row.unit_hash is not None and not (left_out and row.key in left_out):
            cells[row.subject_no, row.unit_hash].append(event)
    return cells
