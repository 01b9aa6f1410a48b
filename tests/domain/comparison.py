"""The program's answers in the oracle's words, so that the two can be held against each other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.domain.assessment import assess
from services.domain.courses import Placed, Standing, Standpoint
from services.domain.figures import Figure
from services.domain.replay import Replay
from services.domain.timeline import hours_of
from tests import oracle
from tests.domain.story import read

Answers = dict[str, dict[str, Any]]

_FIGURE = ("agreed", "waived", "required", "delivered", "expected", "forecast", "last_date", "status", "reason")
_SUMS = ("persons", "placements", "measured_hours", "computed_hours")
_PLACEMENT = ("start", "end", "planned_end", "end_reason", "outcome", "person", "contractor", "kind", "counts")


def replay(bodies: Iterable[dict[str, Any]], tender: str) -> Replay:
    """A tender as the program sees it."""
    return Replay(tender, map(read, bodies))


def our_figures(bodies: Iterable[dict[str, Any]], tender: str, on: date) -> Answers:
    """Every figure of a tender, as the program has it."""
    return {figure.target: _figure(figure) for figure in assess(replay(bodies, tender), on).figures}


def our_placements(bodies: Iterable[dict[str, Any]], tender: str, on: date) -> Answers:
    """Every placement of a tender, as the program has it."""
    source = replay(bodies, tender)
    here = Standpoint(source.frame(), source.ties(), on)
    roots = source.roots()
    placed = (one for person in source.people() for one in here.placed(person))
    return {one.placement.placement: _placement(one, roots.get(one.placement.person or "")) for one in placed}


def oracle_figures(bodies: Iterable[dict[str, Any]], tender: str, on: date) -> Answers:
    """Every figure of a tender, as the oracle has it."""
    found = oracle.figures(bodies, tender, on)
    return {target: {name: getattr(figure, name) for name in _FIGURE + _SUMS} for target, figure in found.items()}


def oracle_placements(bodies: Iterable[dict[str, Any]], tender: str, on: date) -> Answers:
    """Every placement of a tender, as the oracle has it."""
    found = oracle.placements(bodies, tender, on)
    return {placement: {name: getattr(view, name) for name in _PLACEMENT} for placement, view in found.items()}


def differences(ours: Answers, theirs: Answers) -> list[tuple[str, str, object, object]]:
    """What differs: of which target or placement, which answer, ours and the oracle's."""
    return [
        (key, name, mine, yours)
        for key in sorted({*ours, *theirs})
        for name in sorted({*ours.get(key, {}), *theirs.get(key, {})})
        if (mine := ours.get(key, {}).get(name)) != (yours := theirs.get(key, {}).get(name))
    ]


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        **{name: getattr(figure, name) for name in _FIGURE},
        "persons": figure.fits.persons,
        "placements": figure.fits.placements,
        "measured_hours": hours_of(figure.fits.measured),
        "computed_hours": hours_of(figure.fits.computed),
    }


def _placement(one: Placed, root: str | None) -> dict[str, Any]:
    placement = one.placement
    return {
        "start": placement.start,
        "end": one.end,
        "planned_end": placement.planned_end,
        "end_reason": one.end_reason,
        "outcome": one.outcome,
        "person": root or placement.person,
        "contractor": placement.contractor,
        "kind": placement.kind,
        "counts": one.standing is Standing.COUNTS and one.lasted(0),
    }
