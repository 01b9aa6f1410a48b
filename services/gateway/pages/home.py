"""Mine opgaver: what waits for my organisation, tender by tender, each thing with the one button that resolves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.clock import today
from services.domain.placements import Placement
from services.domain.rights import Kind
from services.gateway import tasks
from services.gateway.languages import language_of
from services.gateway.pages.answers import show
from services.gateway.pages.report_desk import Desk, Place
from services.gateway.pages.sessions import MemberPageCaller
from services.gateway.pages.tenders import address_of
from services.gateway.parts import PartsOf
from services.gateway.reporting.drawn import Drawn
from services.gateway.reporting.people import Names
from services.gateway.tasks import Silence, Task
from services.store import retold, seen

router = APIRouter()
_MOST_OF_A_TENDER = 12
_MOST_OPENINGS = 500
_Placements = Mapping[tuple[str, str], Placement]


class _Line(NamedTuple):
    """A task as it is shown: whom it is about, in which placement, what, since when, and the way to do it.

    With an `action` the button closes it; else it is a link.
    """

    whom: str
    placement: str
    text: str
    day: date | None
    overdue_days: int | None
    button: str
    address: str
    tender: str
    action: str


class _Group(NamedTuple):
    """The tasks of one tender; `more` of them are not shown."""

    address: str
    title: str
    lines: Sequence[_Line]
    more: int


class _Quiet(NamedTuple):
    """A contractor that is silent, and the address at which it is sent a link."""

    company: str
    title: str
    days: int
    address: str


@router.get("/")
def home(request: Request, caller: MemberPageCaller, parts: PartsOf) -> HTMLResponse:
    """What waits."""
    desk = Desk(parts, caller, language_of(request), today())
    with desk.looking() as connection:
        findings = seen.findings(connection)
        actions = seen.own_actions(connection, desk.organisation)
        candidates = retold.candidates(connection)
        tenders = {step.tender for one in candidates for step in one.steps if step.contractor == desk.organisation}
        openings = [place for tender in tenders for place in seen.openings(connection, tender, limit=_MOST_OPENINGS)]
    placements = desk.courses()
    found = [
        *tasks.of_findings(caller, desk.tenders, findings),
        *tasks.of_actions(caller, actions, desk.on),
        *tasks.to_confirm(caller, placements, desk.on),
        *tasks.to_meet(caller, candidates, openings, desk.on),
    ]
    quiet = tasks.silences(caller, desk.tenders, findings, desk.on)
    return show(
        request,
        "home.html",
        groups=_groups(desk, found, {(tender, one.placement): one for tender, one in placements}),
        drawn=Drawn.now().number,
        quiet=[_quiet(desk, one) for one in quiet],
        candidates=sum(one.ready(desk.on) for one in candidates) if Kind.JOB_CENTRE in caller.kinds else 0,
        tenders=len(desk.tenders),
    )


def _groups(desk: Desk, found: Sequence[Task], placements: _Placements) -> list[_Group]:
    """By tender, newest first; the tender whose newest is newest comes first."""
    about = {task: placements.get((task.tender, task.placement or "")) for task in found}
    names = desk.names([placement.person for placement in about.values() if placement])
    by_tender: dict[str, list[Task]] = {}
    for task in sorted(found, key=lambda one: (one.day or date.min, one.placement or ""), reverse=True):
        by_tender.setdefault(task.tender, []).append(task)
    groups = []
    for tender, waiting in by_tender.items():
        shown = waiting[:_MOST_OF_A_TENDER]
        if any(about[task] for task in shown):
            desk.parts.access.looked(desk.caller, "tasks", tender)
        lines = [_line(desk, task, about[task], names) for task in shown]
        groups.append(_Group(address_of(tender), desk.title(tender), lines, len(waiting) - len(shown)))
    return groups


def _line(desk: Desk, task: Task, about: Placement | None, names: Names) -> _Line:
    text = task.en if desk.language == "en" else task.da
    whom, what = (names.of_person(about.person), desk.what(about)) if about else ("", "")
    how = desk.say(task.way.button), task.address, task.tender, task.action
    return _Line(whom, what, text, task.day, task.overdue_days, *how)


def _quiet(desk: Desk, one: Silence) -> _Quiet:
    place = Place(one.tender, one.contractor, "").value
    return _Quiet(desk.company(one.contractor), desk.title(one.tender), one.days, f"/links?place={quote(place)}")
