"""The people of a story as they stand in its tables: firms, courses, persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.sample.story import Teller, after, week


@dataclass(frozen=True, slots=True)
class Firm:
    """A contractor in a story: `teller` speaks for it, and from a day perhaps its `heir`.

    `reports` is what it sends each month: "hours", "days", or nothing.
    """

    cvr: str
    name: str
    trade: str
    contract: str
    teller: Teller
    reports: str = ""
    heir: Teller | None = None
    heir_from: date = date.max

    def teller_on(self, on: date) -> Teller:
        """Who speaks for it on a day: a firm that took over speaks for the one it took over from."""
        return self.heir if self.heir and on >= self.heir_from else self.teller


@dataclass(frozen=True, slots=True)
class Course:
    """One placement as it went: planned and real length in weeks, and what came of it. Without weeks it goes on.

    `agreed` says that it was announced before, `late` how many days after its start it was told;
    `school` are the weeks at school, as (first week, how many).
    """

    kind: str
    firm: Firm
    start: date
    weeks: int | None
    pathway: str | None = None
    left_after: int | None = None
    reason: str = "as_planned"
    outcome: str = "pending"
    weekly_hours: float = 37
    agreed: bool = False
    late: int = 0
    school: tuple[tuple[str, int], ...] = ()

    @property
    def planned_end(self) -> date | None:
        """The Friday of the last planned week."""
        return after(self.start, 7 * self.weeks - 3) if self.weeks else None

    @property
    def end(self) -> date | None:
        """The real last day; none where it goes on."""
        return after(self.start, 7 * self.left_after - 3) if self.left_after else self.planned_end

    def school_periods(self) -> list[tuple[date, date]]:
        """The weeks at school, from a Monday to a Friday."""
        return [(week(first), after(week(first), 7 * weeks - 3)) for first, weeks in self.school]

    def is_at_school(self, on: date) -> bool:
        """Whether the apprentice is at school on a day."""
        return any(first <= on <= last for first, last in self.school_periods())


@dataclass(frozen=True, slots=True)
class Person:
    """A person under a code that says nothing, with the courses in order."""

    code: str
    age: str
    resident: str
    courses: tuple[Course, ...]


def practice(firm: Firm, start: str, weeks: int, pathway: str = "e", **more: Any) -> Course:
    """A work placement from a week on."""
    return Course("work_placement", firm, week(start), weeks, pathway, **more)


def subsidy(firm: Firm, start: str, weeks: int, pathway: str = "e", **more: Any) -> Course:
    """A job with wage subsidy."""
    return Course("wage_subsidy", firm, week(start), weeks, pathway, **more)


def job(firm: Firm, start: str, weeks: int | None, pathway: str = "f", **more: Any) -> Course:
    """An ordinary job."""
    return Course("ordinary_employment", firm, week(start), weeks, pathway, **more)


def apprentice(firm: Firm, start: str, weeks: int | None, pathway: str = "b", **more: Any) -> Course:
    """An apprenticeship; `school` names the weeks at school."""
    return Course("apprenticeship", firm, week(start), weeks, pathway, **more)


def other(kind: str, firm: Firm, start: str, weeks: int | None, **more: Any) -> Course:
    """A course of a rarer kind: without a pathway."""
    return Course(kind, firm, week(start), weeks, **more)
