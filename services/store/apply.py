"""One batch of events, in ONE transaction: the log, the state, the marks for figures and what is refused.

Who writes a subject holds its row lock; locks are taken in order of number, log rows in order of (source, id), and
the position lock last. Two appliers on one subject are right, only slower than on two. Where another edition of the
program rebuilt the state, nothing is applied: ours would be folded otherwise than the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from schemas.codec import Waiting
from services.domain.amendments import AnyEvent
from services.domain.units import Family
from services.store import amending, edition, log, refolding, rejections
from services.store.amending import Cell
from services.store.batches import Applied, Decoded, Outcome, Refused
from services.store.cells import family_of
from services.store.connections import BY_INDEX, Connection, Database, columns
from services.store.log import Row
from services.store.names import Names
from services.store.positions import Touched, place
from services.store.shapes import Values

# A rebuild keeps this lock from us, so that whose state it is cannot change before we are done.
_BEFORE_A_REBUILD_OR_AFTER = "LOCK TABLE log.event IN ROW EXCLUSIVE MODE"
# Whoever hangs amid a batch, or whose machine is gone, holds locks that all others wait for. It loses them after this.
_SILENT = "SET LOCAL idle_in_transaction_session_timeout = '30s'"
BEGIN = (
    f"SET LOCAL ROLE bygspor_apply; SET LOCAL client_min_messages = warning; {BY_INDEX}; {log.INCOMING}; {_SILENT}; "
    f"{_BEFORE_A_REBUILD_OR_AFTER}"
)

_LOCK_SUBJECTS = b"SELECT FROM log.subject WHERE no = ANY(%s) ORDER BY no FOR NO KEY UPDATE"
_NEXT_BATCH = b"SELECT nextval('log.batch_no'), (%s)" % edition.READ
_SPEAK = b"""
INSERT INTO state.speaker (subject_no, source_no) SELECT * FROM unnest(%s::int[], %s::int[]) ON CONFLICT DO NOTHING"""
_WAIT = b"INSERT INTO state.waiting (source_no, id, subject_no) SELECT * FROM unnest(%s::int[], %s::text[], %s::int[])"

Beside: TypeAlias = Callable[[Connection, Sequence[Outcome]], None]

_NOT_OF_A_TENDER = frozenset({Family.CANDIDATE, Family.PERSONS, Family.INDICATOR})


def apply(  # noqa: PLR0913 -- a batch, and how it is to go in
    database: Database,
    names: Names,
    batch: Sequence[Decoded],
    refused: Sequence[Refused] = (),
    *,
    keep_conflicts: bool = True,
    beside: Beside | None = None,
) -> Applied:
    """Apply a batch, and keep what was refused beside it. All of it or nothing; the same again changes nothing.

    `beside` writes into the same transaction what else follows from the outcomes.

    Events whose identity is taken by another body are kept among the rejected, unless their sender is waiting for the
    answer: then that is where they are told of.

    Raises DatabaseUnavailable (retriable) where PostgreSQL does not answer; whether it had committed is then unknown,
    and applying the same batch again is right in both cases. Also, and then not retriable, where the state is another
    edition's.
    """
    rows = log.rows_of(batch, names)
    if not rows and not refused and not beside:
        return Applied((), None)
    rejecting = _Rejecting(refused, keep_conflicts, beside)
    return database.in_transaction(lambda connection: _apply(connection, names, batch, rows, rejecting), BEGIN)


class _Rejecting(NamedTuple):
    refused: Sequence[Refused]
    keep_conflicts: bool
    beside: Beside | None


def _apply(
    connection: Connection, names: Names, batch: Sequence[Decoded], rows: Sequence[Row], rejecting: _Rejecting
) -> Applied:
    connection.execute(_LOCK_SUBJECTS, [list({row.subject_no for row in rows})])
    batch_no, folded_by = _one(connection.execute(_NEXT_BATCH).fetchone())
    edition.refuse_another(folded_by)
    outcomes = _into_log(connection, batch_no, batch, rows)
    new = [(row, batch[row.nr].event) for row in rows if outcomes[row.nr] is Outcome.NEW]
    placed = None
    touched = _fold(connection, names, batch_no, new) if new else Touched()  # type: ignore[arg-type]
    waiting = [row for row in rows if outcomes[row.nr] is Outcome.WAITING]
    if waiting:
        _keep_waiting(connection, waiting)
    landed = [item for item, outcome in zip(batch, outcomes, strict=True) if outcome is not Outcome.CONFLICT]
    mended = _refuse(connection, batch, rejecting, outcomes)
    rejections.resolve(connection, landed)
    if rejecting.beside:
        rejecting.beside(connection, outcomes)
    if new or waiting:
        _keep_speakers(connection, [*(row for row, _ in new), *waiting])
        placed = place(connection, batch_no, len(new) + len(waiting), touched)
    position, known_at = placed or (None, None)
    return Applied(tuple(outcomes), position, mended, known_at)


def _refuse(connection: Connection, batch: Sequence[Decoded], rejecting: _Rejecting, outcomes: list[Outcome]) -> int:
    """Keep what is refused and in conflict. How many of the refused were mended before; such conflicts are known."""
    refused = rejecting.refused
    at = [nr for nr, outcome in enumerate(outcomes) if rejecting.keep_conflicts and outcome is Outcome.CONFLICT]
    wrong = [*refused, *(rejections.conflict(batch[nr]) for nr in at)]
    mended = rejections.already_mended(connection, wrong)
    rejections.keep(connection, [item for item, known in zip(wrong, mended, strict=True) if not known])
    for nr, known in zip(at, mended[len(refused) :], strict=True):
        if known:
            outcomes[nr] = Outcome.DUPLICATE
    return sum(mended[: len(refused)])


def _into_log(connection: Connection, batch_no: int, batch: Sequence[Decoded], rows: Sequence[Row]) -> list[Outcome]:
    """Write what is new, and tell what became of each event: exactly as if they had come one by one."""
    # Read backwards, so that of several with one key the first stays.
    firsts = {(row.source_no, row.id): row for row in reversed(rows)}
    known = log.insert(connection, batch_no, firsts.values())
    stored = log.stored(connection, known) if known else {}
    outcomes = [Outcome.WAITING if isinstance(item.event, Waiting) else Outcome.NEW for item in batch]
    if known or len(firsts) < len(rows):
        for row in rows:
            first = firsts[row.source_no, row.id]
            if first is not row or row.nr in known:
                is_same = log.same(row.body, stored.get(first.nr, first.body))
                outcomes[row.nr] = Outcome.DUPLICATE if is_same else Outcome.CONFLICT
    return outcomes


def _fold(connection: Connection, names: Names, batch_no: int, new: Sequence[tuple[Row, AnyEvent]]) -> Touched:
    settled = amending.settle(connection, names, new)
    cells: dict[Cell, list[AnyEvent]] = refolding.event_cells(new, settled.amended)
    old = set(settled.cells)
    for cell, event in refolding.siblings(connection, cells.keys() | settled.cells, batch_no):
        cells[cell].append(event)
        old.add(cell)
    sources = names.sources.numbers(event.source for events in cells.values() for event in events)
    rows = refolding.rows_of(cells, sources)
    before = refolding.delete(connection, old)
    refolding.write(connection, rows)
    touched = _touched(before, rows)
    touched.subjects = {no for no, number in cells.keys() | old if family_of(number) not in _NOT_OF_A_TENDER}
    touched.subjects |= settled.subjects
    return touched


def _touched(before: Mapping[Family, Sequence[Values]], rows: refolding.Rows) -> Touched:
    """Persons whose links changed, and tenders that a candidate's steps name or named."""
    links_before = set(before.get(Family.PERSONS, ()))
    links = {(subject_no, *link) for subject_no, _, *link in rows.get(Family.PERSONS, ())}
    changed = links ^ links_before
    # Column 3 after the cell: services.store.shapes reads them in the order of the table.
    named = [row[2 + 3] for row in rows.get(Family.CANDIDATE, ())]
    named += [tenders for (tenders,) in before.get(Family.CANDIDATE, ())]
    return Touched(
        circles={subject_no for subject_no, _, _ in changed},
        persons={person for _, person, _ in changed},
        tenders={tender for tenders in named for tender in tenders},
    )


def _keep_speakers(connection: Connection, rows: Iterable[Row]) -> None:
    """Who said something under which subject. Whoever writes a subject holds its lock, so nobody waits here."""
    pairs = {(row.subject_no, row.source_no) for row in rows}
    connection.execute(_SPEAK, columns(pairs, 2))


def _keep_waiting(connection: Connection, rows: Iterable[Row]) -> None:
    sources, ids, subjects = zip(*((row.source_no, row.id, row.subject_no) for row in rows), strict=True)
    connection.execute(_WAIT, [list(sources), list(ids), list(subjects)])


def _one(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    assert row is not None  # noqa: S101 -- a sequence always has a next
    return row
