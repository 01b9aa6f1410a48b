"""RULES.md section 3: one placement, from all that is said of it, before it is held against the tender."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from tests.oracle.effective import Said, last, named, number

T = TypeVar("T")
Changes = list[tuple[date, T]]
ONE_DAY = timedelta(days=1)
TERMS = ("placement.started", "placement.reported", "placement.agreed")
ABOUT = {"apprenticeship.agreed", "school_period.reported", "grant.given", "mentor.assigned", "hours.reported"}


@dataclass(frozen=True, eq=False)
class Placement:
    """What holds of one placement whatever the date; `terms` is None while it waits."""

    id: str
    said: list[Said]
    terms: dict[str, Any] | None
    start: date | None
    end: date | None
    reason: str | None
    outcome: str | None
    planned_start: date | None
    planned_end: date | None
    not_started: bool
    on_site_from: date | None
    signed_on: date | None
    resident: str
    weekly_hours: Changes[Fraction]
    pathways: Changes[str | None]
    trades: Changes[str | None]
    places: Changes[tuple[str, str | None]]
    pauses: list[tuple[date, date, str]]
    school: list[tuple[date, date]]
    on_site: list[tuple[date, date]] | None

    @property
    def own_report(self) -> bool:
        """Known from more than the job centre's own view."""
        return any(s.name in {"placement.started", "placement.agreed"} for s in self.said)

    def term(self, name: str) -> Any:
        return (self.terms or {}).get(name)


def on(changes: Changes[T], day: date) -> T:
    """What holds on a day: the last change not after it; the first one holds before all others."""
    holding = changes[0][1]
    for since, value in changes[1:]:
        if since <= day:
            holding = value
    return holding


def placements_of(said: Iterable[Said]) -> dict[str, Placement]:
    """Section 3: every placement that anything is said of under one tender."""
    by_id: dict[str, list[Said]] = {}
    for one in said:
        if (one.name.startswith("placement.") and one.name != "placement.matched") or one.name in ABOUT:
            by_id.setdefault(one.data["placement"], []).append(one)
    return {placement: _placement(placement, its) for placement, its in by_id.items()}


def _placement(placement: str, said: list[Said]) -> Placement:
    terms = _terms(said)
    got = terms or {}
    training = max(named(said, "apprenticeship.agreed"), key=lambda s: s.key, default=None)
    on_site_from = training.day_or_none("on_site_from") if training else None
    start = _first_day(said, "placement.started", "started_on") or _first_day(said, "placement.reported", "started_on")
    start = start or (on_site_from if not named(said, "placement.not_started") else None)
    end, reason, outcome = _end(said)
    extended = last([s for s in named(said, "placement.extended") if s.day_or_none("planned_end")], "extended_on")
    planned_end = extended.day("planned_end") if extended else _day(got.get("planned_end"))
    trade = got.get("trade") or (training.data.get("trade") if training else None)
    return Placement(
        id=placement,
        said=said,
        terms=terms,
        start=start,
        end=end,
        reason=reason,
        outcome=outcome,
        planned_start=_first_day(said, "placement.agreed", "planned_start"),
        planned_end=planned_end,
        not_started=start is None and bool(named(said, "placement.not_started")),
        on_site_from=on_site_from,
        signed_on=training.day("signed_on") if training else None,
        resident=_resident(said, got.get("contractor")),
        weekly_hours=_weekly_hours(said, got),
        pathways=_changes(said, "placement.extended", "extended_on", "pathway", got.get("pathway")),
        trades=_changes(said, "placement.trade_changed", "changed_on", "trade", trade),
        places=_places(said, got),
        pauses=_pauses(said),
        school=[(s.day("from_on"), s.day("to_on")) for s in named(said, "school_period.reported")],
        on_site=_on_site(said),
    )


def _terms(said: list[Said]) -> dict[str, Any] | None:
    """Each field the first one given: started, reported, agreed; then order of trust."""
    reports = [report for name in TERMS for report in named(said, name)]
    merged: dict[str, Any] = {}
    for report in reports:
        for name, value in report.data.items():
            if value is not None:
                merged.setdefault(name, value)
    return merged if reports else None


