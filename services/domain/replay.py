"""A tender refolded from its events: as known on an earlier day, or wherever there is no stored state."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import TypeVar

from services.domain.amendments import AnyEvent, Resolved, Standing, resolve
from services.domain.candidates import Candidate
from services.domain.courses import Course
from services.domain.folding import StateRow, fold
from services.domain.frame import Frame
from services.domain.hours import Period
from services.domain.persons import Match, PersonLink
from services.domain.placement_reports import fold_placement
from services.domain.placements import Placement
from services.domain.site import Action, Meeting, Opening
from services.domain.ties import Ties
from services.domain.units import Family, Unit, unit_of

T = TypeVar("T")


class Replay:
    """A TenderSource from accepted events alone: the tender's, and those of linking circles and candidates.

    Events of other subjects are let through as long as they bear on the tender; the set decides, not the order.
    """

    def __init__(self, tender: str, events: Iterable[AnyEvent]) -> None:
        """Take the events; nothing is folded before it is asked for."""
        self.tender = tender
        self._by_subject: dict[str, list[AnyEvent]] = defaultdict(list)
        for event in events:
            self._by_subject[event.subject].append(event)

    @cached_property
    def _resolved(self) -> Mapping[str, Resolved]:
        return {subject: resolve(events) for subject, events in self._by_subject.items()}

    @cached_property
    def _units(self) -> Mapping[Family, Mapping[tuple[str, str], Sequence[AnyEvent]]]:
        """The effective events by family, then by subject and the unit's key."""
        units: dict[Family, dict[tuple[str, str], list[AnyEvent]]] = defaultdict(lambda: defaultdict(list))
        for subject, resolved in self._resolved.items():
            for event in resolved.events:
                unit = unit_of(event)
                units[unit.family][subject, unit.key].append(event)
        return units

    def _rows(self, family: Family, cls: type[T], subject: str | None) -> list[T]:
        folded: Iterable[StateRow] = (
            row
            for (of, key), events in sorted(self._units.get(family, {}).items(), key=lambda item: item[0])
            if subject in {None, of}
            for row in fold(of, Unit(family, key), events)
        )
        return [row for row in folded if isinstance(row, cls)]

    def frame(self) -> Frame:
        """What frames the tender."""
        return Frame(self._units.get(Family.TENDER, {}).get((self.tender, ""), ()))

    @cached_property
    def _periods(self) -> Mapping[str, Sequence[Period]]:
        periods: dict[str, list[Period]] = defaultdict(list)
        for period in self._rows(Family.HOURS, Period, self.tender):
            periods[period.of].append(period)
        return periods

    @cached_property
    def _placements(self) -> Mapping[str, Placement]:
        """Every placement by id; one of which only hours were told waits, so that they are not lost in silence."""
        found = {row.placement: row for row in self._rows(Family.PLACEMENT, Placement, self.tender)}
        return {name: fold_placement(name, ()) for name in self._periods} | found

    def ties(self) -> Ties:
        """Which placements are one."""
        told = {name: placement for name, placement in self._placements.items() if placement.events}
        return Ties.of(self._rows(Family.MATCH, Match, self.tender), told)

    def roots(self) -> Mapping[str, str]:
        """Everybody known under several ids, with the smallest of them."""
        registered = self.frame().registered
        circle = registered.linking_circle if registered else ""
        return {link.person: link.root for link in self._rows(Family.PERSONS, PersonLink, circle)}

    def people(self) -> Iterable[Sequence[Course]]:
        """All courses, those of one person together."""
        roots = self.roots()

        def person(placement: Placement) -> tuple[str, str]:
            named = placement.person
            return (roots.get(named, named), "") if named else ("", placement.placement)

        for _, group in groupby(sorted(self._placements.values(), key=lambda p: (person(p), p.placement)), person):
            yield [Course(placement, self._periods.get(placement.placement, ())) for placement in group]

    def site_hours(self) -> Sequence[Period]:
        """The periods of site hours."""
        return self._rows(Family.SITE_HOURS, Period, self.tender)

    def openings(self) -> Sequence[Opening]:
        """The openings, by id."""
        return self._rows(Family.OPENING, Opening, self.tender)

    def meetings(self) -> Sequence[Meeting]:
        """The site meetings, by id."""
        return self._rows(Family.MEETING, Meeting, self.tender)

    def actions(self) -> Sequence[Action]:
        """The actions, by id."""
        return self._rows(Family.ACTION, Action, self.tender)

    def candidates(self) -> Sequence[Candidate]:
        """The candidates that were presented for an opening of the tender, by id."""
        found = self._rows(Family.CANDIDATE, Candidate, None)
        return [one for one in found if any(step.tender == self.tender for step in one.steps)]

    def amendments(self) -> Sequence[Standing]:
        """How the tender's corrections and withdrawals stand."""
        resolved = self._resolved.get(self.tender)
        return list(resolved.standings.values()) if resolved else []
