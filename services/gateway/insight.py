"""A tender looked into: why a figure is what it is, how it came there, and the site meeting's point.

Such figures need the whole tender, so it is read with the store's own rights; nothing here names a person, and whoever
asks has been let in to the tender before. Of placements only ids come out, for `seen.own_among` to sort.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from schemas.vocabulary import Language
from services.clock import today
from services.domain.assessment import assess
from services.domain.figures import due_on
from services.reports.agenda import agenda
from services.reports.curve import curve
from services.reports.decisions import Section
from services.reports.explanation import Line, explain
from services.reports.plots import WIDTHS, Width, delivered_plot
from services.store import figures
from services.store.current import BEGIN
from services.store.figures import FigureRow
from services.store.loading import current
from services.store.store import Store

MOST_PLACEMENTS = 3_000
"""A plot recomputes the tender for each of its days: for larger ones that takes too long for a page."""

_PLOTS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Explained:
    """A figure in words, and the placements that count in it."""

    lines: Sequence[Line]
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Point:
    """The site meeting's point, and what the contractors are called, by CVR number."""

    sections: Sequence[Section]
    companies: Mapping[str, str]


def explained(store: Store, row: FigureRow, language: Language) -> Explained | None:
    """Why a figure is what it is; None where its target was withdrawn since it was computed."""
    with store.database.transaction(BEGIN) as connection:
        source = current(store, connection, row.tender)
        due = next((due for due in due_on(source.frame(), row.on) if due.target.target == row.target), None)
        found = assess(source, row.on, detailed=row.target).figures if due else ()
    figure = next((figure for figure in found if figure.target == row.target), None)
    if due is None or figure is None:
        return None
    return Explained(explain(figure, due.target, language), frozenset(figure.members or ()))


def point(store: Store, tender: str, language: Language) -> Point:
    """What a site meeting opens with, today."""
    with store.database.transaction(BEGIN) as connection:
        source = current(store, connection, tender)
        return Point(agenda(source, assess(source, today()), language), source.frame().companies)


class Plots:
    """Plots of targets, drawn once for each state of their tender."""

    def __init__(self, store: Store) -> None:
        """Draw what a store holds."""
        self._store = store
        self._drawn: OrderedDict[tuple[object, ...], Mapping[Width, str]] = OrderedDict()
        self._lock = Lock()

    def of(self, row: FigureRow | None, language: Language) -> Mapping[Width, str] | None:
        """The plot of a figure, by width; None where there is none to draw."""
        if row is None or row.doc["fits"]["placements"] > MOST_PLACEMENTS:
            return None
        key = (row.tender, row.target, row.on, figures.computed_at(self._store, row.tender), language)
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        drawn = self._draw(row, language)
        if drawn is not None:
            with self._lock:
                self._drawn[key] = drawn
                while len(self._drawn) > _PLOTS_KEPT:
                    self._drawn.popitem(last=False)
        return drawn

    def _draw(self, row: FigureRow, language: Language) -> Mapping[Width, str] | None:
        with self._store.database.transaction(BEGIN) as connection:
            source = current(self._store, connection, row.tender)
            figure = next((one for one in assess(source, row.on).figures if one.target == row.target), None)
            points = curve(source, figure) if figure else []
        if figure is None or not points:
            return None
        return {width: delivered_plot(figure, points, language, width) for width in WIDTHS}
