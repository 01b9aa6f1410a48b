"""How a target came to stand where it stands: delivered and expected on days from its start to the figure's."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import NamedTuple, Protocol, TypeVar

from schemas.vocabulary import Metric
from services.domain.assessment import TenderSource, assess
from services.domain.figures import Figure

_POINTS = 24


class Point(NamedTuple):
    """A target on one day; None where it is not known, or was not agreed yet."""

    on: date
    delivered: Fraction | None
    expected: Fraction | None


def curve(source: TenderSource, figure: Figure) -> list[Point]:
    """Up to 25 days with what was delivered and expected on each; none before the start, or where it is not known.

    Each day is computed as if it were today, from what is known now.
    """
    start = figure.schedule.start
    last = min(figure.on, figure.schedule.end or figure.on)
    if start is None or last <= start:
        return []
    step = ceil((last - start).days / _POINTS)
    dates = [start + timedelta(days=n) for n in range(0, (last - start).days, step)] + [last]
    return [_point(source, figure.target, on) for on in dates]


def _point(source: TenderSource, target: str, on: date) -> Point:
    then = next((f for f in assess(source, on).figures if f.target == target), None)
    return Point(on, then.delivered if then else None, then.expected if then else None)


class Measured(Protocol):
    """What is counted in some metric: a figure as computed, or as stored."""

    @property
    def metric(self) -> Metric:
        """What it is counted in."""
        ...


F = TypeVar("F", bound=Measured)


def worth_a_plot(figures: Sequence[F]) -> F | None:
    """The figure that is shown as a plot: the first in hours, else the first."""
    return next((f for f in figures if f.metric == "fte"), next(iter(figures), None))
