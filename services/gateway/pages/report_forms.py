"""Reporting with forms: a new placement, and what happens to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Request, Response

from schemas.contractor import PlacementStarted
from services.domain.rights import Kind
from services.gateway.pages.answers import go
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.report_contract import Under, under_contract
from services.gateway.pages.report_desk import Desk, DeskOf, Place, posted_of
from services.gateway.pages.report_filling import PLACE, Drawing, Filling, blank, draw
from services.gateway.pages.stops import Stop, not_there
from services.gateway.pages.texts import marked
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.fields import Choices
from services.gateway.reporting.forms import About, ReportForm, Setting
from services.gateway.reporting.questions import CONTRACT, CONTRACTOR, PERSON, PERSON_OF_ANOTHER, TOWN
from services.gateway.reporting.standing import state_of, workplace_of
from services.reports.words import day
from services.store import said
from services.store.retold import OwnPlacement

router = APIRouter()

_NO_FORM = marked("Det kan din organisation ikke indberette her.")
_NO_PLACE = marked("I er ikke med i et udbud endnu")
_NO_PLACE_TEXT = marked("Bygherren eller sekretariatet skal først tilknytte jer til udbuddet. Spørg dem.")
_CHOOSE = marked("Vælg, hvor det er.")
_MORE = frozenset({"person", "contractor", "kind"})


@router.get("/report/{key}")
def ask_new(request: Request, desk: DeskOf, key: str, place: str = "", tender: str = "") -> Response:
    """A new placement: the tender and the trade of the last one stand there already."""
    form = _form(desk, key, About.NEW_PLACEMENT)
    places = _places(desk, form)
    last = _last_used(desk)
    on_tender = [one.value for one in places if one.tender == tender]
    held = {**last, PLACE: place or (on_tender[0] if len(on_tender) == 1 else last.get(PLACE, ""))}
    chosen = _chosen(places, held[PLACE]) or (places[0] if len(places) == 1 else None)
    form, choices, _ = under_contract(desk, form, *((chosen.tender, chosen.contractor) if chosen else ("", None)))
    return draw(request, (desk, form, blank(form, desk, held), choices), _new_drawing(desk, form, places))


@router.post("/report/{key}")
def post_new(request: Request, desk: DeskOf, key: str, posted: PostedForm) -> Response:
    """Report it."""
    form = _form(desk, key, About.NEW_PLACEMENT)
    places, came = _places(desk, form), posted_of(posted)
    place = _chosen(places, came.one(PLACE))
    where = place or places[0]
    form, choices, given = under_contract(desk, form, where.tender, where.contractor)
    filling = Filling(desk, form, _with(_setting(desk, form, where), given), came, choices)
    if place is None:
        filling.errors[PLACE] = [desk.say(_CHOOSE)]
    if filling.send():
        return go(request, f"/report?tender={quote(filling.setting.subject)}", form.done.text(desk.language))
    return draw(request, filling, _new_drawing(desk, form, places))


@router.get("/report/{placement:path}/hours")
def ask_hours(request: Request, placement: str) -> Response:  # noqa: ARG001 -- hours are asked of all people at once
    """The hours of one person stand in the month's table."""
    return go(request, "/report/hours")


@router.get("/report/{placement:path}/{key}")
def ask(request: Request, desk: DeskOf, placement: str, key: str, tender: str = "") -> Response:
    """What happened to a placement."""
    own, form = desk.placement(placement, tender), _form(desk, key, About.PLACEMENT)
    form, choices, _ = _under(desk, form, own)
    choices = {**_choices(desk, form, own), **choices}
    return draw(request, (desk, form, blank(form, desk), choices), _drawing(desk, form, own))


@router.post("/report/{placement:path}/{key}")
def post(  # noqa: PLR0913, PLR0917 -- where, what and by whom
    request: Request, desk: DeskOf, placement: str, key: str, posted: PostedForm, tender: str = ""
) -> Response:
    """Report it."""
    own, form = desk.placement(placement, tender), _form(desk, key, About.PLACEMENT)
    came = posted_of(posted)
    form, choices, given = _under(desk, form, own, came.one(CONTRACTOR.name))
    setting = _with(_about(desk, form, own), given)
    filling = Filling(desk, form, setting, came, {**_choices(desk, form, own), **choices})
    if filling.send():
        return go(request, f"/report?tender={quote(own.tender)}", form.done.text(desk.language))
    return draw(request, filling, _drawing(desk, form, own))


