"""The days and hours of one person in a tender, as pieces that fit or do not fit a target (RULES.md section 4).

Everything is counted in whole numbers until it is shown: hours in ticks of 1/7000 hour, because computed hours are
hundredths of weekly hours divided by seven days, and measured hours have at most three decimals (7.4 x hundredths).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from schemas.secretariat import CountingRules
from schemas.vocabulary import PauseReason
from services.domain.courses import Placed, Stay
from services.domain.hours import Period
from services.domain.placements import FULL_WEEK
from services.domain.spans import Days, common, days, stretches, union, without

TICKS_PER_HOUR = 7000
_TICKS_PER_WEEKLY_HUNDREDTH_DAY = 10  # 1/100 hour a week over one of its seven days
_FULL_WEEK = int(FULL_WEEK * 100)


def hours_of(ticks: int) -> Fraction:
    """Hours, exactly."""
    return Fraction(ticks, TICKS_PER_HOUR)


class Piece(NamedTuple):
    """Counted time of one course at one place: `days` that count, and hours either measured or computed."""

    course: int
    stay: Stay
    first: int
    last: int
    day_weeks: int
    ticks: int
    measured: bool


class _Stretch(NamedTuple):
    first: int
    last: int
    weekly: int
    stay: Stay


@dataclass(frozen=True)
class Counting:
    """How hours are counted: by an agreement's rules, seen on a day.

    `computed_from` is the first day from which hours are computed at all: never, always, or from after today in a
    forecast under rules that count only measured hours.
    """

    rules: CountingRules
    computed_from: date

    def pause_counts(self, reason: PauseReason) -> bool:
        """Whether days of such a pause count."""
        match reason:
            case PauseReason.HOLIDAY:
                return self.rules.holiday_counts
            case PauseReason.PERSONAL_CIRCUMSTANCES:
                return self.rules.sickness_counts
            case PauseReason.WEATHER:
                return self.rules.weather_counts
            case PauseReason.NO_WORK | PauseReason.OTHER:
                return False


def pieces(person: Sequence[Placed], counting: Counting) -> list[Piece]:
    """The counted time of all courses of one person that count, each piece at one place."""
    counted = [_counted(placed, counting) for placed in person]
    measured = [
        Piece(index, placed.stay_of(period), *_span(period), 0, _ticks(period, counting.rules), measured=True)
        for index, placed in enumerate(person)
        for period in placed.counted_periods
    ]
    time = [
        Piece(index, s.stay, s.first, s.last, (s.last - s.first + 1) * s.weekly, 0, measured=False)
        for index, stretches_ in enumerate(counted)
        for s in stretches_
    ]
    return [*measured, *time, *_computed(person, counted, counting)]


def put_together(found: Iterable[Piece]) -> list[Piece]:
    """The same time in fewer pieces, for whoever does not ask in which month it lies."""
    sums: dict[tuple[int, Stay, bool], tuple[int, int]] = {}
    for piece in found:
        key = piece.course, piece.stay, piece.measured
        day_weeks, ticks = sums.get(key, (0, 0))
        sums[key] = day_weeks + piece.day_weeks, ticks + piece.ticks
    return [
        Piece(course, stay, stay.first, stay.last, *total, measured=measured)
        for (course, stay, measured), total in sums.items()
    ]


def _span(period: Period) -> Days:
    return period.from_on.toordinal(), period.to_on.toordinal()


def _ticks(period: Period, rules: CountingRules) -> int:
    hours = period.hours + period.school_hours if rules.school_counts else period.hours
    return int(hours * TICKS_PER_HOUR)


def _counted(placed: Placed, counting: Counting) -> list[_Stretch]:
    """The counted days of a course, cut where place or weekly hours change."""
    spans = _counted_days(placed, counting)
    weekly = [(day, int(hours * 100)) for day, hours in placed.placement.weekly_hours]
    found: list[_Stretch] = []
    for stay in placed.stays:
        for first, last, hours in stretches(weekly, stay.first, stay.last) if weekly else ():
            found.extend(_Stretch(a, b, hours, stay) for a, b in common(spans, [(first, last)]))
    return found


def _counted_days(placed: Placed, counting: Counting) -> list[Days]:
    placement, start = placed.placement, placed.start
    if start is None:
        return []
    begin = max(start, placement.on_site_from or start)
    last = placed.until
    extended = placement.end is not None and placement.planned_end is not None and placement.end > placement.planned_end
    if placement.planned_end is not None and not extended:
        last = min(last, placement.planned_end.toordinal())
    spans = [(begin.toordinal(), last)] if begin.toordinal() <= last else []
    if placement.allocations is not None:
        spans = common(spans, union(days(*span) for span in placement.allocations))
    pauses = (days(p.from_on, p.to_on) for p in placement.pauses if not counting.pause_counts(p.reason))
    school = (days(*span) for span in placement.school) if not counting.rules.school_counts else ()
    return without(spans, union([*pauses, *school]))


def _computed(person: Sequence[Placed], counted: Sequence[Sequence[_Stretch]], counting: Counting) -> Iterable[Piece]:
    before = (1, counting.computed_from.toordinal() - 1)
    open_ = [
        [
            _Stretch(a, b, s.weekly, s.stay)
            for s in course
            for a, b in without([(s.first, s.last)], [*union(placed.covered), before])
        ]
        for placed, course in zip(person, counted, strict=True)
    ]
    room = _Room(person, counted) if _overlap(person) else None
    for index, course in enumerate(open_):
        for stretch in course:
            for part in room.shares(index, stretch) if room else (stretch,):
                ticks = (part.last - part.first + 1) * part.weekly * _TICKS_PER_WEEKLY_HUNDREDTH_DAY
                yield Piece(index, part.stay, part.first, part.last, 0, ticks, measured=False)


def _overlap(person: Sequence[Placed]) -> bool:
    """Whether any two courses of a person lie on a common day."""
    spans = sorted((one.start.toordinal(), one.until) for one in person if one.start is not None)
    return any(after[0] <= before[1] for before, after in pairwise(spans))


class _Room:
    """How much of a full week one person's courses leave each other on a day."""

    def __init__(self, person: Sequence[Placed], counted: Sequence[Sequence[_Stretch]]) -> None:
        self.covered = [_covered(placed) for placed in person]
        self.computed = [
            [
                _Stretch(a, b, s.weekly, s.stay)
                for s in course
                for a, b in without([(s.first, s.last)], union(placed.covered))
            ]
            for placed, course in zip(person, counted, strict=True)
        ]
        self.order = sorted(
            range(len(person)), key=lambda i: (person[i].start or date.max, person[i].placement.placement)
        )
        ends = {s.first for row in (*self.covered, *self.computed) for s in row}
        ends |= {s.last + 1 for row in (*self.covered, *self.computed) for s in row}
        self.cuts = sorted(ends)

    def shares(self, index: int, stretch: _Stretch) -> Iterable[_Stretch]:
        """What of a stretch of computed time is left beside the person's other courses."""
        cuts = [stretch.first, *(c for c in self.cuts if stretch.first < c <= stretch.last), stretch.last + 1]
        for first, after in pairwise(cuts):
            weekly = self._share(index, first)
            if weekly:
                yield _Stretch(first, after - 1, weekly, stretch.stay)

    def _share(self, index: int, day: int) -> int:
        measured = [_on(row, day) for row in self.covered]
        computed = [_on(row, day) for row in self.computed]
        room = max([_FULL_WEEK, *measured, *computed]) - sum(measured)
        for other in self.order:
            given = max(0, min(computed[other], room))
            if other == index:
                return given
            room -= given
        return 0


def _covered(placed: Placed) -> list[_Stretch]:
    """The days within the course on which measured hours lie, with its weekly hours there."""
    if placed.start is None or not placed.stays:
        return []
    weekly = [(day, int(hours * 100)) for day, hours in placed.placement.weekly_hours]
    spans = common(union(placed.covered), [(placed.start.toordinal(), placed.until)])
    return [_Stretch(*span, placed.stays[0]) for first, last in spans for span in stretches(weekly, first, last)]


def _on(row: Iterable[_Stretch], day: int) -> int:
    return next((s.weekly for s in row if s.first <= day <= s.last), 0)
