"""How figures look in a terminal: tables, the chair's point, a plot of delivered against expected."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Protocol

import plotext
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from schemas.vocabulary import Language, Metric
from services.domain.status import Reason, Status
from services.reports.agenda import Section
from services.reports.explanation import Line
from services.reports.words import amount, day, named, pick


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
    for number, heading in enumerate(headings):
        table.add_column(heading, no_wrap=number < fixed, overflow="fold")
    return table


def plot(
    figure: Shown, series: Sequence[tuple[date, Fraction | None, Fraction | None]], language: Language, width: int
) -> Text:
    """Delivered against expected over time; days on which either is unknown are left out of its line."""
    plotext.clear_figure()
    plotext.theme("clear")
    first = series[0][0]
    for index, (name, marker) in enumerate(
        ((pick(language, "leveret", "delivered"), "braille"), (pick(language, "burde være", "expected"), "dot"))
    ):
        points = [((on - first).days, float(value)) for on, *values in series if (value := values[index]) is not None]
        if points:
            plotext.plot([x for x, _ in points], [y for _, y in points], marker=marker, label=name)
    ticks = [series[0][0], series[len(series) // 2][0], series[-1][0]]
    plotext.xticks([(on - first).days for on in ticks], [f"{on:%m-%Y}" for on in ticks])
    plotext.title(named(figure.title, figure.target, figure.metric, language))
    plotext.plotsize(max(40, min(width, 90)), 13)
    return Text.from_ansi(plotext.build())


def console(*, stderr: bool = False) -> Console:
    """Where things are shown; `--json` never goes through it."""
    return Console(stderr=stderr, highlight=False)
