"""Spans of days as pairs of day numbers (`date.toordinal`), both ends included: sorted, and apart from each other."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

Days = tuple[int, int]
T = TypeVar("T")

LAST = date.max.toordinal()
"""The day number that stands for an open end."""

_FOUR_DAYS = timedelta(days=4)  # from the 28th into the next month, in every month


def days(from_on: date, to_on: date | None) -> Days:
    """The span between two dates; an open end is the last day there is."""
    return from_on.toordinal(), LAST if to_on is None else to_on.toordinal()


def length(spans: Iterable[Days]) -> int:
    """How many days the spans hold."""
    return sum(last - first + 1 for first, last in spans)


def union(spans: Iterable[Days]) -> list[Days]:
    """The spans sorted, with those that overlap or touch made one."""
    merged: list[Days] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        elif first <= last:
            merged.append((first, last))
    return merged


def common(one: Sequence[Days], other: Sequence[Days]) -> list[Days]:
    """The days in both."""
    found = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return [span for span in found if span[0] <= span[1]]


def without(spans: Sequence[Days], taken: Iterable[Days]) -> list[Days]:
    """The days of `spans` that are not in `taken`."""
    left = list(spans)
    for first, last in taken:
        if not any(a <= last and first <= b for a, b in left):
            continue
        left = [part for a, b in left for part in ((a, min(b, first - 1)), (max(a, last + 1), b)) if part[0] <= part[1]]
    return left


def stretches(changes: Sequence[tuple[date, T]], first: int, last: int) -> Iterator[tuple[int, int, T]]:
    """What held when, from dated changes in order, cut to [first, last]; before the first change nothing held."""
    starts = [day.toordinal() for day, _ in changes]
    for index, (_, value) in enumerate(changes):
        until = starts[index + 1] - 1 if index + 1 < len(starts) else LAST
        if (begin := max(first, starts[index])) <= (end := min(last, until)):
            yield begin, end, value


def held_on(changes: Sequence[tuple[date, T]], day: int) -> T:
    """What held on a day, from dated changes in order, the first of which is not after it."""
    return next(value for begun, value in reversed(changes) if begun.toordinal() <= day)


def months(first: int, last: int) -> Iterator[Days]:
    """The span cut at the ends of calendar months."""
    while first <= last:
        day = date.fromordinal(first)
        rest = (day.replace(day=28) + _FOUR_DAYS).replace(day=1).toordinal() - 1
        yield first, min(rest, last)
        first = rest + 1
