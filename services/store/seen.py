"""What a caller may see of tenders, read on a `seen_by` connection: row-level security decides, nothing here does.

Lists of unknown length come page by page: in the order of an id, those after a given one, so many at most. A tender
that is not there and one that is not the caller's to see are the same: none, or empty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

import msgspec

from schemas.vocabulary import Language
from services.domain.placements import Placement
from services.domain.site import Action, Meeting, Places
from services.store.connections import Connection
from services.store.figures import FigureRow, read_figure

T = TypeVar("T")

CLIENT, SECRETARIAT, CONTRACTOR = "client", "secretariat", "contractor"
JOB_CENTRE, SITE, AUDITOR = "job_centre", "site", "auditor"

ROWS_FOR = frozenset({SECRETARIAT, CONTRACTOR, JOB_CENTRE})
"""Who sees placements as rows, each of its own people."""
LINES_FOR = frozenset({CLIENT, SECRETARIAT, SITE, AUDITOR})
"""Who sees placements as lines without persons: "Lærling 3, tømrer"."""
SUBCONTRACTORS_FOR = frozenset({CLIENT, SECRETARIAT, CONTRACTOR})
"""Who sees counts, hours and deadlines per subcontractor; a contractor, of those below it."""

_TENDERS = b"""
SELECT s.name, t.title, t.client, t.secretariat, t.municipality, t.project, t.area, t.contract_kind, t.route,
       t.published_on, t.contract_sum_dkk, t.starts_on, t.handover_on, t.closed_on,
       ARRAY(SELECT jsonb_array_elements_text(t.parties -> 'relations' -> 'contractor')),
       ARRAY(SELECT DISTINCT m.relation FROM access.my_tender m WHERE m.subject_no = t.subject_no ORDER BY 1)
FROM state.tender t JOIN log.subject s ON s.no = t.subject_no
WHERE (%(name)s::text IS NULL OR s.name = %(name)s) AND s.name > %(after)s ORDER BY s.name LIMIT %(limit)s"""

_FIGURES = b"""
SELECT f.tender, t.title, f.agreed, f.waived, f.required, f.delivered, f.expected, f.forecast, f.last_date, f.status,
       f.reason, f.on_date, f.doc - 'place'
FROM seen.figure f
JOIN log.subject s ON s.name = f.tender
LEFT JOIN state.tender t ON t.subject_no = s.no
WHERE f.tender = ANY(%s)
  AND f.on_date = (SELECT max(g.on_date) FROM figures.figure g WHERE g.subject_no = s.no)
ORDER BY f.tender, (f.doc ->> 'place')::int, f.target"""

# A client is told what it must do about placements, without being told which.
_FINDINGS = b"""
SELECT s.name, f.on_date, f.code, f.about, f.must_act, f.must_act_organisation, f.since, f.da, f.en
FROM figures.finding f JOIN log.subject s ON s.no = f.subject_no WHERE %(tender)s::text IS NULL OR s.name = %(tender)s
UNION ALL
SELECT g.tender, g.on_date, g.code, NULL, 'client', NULL, g.since, g.da, g.en
FROM seen.finding g WHERE (%(tender)s::text IS NULL OR g.tender = %(tender)s)
ORDER BY 1, 3, 4, 7"""

_PLACEMENTS = b"""
SELECT s.name, p.doc::text, h.measured, h.reported_until
FROM state.placement p
JOIN log.subject s ON s.no = p.subject_no
CROSS JOIN LATERAL (
    SELECT sum(h.hours) FILTER (WHERE h.holds) AS measured, max(h.to_on) AS reported_until FROM state.hours h
    WHERE h.subject_no = p.subject_no AND h.unit_hash BETWEEN p.unit_hash AND p.unit_hash | 1048575
      AND h.placement = p.placement
) AS h
WHERE (%(tender)s::text IS NULL OR s.name = %(tender)s)
  AND (%(contractor)s::text IS NULL OR p.contractor = %(contractor)s)
  AND (s.name, p.placement) > (%(after_tender)s, %(after)s)
