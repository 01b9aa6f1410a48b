"""A placement within its tender: where its days belong, and whether it counts (RULES.md section 3, second half)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from schemas.vocabulary import EndReason, Trade, YesNoUnknown
from services.domain.hours import Period
from services.domain.persons import Match, components
from services.domain.placements import Placement, Workplace
from services.domain.spans import LAST, Days, stretches
from services.domain.tenders import Frame

_DOUBLE_WITHIN = timedelta(days=31)


class Course(NamedTuple):
    """A placement and its periods of hours."""

    placement: Placement
    periods: Sequence[Period]


class Standing(StrEnum):
    """Whether a placement counts on a day, and if not, why."""

    COUNTS = "counts"
    WAITS = "waits"
    TENDER_UNKNOWN = "tender_unknown"
    CONTRACTOR_NOT_ENGAGED = "contractor_not_engaged"
    NOT_STARTED = "not_started"
    AGREED = "agreed"
    DISPUTED = "disputed"
    MATCHED = "matched"
    HELD_BACK = "held_back"


class Stay(NamedTuple):
    """Days at one contractor under one contract in one trade."""

    first: int
    last: int
    contractor: str
    contract: str | None
    trade: Trade | None


@dataclass(frozen=True)
class Ties:
    """What people decided about which placements are one."""

    stands_for: Mapping[str, str]
    parted: frozenset[tuple[str, str]]
    known: Mapping[str, Placement]

    @classmethod
    def of(cls, matches: Iterable[Match], known: Mapping[str, Placement]) -> "Ties":
        """The ties from all decisions that hold; `known` are the placements they name."""
        matches = list(matches)
        groups: dict[str, list[str]] = {}
        for placement, root in components((m.one, m.other) for m in matches if m.same).items():
            groups.setdefault(root, []).append(placement)
        stands_for = {member: cls._chosen(group, known) for group in groups.values() for member in group}
        return cls(stands_for, frozenset((m.one, m.other) for m in matches if not m.same), known)

    @staticmethod
    def _chosen(group: Iterable[str], known: Mapping[str, Placement]) -> str:
        def rank(placement: str) -> tuple[int, str]:
            told = known.get(placement)
            if told is None or told.contractor is None:
                return 2, placement
            return int(told.only_job_centre), placement

        return min(group, key=rank)

    def completed(self, placement: Placement) -> Placement:
        """The placement with what only its other reports know of the person."""
        others = sorted(
            name
            for name, chosen in self.stands_for.items()
            if chosen == placement.placement and name != chosen and name in self.known
        )
        for name in others:
            other = self.known[name]
            known_first = placement.resident is not YesNoUnknown.UNKNOWN
            placement = replace(
                placement,
                resident=placement.resident if known_first else other.resident,
                age_band=placement.age_band or other.age_band,
                pathways=placement.pathways or other.pathways,
                referred_by=placement.referred_by or other.referred_by,
                authorised_until=placement.authorised_until or other.authorised_until,
            )
        return placement


class Standpoint:
    """A tender seen on a day: places each course of a person in it.

    With `agreed_from`, agreed placements are taken to start as planned from that day on (RULES.md section 9).
    """

    def __init__(self, frame: Frame, ties: Ties, on: date, agreed_from: date | None = None) -> None:
        """See the tender on a day."""
        self.frame, self.ties, self.on, self.agreed_from = frame, ties, on, agreed_from

    def placed(self, person: Sequence[Course]) -> list["Placed"]:
        """All courses of one person, with their standing."""
        placed = [self._place(course) for course in person]
        firm = [one for one in placed if one.standing is Standing.COUNTS and not one.placement.only_job_centre]
        for one in placed:
            if one.standing is Standing.COUNTS and one.placement.only_job_centre and self._doubled(one, firm):
                one.standing = Standing.HELD_BACK
        return placed

    def _place(self, course: Course) -> "Placed":
        placement = course.placement
        if self.ties.stands_for.get(placement.placement) == placement.placement:
            placement = self.ties.completed(placement)
        start = placement.start
        if (
            start is None
            and self.agreed_from
            and placement.planned_start
            and placement.planned_start >= self.agreed_from
        ):
            start = placement.planned_start
        return Placed(placement, course.periods, self.frame, self.on, start, self._standing(placement, start))

    def _standing(self, placement: Placement, start: date | None) -> Standing:
        stands_for = self.ties.stands_for.get(placement.placement, placement.placement)
        checks = (
            (placement.contractor is None, Standing.WAITS),
            (stands_for != placement.placement, Standing.MATCHED),
            (self.frame.registered is None, Standing.TENDER_UNKNOWN),
            (placement.contractor not in self.frame.engaged, Standing.CONTRACTOR_NOT_ENGAGED),
            (placement.not_started, Standing.NOT_STARTED),
            (placement.disputed(self.on), Standing.DISPUTED),
            (start is None or start > self.on, Standing.AGREED),
        )
        return next((standing for fails, standing in checks if fails), Standing.COUNTS)

    def _doubled(self, one: "Placed", firm: Iterable["Placed"]) -> bool:
        if one.placement.placement in self.ties.stands_for:
            return False
        return any(
            other.placement.contractor == one.placement.contractor
            and _within(one.placement, other.placement)
            and _pair(one.placement, other.placement) not in self.ties.parted
            for other in firm
        )


def _pair(one: Placement, other: Placement) -> tuple[str, str]:
    first, second = sorted((one.placement, other.placement))
    return first, second


def _within(one: Placement, other: Placement) -> bool:
    """Whether two spans, each widened by the days within which reports are taken for doubles, overlap."""
    if one.start is None or other.start is None:
        return False
    reach = 2 * _DOUBLE_WITHIN
    return (other.end is None or one.start - other.end <= reach) and (one.end is None or other.start - one.end <= reach)


@dataclass
class Placed:
    """A course within its tender on a day; `start` may be planned, where a forecast is asked for."""

    placement: Placement
    periods: Sequence[Period]
    frame: Frame
    on: date
    start: date | None
    standing: Standing

    @cached_property
    def workplaces(self) -> list[tuple[date, Workplace]]:
        """Where the placement is from day to day, successors in the place of those they took over from."""
        changes: list[tuple[date, Workplace]] = []
        for index, place in enumerate(self.placement.workplaces):
            until = self.placement.workplaces[index + 1].from_on if index + 1 < len(self.placement.workplaces) else None
            changes.extend((part.from_on, part) for part in self._with_successors(place, until))
        return changes

    def _with_successors(self, place: Workplace, until: date | None) -> Iterable[Workplace]:
        seen: set[str] = set()
        while place.contractor not in seen:
            seen.add(place.contractor)
            day, successor = self.frame.successors.get(place.contractor, (None, ""))
            if day is None or (until is not None and day >= until):
                break
            if day > place.from_on:
                yield place
            place = place._replace(from_on=max(day, place.from_on), contractor=successor)
        yield place

    @cached_property
    def end(self) -> date | None:
        """The end as reported, or the day the contractor's time was cut off."""
        return self._ended[0]

    @cached_property
    def end_reason(self) -> EndReason | None:
        """Why it ended."""
        return self._ended[1]

    @cached_property
    def _ended(self) -> tuple[date | None, EndReason | None]:
        reported = self.placement.end, self.placement.end_reason
        if not self.workplaces:
            return reported
        last_day = self._cut_off(self.workplaces[-1][1])
        if last_day is None or (reported[0] is not None and reported[0] <= last_day):
            return reported
        return last_day, EndReason.CONTRACTOR_ENDED

    def _cut_off(self, place: Workplace) -> date | None:
        last_day = self.frame.cut_off.get(place.contractor)
        return last_day if last_day is not None and last_day >= place.from_on else None

    @cached_property
    def until(self) -> int:
        """The last day it has lasted to on the day it is seen."""
        return min(self.on.toordinal(), self.end.toordinal() if self.end else LAST)

    @cached_property
    def stays(self) -> list[Stay]:
        """From the start to the day it is seen: which days belong to which contractor, contract and trade."""
        if self.start is None:
            return []
        first = self.start.toordinal()
        stays = []
        for begin, last, place in stretches(self.workplaces, first, self.until):
            cut = self._cut_off(place)
            until = min(last, cut.toordinal()) if cut else last
            for a, b, trade in stretches(self.placement.trades, begin, until):
                stays.append(Stay(a, b, place.contractor, place.contract, trade))
        return stays

    def lasted(self, weeks: int) -> bool:
        """Whether it has lasted so many weeks on the day it is seen."""
        return self.start is not None and self.until - self.start.toordinal() + 1 >= 7 * weeks

    @cached_property
    def counted_periods(self) -> list[Period]:
        """The periods of hours that count on the day it is seen (RULES.md section 4)."""
        if self.start is None:
            return []
        first = self.start.toordinal()
        return [
            period
            for period in self.periods
            if period.holds
            and period.to_on <= self.on
            and period.to_on.toordinal() >= first
            and period.from_on.toordinal() <= self.until
        ]

    def stay_of(self, period: Period) -> Stay | None:
        """The stay on the first day of a period, or of the placement where that is later; else the nearest before."""
        day = max(period.from_on.toordinal(), self.stays[0].first) if self.stays else 0
        return next((stay for stay in reversed(self.stays) if stay.first <= day), None)

    @cached_property
    def covered(self) -> list[Days]:
        """The days for which hours were measured."""
        return [(p.from_on.toordinal(), p.to_on.toordinal()) for p in self.counted_periods]
