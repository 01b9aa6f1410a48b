"""RULES.md section 3, its end: whether a placement counts on a date, and why not; section 9 for what is still ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.placement import ONE_DAY, Placement
from tests.oracle.tender import NEAR, Look, Tender, disputed, ended, engaged, group_of, stands_for


@dataclass(frozen=True, eq=False)
class Course:
    """A placement that has begun, as it is looked at: `last` is its last day so far (ahead: as planned)."""

    placement: Placement
    root: str
    start: date
    end: date | None
    reason: str | None
    outcome: str | None
    last: date


def begin(placement: Placement, look: Look) -> date | None:
    """The start; ahead, the planned one of an agreed placement whose day has not passed (section 9)."""
    if placement.start is not None or not look.ahead or placement.not_started:
        return placement.start
    planned = placement.planned_start
    return planned if planned is not None and planned >= look.on else None


def course(tender: Tender, placement: Placement, look: Look) -> Course | None:
    """The placement with its true end; None while it waits or has no start."""
    start = begin(placement, look)
    if placement.terms is None or start is None:
        return None
    end, reason, outcome = ended(tender, placement, start)
    last = look.until
    if end is not None:
        last = min(end, look.until)
    elif look.ahead and placement.planned_end is not None:
        last = min(max(placement.planned_end, look.on), look.until)
    return Course(placement, tender.root(placement), start, end, reason, outcome, last)


def why_not(tender: Tender, placement: Placement, look: Look, min_weeks: int) -> str:
    """Section 3: why the placement does not count; empty where it does."""
    begun = course(tender, placement, look)
    reasons = {
        "waits": placement.terms is None,
        "tender_unknown": tender.registered is None,
        "contractor_not_engaged": not engaged(tender, str(placement.term("contractor"))),
        "disputed": disputed(placement, look.on),
        "matched": stands_for(group_of(placement.id, tender.groups), tender.placements) != placement.id,
        "held_back": begun is not None and _held_back(tender, begun, look),
        "not_started": begun is None,
        "future": begun is not None and begun.start > look.until,
        "too_short": begun is not None and _too_short(begun, min_weeks),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def counting(tender: Tender, look: Look, min_weeks: int) -> dict[str, Course]:
    """The placements that count, by id."""
    counted = {}
    for placement in tender.placements.values():
        begun = course(tender, placement, look)
        if begun is not None and why_not(tender, placement, look, min_weeks) == "":
            counted[placement.id] = begun
    return counted


def _too_short(begun: Course, min_weeks: int) -> bool:
    """It has lasted at least 7 x min_weeks days, and at least one."""
    return begun.last + ONE_DAY < begun.start + max(timedelta(weeks=min_weeks), ONE_DAY)


def _held_back(tender: Tender, begun: Course, look: Look) -> bool:
    """Reported by the job centre only, beside one like it that counts."""
    if begun.placement.own_report or len(group_of(begun.placement.id, tender.groups)) > 1:
        return False
    for other in tender.placements.values():
        theirs = course(tender, other, look) if other.own_report else None
        if theirs is not None and _alike(tender, begun, theirs) and why_not(tender, other, look, 0) == "":
            return True
    return False


def _alike(tender: Tender, one: Course, other: Course) -> bool:
    """The same person at the same first contractor within 31 days, and nobody decided that they are two."""
    near = one.start - NEAR <= (other.end or date.max) and other.start <= (one.end or date.max - NEAR) + NEAR
    same_contractor = one.placement.term("contractor") == other.placement.term("contractor")
    parted = tender.pairs.get(frozenset({one.placement.id, other.placement.id})) is False
    return one.root == other.root and same_contractor and near and not parted