ORDER BY s.name, p.placement LIMIT %(limit)s"""

_OWN = b"""
SELECT p.placement FROM state.placement p JOIN log.subject s ON s.no = p.subject_no
WHERE s.name = %s AND p.placement = ANY(%s)"""

_LINES = b"""
SELECT tender, contractor, kind, number, trade, planned_start, started_on, planned_end, ended_on
FROM seen.line WHERE tender = %s AND (kind, number) > (%s, %s) ORDER BY kind, number LIMIT %s"""

_SUBCONTRACTORS = b"""
SELECT tender, contractor, placements_under_way, persons_under_way, next_start, next_end, hours_by_month
FROM seen.subcontractor WHERE tender = %s AND contractor > %s ORDER BY contractor LIMIT %s"""

_OPENINGS = b"""
SELECT doc::text FROM seen.opening WHERE tender = %s AND opening > %s ORDER BY opening LIMIT %s"""
_MEETINGS = b"""
SELECT x.doc::text FROM state.meeting x JOIN log.subject s ON s.no = x.subject_no
WHERE s.name = %s ORDER BY x.meeting"""
_ACTIONS = b"""
SELECT x.doc::text FROM state.action x JOIN log.subject s ON s.no = x.subject_no
WHERE s.name = %s ORDER BY x.action"""

_OWN_ACTIONS = b"""
SELECT s.name, x.doc::text FROM state.action x JOIN log.subject s ON s.no = x.subject_no
WHERE x.doc ->> 'owner_organisation' = %s AND x.doc ->> 'closed_on' IS NULL ORDER BY s.name, x.action"""


class TenderRow(NamedTuple):
    """A tender and what the caller is to it; unregistered, it has no title. `contractors` are all it ever had."""

    tender: str
    title: str | None
    client: str | None
    secretariat: str | None
    municipality: int | None
    project: str | None
    area: str | None
    contract_kind: str | None
    route: str | None
    published_on: date | None
    contract_sum_dkk: int | None
    starts_on: date | None
    handover_on: date | None
    closed_on: date | None
    contractors: Sequence[str]
    relations: Sequence[str]

    def is_any(self, relations: Collection[str]) -> bool:
        """Whether the caller is one of these to the tender, e.g. ``row.is_any(LINES_FOR)``."""
        return not set(relations).isdisjoint(self.relations)


class FindingRow(NamedTuple):
    """Something to look at. `about` is None where the reader may not know which placement it is about."""

    tender: str
    on: date
    code: str
    about: str | None
    must_act: str
    organisation: str | None
    since: date | None
    da: str
    en: str

    def text(self, language: Language) -> str:
        """What people read."""
        return self.en if language == "en" else self.da


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """One of the caller's own people. `measured_hours` is None while no hours were reported: unknown, not zero."""

    tender: str
    placement: Placement
    measured_hours: Decimal | None
    reported_until: date | None


class PlacementLine(NamedTuple):
    """A placement for those who may not know who it is: kind and number are its whole name ("Lærling 3, tømrer").

    `kind` is a `PlacementKind`, or ``jobforloeb`` for those that are shown as one.
    """

    tender: str
    contractor: str | None
    kind: str
    number: int
    trade: str | None
    planned_start: date | None
    started_on: date | None
    planned_end: date | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class OpeningRow(Places):
    """Places as the caller may see them.

    `kind` is a `PlacementKind`; ``jobforloeb`` for those that are shown as one to all but the opening's contractor, the
    secretariat and job centres, because the kind of a filled place tells on a person.
    """

    kind: str


class Subcontractor(NamedTuple):
    """What may be known of a subcontractor's people: how many are there now, the next dates, hours by ``YYYY-MM``."""

    tender: str
    contractor: str
    placements_under_way: int
    persons_under_way: int
    next_start: date | None
    next_end: date | None
    hours_by_month: Mapping[str, Any]


