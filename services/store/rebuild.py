"""State put right from the log, and the proof that there is nothing to put right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.store import edition, rejections
from services.store.amending import Cell
from services.store.connections import Connection, Database
from services.store.names import Names
from services.store.pace import in_bulk
from services.store.recompute import DERIVED, OnProgress, Recomputed, recompute
from services.store.shapes import SHAPES

# Appliers wait until we are done; readers go on seeing the state as it was.
_STOP_APPLYING = "LOCK TABLE log.event IN SHARE ROW EXCLUSIVE MODE"
_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"

_OF_UNITS = frozenset(shape.table for shape in SHAPES.values())

_DIFFERENCES = b"""
(SELECT * FROM state.%(t)s EXCEPT ALL SELECT * FROM re_%(t)s)
UNION ALL (SELECT * FROM re_%(t)s EXCEPT ALL SELECT * FROM state.%(t)s)"""
_CELLS = b"SELECT DISTINCT subject_no, unit_hash FROM (%s) AS d"
_SUBJECTS = b"SELECT DISTINCT subject_no FROM (%s) AS d"

_DROP_CELLS = b"""
DELETE FROM state.%(t)s s USING unnest(%%s::int[], %%s::bigint[]) AS c (subject_no, unit_hash)
WHERE s.subject_no = c.subject_no AND s.unit_hash = c.unit_hash"""
_ADD_CELLS = b"""
INSERT INTO state.%(t)s SELECT r.* FROM unnest(%%s::int[], %%s::bigint[]) AS c (subject_no, unit_hash)
JOIN re_%(t)s r ON r.subject_no = c.subject_no AND r.unit_hash = c.unit_hash"""

# Which tenders a wrong link or candidate had made wrong nobody can tell any more: all are computed again.
_MARK = b"""
INSERT INTO state.dirty_tender (subject_no, since_position)
SELECT subject_no, (SELECT max(position) FROM log.applied_batch) FROM state.tender
UNION SELECT unnest(%s::int[]), (SELECT max(position) FROM log.applied_batch)
ON CONFLICT (subject_no) DO UPDATE SET since_position = excluded.since_position"""


# Kept by triggers on the state; put right here where somebody wrote past them.
_UNSEE = b"""
DELETE FROM access.visible WHERE (organisation, subject_no, relation) NOT IN (
    SELECT organisation, subject_no, relation FROM access.follows)"""
_SEE = b"""
INSERT INTO access.visible (organisation, subject_no, relation)
SELECT organisation, subject_no, relation FROM access.follows ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many events state was recomputed from, and how many units of it had been wrong."""

    events: int
    mended: int


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: whether it does, how many rows were looked at, and what is wrong where it does not."""

    name: str
    ok: bool
    count: int
    detail: str = ""


def rebuild(
    database: Database,
    names: Names,
    on_progress: OnProgress = lambda _done, _total: None,
    *,
    only_if_outdated: bool = False,
) -> Rebuilt:
    """Recompute the state from the log and put right what differs, in one transaction. Applying waits meanwhile.

    Also folds what waited for an upgrade, once it is understood; what is not acceptable then is kept among the
    rejected, for its sender to send anew. Of several that do it `only_if_outdated`, one does.
    """

    def work(connection: Connection) -> Rebuilt:
        if only_if_outdated and edition.is_of_this(connection):
            return Rebuilt(0, 0)
        with in_bulk():
            recomputed = recompute(connection, names, on_progress)
        wrong = {table: _wrong_cells(connection, table) for table in DERIVED}
        for table, cells in wrong.items():
            if cells:
                _mend(connection, table, cells)
        connection.execute(_UNSEE)
        connection.execute(_SEE)
        touched = {cell for cells in wrong.values() for cell in cells}
        if touched:
            connection.execute(_MARK, [list({subject_no for subject_no, _ in touched})])
        if not edition.is_of_this(connection):
            rejections.keep(connection, recomputed.unfit)
            edition.sign(connection)
        return Rebuilt(recomputed.events, len(touched))

    return database.in_transaction(work, _STOP_APPLYING)


def verify(database: Database, names: Names, on_progress: OnProgress = lambda _done, _total: None) -> list[Check]:
    """What must hold, checked in one snapshot while everybody goes on working. Changes nothing."""

    def work(connection: Connection) -> list[Check]:
        with in_bulk():
            recomputed = recompute(connection, names, on_progress)
        checks = [*_log_checks(connection), *_state_checks(connection, recomputed)]
        connection.rollback()
        return checks

    return database.in_transaction(work, _ONE_MOMENT)


