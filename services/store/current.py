"""A tender as the state has it now, in one snapshot. Memory does not grow with the tender."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, TypeVar

import msgspec

from services.domain.amendments import Standing
from services.domain.candidates import Candidate
from services.domain.courses import Course
from services.domain.frame import Frame
from services.domain.hours import Period
from services.domain.persons import Match
from services.domain.placement_reports import fold_placement
from services.domain.placements import Placement
from services.domain.site import Action, Meeting, Opening
from services.domain.ties import Ties
from services.domain.units import Family, Unit
from services.store.cells import number_of, numbers_named
from services.store.connections import BY_INDEX, Connection
from services.store.refolding import SIBLINGS, effective

T = TypeVar("T")

BEGIN = f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; {BY_INDEX}"
"""How to begin a transaction in which everything a tender says is of one moment."""

# Placements without a person come first, each alone; the order is that of services.domain.replay. Placements of which
# only hours were told have no row, and wait with the others.
_PLACEMENTS = b"""
SELECT coalesce(l.root, p.person, ''), CASE WHEN p.person IS NULL THEN p.placement ELSE '' END, p.placement
FROM state.placement p
LEFT JOIN state.person_link l ON l.person = p.person AND l.subject_no = (
    SELECT c.no FROM state.tender t JOIN log.subject c ON c.name = t.linking_circle WHERE t.subject_no = %s)
WHERE p.subject_no = %s
UNION ALL SELECT '', w.placement, w.placement FROM (
    SELECT h.placement FROM state.hours h WHERE h.subject_no = %s
    EXCEPT SELECT p.placement FROM state.placement p WHERE p.subject_no = %s) AS w
ORDER BY 1, 2, 3"""

_DOCS = b"""
SELECT p.placement, p.doc::text FROM unnest(%s::bigint[], %s::text[]) AS n (unit_hash, placement)
JOIN state.placement p ON p.subject_no = %s AND p.unit_hash = n.unit_hash AND p.placement = n.placement"""

_PERIOD = b"h.from_on, h.to_on, h.hours, h.school_hours, h.holds, h.revision, s.name, h.id"
# OFFSET 0: placement by placement, whatever the planner thinks of a table it has no statistics of.
_HOURS = (
    b"""
SELECT h.placement, %s FROM unnest(%%s::bigint[], %%s::bigint[], %%s::text[]) AS n (first, last, placement)
CROSS JOIN LATERAL (
    SELECT * FROM state.hours p
    WHERE p.subject_no = %%s AND p.unit_hash BETWEEN n.first AND n.last AND p.placement = n.placement OFFSET 0
) AS h
JOIN log.source s ON s.no = h.source_no
ORDER BY h.placement, h.from_on, h.to_on"""
    % _PERIOD
)
_SITE_HOURS = (
    b"""
