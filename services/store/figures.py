"""Figures as stored: computed in the domain after changes and by the daily tick, read back as they were computed.

A tender is computed in one REPEATABLE READ transaction with the log position it saw, so a figure always belongs to one
state of the log, and by one process at a time, so that older figures never follow newer ones. A tender changed
meanwhile stays marked and is computed again: computing is coalesced, so the cost of an event does not grow with its
tender (DECISIONS.md).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from psycopg.types.json import Jsonb

from schemas.vocabulary import Metric
from services.domain.assessment import Assessment, assess
from services.domain.figures import Figure
from services.domain.findings import SCOPES, Finding
from services.domain.status import Reason, Status
from services.store import edition
from services.store.connections import Connection
from services.store.figure_docs import Doc, decimal_of, figure_doc
from services.store.loading import current
from services.store.locks import TENDER, held
from services.store.store import Store

_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off"

_DIRTY = b"SELECT s.name FROM state.dirty_tender d JOIN log.subject s ON s.no = d.subject_no ORDER BY s.no"
_NOT_TICKED = b"""
SELECT s.name FROM state.tender t JOIN log.subject s ON s.no = t.subject_no
WHERE t.title IS NOT NULL AND (t.closed_on IS NULL OR t.closed_on >= %(on)s)
  AND NOT EXISTS (SELECT FROM figures.figure f WHERE f.subject_no = t.subject_no AND f.on_date = %(on)s)
ORDER BY s.no"""
_SEEN = b"SELECT coalesce(max(position), 0), (%s) FROM log.applied_batch" % edition.READ
# What another edition marked while we computed is for it to compute.
_CLEAN = (
    b"""
DELETE FROM state.dirty_tender
WHERE subject_no = %%s AND since_position <= %%s AND coalesce((%s) = %%s, true)"""
    % edition.READ
)
_DROP_FIGURES = b"DELETE FROM figures.figure WHERE subject_no = %s AND on_date = %s"
_DROP_FINDINGS = b"DELETE FROM figures.finding WHERE subject_no = %s"
_ADD_FIGURE = b"""
INSERT INTO figures.figure (subject_no, target, on_date, computed_at_position, status, reason, agreed, waived, required,
                            delivered, expected, forecast, last_date, doc)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_ADD_FINDING = b"""
INSERT INTO figures.finding
    (subject_no, on_date, code, about, must_act, must_act_organisation, since, da, en, doc, scope)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_LATEST = b"""
SELECT s.name, t.title, f.agreed, f.waived, f.required, f.delivered, f.expected, f.forecast, f.last_date, f.status,
       f.reason, f.on_date, f.doc - 'place'
FROM figures.figure f
JOIN log.subject s ON s.no = f.subject_no
LEFT JOIN state.tender t ON t.subject_no = f.subject_no
WHERE (%(tender)s::text IS NULL OR s.name = %(tender)s::text)
  AND f.on_date = (SELECT max(on_date) FROM figures.figure g WHERE g.subject_no = f.subject_no)
ORDER BY t.title, s.name, (f.doc ->> 'place')::int, f.target"""
_COMPUTED_AT = b"""
SELECT coalesce(max(f.computed_at_position), 0) FROM figures.figure f JOIN log.subject s ON s.no = f.subject_no
WHERE s.name = %s"""
_FINDINGS = b"""
SELECT s.name, f.doc FROM figures.finding f JOIN log.subject s ON s.no = f.subject_no
WHERE (%(tender)s::text IS NULL OR s.name = %(tender)s::text) ORDER BY s.name, f.code, f.about"""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A stored figure: what a table shows of it, and in `doc` all it was computed from."""

    tender: str
    tender_title: str | None
    target: str
    title: str | None
    metric: Metric
    on: date
    agreed: Fraction
    waived: Fraction
    required: Fraction
    delivered: Fraction | None
    expected: Fraction | None
    forecast: Fraction | None
    last_date: date | None
    status: Status
    reason: Reason
    follow_up_owner: str
    doc: Doc


Progress = Callable[[int, int], None]


def refresh(store: Store, on: date, on_progress: Progress | None = None) -> int:
    """Compute the tenders that changed since they were last computed; how many there were."""
    return _compute(store, changed(store), on, on_progress)


def tick(store: Store, on: date, on_progress: Progress | None = None) -> int:
    """Compute the open tenders without figures of this day, and those that changed. Safe to repeat."""
    return _compute(store, list(dict.fromkeys([*changed(store), *not_ticked(store, on)])), on, on_progress)


def changed(store: Store) -> list[str]:
    """The tenders that changed since they were last computed."""
    return _names(store, _DIRTY)


def not_ticked(store: Store, on: date) -> list[str]:
    """The open tenders without figures of this day; those that have no targets are always among them."""
    return _names(store, _NOT_TICKED, {"on": on})


