"""A naive recomputation of figures and placements from services/domain/RULES.md, to hold the program against.

It shares no code with the program. Events come as JSON objects; every counted day is a date in a set.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.oracle.counting import course, why_not
from tests.oracle.effective import effective
from tests.oracle.figure import Figure, all_figures
from tests.oracle.tender import Look, tender_of

__all__ = ["Figure", "PlacementView", "figures", "placements"]


@dataclass(frozen=True)
class PlacementView:
    """One placement on one date; `why_not` is empty where it counts."""

    start: date | None
    end: date | None
    planned_end: date | None
    end_reason: str | None
    outcome: str | None
    person: str | None
    contractor: str | None
    kind: str | None
    counts: bool
    why_not: str


def figures(events: Iterable[dict[str, Any]], tender: str, on: date) -> dict[str, Figure]:
    """The figure of every target of a tender, by target id; events of all subjects, in any order."""
    return all_figures(tender_of(effective(events), tender), on)


def placements(events: Iterable[dict[str, Any]], tender: str, on: date, min_weeks: int = 0) -> dict[str, PlacementView]:
    """Every placement of a tender that anything was said of, by id; `min_weeks` as the agreement asked about has it."""
    under, views = tender_of(effective(events), tender), {}
    for placement in under.placements.values():
        begun = course(under, placement, Look(on, on))
        reason = why_not(under, placement, Look(on, on), min_weeks)
        views[placement.id] = PlacementView(
            start=placement.start,
            end=begun.end if begun else placement.end,
            planned_end=placement.planned_end,
            end_reason=begun.reason if begun else placement.reason,
            outcome=begun.outcome if begun else placement.outcome,
            person=under.root(placement) if placement.terms else None,
            contractor=placement.term("contractor"),
            kind=placement.term("kind"),
            counts=reason == "",
            why_not=reason,
        )
    return views
