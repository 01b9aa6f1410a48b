"""A figure of the sample tender and its way there."""

from __future__ import annotations

from datetime import date

from schemas.codec import Waiting, decode
from services.domain.assessment import assess
from services.domain.figures import Figure
from services.domain.replay import Replay
from services.reports.curve import Point, curve, worth_a_plot
from services.sample.estates import lines

TENDER = "10000270:havnegade"
ON = date(2026, 11, 20)


def replay() -> Replay:
    """The sample tender, from its events."""
    return Replay(TENDER, [event for event in map(decode, lines("havnegade")) if not isinstance(event, Waiting)])


def drawn() -> tuple[Figure, list[Point]]:
    """The figure of the sample tender that is shown as a plot, and its points."""
    source = replay()
    figure = worth_a_plot(assess(source, ON).figures)
    assert figure is not None
    return figure, curve(source, figure)
