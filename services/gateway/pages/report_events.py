"""What we reported ourselves, and what was reported for us: to look up, to correct, to take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Request, Response

from services.clock import COPENHAGEN
from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.rendering import Form
from services.gateway.pages.report_correction import AMENDING, Correction, before_of, fact_named, setting_of
from services.gateway.pages.report_desk import NUMBER_FIELD, Desk, DeskOf, posted_of
from services.gateway.pages.report_filling import Filling, draw
from services.gateway.pages.texts import marked
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.correcting import form_for, withdrawal
from services.gateway.reporting.drawn import Drawn
from services.gateway.reporting.sending import Ready, ready
from services.reports.words import day
from services.sheets.outcomes import Text
from services.store import said
from services.store.said import Fate

router = APIRouter()

_AT_ONCE = 50
_SURE = "sure"
_TELLING_DAYS = (
    *("started_on", "planned_start", "ended_on", "paused_on", "resumed_on", "from_on", "to_on", "moved_on"),
    *("extended_on", "changed_on", "confirmed_on", "disputed_on", "followed_up_on", "signed_on", "decided_on"),
)
_WITHDRAWN = marked("Indberetningen er trukket tilbage.")

_WAITS = {
    "tender_unknown": Text("udbuddet er ikke registreret endnu", "the tender is not registered yet"),
    "contractor_not_engaged": Text("firmaet er ikke tilknyttet udbuddet", "the firm is not engaged on the tender"),
    "placement_waits": Text("forløbet mangler start eller aftale", "the placement has no start or agreement"),
    "possible_double": Text(
        "det ligner et andet forløb; nogen skal afgøre det", "it looks like another; somebody must decide"
    ),
    "disputed": Text("forløbet er bestridt", "the placement is disputed"),
    "not_a_party": Text("I er ikke tilknyttet udbuddet endnu", "you are not engaged on the tender yet"),
}


class Line(NamedTuple):
    """One event of the list."""

    told: str
    what: str
    days: Sequence[str]
    whom: str
    where: str
    fate: str
    tone: str
    why: str
    key: str
    may_correct: bool
    may_withdraw: bool


@router.get("/report/events")
def listed(request: Request, desk: DeskOf, before: str = "") -> Response:
    """Our reports, the newest first."""
    with desk.looking() as connection:
        found = said.events(connection, after=_place(before), limit=_AT_ONCE + 1, newest_first=True)
    page, more = found[:_AT_ONCE], found[_AT_ONCE:]
    last = page[-1].receipt if page and more else None
    return show(
        request,
        "report/events.html",
        lines=_lines(desk, page),
        older=f"{last.position}.{last.nr}" if last else "",
        later=bool(before),
    )


@router.get("/report/events/correct")
def ask_correction(request: Request, desk: DeskOf, source: str, id: str) -> Response:  # noqa: A002 -- as in events
    """The form with what was said."""
    it = Correction(desk, *before_of(desk, source, id))
    held = Form({**it.held, NUMBER_FIELD: Drawn.now().number})
    return draw(request, (desk, it.form, held, it.choices), it.drawing)


@router.post("/report/events/correct")
def correct(request: Request, desk: DeskOf, posted: PostedForm, source: str, id: str) -> Response:  # noqa: A002
    """Show old and new; sent a second time from there, the correction goes in."""
    it, came = Correction(desk, *before_of(desk, source, id)), posted_of(posted)
    found = it.read(came)
    if isinstance(found, Ready) and came.one(_SURE) != "yes":
        typed = [(name, text) for name, texts in came.typed.items() for text in texts if name in it.held]
        return show(
            request, "report/sure.html", what=it.named, changed=it.changed, typed=typed, number=came.drawn.number
        )
    errors = desk.send(found) if isinstance(found, Ready) else found
    if not errors:
        return go(request, "/report/events", it.form.done.text(desk.language))
    filling = Filling(
        desk, it.form, it.setting, came, it.choices, {name: list(texts) for name, texts in errors.items()}
    )
    return draw(request, filling, it.drawing)


@router.get("/report/events/withdraw")
def ask_withdrawal(request: Request, desk: DeskOf, source: str, id: str) -> Response:  # noqa: A002
    """Ask, for it is final."""
    event, _ = before_of(desk, source, id)
    [line] = _lines(desk, [event])
    return show(request, "report/withdraw.html", line=line, number=Drawn.now().number)


@router.post("/report/events/withdraw")
def withdraw(request: Request, desk: DeskOf, posted: PostedForm, source: str, id: str) -> Response:  # noqa: A002
    """Take it back."""
    _, before = before_of(desk, source, id)
    found = ready(FORMS["end"], [withdrawal(before)], desk.sender, posted_of(posted).drawn, setting_of(desk, before))
    errors = desk.send(found) if isinstance(found, Ready) else found
    if errors:
        return go(request, "/report/events", " ".join(text for texts in errors.values() for text in texts), "error")
    return go(request, "/report/events", desk.say(_WITHDRAWN))


def _place(before: str) -> tuple[int, int]:
    position, _, nr = before.partition(".")
    is_place = position.isdecimal() and nr.isdecimal() and len(before) < 30
    return (int(position), int(nr)) if is_place else (0, 0)


def _lines(desk: Desk, events: Sequence[said.OwnEvent]) -> list[Line]:
    bodies = [msgspec.json.decode(event.body)["data"] for event in events]
    people = {(tender, one.placement): one.person for tender, one in desk.courses()}
    whom = [
        meant.get("person") or people.get((event.subject, str(meant.get("placement"))))
        for event, meant in zip(events, map(_meant, bodies), strict=True)
    ]
    names = desk.names(whom)
    return [
        _line(desk, event, data, names.of_person(person) if person else "–")
        for event, data, person in zip(events, bodies, whom, strict=True)
    ]


def _line(desk: Desk, event: said.OwnEvent, data: Mapping[str, Any], whom: str) -> Line:
    fate, tone = _fate(event)
    stands = event.fate in {Fate.STANDS, Fate.CORRECTED} and event.type not in AMENDING
    return Line(
        told=day(event.receipt.known_at.astimezone(COPENHAGEN).date()),
        what=_told(event.type, data, desk),
        days=_dates(_meant(data)),
        whom=whom,
        where=desk.title(event.subject),
        fate=fate.text(desk.language),
        tone=tone,
        why="; ".join(_WAITS[code].text(desk.language) for code in event.waits_for if code in _WAITS),
        key=urlencode({"source": event.source, "id": event.id}),
        may_correct=stands and form_for(event.type) is not None,
        may_withdraw=stands,
    )


def _meant(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an event tells; of a correction, what should have been told."""
    found: Mapping[str, Any] = data.get("replacement", {}).get("data", data)
    return found


def _told(kind: str, data: Mapping[str, Any], desk: Desk) -> str:
    corrected_kind = data.get("replacement", {}).get("type")
    return f"{fact_named(kind, desk)}: {fact_named(corrected_kind, desk)}" if corrected_kind else fact_named(kind, desk)


def _dates(data: Mapping[str, Any]) -> list[str]:
    """The days an event tells of, as they stand in it."""
    found = [said for name, said in data.items() if name in _TELLING_DAYS and isinstance(said, str)]
    return [day(date.fromisoformat(text)) for text in found]


def _fate(event: said.OwnEvent) -> tuple[Text, str]:
    if event.fate is Fate.WITHDRAWN:
        return Text("Trukket tilbage", "Withdrawn"), "quiet"
    if event.fate is Fate.WAITING or event.waits_for:
        return Text("Tæller ikke endnu", "Not counted yet"), "warning"
    return (
        (Text("Rettet", "Corrected"), "info") if event.fate is Fate.CORRECTED else (Text("Gælder", "Holds"), "success")
    )
