"""What should have been delivered by a day, and the last day on which a target can still be met (RULES.md 7, 8, 10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from schemas.contractor import PlannedStart
from schemas.secretariat import CountingRules, Target
from schemas.vocabulary import Metric, PlacementKind, Spread
from services.domain.frame import Frame, Plan, Schedule
from services.domain.spans import LAST

SHARES = frozenset({Metric.SHARE_OF_HOURS, Metric.SHARE_IN_WORK})
IN_HOURS = frozenset({Metric.FTE, Metric.PERSON_WEEKS})
_PLANNED = IN_HOURS | {Metric.PERSONS, Metric.PLACEMENTS}
_FULL_WEEK = 37
_NOT_BEFORE = date(1990, 1, 1).toordinal()
_INTAKES = ((7, 1), (1, 1))
"""Month and day on which apprentices come out of the basic course: summer and New Year (domain.md section 6)."""


def schedule_of(target: Target, frame: Frame, on: date) -> Schedule:
    """The first and last day of a target: its tender's current schedule, its phase's dates, its own deadline."""
    schedule = frame.schedule(on)
    start, end = schedule.start, schedule.end
    if target.phase is not None and (phase := frame.phase(target.phase, on)) is not None:
        start, end = phase.starts_on or start, phase.handover_on or end
    return Schedule(start, target.due_on or end)


@dataclass(frozen=True)
class Expectation:
    """What is expected of a target by a day, and along which spread it was computed."""

    amount: Fraction | None
    spread: Spread


def expected_by(target: Target, rules: CountingRules, required: Fraction, frame: Frame, on: date) -> Expectation:
    """What should have been delivered by a day, evenly or along the training plan, on the current schedule."""
    schedule = schedule_of(target, frame, on)
    if schedule.start is None or schedule.end is None:
        return Expectation(None, target.spread)
    if target.metric in SHARES:
        return Expectation(required if on >= schedule.start else Fraction(0), Spread.LINEAR)
    if target.spread is Spread.TRAINING_PLAN and target.metric in _PLANNED:
        lines = list(_lines(target, frame, on))
        if lines:
            return Expectation(min(required, _planned(target.metric, rules, lines, on)), Spread.TRAINING_PLAN)
    return Expectation(required * _elapsed(schedule.start, schedule.end, on), Spread.LINEAR)


def _elapsed(start: date, end: date, on: date) -> Fraction:
    """The part of the schedule's days that have passed at the end of a day, from 0 to 1."""
    if on < start:
        return Fraction(0)
    return Fraction(1) if on >= end else Fraction((on - start).days + 1, (end - start).days + 1)


def _lines(target: Target, frame: Frame, on: date) -> Iterable[tuple[date, PlannedStart]]:
    """The plan lines that fit a target, with their starts moved to the current schedule."""
    current = frame.schedule(on)
    for plan in frame.plans(on):
        if _plan_fits(target, plan, frame):
            before = frame.schedule(plan.stated_on)
            fitting = (line for line in plan.starts if _line_fits(target, line))
            yield from ((_moved(line.starts_on, before, current), line) for line in fitting)


def has_plan(target: Target, frame: Frame, on: date) -> bool:
    """Whether any line of a training plan fits a target on a day."""
    return any(True for _ in _lines(target, frame, on))


def _plan_fits(target: Target, plan: Plan, frame: Frame) -> bool:
    contractor_fits = not target.contractors or (
        plan.contractor is not None and frame.hangs_under(plan.contractor, target.contractors)
    )
    return contractor_fits and (not target.contracts or plan.contract in target.contracts)


def _line_fits(target: Target, line: PlannedStart) -> bool:
    return (not target.kinds or line.kind in target.kinds) and (not target.trades or line.trade in target.trades)


def _moved(day: date, before: Schedule, current: Schedule) -> date:
    if before.start is None or before.end is None or current.start is None or current.end is None:
        return day
    if before.end == before.start:
        return day
    stretch = Fraction((current.end - current.start).days, (before.end - before.start).days)
    moved = current.start.toordinal() + floor((day - before.start).days * stretch)
    return date.fromordinal(min(max(moved, 1), LAST))


def _planned(metric: Metric, rules: CountingRules, lines: Iterable[tuple[date, PlannedStart]], on: date) -> Fraction:
    started = [(start, line) for start, line in lines if start <= on]
    if metric not in IN_HOURS:
        return Fraction(sum(line.persons for _, line in started))
    hours = sum(
        (
            Fraction(line.weekly_hours) * line.persons * min((on - start).days + 1, 7 * line.weeks) / 7
            for start, line in started
        ),
        Fraction(0),
    )
    return hours / hours_per_unit(metric, rules)


def hours_per_unit(metric: Metric, rules: CountingRules) -> Fraction:
    """How many hours one unit of an hours metric holds: of an FTE by the rules, of a person-week 37."""
    return Fraction(rules.hours_per_fte) if metric is Metric.FTE else Fraction(_FULL_WEEK)


def places_at_once(target: Target, rules: CountingRules, required: Fraction, schedule: Schedule) -> int:
    """How many full-time places can be on site together: as agreed, else twice what is needed on average."""
    if rules.places_at_once is not None or schedule.start is None or schedule.end is None:
        return rules.places_at_once or 1
    days = (schedule.end - schedule.start).days + 1
    if days <= 0:
        return 1
    needed = required * hours_per_unit(target.metric, rules) * 7 / (_FULL_WEEK * days)
    return max(1, ceil(2 * needed))


def last_date(
    target: Target, rules: CountingRules, required: Fraction, forecast: Fraction | None, schedule: Schedule
) -> date | None:
    """The last day on which what is not yet agreed can still start in time; None where nothing more is needed."""
    end = schedule.end
    if end is None or forecast is None or forecast >= required or target.metric in SHARES:
        return None
    last = end.toordinal()
    if target.metric in IN_HOURS:
        hours = (required - forecast) * hours_per_unit(target.metric, rules)
        places = places_at_once(target, rules, required, schedule)
        last -= ceil(hours * 7 / (places * _FULL_WEEK)) - 1
    elif target.metric in _PLANNED and rules.min_weeks:
        last -= 7 * rules.min_weeks - 1
    day = date.fromordinal(max(last, _NOT_BEFORE))
    return _last_intake(day) if set(target.kinds) == {PlacementKind.APPRENTICESHIP} else day


def _last_intake(day: date) -> date:
    return next(date(day.year, month, first) for month, first in _INTAKES if date(day.year, month, first) <= day)


def soon(day: date | None, on: date, within: timedelta) -> bool:
    """Whether a last date is at hand."""
    return day is not None and on <= day <= on + within