SELECT h.contractor, %s FROM state.site_hours h JOIN log.source s ON s.no = h.source_no
WHERE h.subject_no = %%s ORDER BY h.contractor, h.from_on, h.to_on"""
    % _PERIOD
)

_MATCHES = b"SELECT one, other, same, decided_on FROM state.placement_match WHERE subject_no = %s ORDER BY one, other"
_CANDIDATES = b"SELECT doc::text FROM state.candidate WHERE tenders @> ARRAY[%s] ORDER BY candidate"
_STANDINGS = b"""
SELECT a.standing FROM state.amendment a JOIN log.source s ON s.no = a.source_no
WHERE a.subject_no = %s ORDER BY s.name, a.id"""

_FRAME = number_of(Unit(Family.TENDER, ""))
_AT_ONCE = 1_000


class CurrentTender:
    """A `TenderSource` on the state tables; good within the transaction of its connection, which BEGIN began."""

    def __init__(self, connection: Connection, tender: str, subject_no: int) -> None:
        """Look at a tender, by its id and the number of its subject; under a number nobody has it is empty."""
        self._connection, self._tender, self._subject_no = connection, tender, subject_no

    def frame(self) -> Frame:
        """See TenderSource. Read from the log: the state keeps only what boards ask for."""
        rows = self._connection.execute(SIBLINGS, [[self._subject_no], [_FRAME], 0])
        return Frame(effective(body) for _, _, body in rows)

    def ties(self) -> Ties:
        """See TenderSource."""
        matches = [Match(*row) for row in self._connection.execute(_MATCHES, [self._subject_no])]
        named = sorted({name for match in matches for name in (match.one, match.other)})
        return Ties.of(matches, self._placements(named))

    def people(self) -> Iterator[list[Course]]:
        """See TenderSource."""
        with self._connection.cursor(name="placements") as cursor:
            cursor.itersize = _AT_ONCE
            cursor.execute(_PLACEMENTS, [self._subject_no] * 4)
            for persons in _in_lots(groupby(cursor, key=lambda row: row[:2])):
                yield from self._courses(persons)

    def site_hours(self) -> list[Period]:
        """See TenderSource."""
        return [Period(*row) for row in self._connection.execute(_SITE_HOURS, [self._subject_no])]

    def openings(self) -> list[Opening]:
        """See TenderSource."""
        return self._docs(Opening, b"SELECT doc::text FROM state.opening WHERE subject_no = %s ORDER BY opening")

    def meetings(self) -> list[Meeting]:
        """See TenderSource."""
        return self._docs(Meeting, b"SELECT doc::text FROM state.meeting WHERE subject_no = %s ORDER BY meeting")

    def actions(self) -> list[Action]:
        """See TenderSource."""
        return self._docs(Action, b"SELECT doc::text FROM state.action WHERE subject_no = %s ORDER BY action")

    def candidates(self) -> list[Candidate]:
        """See TenderSource."""
        return _decoded(Candidate, self._connection.execute(_CANDIDATES, [self._tender]))

    def amendments(self) -> list[Standing]:
        """See TenderSource."""
        rows = self._connection.execute(_STANDINGS, [self._subject_no])
        return [Standing(standing) for (standing,) in rows]

    def _docs(self, kind: type[T], query: bytes) -> list[T]:
        return _decoded(kind, self._connection.execute(query, [self._subject_no]))

    def _courses(self, persons: list[list[str]]) -> Iterator[list[Course]]:
        names = [name for person in persons for name in person]
        placements, periods = self._placements(names), self._periods(names)
        for person in persons:
            yield [Course(placements.get(name) or fold_placement(name, ()), periods.get(name, ())) for name in person]

    def _placements(self, names: list[str]) -> dict[str, Placement]:
        decoder = msgspec.json.Decoder(Placement)
        numbers = [number_of(Unit(Family.PLACEMENT, name)) for name in names]
        rows = self._connection.execute(_DOCS, [numbers, names, self._subject_no])
        return {name: decoder.decode(doc) for name, doc in rows}

    def _periods(self, names: list[str]) -> dict[str, list[Period]]:
        firsts, lasts = zip(*map(numbers_named, names), strict=True)
        found: dict[str, list[Period]] = defaultdict(list)
        for row in self._connection.execute(_HOURS, [list(firsts), list(lasts), names, self._subject_no]):
            found[row[0]].append(Period(*row))
        return found


def _in_lots(persons: Iterable[tuple[Any, Iterable[Any]]]) -> Iterator[list[list[str]]]:
    """Whole persons, by the ids of their placements; so many placements together that round trips do not count."""
    lot: list[list[str]] = []
    size = 0
    for _, rows in persons:
        person = [placement for _, _, placement in rows]
        lot.append(person)
        size += len(person)
        if size >= _AT_ONCE:
            yield lot
            lot, size = [], 0
    if lot:
        yield lot


def _decoded(kind: type[T], rows: Iterable[tuple[Any, ...]]) -> list[T]:
    decoder = msgspec.json.Decoder(kind)
    return [decoder.decode(doc) for (doc,) in rows]
