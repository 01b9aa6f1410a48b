"""How figures look in a terminal: tables, the chair's point, a plot of delivered against expected."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from math import ceil
from typing import Protocol

import plotext
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from schemas.vocabulary import Language, Metric
from services.domain.figures import Figure
from services.domain.status import Reason, Status
from services.reports.curve import Point
from services.reports.decisions import Section
from services.reports.explanation import Line
from services.reports.words import amount, day, named, number, pick


class Shown(Protocol):
    """A figure as far as a table shows it: computed now, or stored."""

    @property
    def target(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str | None: ...  # noqa: D102
    @property
    def metric(self) -> Metric: ...  # noqa: D102
    @property
    def required(self) -> Fraction: ...  # noqa: D102
    @property
    def delivered(self) -> Fraction | None: ...  # noqa: D102
    @property
    def expected(self) -> Fraction | None: ...  # noqa: D102
    @property
    def forecast(self) -> Fraction | None: ...  # noqa: D102
    @property
    def last_date(self) -> date | None: ...  # noqa: D102
    @property
    def status(self) -> Status: ...  # noqa: D102
    @property
    def reason(self) -> Reason: ...  # noqa: D102


_COLOURS = {
    Status.AHEAD: "green",
    Status.ON_TRACK: "green",
    Status.AT_RISK: "yellow",
    Status.BEHIND: "red",
    Status.CANNOT_BE_MET: "bold red",
    Status.AGREED_DEVIATION: "cyan",
    Status.UNKNOWN: "magenta",
}
_HEADINGS = (
    ("Krav", "Target"),
    ("Aftalt", "Agreed"),
    ("Leveret", "Delivered"),
    ("Burde være", "Expected"),
    ("Prognose", "Forecast"),
    ("Status", "Status"),
    ("Hvorfor", "Why"),
)
_ROOM_FOR_WHY, _WHY = 125, 34
_ROOM_FOR_HEADINGS, _NUMBER, _NARROW_NUMBER = 100, 10, 8
_STATUS, _LEAST_NAME = 19, 20
_STEPS = [Fraction(n) * Fraction(10) ** power for power in range(-2, 7) for n in (1, 2, 5)]
_MARKS = {
    Status.AHEAD: "▲",
    Status.ON_TRACK: "●",
    Status.AT_RISK: "◆",
    Status.BEHIND: "▼",
    Status.CANNOT_BE_MET: "✖",
    Status.AGREED_DEVIATION: "≈",
    Status.UNKNOWN: "?",
}


def status_text(status: Status, language: Language) -> Text:
    """A status: sign, word and colour, so that none of them is needed alone."""
    return Text(f"{_MARKS[status]} {status.label(language)}", style=_COLOURS[status])


def figures_table(rows: Iterable[tuple[str, Shown]], language: Language, title: str, width: int) -> Group:
    """Tender by tender, one row a target: the four numbers, the status and, where there is room, why."""
    wide = width >= _ROOM_FOR_WHY
    heading = Text(title, style="bold underline")
    parts: list[RenderableType] = [heading, _grid(width, wide=wide, header=language)]
    for tender, group in groupby(rows, key=lambda row: row[0]):
        grid = _grid(width, wide=wide)
        for _, figure in group:
            cells = _cells(figure, language)
            grid.add_row(*cells if wide else cells[:-1])
        parts += [Text(tender, style="bold"), grid]
    return Group(*parts)


def _grid(width: int, *, wide: bool, header: Language | None = None) -> Table:
    """Columns of the same widths in every table, so that one header serves all."""
    numbers = _NUMBER if width >= _ROOM_FOR_HEADINGS else _NARROW_NUMBER
    rest = 4 * (numbers + 1) + 1 + _STATUS + (_WHY if wide else 0)
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=max(_LEAST_NAME, width - rest), overflow="fold")
    for _ in range(4):
        grid.add_column(width=numbers, justify="right")
    grid.add_column(width=_STATUS)
    if wide:
        grid.add_column(width=_WHY - 1, overflow="fold")
    if header:
        names = [pick(header, da, en) for da, en in _HEADINGS]
        grid.add_row(*names if wide else names[:-1], style="dim")
    return grid


def _cells(figure: Shown, language: Language) -> list[RenderableType]:
    def say(value: Fraction | None) -> str:
        return amount(value, figure.metric, language)

    name = Padding(Text(named(figure.title, figure.target, figure.metric, language)), (0, 0, 0, 2))
    why = figure.reason.label(language)
    settled = figure.status in {Status.AHEAD, Status.ON_TRACK} or figure.reason is Reason.ENDED_SHORT
    if figure.last_date is not None and not settled:
        why += pick(language, f"; senest {day(figure.last_date)}", f"; by {day(figure.last_date)}")
    numbers = (figure.required, figure.delivered, figure.expected, figure.forecast)
    return [name, *map(say, numbers), status_text(figure.status, language), why]


def sections(point: Sequence[Section], language: Language) -> Panel:
    """The chair's point as one panel, its sections in order."""
    nothing = pick(language, "intet", "none")
    parts: list[RenderableType] = []
    for section in point[1:]:
        parts.append(Text(section.heading, style="bold"))
        parts.extend(Padding(Text(f"• {line}"), (0, 0, 0, 2)) for line in section.lines or (nothing,))
    return Panel(Group(*(Text(line) for line in point[0].lines), *parts), title=point[0].heading, title_align="left")