def summary(desk: Desk, own: OwnPlacement) -> list[str]:
    """A placement in a few lines: who, what, since when, where."""
    placement, place = own.placement, workplace_of(own.placement, desk.on)
    state = state_of(placement, desk.on).label(desk.language)
    begins = placement.start or placement.planned_start
    where = desk.title(own.tender)
    if place is not None and place.contractor != desk.organisation:
        where = f"{where} · {desk.company(place.contractor)}"
    return [
        desk.names([placement.person]).of_person(placement.person),
        desk.what(placement),
        f"{state} · {day(begins)}",
        where,
    ]


def _form(desk: Desk, key: str, about: About) -> ReportForm:
    form = FORMS.get(key)
    if form is None or form.about is not about or not form.kinds & desk.caller.kinds:
        raise not_there(_NO_FORM)
    if Kind.SECRETARIAT in form.kinds & desk.caller.kinds:
        fields = (PERSON_OF_ANOTHER if field is PERSON else field for field in form.fields)
        return replace(form, fields=tuple(fields))
    return form


def _places(desk: Desk, form: ReportForm) -> list[Place]:
    places = desk.places(form.kinds)
    if not places:
        raise Stop(200, _NO_PLACE, _NO_PLACE_TEXT)
    return places


def _setting(desk: Desk, form: ReportForm, place: Place) -> Setting:
    """A contractor's word is said for it; a job centre gives its own view of a contractor's people."""
    if form.kinds == TOWN:
        return Setting(desk.organisation, desk.on, place.tender, {"contractor": place.contractor})
    return Setting(desk.organisation, desk.on, place.tender, on_behalf_of=desk.on_behalf_of(place.contractor))


def _under(desk: Desk, form: ReportForm, own: OwnPlacement, new_contractor: str = "") -> Under:
    """Who moves goes under a contract of the new contractor; who begins, under the one that was agreed, if it was."""
    if CONTRACTOR in form.fields:
        return under_contract(desk, form, own.tender, new_contractor or None)
    place = workplace_of(own.placement, desk.on)
    if CONTRACT.name in form.fact.model_fields and place is not None and place.contract is not None:
        return Under(form, {}, {CONTRACT.name: place.contract})
    return under_contract(desk, form, own.tender, place.contractor if place else None)


def _chosen(places: list[Place], value: str) -> Place | None:
    return next((one for one in places if one.value == value), None)


def _with(setting: Setting, given: Mapping[str, Any]) -> Setting:
    return replace(setting, given={**setting.given, **given})


def _about(desk: Desk, form: ReportForm, own: OwnPlacement) -> Setting:
    placement, place = own.placement, workplace_of(own.placement, desk.on)
    given: dict[str, Any] = {"placement": placement.placement}
    if form.fact is PlacementStarted:
        given |= {name: said for name in sorted(_MORE) if (said := getattr(placement, name)) is not None}
    may_stand_in = Kind.SECRETARIAT in form.kinds
    behalf = desk.on_behalf_of(place.contractor if place else None) if may_stand_in else None
    return Setting(desk.organisation, desk.on, own.tender, given, behalf, placement.start)


def _choices(desk: Desk, form: ReportForm, own: OwnPlacement) -> Choices:
    if CONTRACTOR not in form.fields:
        return {}
    row, place = desk.tenders.get(own.tender), workplace_of(own.placement, desk.on)
    others = [cvr for cvr in (row.contractors if row else ()) if place is None or cvr != place.contractor]
    return {CONTRACTOR.name: sorted(((cvr, desk.company(cvr)) for cvr in others), key=lambda pair: pair[1])}


def _new_drawing(desk: Desk, form: ReportForm, places: list[Place]) -> Drawing:
    return Drawing(form.title.text(desk.language), "/report", places=[(place.value, place.text) for place in places])


def _drawing(desk: Desk, form: ReportForm, own: OwnPlacement) -> Drawing:
    behalf = _about(desk, form, own).on_behalf_of
    named = desk.company(behalf) if behalf else ""
    back = f"/report?tender={quote(own.tender)}"
    return Drawing(form.title.text(desk.language), back, summary(desk, own), on_behalf_of=named)


def _last_used(desk: Desk) -> dict[str, str]:
    """Where and in which trade the last start was reported: the next is most often alike."""
    wanted = said.EventFilter(type=PlacementStarted.type())
    with desk.looking() as connection:
        found = said.events(connection, wanted, limit=1, newest_first=True)
    if not found or found[0].on_behalf:
        return {}
    data = msgspec.json.decode(found[0].body)["data"]
    place = f"{found[0].subject} {data['contractor']}"
    return {PLACE: place, **{name: data[name] for name in ("kind", "trade", "contract") if name in data}}
