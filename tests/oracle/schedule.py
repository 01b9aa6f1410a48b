"""RULES.md sections 7 and 8: from when to when, and how much is expected by a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

from tests.oracle.effective import Said, first_told, last, number
from tests.oracle.tender import Tender, is_under

SHARES = {"share_of_hours", "share_in_work"}
PLANNED = {"persons", "placements", "fte", "person_weeks"}
FULL_WEEK = 37


@dataclass(frozen=True)
class Schedule:
    """First and last day, where they are known."""

    start: date | None
    end: date | None


def schedule(tender: Tender, target: dict[str, Any], on: date) -> Schedule:
    """Section 7: the schedule of a target on a date."""
    whole, phase = tender_schedule(tender, on), phase_triggered(tender, target, on)
    start, end = whole.start, whole.end
    if phase:
        start, end = phase.day_or_none("starts_on") or start, phase.day_or_none("handover_on") or end
    if target.get("due_on") is not None:
        end = date.fromisoformat(target["due_on"])
    return Schedule(start, end)


def tender_schedule(tender: Tender, on: date) -> Schedule:
    """Section 7: the schedule of the tender on a date."""
    start = end = None
    if tender.registered:
        start, end = tender.registered.day_or_none("starts_on"), tender.registered.day_or_none("handover_on")
    changed = last((c for c in tender.told("schedule.changed") if c.day("decided_on") <= on), "decided_on")
    if changed:
        start, end = changed.day("starts_on"), changed.day("handover_on")
    start = _happened(tender, "works.started", "started_on", on) or start
    end = _happened(tender, "works.handed_over", "handed_over_on", on) or end
    return Schedule(start, end)


def phase_triggered(tender: Tender, target: dict[str, Any], on: date) -> Said | None:
    """The target's phase, where it is triggered by the date."""
    told = first_told(p for p in tender.told("phase.triggered") if p.data["phase"] == target.get("phase"))
    return told if told and told.day("triggered_on") <= on else None


def _happened(tender: Tender, name: str, field: str, on: date) -> date | None:
    told = first_told(tender.told(name))
    return told.day(field) if told and told.day(field) <= on else None


def expected(
    tender: Tender, target: dict[str, Any], rules: dict[str, Any], required: Fraction, on: date
) -> Fraction | None:
    """Section 8: how much should be there by the end of the day."""
    now = schedule(tender, target, on)
    if now.start is None or now.end is None:
        return None
    if target["metric"] in SHARES:
        return required if on >= now.start else Fraction(0)
    planned = _planned(tender, target, rules, on)
    if planned is not None:
        return min(planned, required)
    if on < now.start:
        return Fraction(0)
    if on >= now.end:
        return required
    return required * ((on - now.start).days + 1) / ((now.end - now.start).days + 1)


def _planned(tender: Tender, target: dict[str, Any], rules: dict[str, Any], on: date) -> Fraction | None:
    """What the training plans say by the day; None where the target does not follow them or no line fits."""
    if target.get("spread") != "training_plan" or target["metric"] not in PLANNED:
        return None
    total, lines = Fraction(0), 0
    for plan, stated in _last_stated(tender, on).items():
        for line in stated.data["starts"]:
            if _line_fits(tender, target, line, plan, on):
                lines += 1
                total += _by_day(target, rules, line, on.toordinal() - _moved(tender, line, stated, on) + 1)
    return total if lines else None


def _last_stated(tender: Tender, on: date) -> dict[str, Said]:
    """Each plan as last stated by the day."""
    stated: dict[str, Said] = {}
    for told in sorted(tender.told("training_plan.submitted", "training_plan.revised"), key=_stated):
        if _stated_on(told) <= on:
            stated[told.data["plan"]] = told
    return stated


def _stated_on(told: Said) -> date:
    return told.day("submitted_on" if told.name == "training_plan.submitted" else "revised_on")


def _stated(told: Said) -> tuple[date, str, str]:
    return _stated_on(told), told.source, told.id


def _line_fits(tender: Tender, target: dict[str, Any], line: dict[str, Any], plan: str, on: date) -> bool:
    """Kind and trade of the line, contractor and contract of the plan's last submission by the day."""
    submitted = [s for s in tender.told("training_plan.submitted") if s.data["plan"] == plan and _stated_on(s) <= on]
    whose = max(submitted, key=_stated).data if submitted else {}
    kinds, trades = target.get("kinds") or (), target.get("trades") or ()
    contractors, contracts = target.get("contractors") or (), target.get("contracts") or ()
    return (
        (not kinds or line.get("kind", "apprenticeship") in kinds)
        and (not trades or line.get("trade") in trades)
        and (not contractors or is_under(tender, whose.get("contractor", ""), frozenset(contractors)))
        and (not contracts or whose.get("contract") in contracts)
    )


def _by_day(target: dict[str, Any], rules: dict[str, Any], line: dict[str, Any], days_since: int) -> Fraction:
    """What one line gives so many days after its start, the first included, in the target's unit."""
    days = min(max(0, days_since), 7 * int(line["weeks"]))
    if target["metric"] in {"persons", "placements"}:
        return Fraction(line["persons"] if days else 0)
    hours = int(line["persons"]) * number(line.get("weekly_hours", FULL_WEEK)) * days / 7
    return hours / (number(rules.get("hours_per_fte", 1924)) if target["metric"] == "fte" else FULL_WEEK)


def _moved(tender: Tender, line: dict[str, Any], stated: Said, on: date) -> int:
    """The line's start, as a day number, moved with the schedule since the plan was stated."""
    day = date.fromisoformat(line["starts_on"])
    old, new = tender_schedule(tender, _stated_on(stated)), tender_schedule(tender, on)
    if old.start is None or old.end is None or new.start is None or new.end is None or old.start == old.end:
        return day.toordinal()
    stretched = Fraction((day - old.start).days * (new.end - new.start).days, (old.end - old.start).days)
    return new.start.toordinal() + floor(stretched)
