"""Candidates: who was found, how far they have come, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from services.domain.candidates import Candidate
from services.gateway.pages.answers import go, show
from services.gateway.pages.openings import all_openings, what
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.report_desk import Desk, DeskOf, Posted, posted_of
from services.gateway.pages.report_filling import Drawing, Filling, blank, draw
from services.gateway.pages.stops import Stop, not_there
from services.gateway.pages.texts import marked
from services.gateway.reporting.candidates import SHOWN_AS
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.fields import Choices
from services.gateway.reporting.forms import About, ReportForm, Setting
from services.gateway.reporting.matching import consented_until, next_steps, share, stands, steps_known
from services.reports.words import day
from services.sheets.texts import is_cpr
from services.store import retold

router = APIRouter()

_NOT_YOURS = marked("Kandidaten findes ikke, eller du kan ikke gøre det her.")
_NO_CPR = marked("Navn og telefon: det ligner et CPR-nummer; det må ikke stå her.")
_NO_CIRCLE = marked("Der er intet udbud i jeres kommune endnu")
_NO_CIRCLE_TEXT = marked("Kandidater hører til kredsen omkring et udbud. Når det første er registreret, kan I begynde.")
_NO_CONSENT = marked(
    "%(firm)s må ikke få noget at vide endnu: kandidaten har ikke givet samtykke. Skriv samtykket først."
)


class Line(NamedTuple):
    """One candidate of the list."""

    name: str
    trades: str
    age: str
    found: str
    stands: str
    consent: str
    steps: Sequence[tuple[str, str]]


@router.get("/candidates")
def listed(request: Request, desk: DeskOf) -> Response:
    """The candidates that the caller may see."""
    candidates = _candidates(desk)
    names = desk.names([one.person for one in candidates])
    lines = [_line(desk, one, names.of_person(one.person)) for one in candidates]
    may_add = bool(FORMS["candidate"].kinds & desk.caller.kinds)
    for tender in sorted({step.tender for one in candidates for step in steps_known(desk.caller, one)}):
        desk.parts.access.looked(desk.caller, "candidates", tender)
    return show(request, "candidates.html", lines=lines, may_add=may_add)


@router.get("/candidates/new")
def ask_new(request: Request, desk: DeskOf) -> Response:
    """Somebody was found."""
    form = _form(desk, "candidate", About.NEW_CANDIDATE)
    return draw(request, (desk, form, blank(form, desk), {}), _drawing(desk, form))


@router.post("/candidates/new")
def post_new(request: Request, desk: DeskOf, posted: PostedForm) -> Response:
    """Keep it."""
    form, came = _form(desk, "candidate", About.NEW_CANDIDATE), posted_of(posted)
    setting = Setting(desk.organisation, desk.on, "", {"linking_circle": _circle(desk)}, secret=came.drawn.secret)
    return _sent(
        request, Filling(desk, form, replace(setting, subject=setting.new_id("k")), came), _drawing(desk, form)
    )


@router.get("/candidates/{candidate:path}/{key}")
def ask(request: Request, desk: DeskOf, candidate: str, key: str) -> Response:
    """The next step."""
    one = _one(desk, candidate)
    form = _step(desk, one, key)
    return draw(request, (desk, form, blank(form, desk), _choices(desk)), _drawing(desk, form, one))


@router.post("/candidates/{candidate:path}/{key}")
def post(request: Request, desk: DeskOf, candidate: str, key: str, posted: PostedForm) -> Response:
    """Keep it."""
    one, came = _one(desk, candidate), posted_of(posted)
    form = _step(desk, one, key)
    setting = Setting(desk.organisation, desk.on, one.candidate, _match(desk, form, came))
    filling, drawing = Filling(desk, form, setting, came, _choices(desk)), _drawing(desk, form, one)
    if key == "presented":
        drawing = _checked(filling, one, drawing)
    return _sent(request, filling, drawing, one)


def _checked(filling: Filling, one: Candidate, drawing: Drawing) -> Drawing:
    """Nobody hears of a candidate without a consent that names it (domain.md section 12)."""
    desk, firm = filling.desk, filling.setting.given.get("contractor")
    if is_cpr(filling.posted.one(SHOWN_AS)):
        filling.errors[SHOWN_AS] = [desk.say(_NO_CPR)]
    if isinstance(firm, str) and not one.may_be_shown(firm, desk.on):
        filling.errors["opening"] = [desk.say(_NO_CONSENT, firm=desk.company(firm))]
        return replace(drawing, first=(f"{_address(one)}/consent", FORMS["consent"].title.text(desk.language)))
    return drawing


def _sent(request: Request, filling: Filling, drawing: Drawing, one: Candidate | None = None) -> Response:
    if not filling.send():
        return draw(request, filling, drawing)
    desk, firm, name = filling.desk, filling.setting.given.get("contractor"), filling.posted.one(SHOWN_AS)
    if one and one.person and isinstance(firm, str) and filling.form.key == "presented" and name.strip():
        share(desk.parts.vault, firm, one.person, name)
    return go(request, "/candidates", filling.form.done.text(desk.language))


def _candidates(desk: Desk) -> list[Candidate]:
    with desk.looking() as connection:
        return retold.candidates(connection)


def _one(desk: Desk, name: str) -> Candidate:
    found = next((one for one in _candidates(desk) if one.candidate == name), None)
    if found is None:
        raise not_there(_NOT_YOURS)
    return found


def _form(desk: Desk, key: str, about: About) -> ReportForm:
    form = FORMS.get(key)
    if form is None or form.about is not about or not form.kinds & desk.caller.kinds:
        raise not_there(_NOT_YOURS)
    return form


def _step(desk: Desk, one: Candidate, key: str) -> ReportForm:
    form = _form(desk, key, About.CANDIDATE)
    if form not in next_steps(desk.caller, one):
        raise not_there(_NOT_YOURS)
    return form


def _circle(desk: Desk) -> str:
    """The circle in which a new candidate is one person: that of the caller's tenders."""
    with desk.looking() as connection:
        circles = retold.linking_circles(connection)
    if not circles:
        raise Stop(404, _NO_CIRCLE, _NO_CIRCLE_TEXT)
    return circles[0]


