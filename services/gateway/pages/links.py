"""Personal links: made for one's own people, or by a secretariat for a contractor, shown once, taken back at will."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from services.clock import COPENHAGEN, end_of
from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.rendering import Form
from services.gateway.pages.report_desk import Desk, DeskOf, Place, Posted, posted_of
from services.gateway.pages.texts import marked
from services.gateway.reporting.questions import FIRM
from services.reports.words import day
from services.sheets.texts import is_cpr
from services.sheets.values import Wrong, read_number
from services.store.access import Link

router = APIRouter()

LONGEST_DAYS = 31
_USUAL_DAYS = 14
_LONGEST_LABEL = 80
_CHOOSE = marked("Hvor: vælg udbud og firma.")
_LABEL = marked("Til hvem: skriv et navn eller en mail, så I kan kende linket igen.")
_LABEL_CPR = marked("Til hvem: det ligner et CPR-nummer; det må ikke stå her.")
_DAYS = marked("Antal dage: skriv et helt tal fra 1 til 31.")
_GONE = marked("Linket er lukket. Det kan ikke bruges mere.")


class Line(NamedTuple):
    """One link of the list."""

    no: int
    label: str
    firm: str
    where: str
    until: str
    used: str
    works: bool


@router.get("/links")
def listed(request: Request, desk: DeskOf, place: str = "") -> Response:
    """Our links, and those we made for others; `place` is whom the next one is for."""
    return _shown(request, desk, Form({"days": str(_USUAL_DAYS), "place": place}))


@router.post("/links")
def create(request: Request, desk: DeskOf, posted: PostedForm) -> Response:
    """Make a link and show it, once."""
    came, places = posted_of(posted), _places(desk)
    place = next((one for one in places if one.value == came.one("place")), None)
    days, errors = _days(came), _errors(desk, came)
    if place is None:
        errors["place"] = [desk.say(_CHOOSE)]
    if errors or place is None or days is None:
        return _shown(request, desk, came.form(errors))
    expires = end_of(desk.on + timedelta(days=days))
    link, token = desk.parts.access.links.create(
        place.contractor, came.one("label"), desk.caller.who, expires, place.tender or None
    )
    address = f"{desk.parts.options.url}/link/{token}"
    return show(
        request,
        "links/made.html",
        address=address,
        recipient=link.label,
        until=day(expires.date()),
        firm=desk.company(place.contractor),
    )


@router.post("/links/revoke")
def revoke(request: Request, desk: DeskOf, posted: PostedForm) -> Response:
    """Close a link of ours."""
    number = posted_of(posted).one("no")
    mine = {str(link.no) for link in _mine(desk)}
    if number in mine:
        desk.parts.access.links.revoke(int(number))
    return go(request, "/links", desk.say(_GONE))


def _errors(desk: Desk, came: Posted) -> dict[str, list[str]]:
    label = came.one("label")
    errors = {}
    if not label.strip() or len(label) > _LONGEST_LABEL:
        errors["label"] = [desk.say(_LABEL)]
    elif is_cpr(label):
        errors["label"] = [desk.say(_LABEL_CPR)]
    if _days(came) is None:
        errors["days"] = [desk.say(_DAYS)]
    return errors


def _days(came: Posted) -> int | None:
    found = read_number(came.one("days"))
    if isinstance(found, Wrong) or found != found.to_integral_value() or not 1 <= found <= LONGEST_DAYS:
        return None
    return int(found)


def _places(desk: Desk) -> list[Place]:
    """All our people, or those of a firm on a tender that we serve."""
    places = desk.places(FIRM)
    own = [place for place in places if place.contractor == desk.organisation]
    if own:
        places.insert(0, Place("", desk.organisation, desk.say(_ALL)))
    return places


_ALL = marked("Alle vores folk, på alle udbud")


def _mine(desk: Desk) -> list[Link]:
    """Our own links, and those that somebody of ours made for another."""
    colleagues = {f"user:{user.no}" for user in desk.parts.access.users.list(desk.organisation)}
    links = desk.parts.access.links.list()
    return [link for link in links if link.organisation == desk.organisation or link.created_by in colleagues]


def _shown(request: Request, desk: Desk, form: Form) -> Response:
    places = [(place.value, place.text) for place in _places(desk)]
    held: Mapping[str, object] = {
        "form": form,
        "places": places,
        "lines": [_line(desk, link) for link in _mine(desk)],
        "for_us": bool(FIRM & desk.caller.kinds),
    }
    return show(request, "links/list.html", 422 if form.errors else 200, **held)


def _line(desk: Desk, link: Link) -> Line:
    until, used = link.expires_at.astimezone(COPENHAGEN), link.last_used_at
    works = link.revoked_at is None and until.date() >= desk.on
    return Line(
        link.no,
        link.label,
        desk.company(link.organisation),
        desk.title(link.tender) if link.tender else desk.say(_ALL),
        day(until.date()),
        day(used.astimezone(COPENHAGEN).date()) if used else "–",
        works,
    )
