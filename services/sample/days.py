"""Days as numbers, with their text, month and pay periods worked out once: a portfolio asks for them by the million."""

from datetime import date, timedelta

FIRST = date(2012, 1, 1)
LAST = date(2032, 12, 31)

Span = tuple[int, int]
"""First and last day, both included."""

_DATES = tuple(FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))

ISO: tuple[str, ...] = tuple(day.isoformat() for day in _DATES)
"""The text of each day."""

MONTH: tuple[int, ...] = tuple((day.year - FIRST.year) * 12 + day.month - 1 for day in _DATES)
"""The number of the calendar month each day lies in."""


def number(day: date) -> int:
    """The number of a day between FIRST and LAST."""
    return (day - FIRST).days


def _months() -> tuple[Span, ...]:
    firsts = [number(day) for day in _DATES if day.day == 1]
    return tuple((first, following - 1) for first, following in zip(firsts, [*firsts[1:], len(_DATES)], strict=True))


def _fortnights(month: Span) -> tuple[Span, ...]:
    """Fortnights that begin on a Monday, split at the month's ends as the schema asks."""
    cuts = [day for day in range(month[0] + 1, month[1] + 1) if (day + FIRST.weekday()) % 14 == 0]
    return tuple(
        (first, following - 1) for first, following in zip([month[0], *cuts], [*cuts, month[1] + 1], strict=True)
    )


MONTHS: tuple[Span, ...] = _months()
"""The calendar months, by number."""

MONTHLY: tuple[tuple[Span, ...], ...] = tuple((month,) for month in MONTHS)
"""Pay periods by month, for those who pay monthly."""

FORTNIGHTLY: tuple[tuple[Span, ...], ...] = tuple(_fortnights(month) for month in MONTHS)
"""Pay periods by month, for those who pay every other week."""