def _choices(desk: Desk) -> Choices:
    """Openings with free places, and whom a consent may name."""
    openings = [
        (
            one.opening,
            f"{what(desk, one)}, {desk.company(one.contractor)}, {desk.title(tender)}",
        )
        for tender, one in all_openings(desk)
        if one.open_places(desk.on)
    ]
    rows = desk.tenders.values()
    others = {cvr for row in rows for cvr in (*row.contractors, row.secretariat) if cvr and cvr != desk.organisation}
    return {"opening": openings, "to": sorted(((cvr, desk.company(cvr)) for cvr in others), key=lambda pair: pair[1])}


def _match(desk: Desk, form: ReportForm, came: Posted) -> dict[str, str | int | float | list[str]]:
    """The tender and the firm of the opening that was chosen."""
    if not any(field.name == "opening" for field in form.fields):
        return {}
    found = [(t, one) for t, one in all_openings(desk) if one.opening == came.one("opening")]
    return {"tender": found[0][0], "contractor": found[0][1].contractor} if found else {}


def _drawing(desk: Desk, form: ReportForm, one: Candidate | None = None) -> Drawing:
    about = [desk.names([one.person]).of_person(one.person)] if one else ()
    return Drawing(form.title.text(desk.language), "/candidates", about)


def _line(desk: Desk, one: Candidate, name: str) -> Line:
    return Line(
        name,
        ", ".join(trade.label(desk.language) for trade in one.trades) or "–",
        one.age_band.label(desk.language) if one.age_band else "–",
        day(one.identified_on),
        stands(desk.caller, one, desk.on, desk.language),
        day(consented_until(desk.caller, one)),
        [(f"{_address(one)}/{form.key}", form.title.text(desk.language)) for form in next_steps(desk.caller, one)],
    )


def _address(one: Candidate) -> str:
    return f"/candidates/{quote(one.candidate)}"