def tenders(connection: Connection, after: str = "", limit: int = 100) -> list[TenderRow]:
    """The caller's tenders, by id."""
    return _tenders(connection, None, after, limit)


def tender(connection: Connection, name: str) -> TenderRow | None:
    """One tender; None where there is none, or none for the caller."""
    return next(iter(_tenders(connection, name, "", 1)), None)


def figures(connection: Connection, tenders: Sequence[str]) -> list[FigureRow]:
    """The figures of tenders as last computed, in the order of their agreements, kinds merged in `doc`."""
    return [read_figure(row) for row in connection.execute(_FIGURES, [list(tenders)])]


def findings(connection: Connection, tender: str | None = None) -> list[FindingRow]:
    """What somebody must look at, of one tender or of all the caller's, as far as it is for the caller."""
    return [FindingRow(*row) for row in connection.execute(_FINDINGS, {"tender": tender})]


def placements(
    connection: Connection,
    tender: str | None = None,
    *,
    contractor: str | None = None,
    after: tuple[str, str] = ("", ""),
    limit: int = 100,
) -> list[PlacementRow]:
    """The caller's own people, by (tender, placement); of one tender, of one contractor, or all."""
    values = {
        "tender": tender,
        "contractor": contractor,
        "after_tender": after[0],
        "after": after[1],
        "limit": limit,
    }
    decoder = msgspec.json.Decoder(Placement)
    rows = connection.execute(_PLACEMENTS, values)
    return [PlacementRow(name, decoder.decode(doc), hours, until) for name, doc, hours, until in rows]


def own_among(connection: Connection, tender: str, placements: Collection[str]) -> set[str]:
    """Which of these placements of a tender are of the caller's own people."""
    return {placement for (placement,) in connection.execute(_OWN, [tender, list(placements)])}


def lines(
    connection: Connection, tender: str, after: tuple[str, int] = ("", 0), limit: int = 100
) -> list[PlacementLine]:
    """The placements of a tender without persons, by kind and number; empty for who is not one of LINES_FOR."""
    return [PlacementLine(*row) for row in connection.execute(_LINES, [tender, *after, limit])]


def subcontractors(connection: Connection, tender: str, after: str = "", limit: int = 100) -> list[Subcontractor]:
    """The subcontractors of a tender by CVR number; of a contractor, those below it."""
    return [Subcontractor(*row) for row in connection.execute(_SUBCONTRACTORS, [tender, after, limit])]


def openings(connection: Connection, tender: str, after: str = "", limit: int = 100) -> list[OpeningRow]:
    """The openings of a tender by id, filled and withdrawn ones too."""
    return _decoded(OpeningRow, connection.execute(_OPENINGS, [tender, after, limit]))


def meetings(connection: Connection, tender: str) -> list[Meeting]:
    """The site meetings of a tender, by id."""
    return _decoded(Meeting, connection.execute(_MEETINGS, [tender]))


def actions(connection: Connection, tender: str) -> list[Action]:
    """What meetings decided, by id."""
    return _decoded(Action, connection.execute(_ACTIONS, [tender]))


def own_actions(connection: Connection, organisation: str) -> list[tuple[str, Action]]:
    """What an organisation of the caller's was told to do and has not done, each with its tender."""
    decoder = msgspec.json.Decoder(Action)
    return [(name, decoder.decode(doc)) for name, doc in connection.execute(_OWN_ACTIONS, [organisation])]


def _tenders(connection: Connection, name: str | None, after: str, limit: int) -> list[TenderRow]:
    rows = connection.execute(_TENDERS, {"name": name, "after": after, "limit": limit})
    return [TenderRow(*row) for row in rows]


def _decoded(kind: type[T], rows: Iterable[tuple[Any, ...]]) -> list[T]:
    decoder = msgspec.json.Decoder(kind)
    return [decoder.decode(doc) for (doc,) in rows]
