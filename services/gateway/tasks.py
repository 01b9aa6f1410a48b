"""What waits for an organisation: what it must do something about itself, each thing with the one way to do it.

Made from findings, decided actions, and what a job centre or a secretariat looks after. HTTP-free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from schemas.site import ActionClosed
from schemas.vocabulary import Party
from services.domain.candidates import Candidate, Stage
from services.domain.findings import SCOPES, Scope
from services.domain.placements import Placement
from services.domain.rights import Caller, Kind, may_send
from services.domain.site import Action, Places
from services.gateway.api.addresses import segment
from services.gateway.pages.texts import marked
from services.gateway.reporting.addresses import form_address
from services.reports.words import week
from services.store.seen import FindingRow, TenderRow

_NAMED = {Party.CONTRACTOR.value, Party.JOB_CENTRE.value}
SOON = timedelta(days=30)
"""How long before its day a decided action is shown."""


class Way(NamedTuple):
    """How something is done: what the button says (a marked text), and the page or the placement's form it leads to."""

    button: str
    page: str = "/tenders/{tender}"
    form: str = ""


_SEE = Way(marked("Se udbuddet"))
_CLOSE = Way(marked("Udført"), "/actions/close")
_HOURS = Way(marked("Ret timerne"), "/report/hours?tender={tender}")
_OWN_WORDS = Way(marked("Se indberetningerne"), "/report/events")
_GRANT = Way(marked("Skriv bevillingen"), form="grant")
_BEGIN = Way(marked("Meld start"), form="begin")
_WAYS: Mapping[str, Way] = {
    "placement_waits": _BEGIN,
    "start_overdue": _BEGIN,
    "disputed": Way(marked("Ret forløbet"), form="change"),
    "overlapping_hours": _HOURS,
    "hours_outside": _HOURS,
    "planned_end_passed": Way(marked("Meld slut"), form="end"),
    "say_yes": Way(marked("Se og sig ja"), "/report?tender={tender}"),
    "silent": Way(marked("Meld timer"), "/report/hours?tender={tender}"),
    "grant_ran_out": _GRANT,
    "longer_than_usual": _GRANT,
    "follow_up_due": Way(marked("Følg op"), form="follow-up"),
    "amendment_waits": _OWN_WORDS,
    "amendment_void": _OWN_WORDS,
}
_CONFIRM = Way(marked("Bekræft"), form="confirm")
_MEET = Way(marked("Se kandidaten"), "/candidates")
_TO_CONFIRM = (
    "Entreprenøren har meldt start; I har ikke bekræftet",
    "The contractor reported the start; you have not confirmed it",
)


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits. `placement` is None where it is about no single one; `day` is since when, or until when.

    `action` is the decided action that is closed right here, by posting to `address`; empty for what is done elsewhere.
    """

    tender: str
    da: str
    en: str
    way: Way
    placement: str | None = None
    day: date | None = None
    overdue_days: int | None = None
    action: str = ""

    @property
    def address(self) -> str:
        """Where it is done."""
        if self.way.form:
            return form_address(self.placement or "", self.way.form, self.tender)
        return self.way.page.format(tender=segment(self.tender))


@dataclass(frozen=True, slots=True)
class Silence:
    """A contractor that has said nothing for so many days on a tender that the reader serves."""

    tender: str
    contractor: str
    days: int


def of_findings(caller: Caller, tenders: Mapping[str, TenderRow], findings: Iterable[FindingRow]) -> list[Task]:
    """The findings on which the caller must act; overdue actions are shown as such, not here."""
    return [
        Task(row.tender, row.da, row.en, _way(caller, row), _placement_of(row), row.since)
        for row in findings
        if row.tender in tenders and row.code != "action_overdue" and _is_for(caller, tenders[row.tender], row)
    ]


def of_actions(caller: Caller, actions: Iterable[tuple[str, Action]], on: date) -> list[Task]:
    """What was decided that the caller's organisation should do, once its day is near; it says itself when done."""
    may_close = caller.may_report and may_send(caller, ActionClosed)
    return [
        Task(
            tender,
            action.what,
            action.what,
            _CLOSE if may_close else _SEE,
            None,
            action.due_on,
            action.overdue_days(on),
            action.action if may_close else "",
        )
        for tender, action in actions
        if action.due_on <= on + SOON
    ]


def to_confirm(caller: Caller, placements: Iterable[tuple[str, Placement]], on: date) -> list[Task]:
    """Placements under way that a job centre has not said a word of yet."""
    if Kind.JOB_CENTRE not in caller.kinds:
        return []
    way = _CONFIRM if caller.may_report else _SEE
    return [
        Task(tender, *_TO_CONFIRM, way, placement.placement, placement.start)
        for tender, placement in placements
        if placement.start is not None
        and placement.start <= on
        and placement.end is None
        and not placement.only_job_centre
        and all(verdict.organisation != caller.organisation for verdict in placement.verdicts)
    ]


def to_meet(caller: Caller, candidates: Iterable[Candidate], openings: Iterable[Places], on: date) -> list[Task]:
    """Candidates that were presented for places of the caller's that are still free; it has not answered yet."""
    free = {one.opening: one for one in openings if one.contractor == caller.organisation and one.open_places(on)}
    last = (step for one in candidates for step in {step.opening: step for step in one.steps}.values())
    return [
        Task(step.tender, *_presented(free[step.opening], on), _MEET if caller.may_report else _SEE, day=step.on)
        for step in last
        if step.opening in free and step.stage is Stage.PRESENTED
    ]


def _presented(place: Places, on: date) -> tuple[str, str]:
    trade, when = place.trade, week(place.starts_on, on)
    return (
        f"En kandidat er præsenteret til jeres plads: {trade.label('da').lower()} fra uge {when}",
        f"A candidate was presented for your opening: {trade.label('en').lower()} from week {when}",
    )


def silences(
    caller: Caller, tenders: Mapping[str, TenderRow], findings: Iterable[FindingRow], on: date
) -> list[Silence]:
    """Who is silent on the tenders that a secretariat serves, longest first."""
    found = [
        Silence(row.tender, row.about, (on - row.since).days)
        for row in findings
        if row.code == "silent"
        and row.about
        and row.since
        and row.tender in tenders
        and tenders[row.tender].secretariat == caller.organisation
        and row.about != caller.organisation
    ]
    return sorted(found, key=lambda one: (-one.days, one.tender, one.contractor))


def _is_for(caller: Caller, tender: TenderRow, row: FindingRow) -> bool:
    """Of contractors and job centres the one that is named; of the other parties, whoever is that to the tender."""
    if row.must_act in _NAMED and row.organisation is not None:
        return row.organisation == caller.organisation
    return row.must_act in tender.relations


def _way(caller: Caller, row: FindingRow) -> Way:
    way = _WAYS.get(row.code, _SEE)
    return way if caller.may_report and (not way.form or row.about) else _SEE


def _placement_of(row: FindingRow) -> str | None:
    """The placement that a finding is about; a follow-up's ends with its number of weeks."""
    return row.about.partition(" ")[0] if row.about and SCOPES.get(row.code) is Scope.PLACEMENT else None
