"""RULES.md sections 6, 9, 10 and 11: agreed and required, the forecast, the last date and the status of each target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tests.oracle.counting import why_not
from tests.oracle.effective import Said, number, once_each
from tests.oracle.hours import FULL_WEEK, World, world
from tests.oracle.placement import Placement, on
from tests.oracle.schedule import PLANNED, SHARES, expected, phase_triggered, schedule
from tests.oracle.scope import Scope, Target
from tests.oracle.targets import delivered
from tests.oracle.tender import Look, Tender, disputed, group_of, is_under, stands_for, successors

ZERO = Fraction(0)
COUNTS = {"persons", "placements", "conversions", "in_work"}
FAR_BACK = date(1990, 1, 1)
WORSE = {"behind", "at_risk", "cannot_be_met"}


@dataclass(frozen=True)
class Figure:
    """One target on one date. Persons, placements and hours are of all that fits, whatever the metric."""

    agreed: Fraction
    waived: Fraction
    required: Fraction
    delivered: Fraction | None
    expected: Fraction | None
    forecast: Fraction | None
    last_date: date | None
    status: str
    reason: str
    persons: int
    placements: int
    measured_hours: Fraction
    computed_hours: Fraction


@dataclass(frozen=True)
class Asked:
    """A target under its agreement, on a date, with what was delivered and what is forecast."""

    tender: Tender
    target: Target
    rules: dict[str, Any]
    on: date
    delivered: Fraction | None
    forecast: Fraction | None
    waived: Fraction


Worlds = Callable[[Look, dict[str, Any]], World]


def worlds_of(tender: Tender) -> Worlds:
    """Make worlds, each only once."""
    made: dict[tuple[Look, str], World] = {}

    def make(look: Look, rules: dict[str, Any]) -> World:
        key = look, repr(sorted(rules.items()))
        if key not in made:
            made[key] = world(tender, look, rules)
        return made[key]

    return make


def terms_in_force(tender: Tender, on: date) -> dict[str, Said]:
    """Section 6: the terms of each agreement on a date."""
    in_force: dict[str, Said] = {}
    for agreement in {s.data["agreement"] for s in tender.told("agreement.signed")}:
        said = [s for s in tender.told("agreement.signed", "agreement.amended") if s.data["agreement"] == agreement]
        latest = max((s for s in said if _agreed_on(s) <= on), key=lambda s: (_agreed_on(s), *s.key), default=None)
        if latest:
            in_force[agreement] = latest
    return in_force


def _agreed_on(terms: Said) -> date:
    return terms.day("signed_on" if terms.name == "agreement.signed" else "amended_on")


def all_figures(tender: Tender, on: date) -> dict[str, Figure]:
    """Every target of the agreements in force on the date."""
    worlds = worlds_of(tender)
    figures: dict[str, Figure] = {}
    if tender.registered is None:
        return figures
    for agreement, terms in sorted(terms_in_force(tender, on).items(), reverse=True):
        signed = [s.day("signed_on") for s in tender.told("agreement.signed") if s.data["agreement"] == agreement]
        for target in terms.data["targets"]:
            now = worlds(Look(on, on), terms.data.get("rules") or {})
            figures[target["target"]] = _figure(Scope(now, target, min(signed)), worlds)
    return figures


def _figure(scope: Scope, worlds: Worlds) -> Figure:
    tender, target, rules, on = scope.tender, scope.target, scope.world.rules, scope.world.look.on
    agreed = _agreed(tender, target, on)
    waived = _waived(tender, target, on)
    required = max(ZERO, agreed - waived)
    if target.get("phase") is not None and not phase_triggered(tender, target, on):
        required = ZERO
    asked = Asked(tender, target, rules, on, None, None, waived)
    now = delivered(scope) if _anything_known(asked) else None
    asked = replace(asked, delivered=now, forecast=_forecast(scope, now, worlds))
    status, reason = _status(asked, required, agreed)
    return Figure(
        agreed=agreed,
        waived=waived,
        required=required,
        delivered=now,
        expected=expected(tender, target, rules, required, on),
        forecast=asked.forecast,
        last_date=last_date(asked, required),
        status=status,
        reason=reason,
        persons=len(scope.persons(scope.own_kind)),
        placements=len(scope.within(scope.own_kind)),
        measured_hours=scope.measured(scope.own_kind),
        computed_hours=scope.computed(scope.own_kind),
    )


def _agreed(tender: Tender, target: Target, on: date) -> Fraction:
    """Section 6: amount - transferred away + transferred in, at least 0."""
    amount = number(target["amount"])
    for transfer in tender.told("obligation.transferred"):
        if transfer.day("transferred_on") <= on:
            if transfer.data["target"] == target["target"]:
                amount -= number(transfer.data["amount"])
            if transfer.data["to_target"] == target["target"]:
                amount += number(transfer.data["amount"])
    return max(ZERO, amount)


def _waived(tender: Tender, target: Target, on: date) -> Fraction:
    """Section 6: the waivers granted by the date, each once."""
    granted = once_each(tender.told("waiver.granted"), "waiver")
    its = [w for w in granted if w.data["target"] == target["target"] and w.day("granted_on") <= on]
    return sum((number(w.data["lowered_by"]) for w in its), ZERO)


def _forecast(scope: Scope, now: Fraction | None, worlds: Worlds) -> Fraction | None:
    """Section 9: delivered on max(D, end), with what is agreed carried through."""
    on = scope.world.look.on
    end = schedule(scope.tender, scope.target, on).end
    if end is None:
        return None
    if scope.target["metric"] not in PLANNED:
        return now
    ahead = worlds(Look(on, max(on, end), ahead=True), scope.world.rules)
    return delivered(Scope(ahead, scope.target, scope.first_signed))


def last_date(asked: Asked, required: Fraction) -> date | None:
    """Section 10: the last date on which what is missing can still be met."""
    metric, end = asked.target["metric"], schedule(asked.tender, asked.target, asked.on).end
    if end is None or asked.forecast is None or asked.forecast >= required or metric in SHARES:
        return None
    latest = end
    if metric in {"persons", "placements"} and asked.rules.get("min_weeks", 0) > 0:
        latest = end - timedelta(days=7 * asked.rules["min_weeks"] - 1)
    if metric in {"fte", "person_weeks"}:
        days = _days_needed(asked, required, required - asked.forecast)
        latest = FAR_BACK if days > (end - FAR_BACK).days else end - timedelta(days=days - 1)
    if set(asked.target.get("kinds") or ()) == {"apprenticeship"}:
        while (latest.month, latest.day) not in {(1, 1), (7, 1)}:
            latest -= timedelta(days=1)
    return latest


def _days_needed(asked: Asked, required: Fraction, gap: Fraction) -> int:
    """Days in which the gap can be worked by as many places as can be on site at once, 37 hours a week each."""
    hours = number(asked.rules.get("hours_per_fte", 1924)) if asked.target["metric"] == "fte" else FULL_WEEK
    places = asked.rules.get("places_at_once")
    if places is None:
        span = schedule(asked.tender, asked.target, asked.on)
        days = (span.end - span.start).days + 1 if span.start and span.end else 0
        places = max(1, ceil(2 * required * hours / (FULL_WEEK * days / 7))) if days > 0 else 1
    return ceil(gap * hours / (places * FULL_WEEK / 7))


def _status(asked: Asked, required: Fraction, agreed: Fraction) -> tuple[str, str]:
    """Section 11: the first row that fits; an agreed deviation where only a waiver keeps it from being worse."""
    status, reason = first_row(asked, required)
    if asked.waived > 0 and status in {"ahead", "on_track"} and first_row(asked, agreed)[0] in WORSE:
        return "agreed_deviation", "waived"
    return status, reason


def first_row(asked: Asked, required: Fraction) -> tuple[str, str]:
    """The table of section 11, from the top."""
    tender, target, on = asked.tender, asked.target, asked.on
    metric, span = target["metric"], schedule(tender, target, on)
    due = expected(tender, target, asked.rules, required, on)
    expect = due if due is not None else ZERO
    done = asked.delivered if asked.delivered is not None else Fraction(-1)
    latest = last_date(asked, required)
    short = floor(expect) if metric in COUNTS else expect - required * 2 / 100
    falls_short = asked.forecast is not None and asked.forecast < required
    table = [
        (target.get("phase") is not None and not phase_triggered(tender, target, on), "on_track phase_not_triggered"),
        (required == 0 and asked.waived > 0, "agreed_deviation waived"),
        (required == 0, "on_track nothing_required"),
        (due is None, "unknown no_schedule"),
        (span.start is not None and on < span.start and done < required, "on_track before_start"),
        (not _anything_known(asked), "unknown nothing_reported"),
        (asked.delivered is None, f"unknown {'no_site_hours' if metric == 'share_of_hours' else 'none_known'}"),
        (done >= required, "on_track share_held" if metric in SHARES else "ahead met"),
        (span.end is not None and on > span.end, "cannot_be_met ended_short"),
        (latest is not None and latest < on, "cannot_be_met too_late"),
        (done < short, "behind behind_plan"),
        (falls_short and latest is not None and (latest - on).days <= 60, "at_risk short_forecast"),
        (done >= expect + required / 10, "ahead ahead_of_plan"),
        (True, "on_track on_plan"),
    ]
    status, reason = next(answer for fits, answer in table if fits).split()
    return status, reason


def _anything_known(asked: Asked) -> bool:
    """Whether any placement is known of the tender, or of the target's contractors where it names some."""
    heads = frozenset(asked.target.get("contractors") or ())
    for placement in asked.tender.placements.values():
        if _is_told_off(asked, placement):
            continue
        if not heads or any(is_under(asked.tender, name, heads) for name in _contractors(asked.tender, placement)):
            return True
    return False


def _is_told_off(asked: Asked, placement: Placement) -> bool:
    """Disputed, matched away, held back or come to nothing."""
    tender, look = asked.tender, Look(asked.on, asked.on)
    away = stands_for(group_of(placement.id, tender.groups), tender.placements) != placement.id
    held = why_not(tender, placement, look, 0) == "held_back"
    return placement.not_started or disputed(placement, asked.on) or away or held


def _contractors(tender: Tender, placement: Placement) -> set[str]:
    """Those its terms and moves name, and their successors."""
    if placement.terms is None:
        return set()
    names = {on(placement.places, since)[0] for since, _ in placement.places}
    return names.union(*(successors(tender, name) for name in names))