def explanation(lines: Sequence[Line], title: str) -> Panel:
    """An explanation, label by label."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row(line.label, Text(line.text))
    return Panel(grid, title=Text(title), title_align="left")


def listing(*headings: str, fixed: int = 1) -> Table:
    """A table of plain lines; the first `fixed` columns are never broken."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0), show_edge=False)
    for index, heading in enumerate(headings):
        table.add_column(heading, no_wrap=index < fixed, overflow="fold")
    return table


def plot(figure: Figure, series: Sequence[Point], language: Language, width: int) -> Text:
    """Delivered against expected over time, and what is agreed, up to the handover.

    Days on which either is unknown are left out of its line; what is drawn last lies on top.
    """
    plotext.clear_figure()
    plotext.theme("clear")
    first, last = series[0][0], max(series[-1][0], figure.schedule.end or series[-1][0])
    agreed = [(on, figure.required) for on in (first, last)]
    expected = [(on, value) for on, _, value in series if value is not None]
    delivered = [(on, value) for on, value, _ in series if value is not None]
    required = amount(figure.required, figure.metric, language)
    _line(agreed, first, "-", f"{pick(language, 'aftalt', 'agreed')} {required}")
    _line(expected, first, ".", pick(language, "burde være", "expected"))
    _line(delivered, first, "•", pick(language, "leveret", "delivered"))
    _ticks(first, last, max(value for _, value in [*agreed, *expected, *delivered]), language)
    plotext.title(named(figure.title, figure.target, figure.metric, language))
    plotext.plotsize(max(40, min(width, 90)), 15)
    return Text.from_ansi(plotext.build())


def _line(points: Sequence[tuple[date, Fraction]], first: date, marker: str, name: str) -> None:
    """One line of the plot, called in the legend by the sign it is drawn with."""
    if points:
        plotext.plot([(on - first).days for on, _ in points], [float(v) for _, v in points], marker=marker, label=name)


def _ticks(first: date, last: date, most: Fraction, language: Language) -> None:
    """Months below, and at the side round amounts, from none to the first at or above the most."""
    days = [first + (last - first) * part / 3 for part in range(4)]
    plotext.xticks([(on - first).days for on in days], [f"{on:%m-%Y}" for on in days])
    step = next((s for s in _STEPS if 4 * s >= most), most / 4)
    places = 0 if step.denominator == 1 else 1 if (10 * step).denominator == 1 else 2
    marks = [step * n for n in range(ceil(most / step) + 1)] if most else [Fraction(0), Fraction(1)]
    plotext.yticks([float(mark) for mark in marks], [number(mark, language, places) for mark in marks])
    plotext.ylim(0, float(marks[-1]))


def console(*, stderr: bool = False) -> Console:
    """Where things are shown; `--json` never goes through it."""
    return Console(stderr=stderr, highlight=False)
