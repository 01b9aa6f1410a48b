"""A period as clerks name it: a month, a week, or from and to; cut at the month's end where it crosses one.

Hours of a period that crosses a month's end are shared by its weekdays on either side (domain.md section 6: weeks are
split at month ends); the second share is what is left, so the shares add up to the hundredth.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.sheets.cells import Cell, NoValue
from services.sheets.texts import folded, text_of
from services.sheets.values import FIRST, LAST, MONTHS, NO_VALUE, Wrong, year_of

LONGEST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        """As ISO 8601 writes an interval; rows are known by it."""
        return f"{self.first}/{self.last}"

    @property
    def days(self) -> int:
        """How many days it is long."""
        return (self.last - self.first).days + 1

    @property
    def weekdays(self) -> int:
        """Mondays to Fridays in it."""
        return sum((self.first + timedelta(days=day)).weekday() < 5 for day in range(self.days))

    def overlaps(self, other: Span) -> bool:
        """Whether they have a day in common."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Month:
    """A month or week whose year stands elsewhere."""

    month: int | None = None
    week: int | None = None

    def of(self, year: int) -> Span | Wrong:
        """The span in a year."""
        return month_span(year, self.month) if self.month is not None else week_span(year, self.week or 0)


_EXPECTED = (
    "skriv perioden som »oktober 2026« eller »uge 40 2026«",
    "write the period as “october 2026” or “week 40 2026”",
)
_WEEK = re.compile(r"^(?:uge|u|week|w)\s?(\d{1,2})(?:\s(\d{4}|\d{2}))?$|^(\d{4})\s?(?:uge|u|week|w)\s?(\d{1,2})$")
_NAMED = re.compile(r"^([a-zæøå]{3,9})\s?(\d{4}|\d{2})?$|^(\d{4})\s([a-zæøå]{3,9})$")
_YEAR_MONTH = re.compile(r"^(\d{4})\s?(\d{1,2})$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})\s(\d{4})$")
_MONTH_NUMBERS = frozenset(str(number) for number in range(1, 13))


def read_period(cell: Cell) -> Span | Month | Wrong:
    """A month or a week; a Month where the year is not told. A date on the first of a month is that month."""
    if isinstance(cell, date):
        return month_span(cell.year, cell.month) if cell.day == 1 else Wrong("period", *_EXPECTED)
    if isinstance(cell, NoValue):
        return NO_VALUE
    text = folded(text_of(cell))
    if found := _WEEK.match(text):
        week, year = int(found[1] or found[4]), found[2] or found[3]
        return week_span(year_of(year), week) if year else Month(week=week)
    return _month(text)


def _month(text: str) -> Span | Month | Wrong:
    if found := _YEAR_MONTH.match(text):
        return month_span(int(found[1]), int(found[2]))
    if found := _MONTH_YEAR.match(text):
        return month_span(int(found[2]), int(found[1]))
    if (found := _NAMED.match(text)) and (month := MONTHS.get(found[1] or found[4])):
        year = found[2] or found[3]
        return month_span(year_of(year), month) if year else Month(month=month)
    return Month(month=int(text)) if text in _MONTH_NUMBERS else Wrong("period", *_EXPECTED)


def month_span(year: int, month: int) -> Span | Wrong:
    """All of a month."""
    if not (FIRST.year <= year <= LAST.year and 1 <= month <= 12):
        return Wrong("period", *_EXPECTED)
    return Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def week_span(year: int, week: int) -> Span | Wrong:
    """Monday to Sunday of a week as Danish calendars number them (ISO 8601)."""
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return Wrong("no_such_week", f"uge {week} findes ikke i {year}", f"there is no week {week} in {year}")
    return Span(monday, monday + timedelta(days=6))


def checked(first: date, last: date) -> Span | Wrong:
    """A span that can be reported: in order, and of at most 31 days."""
    if last < first:
        return Wrong("order", "sidste dag ligger før første dag", "the last day is before the first")
    if (last - first).days >= LONGEST_DAYS:
        return Wrong(
            "too_long",
            "perioden er over 31 dage; del rækken i måneder",
            "the period is over 31 days; split the row into months",
        )
    return Span(first, last)


def by_month(span: Span) -> tuple[Span, ...]:
    """The span itself, or the two that lie on either side of a month's end."""
    end = date(span.first.year, span.first.month, monthrange(span.first.year, span.first.month)[1])
    if span.last <= end:
        return (span,)
    return Span(span.first, end), Span(end + timedelta(days=1), span.last)


def shared(amount: Decimal, spans: tuple[Span, ...]) -> tuple[Decimal, ...]:
    """An amount over the spans of one period, by weekdays (by days, where it has no weekdays)."""
    if len(spans) == 1:
        return (amount,)
    by_weekdays = any(span.weekdays for span in spans)
    first, second = (span.weekdays if by_weekdays else span.days for span in spans)
    part = (amount * first / (first + second)).quantize(Decimal("0.01"))
    return part, amount - part
