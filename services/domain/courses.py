"""A placement within its tender: where its days belong, and whether it counts (RULES.md section 3, second half)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from schemas.identifiers import organisation_of
from schemas.vocabulary import EndReason, Outcome, Trade, Word
from services.domain.frame import Frame
from services.domain.hours import Period
from services.domain.placements import Placement, Workplace
from services.domain.spans import LAST, Days, held_on, stretches
from services.domain.ties import Ties

_DOUBLE_WITHIN = timedelta(days=31)


class Course(NamedTuple):
    """A placement and its periods of hours."""

    placement: Placement
    periods: Sequence[Period]


class Standing(Word):
    """Whether a placement counts on a day, and if not, why."""

    COUNTS = "counts", "tæller", "counts"
    WAITS = "waits", "mangler start eller aftale", "no start or agreement yet"
    TENDER_UNKNOWN = "tender_unknown", "udbuddet er ikke registreret", "the tender is not registered"
    CONTRACTOR_NOT_ENGAGED = "contractor_not_engaged", "firmaet er ikke tilknyttet", "the contractor is not engaged"
    NOT_STARTED = "not_started", "blev ikke til noget", "came to nothing"
    AGREED = "agreed", "aftalt, ikke startet", "agreed, not started"
    DISPUTED = "disputed", "bestridt", "disputed"
    MATCHED = "matched", "samme som et andet", "the same as another"
    HELD_BACK = "held_back", "måske samme som et andet", "perhaps the same as another"


class Stay(NamedTuple):
    """Days at one contractor under one contract in one trade."""

    first: int
    last: int
    contractor: str
    contract: str | None
    trade: Trade | None


class Standpoint:
    """A tender seen on a day: places each course of a person in it.

    With `agreed_from`, it is a day ahead: what was heard by `agreed_from` is carried through, and agreed placements
    are taken to start as planned from that day on (RULES.md section 9).
    """

    def __init__(self, frame: Frame, ties: Ties, on: date, agreed_from: date | None = None) -> None:
        """See the tender on a day."""
        self.frame, self.ties, self.on, self.agreed_from = frame, ties, on, agreed_from
        self.heard = agreed_from or on

    def placed(self, person: Sequence[Course]) -> list["Placed"]:
        """All courses of one person, with their standing."""
        placed = [self._place(course) for course in person]
        firm = [one for one in placed if one.standing is Standing.COUNTS and one.firm]
        for one in placed:
            may_count = one.standing in {Standing.COUNTS, Standing.AGREED}
            if may_count and one.placement.only_job_centre and self._doubled(one, firm):
                one.standing = Standing.HELD_BACK
        self._follow(placed)
        return placed

    def _place(self, course: Course) -> "Placed":
        placement = course.placement
        if placement.contractor is not None and self.ties.one(placement.placement) == placement.placement:
            placement = self.ties.completed(placement)
        start = placement.start
        planned = placement.planned_start
        if start is None and planned is not None and self.agreed_from is not None and planned >= self.agreed_from:
            start = planned
        standing = self._standing(placement, start)
        return Placed(placement, course.periods, self.frame, self.on, self.heard, start, standing)

    def _standing(self, placement: Placement, start: date | None) -> Standing:
        checks = (
            (self.ties.one(placement.placement) != placement.placement, Standing.MATCHED),
            (placement.contractor is None, Standing.WAITS),
            (self.frame.registered is None, Standing.TENDER_UNKNOWN),
            (placement.contractor not in self.frame.engaged, Standing.CONTRACTOR_NOT_ENGAGED),
            (placement.not_started, Standing.NOT_STARTED),
            (placement.disputed(self.heard), Standing.DISPUTED),
            (start is None or start > self.on, Standing.AGREED),
        )
        return next((standing for fails, standing in checks if fails), Standing.COUNTS)

    def _doubled(self, one: "Placed", firm: Iterable["Placed"]) -> bool:
        if one.placement.placement in self.ties.stands_for:
            return False
        return any(
            other.placement.contractor == one.placement.contractor
            and _within(one, other)
            and _pair(one.placement, other.placement) not in self.ties.parted
            for other in firm
        )

    def _follow(self, placed: Sequence["Placed"]) -> None:
        """Note what each course follows from, directly or through others of the person, counting or not."""
        before = {one.placement.placement: self.ties.continued(one.placement) for one in placed}
        if not any(before.values()):
            return
        for one in placed:
            left = [one.placement.placement]
            while left:
                new = before.get(left.pop(), set()) - one.follows
                one.follows |= new
                left.extend(new)


def _pair(one: Placement, other: Placement) -> tuple[str, str]:
    first, second = sorted((one.placement, other.placement))
    return first, second


def _within(one: "Placed", other: "Placed") -> bool:
    """Whether two courses lie so close to each other that they are taken for doubles."""
    if one.start is None or other.start is None:
        return False
    return (other.end is None or one.start - other.end <= _DOUBLE_WITHIN) and (
        one.end is None or other.start - one.end <= _DOUBLE_WITHIN
    )


@dataclass
class Placed:
    """A course within its tender on a day; `start` may be planned, where a forecast is asked for.

    `heard` is the day up to which words and hours are heard: in a forecast, earlier than the day it is seen `on`.
    `follows` names the placements it continues.
    """

    placement: Placement
    periods: Sequence[Period]
    frame: Frame
    on: date
    heard: date
    start: date | None
    standing: Standing
    follows: set[str] = field(default_factory=set)

    @property
    def firm(self) -> bool:
        """Whether it is known from more than the job centre's own view, and has lasted a day."""
        return not self.placement.only_job_centre and self.lasted(0)

    @property
    def own_word(self) -> bool:
        """Whether its contractor has said anything of it itself, be it hours: what counts as a yes."""
        contractor = self.placement.contractor
        return self.placement.own_word or any(organisation_of(p.source) == contractor for p in self.periods)

    @property
    def contractors(self) -> Iterable[str]:
        """The contractors that its terms and moves name, and all who ever succeeded these."""
        for contractor in {place.contractor for place in self.placement.workplaces}:
            yield contractor
            yield from self.frame.successors(contractor)

    @cached_property
    def workplaces(self) -> list[tuple[date, Workplace]]:
        """Where the placement is from day to day, successors in the place of those they took over from."""
        changes: list[tuple[date, Workplace]] = []
        for index, place in enumerate(self.placement.workplaces):
            heirs = self.frame.heirs.get(place.contractor)
            if heirs is None:
                changes.append((place.from_on, place))
                continue
            moved_on = self.placement.workplaces[index + 1 :]
            until = moved_on[0].from_on.toordinal() - 1 if moved_on else LAST
            for first, _, heir in stretches(heirs, place.from_on.toordinal(), until):
                if not changes or changes[-1][1].contractor != heir or first == place.from_on.toordinal():
                    day = date.fromordinal(first)
                    changes.append((day, place._replace(from_on=day, contractor=heir)))
        return changes

    @cached_property
    def end(self) -> date | None:
        """The end as reported, or the day the contractor's time was cut off."""
        return self._ended[0]

    @cached_property
    def end_reason(self) -> EndReason | None:
        """Why it ended."""
        return self._ended[1]

    @property
    def outcome(self) -> Outcome | None:
        """What it led to, as reported; pending where it has ended and nobody has said."""
        return self.placement.outcome or (Outcome.PENDING if self.end is not None else None)

    @property
    def gone(self) -> bool:
        """Whether it stands for nothing: never started, disputed, matched away or held back."""
        told_off = self.placement.not_started or self.placement.disputed(self.heard)
        return told_off or self.standing in {Standing.MATCHED, Standing.HELD_BACK}

    @cached_property
    def _ended(self) -> tuple[date | None, EndReason | None]:
        end = self.placement.end
        if self.workplaces:
            last_day = self._cut_off(held_on(self.workplaces, end.toordinal() if end else LAST))
            if last_day is not None and (end is None or last_day < end):
                return last_day, EndReason.CONTRACTOR_ENDED
        return end, self.placement.end_reason

    def _cut_off(self, place: Workplace) -> date | None:
        """The last day of the contractor, where it left after the time at it had begun."""
        if self.start is None:
            return None
        began = max(place.from_on, self.start)
        return next((day for day in self.frame.cut_off.get(place.contractor, ()) if day >= began), None)

    @cached_property
    def until(self) -> int:
        """The last day it has lasted to on the day it is seen; ahead, to its planned end, and to today at least."""
        last = self.end
        if last is None and self.heard < self.on and self.placement.planned_end is not None:
            last = max(self.placement.planned_end, self.heard)
        return min(self.on.toordinal(), last.toordinal() if last else LAST)

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
        """Whether it has lasted so many weeks on the day it is seen, and a day at least."""
        return self.start is not None and self.until - self.start.toordinal() + 1 >= max(1, 7 * weeks)

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
            and period.to_on <= self.heard
            and period.to_on.toordinal() >= first
            and period.from_on.toordinal() <= self.until
        ]

    def stay_of(self, period: Period) -> Stay:
        """Where it was on the first day of a period, or on its own where that is later."""
        day = max(period.from_on, self.start or period.from_on).toordinal()
        found = next((stay for stay in self.stays if stay.first <= day <= stay.last), None)
        if found is not None:
            return found
        place = held_on(self.workplaces, day)
        return Stay(day, day, place.contractor, place.contract, held_on(self.placement.trades, day))

    @cached_property
    def covered(self) -> list[Days]:
        """The days for which hours were measured."""
        return [(p.from_on.toordinal(), p.to_on.toordinal()) for p in self.counted_periods]