def _end(said: list[Said]) -> tuple[date | None, str | None, str | None]:
    """(last day, reason, outcome): of placement.ended, else of the job centre's own view."""
    for ended in named(said, "placement.ended"):
        return ended.day("ended_on"), ended.data.get("reason", "unknown"), ended.data.get("outcome", "pending")
    for report in named(said, "placement.reported"):
        if report.data.get("ended_on") is not None:
            return report.day("ended_on"), "as_planned", report.data.get("outcome") or "pending"
    return None, None, None


def _resident(said: list[Said], contractor: str | None) -> str:
    """Yes or no, where only one of them was said by others than the contractor; else unknown."""
    heard = {
        report.data.get("resident")
        for report in named(said, *TERMS, "placement.confirmed")
        if contractor not in {report.sender, report.behalf}
    }
    answers = heard & {"yes", "no"}
    return str(*answers) if len(answers) == 1 else "unknown"


def _weekly_hours(said: list[Said], terms: dict[str, Any]) -> Changes[Fraction]:
    changes = _changes(said, "placement.extended", "extended_on", "weekly_hours", terms.get("weekly_hours") or 37)
    return [(since, number(hours)) for since, hours in changes]


def _places(said: list[Said], terms: dict[str, Any]) -> Changes[tuple[str, str | None]]:
    """(contractor, contract): the terms', then each move's; a move without a contract leads to none."""
    places: Changes[tuple[str, str | None]] = [(date.min, (terms.get("contractor", ""), terms.get("contract")))]
    for move in _by_day(said, "placement.moved", "moved_on"):
        places.append((move.day("moved_on"), (move.data["contractor"], move.data.get("contract"))))
    return places


def _changes(said: list[Said], name: str, day: str, value: str, base: Any) -> Changes[Any]:
    changes: Changes[Any] = [(date.min, base)]
    for change in _by_day(said, name, day):
        if change.data.get(value) is not None:
            changes.append((change.day(day), change.data[value]))
    return changes


def _by_day(said: list[Said], name: str, day: str) -> list[Said]:
    return sorted(named(said, name), key=lambda s: (s.data[day], *s.key))


def _first_day(said: list[Said], name: str, day: str) -> date | None:
    reports = named(said, name)
    return reports[0].day(day) if reports else None


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _pauses(said: list[Said]) -> list[tuple[date, date, str]]:
    """(first day, last day, reason) of each pause; an open one has no last day within reach."""
    resumed = sorted(r.day("resumed_on") for r in named(said, "placement.resumed"))
    pauses = []
    for pause in named(said, "placement.paused"):
        first = pause.day("paused_on")
        back = next((day for day in resumed if day >= first), None)
        pauses.append((first, back - ONE_DAY if back else date.max, pause.data.get("reason", "other")))
    return pauses


def _on_site(said: list[Said]) -> list[tuple[date, date]] | None:
    """The spans allocated to this site; None where no allocation is reported, so that all time counts."""
    begins = sorted(a.day("allocated_on") for a in named(said, "placement.allocated"))
    releases = sorted(r.day("released_on") for r in named(said, "placement.released"))
    if not begins and not releases:
        return None
    spans = [(begin, next((r for r in releases if r >= begin), date.max)) for begin in begins]
    early = releases and not any(begin <= releases[0] for begin in begins)
    return [(date.min, releases[0]), *spans] if early else spans


def is_on_site(placement: Placement, day: date) -> bool:
    """Section 3, allocation: whether the time of a day since the start belongs to this site."""
    return placement.on_site is None or any(first <= day <= last for first, last in placement.on_site)


def is_resting(placement: Placement, day: date, rules: dict[str, Any]) -> bool:
    """Section 4, counted days: a pause whose reason does not count, or school where it does not count."""
    counting = {
        "holiday": rules.get("holiday_counts", True),
        "personal_circumstances": rules.get("sickness_counts", True),
        "weather": rules.get("weather_counts", True),
    }
    paused = any(a <= day <= b and not counting.get(reason, False) for a, b, reason in placement.pauses)
    at_school = any(first <= day <= last for first, last in placement.school)
    return paused or (at_school and not rules.get("school_counts", False))
