"""RULES.md section 4: measured periods, counted days and computed hours of all placements that count, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from tests.oracle.counting import Course, counting
from tests.oracle.effective import Said, named, number
from tests.oracle.placement import ONE_DAY, is_on_site, is_resting, on
from tests.oracle.tender import Look, Tender, cut_off, place_on

HOURS_A_DAY = Fraction("7.4")
FULL_WEEK = Fraction(37)
NOTHING = Fraction(0)


@dataclass(frozen=True)
class Where:
    """Where a day or a period belongs."""

    contractor: str
    contract: str | None
    trade: str | None


@dataclass(frozen=True)
class Period:
    """A period of hours that counts."""

    first: date
    last: date
    hours: Fraction
    where: Where


@dataclass(frozen=True, eq=False)
class World:
    """What counts when looked at so, under one agreement's rules: per placement its courses, days and hours."""

    tender: Tender
    look: Look
    rules: dict[str, Any]
    courses: dict[str, Course]
    periods: dict[str, list[Period]]
    days: dict[str, set[date]]
    computed: dict[str, dict[date, Fraction]]


def world(tender: Tender, look: Look, rules: dict[str, Any]) -> World:
    """Everything that section 5 measures from."""
    courses = counting(tender, look, rules.get("min_weeks", 0))
    periods = {i: _periods(tender, begun, look, rules) for i, begun in courses.items()}
    days = {i: _counted_days(tender, begun, look, rules) for i, begun in courses.items()}
    return World(tender, look, rules, courses, periods, days, _computed(courses, periods, days, look, rules))


def holding(reports: Iterable[Said]) -> list[Said]:
    """The reports of hours that hold: one per period, and none that overlaps a better one that holds."""
    best: dict[tuple[date, date], Said] = {}
    for report in sorted(reports, key=lambda r: (r.data.get("revision", 1), *r.key)):
        best[report.day("from_on"), report.day("to_on")] = report
    held: list[tuple[date, date]] = []
    for first, last in sorted(best, key=lambda p: (-best[p].data.get("revision", 1), -(p[1] - p[0]).days, p[0])):
        if not any(first <= held_last and held_first <= last for held_first, held_last in held):
            held.append((first, last))
    return [best[period] for period in held]


def hours_in(report: Said) -> Fraction:
    """Hours, or man-days at 7.4 hours."""
    if report.data.get("hours") is not None:
        return number(report.data["hours"])
    return number(report.data["man_days"]) * HOURS_A_DAY


@lru_cache(maxsize=200_000)
def where_on(tender: Tender, begun: Course, day: date) -> Where:
    """Contractor, contract and trade of a placement on a day."""
    return Where(*place_on(tender, begun.placement, day), on(begun.placement.trades, day))


def days_of(first: date, last: date) -> Iterable[date]:
    """Every day from the first to the last, both included."""
    while first <= last:
        yield first
        first += ONE_DAY


def _periods(tender: Tender, begun: Course, look: Look, rules: dict[str, Any]) -> list[Period]:
    """The periods whose last day is not after D and that touch [start, min(end, D)]."""
    counted = []
    for report in holding(named(begun.placement.said, "hours.reported")):
        first, last = report.day("from_on"), report.day("to_on")
        if last <= look.on and last >= begun.start and first <= min(begun.end or look.on, look.on):
            school = number(report.data.get("school_hours", 0)) if rules.get("school_counts", False) else NOTHING
            where = where_on(tender, begun, max(first, begun.start))
            counted.append(Period(first, last, hours_in(report) + school, where))
    return counted


def _counted_days(tender: Tender, begun: Course, look: Look, rules: dict[str, Any]) -> set[date]:
    """The days whose time is the target's: on site, not resting, with a contractor that is still there."""
    placement, until = begun.placement, look.until
    if begun.end is not None:
        until = min(until, begun.end)
    if placement.planned_end is not None and (placement.end is None or placement.end <= placement.planned_end):
        until = min(until, placement.planned_end)
    cut = cut_off(tender, placement, begun.start, until)
    return {
        day
        for day in days_of(max(begun.start, placement.on_site_from or begun.start), until)
        if is_on_site(placement, day) and not is_resting(placement, day, rules) and day not in cut
    }


def covered(begun: Course, periods: list[Period]) -> set[date]:
    """The days of [start, end] on which a counted period lies."""
    days = {day for period in periods for day in days_of(period.first, period.last)}
    return {day for day in days if begun.start <= day and (begun.end is None or day <= begun.end)}


def _computed(
    courses: dict[str, Course],
    periods: dict[str, list[Period]],
    days: dict[str, set[date]],
    look: Look,
    rules: dict[str, Any],
) -> dict[str, dict[date, Fraction]]:
    """Weekly hours / 7 on each counted day that no period covers; one person gives at most a full week on a day."""
    by_cover = {i: covered(courses[i], periods[i]) for i in courses}
    computed: dict[str, dict[date, Fraction]] = {i: {} for i in courses}
    for person in {begun.root for begun in courses.values()}:
        theirs = sorted((i for i in courses if courses[i].root == person), key=lambda i: (courses[i].start, i))
        for day in {day for i in theirs for day in days[i] | by_cover[i]}:
            if day <= look.on and not rules.get("computed_hours_count", True):
                continue
            there = [i for i in theirs if day in days[i] or day in by_cover[i]]
            weekly = {i: on(courses[i].placement.weekly_hours, day) for i in there}
            room = max(FULL_WEEK, *weekly.values()) - sum(weekly[i] for i in there if day in by_cover[i])
            for i in there:
                if day not in by_cover[i]:
                    given = max(NOTHING, min(weekly[i], room))
                    computed[i][day] = given / 7
                    room -= given
    return computed
