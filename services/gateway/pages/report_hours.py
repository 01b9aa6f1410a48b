"""The hours of a month: all own people in one table, an empty field for what is not reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from babel.dates import format_date
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from schemas.vocabulary import Language
from services.domain.rights import Kind
from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.rendering import Form
from services.gateway.pages.report_desk import NUMBER_FIELD, Desk, DeskOf, Place, posted_of
from services.gateway.pages.texts import marked, say_many
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.drawn import Drawn
from services.gateway.reporting.forms import Setting, Told
from services.gateway.reporting.months import Month, Row, reported, rows
from services.gateway.reporting.questions import FIRM
from services.gateway.reporting.sending import Errors, Ready, ready
from services.gateway.reporting.standing import workplace_of
from services.reports.words import day, number
from services.store import retold
from services.store.batches import Decoded

router = APIRouter()

_MOST_MONTHS = 12
_NOTHING = marked("Der var ingen nye timer at gemme.")


class Line(NamedTuple):
    """One person's line of the table."""

    row: Row
    name: str
    what: str
    where: str
    days: str
    others: str


@router.get("/report/hours")
def table(request: Request, desk: DeskOf, month: str = "", place: str = "", tender: str = "") -> Response:
    """The table of a month, of one tender and firm where there are several."""
    chosen = Month.read(month, desk.on)
    where = _place(desk, place or f"{tender} {desk.organisation}")
    lines = _lines(desk, chosen, where)
    held = {row.field: row.filled for row in lines}
    return _shown(request, desk, Form({**held, NUMBER_FIELD: Drawn.now().number}), chosen, where)


@router.post("/report/hours")
def save(request: Request, desk: DeskOf, posted: PostedForm) -> Response:
    """Report the hours that were typed; all lines go in, or none."""
    came = posted_of(posted)
    month, where = Month.read(came.one("month"), desk.on), _place(desk, came.one("place"))
    lines = _lines(desk, month, where)
    names = desk.names([row.placement.person for row in lines])
    told, wrong = reported(lines, names, {name: came.one(name) for name in came.typed}, desk.language)
    batch: list[Decoded] = []
    errors: dict[str, Sequence[str]] = dict(wrong)
    for row, one in told:
        found = _ready(desk, row, one, came.drawn)
        if isinstance(found, Ready):
            batch += found.batch
        else:
            errors[row.field] = [text for texts in found.values() for text in texts]
    if not errors and batch:
        errors |= desk.send(Ready(tuple(batch)))
    if errors:
        return _shown(request, desk, came.form(errors), month, where)
    if not batch:
        return go(request, "/report", desk.say(_NOTHING), "info")
    saved = say_many(
        desk.language, "Timer er gemt for %(num)s person.", "Timer er gemt for %(num)s personer.", len(batch)
    )
    return go(request, "/report", saved)


def _ready(desk: Desk, row: Row, told: Told, drawn: Drawn) -> Ready | Errors:
    place = workplace_of(row.placement, row.to_on)
    behalf = desk.on_behalf_of(place.contractor if place else None)
    setting = Setting(desk.organisation, desk.on, row.tender, on_behalf_of=behalf)
    return ready(FORMS["change"], [told], desk.sender, drawn, setting)


def _place(desk: Desk, value: str) -> Place | None:
    """The tender and firm that are asked for; a contractor's own people need no choice."""
    return next((place for place in desk.places(FIRM) if place.value == value), None)


def _lines(desk: Desk, month: Month, where: Place | None) -> list[Row]:
    if where is None and Kind.CONTRACTOR not in desk.caller.kinds:
        return []
    contractor = where.contractor if where else desk.organisation
    there = []
    for tender, placement in desk.courses(where.tender if where else None):
        place = workplace_of(placement, month.last)
        if place is not None and place.contractor == contractor and not placement.only_job_centre:
            there.append((tender, placement))
    with desk.looking() as connection:
        told = retold.hours(connection, [(t, p.placement) for t, p in there], month.first, month.last)
    return rows(there, month, told)


def _shown(request: Request, desk: Desk, form: Form, month: Month, where: Place | None) -> HTMLResponse:
    found = _lines(desk, month, where)
    names = desk.names([row.placement.person for row in found])
    lines = [
        Line(
            row,
            names.of_person(row.placement.person),
            desk.what(row.placement),
            desk.title(row.tender),
            "" if (row.from_on, row.to_on) == (month.first, month.last) else f"{day(row.from_on)} – {day(row.to_on)}",
            "" if row.others is None else number(row.others, desk.language),
        )
        for row in found
    ]
    places = [(place.value, place.text) for place in desk.places(FIRM)]
    return show(
        request,
        "report/hours.html",
        422 if form.errors else 200,
        form=form,
        lines=sorted(lines, key=lambda line: (line.where.casefold(), line.name.casefold())),
        month=month.key,
        months=_months(desk, desk.language),
        named=_named(month, desk.language),
        place=where.value if where else "",
        places=places,
        several=len({line.where for line in lines}) > 1,
        must_choose=Kind.CONTRACTOR not in desk.caller.kinds,
    )


def _months(desk: Desk, language: Language) -> list[tuple[str, str]]:
    """The months that are over, the latest first."""
    months = [Month.read("", desk.on)]
    while len(months) < _MOST_MONTHS:
        months.append(Month.read("", months[-1].first))
    return [(month.key, _named(month, language)) for month in months]


def _named(month: Month, language: Language) -> str:
    return str(format_date(month.first, "LLLL yyyy", locale=language))