def compute(store: Store, tender: str, on: date) -> Assessment:
    """Compute and store one tender now; waits where another process is at it.

    Raises DatabaseUnavailable, not retriable, where the state is another edition's: ours may count otherwise.
    """
    subject_no = store.names.subjects.find(tender)

    def work(connection: Connection) -> tuple[int, Assessment]:
        ((position, folded_by),) = connection.execute(_SEEN).fetchall()
        edition.refuse_another(folded_by)
        assessment = assess(current(store, connection, tender), on)
        connection.execute(_DROP_FIGURES, [subject_no, on])
        connection.execute(_DROP_FINDINGS, [subject_no])
        with connection.cursor() as cursor:
            cursor.executemany(_ADD_FIGURE, _figure_rows(subject_no, position, assessment.figures))
            cursor.executemany(_ADD_FINDING, [_finding_row(subject_no, on, f) for f in assessment.findings])
        return position, assessment

    with held(store.database, TENDER, subject_no or 0, wait=True):
        position, assessment = store.database.in_transaction(work, _SNAPSHOT)
        # Not in that transaction: it could not take away a mark renewed meanwhile, and would be undone for trying.
        with store.database.transaction() as connection:
            connection.execute(_CLEAN, [subject_no, position, edition.edition()])
    return assessment


def latest(store: Store, tender: str | None = None) -> list[FigureRow]:
    """The figures last computed, of one tender or of all."""
    with store.database.transaction() as connection:
        return [read_figure(row) for row in connection.execute(_LATEST, {"tender": tender})]


def computed_at(store: Store, tender: str) -> int:
    """The log position that the figures of a tender are of; 0 where none were computed."""
    with store.database.transaction() as connection:
        row = connection.execute(_COMPUTED_AT, [tender]).fetchone()
    return int(row[0]) if row else 0


def stored_findings(store: Store, tender: str | None = None) -> list[tuple[str, Doc]]:
    """The findings last computed, with their tender."""
    with store.database.transaction() as connection:
        return list(connection.execute(_FINDINGS, {"tender": tender}))


def finding_doc(one: Finding) -> Doc:
    """A finding as JSON."""
    return {
        "code": one.code,
        "about": one.about,
        "must_act": one.must_act.value,
        "organisation": one.organisation,
        "since": one.since.isoformat() if one.since else None,
        "da": one.da,
        "en": one.en,
    }


def _compute(store: Store, tenders: Sequence[str], on: date, on_progress: Progress | None) -> int:
    for done, tender in enumerate(tenders, start=1):
        compute(store, tender, on)
        if on_progress:
            on_progress(done, len(tenders))
    return len(tenders)


def _names(store: Store, query: bytes, parameters: dict[str, Any] | None = None) -> list[str]:
    with store.database.transaction() as connection:
        return [name for (name,) in connection.execute(query, parameters)]


def _one(connection: Connection, query: bytes) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _figure_rows(subject_no: int | None, position: int, shown: Sequence[Figure]) -> list[tuple[Any, ...]]:
    """Each with its place among the agreement's targets, which is the order they are shown in."""
    return [(*_figure_row(subject_no, position, f), Jsonb({**figure_doc(f), "place": n})) for n, f in enumerate(shown)]


def _figure_row(subject_no: int | None, position: int, figure: Figure) -> tuple[Any, ...]:
    numbers = (figure.agreed, figure.waived, figure.required, figure.delivered, figure.expected, figure.forecast)
    stands = (figure.status.value, figure.reason.value)
    return subject_no, figure.target, figure.on, position, *stands, *map(decimal_of, numbers), figure.last_date


def _finding_row(subject_no: int | None, on: date, one: Finding) -> tuple[Any, ...]:
    doc = Jsonb(finding_doc(one))
    who = one.must_act.value, one.organisation
    return subject_no, on, one.code, one.about, *who, one.since, one.da, one.en, doc, SCOPES[one.code].value


def read_figure(row: Iterable[Any]) -> FigureRow:
    """A figure from the columns of the query for the latest ones."""
    tender, title, *numbers, last_date, status, reason, on, doc = row
    agreed, waived, required = (Fraction(number) for number in numbers[:3])
    delivered, expected, forecast = (_fraction(number) for number in numbers[3:])
    return FigureRow(
        tender=tender,
        tender_title=title,
        target=doc["target"],
        title=doc["title"],
        metric=Metric.of(doc["metric"]),
        on=on,
        agreed=agreed,
        waived=waived,
        required=required,
        delivered=delivered,
        expected=expected,
        forecast=forecast,
        last_date=last_date,
        status=Status.of(status),
        reason=Reason.of(reason),
        follow_up_owner=doc["follow_up_owner"],
        doc=doc,
    )


def _fraction(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)
