"""Plots as SVG: drawn for a screen's width, readable without colour, with their content in words.

Plain Vega-Lite, drawn by vl-convert without a browser. What is unknown is a gap, never a zero.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from html import escape
from typing import Any, Literal, NamedTuple

import vl_convert

from schemas.vocabulary import Language, Spread
from services.domain.figures import Figure
from services.reports.curve import Point
from services.reports.words import amount, amount_of, day, named, pick

Width = Literal["wide", "narrow"]
"""For a desktop, or for a phone; text is of the same size in both, so a page holds both and shows one."""
WIDTHS: Sequence[Width] = ("wide", "narrow")

_SIZES: Mapping[Width, tuple[int, int]] = {"wide": (720, 320), "narrow": (300, 280)}
_MONTHS: Mapping[Width, int] = {"wide": 9, "narrow": 5}
_LOCALES: Mapping[Language, Any] = {"da": "da-DK", "en": "en-GB"}
_INK, _QUIET, _LINES = "#1a1a1a", "#595959", "#dcdcdc"
# Colours that are told apart with any colour vision, in print, and by their dashes.
_BLUE, _ORANGE = "#0b5a8f", "#b34700"
_FONT = "IBM Plex Sans, Segoe UI, Helvetica, Arial, sans-serif"

_Spec = dict[str, Any]


class _Line(NamedTuple):
    """One line of a plot and how it is drawn."""

    name: str
    colour: str
    dash: Sequence[int]
    width: float
    points: Sequence[tuple[date, Fraction | None]]


def delivered_plot(figure: Figure, points: Sequence[Point], language: Language, width: Width = "wide") -> str:
    """Delivered, expected and forecast over time, against what is required, with the day of the figure marked.

    `points` are those of `curve`. An SVG element with title and description.
    """
    lines = [line for line in _lines(figure, points, language) if any(value is not None for _, value in line.points)]
    first, last = _span(figure, points)
    layers = [*_today(figure.on, first, last, language), _drawn(lines, _months(first, last, width))]
    spec = {"layer": [*layers, *_dots(points), *_latest(figure, points, last, language)]}
    title = named(figure.title, figure.target, figure.metric, language)
    return _svg(spec, title, _told(figure, language), language, width)


def _lines(figure: Figure, points: Sequence[Point], language: Language) -> Iterator[_Line]:
    first, end = _span(figure, points)
    required = [(first, figure.required), (end, figure.required)]
    yield _Line(pick(language, "aftalt", "agreed"), _INK, [1, 0], 1.5, required)
    expected = [(point.on, point.expected) for point in points]
    if figure.spread is Spread.LINEAR and end > figure.on and figure.expected is not None:
        expected.append((end, figure.required))
    yield _Line(pick(language, "burde være", "expected"), _ORANGE, [2, 3], 2.5, expected)
    yield _Line(pick(language, "leveret", "delivered"), _BLUE, [1, 0], 3.5, [(p.on, p.delivered) for p in points])
    ahead = [(figure.on, figure.delivered), (end, figure.forecast)]
    known = figure.delivered is not None and figure.forecast is not None and end > figure.on
    yield _Line(pick(language, "prognose", "forecast"), _BLUE, [8, 5], 2.5, ahead if known else [])


def _span(figure: Figure, points: Sequence[Point]) -> tuple[date, date]:
    """The first and the last day of a plot."""
    return points[0].on if points else figure.on, max(figure.schedule.end or figure.on, figure.on)


def _months(first: date, last: date, width: Width) -> list[str]:
    """The first days of months that are named below a plot: as many as there is room for, evenly apart."""
    firsts = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    within = [on for on in firsts if first <= on <= last]
    step = next((step for step in (1, 2, 3, 6) if len(within) <= step * _MONTHS[width]), 12)
    return [on.isoformat() for on in within if (on.month - 1) % step == 0]


def _drawn(lines: Sequence[_Line], months: Sequence[str]) -> _Spec:
    names = [line.name for line in lines]
    rows = [
        {"on": on.isoformat(), "value": _float(value), "line": line.name} for line in lines for on, value in line.points
    ]
    axis = {"title": None, "format": "%b %y", "values": list(months), "grid": False}
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "interpolate": "linear", "strokeCap": "butt"},
        "encoding": {
            "x": {"field": "on", "type": "temporal", "scale": {"type": "utc"}, "axis": axis},
            "y": {"field": "value", "type": "quantitative", "axis": {"title": None}, "scale": {"zero": True}},
            "stroke": _scale("line", names, [line.colour for line in lines]),
            "strokeDash": _scale("line", names, [line.dash for line in lines]),
            "strokeWidth": _scale("line", names, [line.width for line in lines]),
        },
    }


def _today(on: date, first: date, last: date, language: Language) -> Iterator[_Spec]:
    """A line on the day of the figure, and its date above it, to the side where there is room."""
    at = {"data": {"values": [{"on": on.isoformat()}]}, "encoding": {"x": {"field": "on", "type": "temporal"}}}
    gone = (on - first) / (last - first) if last > first else 0
    align = "left" if gone < 1 / 3 else "right" if gone > 2 / 3 else "center"
    text = {"type": "text", "text": pick(language, "opgjort ", "as of ") + day(on), "align": align, "y": -12}
    yield {**at, "mark": {"type": "rule", "color": _QUIET, "strokeDash": [3, 3]}}
    yield {**at, "mark": {**text, "color": _QUIET, "fontSize": 14}}


def _dots(points: Sequence[Point]) -> Iterator[_Spec]:
    """A dot for each delivered amount with nothing known beside it: no line shows it."""
    known = [False, *(point.delivered is not None for point in points), False]
    alone = [
        point
        for point, (before, here, after) in zip(points, _threes(known), strict=True)
        if here and not before and not after
    ]
    if alone:
        yield _dot([(point.on, point.delivered) for point in alone])


def _threes(known: Sequence[bool]) -> Iterator[tuple[bool, bool, bool]]:
    return zip(known, known[1:], known[2:], strict=False)


def _latest(figure: Figure, points: Sequence[Point], last: date, language: Language) -> Iterator[_Spec]:
    """What is delivered by today: a dot and its number, where no line runs."""
    if figure.delivered is None or not points:
        return
    dot = _dot([(points[-1].on, figure.delivered)])
    low = figure.delivered < figure.required / 10
    below = figure.expected is not None and figure.delivered < figure.expected and not low
    right = below and figure.on < last
    text = {"type": "text", "text": amount(figure.delivered, figure.metric, language), "color": _BLUE}
    place = {"dx": 10 if right else -10, "dy": 14 if below else -14, "align": "left" if right else "right"}
    yield dot
    yield {**dot, "mark": {**text, **place, "fontSize": 16, "fontWeight": 700}}


def _dot(places: Sequence[tuple[date, Fraction | None]]) -> _Spec:
    return {
        "data": {"values": [{"on": on.isoformat(), "value": _float(value)} for on, value in places]},
        "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1, "color": _BLUE},
        "encoding": {"x": {"field": "on", "type": "temporal"}, "y": {"field": "value", "type": "quantitative"}},
    }


def _scale(field: str, names: Sequence[str], values: Sequence[Any]) -> _Spec:
    legend = {"orient": "bottom", "title": None, "symbolStrokeWidth": 3, "symbolSize": 400}
    return {
        "field": field,
        "type": "nominal",
        "scale": {"type": "ordinal", "domain": list(names), "range": list(values)},
        "legend": legend,
    }


def _config(width: Width) -> _Spec:
    text = {"labelFont": _FONT, "labelFontSize": 14, "labelColor": _INK, "tickColor": _LINES, "domainColor": _QUIET}
    return {
        "font": _FONT,
        "aria": False,
        "view": {"stroke": None},
        "axis": {**text, "gridColor": _LINES},
        "axisY": {"domain": False, "ticks": False, "labelPadding": 8, "tickCount": 5},
        "legend": {"labelFont": _FONT, "labelFontSize": 14, "labelColor": _INK, "columns": 4 if width == "wide" else 2},
    }


def _svg(spec: _Spec, title: str, told: str, language: Language, width: Width) -> str:
    """A specification drawn, with its title and description for those who do not see it."""
    across, down = _SIZES[width]
    whole = {
        **spec,
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": across,
        "height": down,
        "padding": 0,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "config": _config(width),
    }
    locale = _LOCALES[language]
    drawn = vl_convert.vegalite_to_svg(whole, format_locale=locale, time_format_locale=locale)
    name = "plot-" + hashlib.sha256(drawn.encode()).hexdigest()[:10]
    # Vega's own roles name parts that a screen reader would find without a name: here the whole is one image.
    head, _, body = re.sub(r' (?:role|aria-[a-z]+|class)="[^"]*"', "", drawn).partition(">")
    return (
        f'{head} role="img" aria-labelledby="{name}-title" aria-describedby="{name}-told">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-told">{escape(told)}</desc>{body}'
    )


def _told(figure: Figure, language: Language) -> str:
    """What the plot of a figure shows, in a sentence."""

    def say(value: Fraction | None) -> str:
        return pick(language, "ukendt", "unknown") if value is None else amount_of(value, figure.metric, language)

    end = figure.schedule.end
    at = "" if end is None else pick(language, f" den {day(end)}", f" on {day(end)}")
    return pick(
        language,
        f"Pr. {day(figure.on)}: leveret {say(figure.delivered)}, burde være {say(figure.expected)}, "
        f"aftalt {say(figure.required)}, prognose {say(figure.forecast)}{at}.",
        f"As of {day(figure.on)}: delivered {say(figure.delivered)}, expected {say(figure.expected)}, "
        f"agreed {say(figure.required)}, forecast {say(figure.forecast)}{at}.",
    )


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
