"""Open places: what firms are looking for, to post, to fill and to withdraw."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.report_desk import Desk, DeskOf, Place, posted_of
from services.gateway.pages.report_filling import PLACE, Drawing, Filling, blank, draw
from services.gateway.pages.stops import Stop, not_there
from services.gateway.pages.texts import marked
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.forms import About, ReportForm, Setting
from services.reports.words import day, kind_shown
from services.store import seen

router = APIRouter()

_NOT_YOURS = marked("Pladsen findes ikke, eller den er ikke jeres.")
_CHOOSE = marked("Vælg, hvor det er.")
_NO_PLACE = marked("I er ikke med i et udbud endnu")
_NO_PLACE_TEXT = marked("Bygherren eller sekretariatet skal først tilknytte jer til udbuddet. Spørg dem.")


class Line(NamedTuple):
    """One opening of the list."""

    what: str
    firm: str
    where: str
    starts: str
    free: int
    places: int
    address: str


@router.get("/openings")
def listed(request: Request, desk: DeskOf, over: str = "") -> Response:
    """The openings of our tenders; ours can be changed."""
    lines = [_line(desk, tender, one) for tender, one in all_openings(desk)]
    free = [line for line in lines if line.free or over]
    may_post = bool(FORMS["opening"].kinds & desk.caller.kinds)
    return show(request, "openings.html", lines=free, over=bool(over), hidden=len(lines) - len(free), may_post=may_post)


@router.get("/openings/new")
def ask_new(request: Request, desk: DeskOf) -> Response:
    """Post an opening."""
    form, places = FORMS["opening"], _places(desk)
    held = {PLACE: places[0].value} if len(places) == 1 else {}
    return draw(request, (desk, form, blank(form, desk, held), {}), _drawing(desk, form, places))


@router.post("/openings/new")
def post_new(request: Request, desk: DeskOf, posted: PostedForm) -> Response:
    """Post it."""
    form, places, came = FORMS["opening"], _places(desk), posted_of(posted)
    place = next((one for one in places if one.value == came.one(PLACE)), None)
    behalf = desk.on_behalf_of((place or places[0]).contractor)
    setting = Setting(desk.organisation, desk.on, (place or places[0]).tender, on_behalf_of=behalf)
    filling = Filling(desk, form, setting, came)
    if place is None:
        filling.errors[PLACE] = [desk.say(_CHOOSE)]
    if filling.send():
        return go(request, "/openings", form.done.text(desk.language))
    return draw(request, filling, _drawing(desk, form, places))


@router.get("/openings/{opening:path}/{key}")
def ask(request: Request, desk: DeskOf, opening: str, key: str) -> Response:
    """Filled, or withdrawn."""
    (_, one), form = _own(desk, opening), _form(key)
    return draw(request, (desk, form, blank(form, desk), {}), _drawing(desk, form, [], what(desk, one)))


@router.post("/openings/{opening:path}/{key}")
def post(request: Request, desk: DeskOf, opening: str, key: str, posted: PostedForm) -> Response:
    """Report it."""
    (tender, one), form = _own(desk, opening), _form(key)
    behalf = desk.on_behalf_of(one.contractor)
    setting = Setting(desk.organisation, desk.on, tender, {"opening": one.opening}, behalf)
    filling = Filling(desk, form, setting, posted_of(posted))
    if filling.send():
        return go(request, "/openings", form.done.text(desk.language))
    return draw(request, filling, _drawing(desk, form, [], what(desk, one)))


def all_openings(desk: Desk) -> list[tuple[str, seen.OpeningRow]]:
    """Every opening that the caller sees, with its tender; the soonest first."""
    with desk.looking() as connection:
        found = [(tender, one) for tender in desk.tenders for one in seen.openings(connection, tender, limit=500)]
    return sorted(found, key=lambda pair: (pair[1].starts_on, pair[1].opening))


def _own(desk: Desk, name: str) -> tuple[str, seen.OpeningRow]:
    """An opening of the caller's, or of a firm it reports for. Raises Stop 404."""
    for tender, one in all_openings(desk):
        mine = one.contractor == desk.organisation or desk.on_behalf_of(one.contractor)
        if one.opening == name and mine and _of_mine(desk, tender, one.contractor):
            return tender, one
    raise not_there(_NOT_YOURS)


def _of_mine(desk: Desk, tender: str, contractor: str) -> bool:
    return any((place.tender, place.contractor) == (tender, contractor) for place in desk.places(FORMS["filled"].kinds))


def _form(key: str) -> ReportForm:
    form = FORMS.get(key)
    if form is None or form.about is not About.OPENING:
        raise not_there(_NOT_YOURS)
    return form


def _places(desk: Desk) -> list[Place]:
    places = desk.places(FORMS["opening"].kinds)
    if not places:
        raise Stop(404, _NO_PLACE, _NO_PLACE_TEXT)
    return places


def _drawing(desk: Desk, form: ReportForm, places: list[Place], about: str = "") -> Drawing:
    pairs = [(place.value, place.text) for place in places]
    return Drawing(form.title.text(desk.language), "/openings", [about] if about else (), pairs)


def what(desk: Desk, one: seen.OpeningRow) -> str:
    """What is looked for, as: Lærling/elev, tømrer."""
    return f"{kind_shown(one.kind, desk.language)}, {desk.trade(one.trade)}"


def _line(desk: Desk, tender: str, one: seen.OpeningRow) -> Line:
    mine = one.contractor == desk.organisation or bool(desk.on_behalf_of(one.contractor))
    may_change = mine and _of_mine(desk, tender, one.contractor)
    return Line(
        what(desk, one),
        desk.company(one.contractor),
        desk.title(tender),
        day(one.starts_on),
        one.open_places(desk.on),
        one.places,
        f"/openings/{quote(one.opening)}" if may_change else "",
    )