def _wrong_cells(connection: Connection, table: str) -> set[Cell]:
    """The cells of a table that differ; of one without cells, its subjects with a cell of 0."""
    differences = _DIFFERENCES % {b"t": table.encode()}
    if table in _OF_UNITS:
        return set(connection.execute(_CELLS % differences).fetchall())
    return {(subject_no, 0) for (subject_no,) in connection.execute(_SUBJECTS % differences)}


def _mend(connection: Connection, table: str, cells: Iterable[Cell]) -> None:
    name = {b"t": table.encode()}
    if table not in _OF_UNITS:
        connection.execute(b"DELETE FROM state.%(t)s" % name)
        connection.execute(b"INSERT INTO state.%(t)s SELECT * FROM re_%(t)s" % name)
        return
    columns = [list(column) for column in zip(*cells, strict=True)]
    connection.execute(_DROP_CELLS % name, columns)
    connection.execute(_ADD_CELLS % name, columns)


# What is counted, and what of it must not be there.
_LOG = {
    "log.identity": (
        b"SELECT count(*) FROM log.event",
        b"SELECT source_no || ' ' || id FROM log.event GROUP BY source_no, id HAVING count(*) > 1",
    ),
    "log.names": (
        b"SELECT count(*) FROM log.event",
        b"""SELECT source_no || ' ' || id FROM log.event WHERE source_no NOT IN (SELECT no FROM log.source)
            OR subject_no NOT IN (SELECT no FROM log.subject) OR type_no NOT IN (SELECT no FROM log.event_type)""",
    ),
    "log.batches": (
        b"SELECT count(*) FROM log.applied_batch",
        b"""SELECT 'batch ' || batch FROM (SELECT batch, count(*) AS events FROM log.event GROUP BY batch) AS e
            FULL JOIN log.applied_batch b USING (batch) WHERE e.events IS DISTINCT FROM b.events""",
    ),
    "log.positions": (
        b"SELECT count(*) FROM log.applied_batch",
        b"""SELECT 'position ' || position FROM (
                SELECT position, known_at, row_number() OVER w AS nth, lag(known_at) OVER w AS before
                FROM log.applied_batch WINDOW w AS (ORDER BY position)
            ) AS p WHERE position <> nth OR known_at < before""",
    ),
    "log.rejected": (
        b"SELECT count(*) FROM log.rejected",
        b"SELECT 'no ' || no FROM log.rejected WHERE jsonb_array_length(faults) = 0 OR times < 1",
    ),
    "access.visible": (
        b"SELECT count(*) FROM access.visible",
        b"""SELECT organisation || ' ' || subject_no || ' ' || relation FROM (
                (TABLE access.visible EXCEPT ALL TABLE access.follows)
                UNION ALL (TABLE access.follows EXCEPT ALL TABLE access.visible)) AS d""",
    ),
    "state.dirty_tender": (
        b"SELECT count(*) FROM state.dirty_tender",
        b"""SELECT 'subject ' || subject_no FROM state.dirty_tender WHERE subject_no NOT IN (SELECT no FROM log.subject)
            OR since_position > coalesce((SELECT max(position) FROM log.applied_batch), 0)""",
    ),
}


def _log_checks(connection: Connection) -> Iterator[Check]:
    for name, (counted, wrong) in _LOG.items():
        count: int = connection.execute(counted).fetchall()[0][0]
        found = [text for (text,) in connection.execute(wrong)]
        yield _check(name, count, found)


def _state_checks(connection: Connection, recomputed: Recomputed) -> Iterator[Check]:
    yield _check("log.units", recomputed.events, recomputed.misplaced)
    for table in DERIVED:
        count: int = connection.execute(b"SELECT count(*) FROM state.%s" % table.encode()).fetchall()[0][0]
        cells = sorted(_wrong_cells(connection, table))
        yield _check(f"state.{table}", count, [f"subject {subject} unit {number}" for subject, number in cells])


def _check(name: str, count: int, wrong: list[str]) -> Check:
    shown = ", ".join(wrong[:5])
    return Check(name, not wrong, count, f"{len(wrong)} wrong: {shown}" if wrong else "")
