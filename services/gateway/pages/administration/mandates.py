"""Auditors: a client or a secretariat lets one see a tender, for a time. Counts and lines only, never persons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.domain.rights import Caller, Kind
from services.gateway.languages import language_of
from services.gateway.pages.administration.desk import (
    LASTS,
    NO_TIME,
    START,
    Checked,
    Managed,
    address_of,
    ask,
    lasts,
    told,
    until,
)
from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.rendering import Form
from services.gateway.pages.sessions import AdministratingPageCaller
from services.gateway.pages.stops import not_there
from services.gateway.pages.texts import marked
from services.gateway.parts import Parts, PartsOf
from services.reports.words import tender_called
from services.store import seen
from services.store.access import Organisation, seen_by

router = APIRouter()
_MANDATES = f"{START}/{{cvr}}/auditors"
_MOST = 1_000

_NO_TENDER = marked("Vælg et udbud.")
_NO_AUDITOR = marked("Vælg en revisor.")
_GIVEN = marked("%(auditor)s kan nu se %(tender)s.")
_TAKEN = marked("%(auditor)s kan ikke længere se %(tender)s.")
_ASK_TAKE = marked("Skal %(auditor)s ikke længere se %(tender)s?")
_TAKING = marked("Adgangen ophører med det samme. I kan give den igen senere.")
_TAKE = marked("Tag adgangen tilbage")


@router.get(_MANDATES)
def mandates(request: Request, managed: Managed, caller: AdministratingPageCaller, parts: PartsOf) -> HTMLResponse:
    """Who may see which of the organisation's tenders as an auditor, and the form to let another."""
    return _page(request, managed, _titles(parts, caller), Form({"lasts": "90"}))


@router.post(_MANDATES)
def give(
    request: Request, managed: Managed, caller: AdministratingPageCaller, parts: PartsOf, posted: PostedForm
) -> Response:
    """Let an auditor see a tender."""
    titles, auditors = _titles(parts, caller), _auditors(parts)
    checked = Checked(posted, language_of(request))
    tender = checked.choice("tender", list(titles), _NO_TENDER)
    auditor = checked.choice("auditor", list(auditors), _NO_AUDITOR)
    choice = checked.choice("lasts", list(LASTS), NO_TIME)
    if checked.errors:
        return _page(request, managed, titles, checked.form(), 422)
    parts.access.mandates.give(auditor, tender, caller.who, _day(until(choice)))
    text = told(request, _GIVEN, auditor=auditors[auditor], tender=titles[tender])
    return go(request, f"{address_of(managed)}/auditors", text)


@router.get(f"{_MANDATES}/{{auditor}}/{{tender}}/take-back")
def ask_take(  # noqa: PLR0913, PLR0917 -- two parts of the address, and what every page asks for
    request: Request, managed: Managed, caller: AdministratingPageCaller, parts: PartsOf, auditor: str, tender: str
) -> HTMLResponse:
    """Ask before an auditor sees a tender no more."""
    names = _names(parts, caller, auditor, tender)
    return ask(request, managed, told(request, _ASK_TAKE, **names), told(request, _TAKING), told(request, _TAKE))


@router.post(f"{_MANDATES}/{{auditor}}/{{tender}}/take-back")
def take(  # noqa: PLR0913, PLR0917 -- as above
    request: Request, managed: Managed, caller: AdministratingPageCaller, parts: PartsOf, auditor: str, tender: str
) -> Response:
    """The auditor sees the tender no more."""
    names = _names(parts, caller, auditor, tender)
    parts.access.mandates.take_back(auditor, tender)
    return go(request, f"{address_of(managed)}/auditors", told(request, _TAKEN, **names))


def _titles(parts: Parts, caller: Caller) -> Mapping[str, str]:
    """The tenders that the caller may show to others, by id: those of which it is the client or the secretariat."""
    with seen_by(parts.store.database, caller) as connection:
        rows = seen.tenders(connection, limit=_MOST)
    return {
        row.tender: tender_called(row.title, row.tender) for row in rows if row.is_any({seen.CLIENT, seen.SECRETARIAT})
    }


def _auditors(parts: Parts) -> Mapping[str, str]:
    return {one.cvr: one.name for one in parts.access.organisations.list() if Kind.AUDITOR in one.kinds and one.active}


def _names(parts: Parts, caller: Caller, auditor: str, tender: str) -> dict[str, str]:
    titles, organisation = _titles(parts, caller), parts.access.organisations.get(auditor)
    if tender not in titles or organisation is None:
        raise not_there()
    return {"auditor": organisation.name, "tender": titles[tender]}


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _page(
    request: Request, managed: Organisation, titles: Mapping[str, str], form: Form, status: int = 200
) -> HTMLResponse:
    parts: Parts = request.app.state.parts
    names = {one.cvr: one.name for one in parts.access.organisations.list()}
    given = [
        (mandate, names[mandate.organisation], titles[mandate.tender])
        for mandate in parts.access.mandates.list()
        if mandate.tender in titles
    ]
    values = {
        "organisation": managed,
        "given": given,
        "form": form,
        "tenders": sorted(titles.items(), key=lambda pair: pair[1].casefold()),
        "auditors": sorted(_auditors(parts).items(), key=lambda pair: pair[1].casefold()),
        "lasts": lasts(language_of(request)),
    }
    return show(request, "administration/mandates.html", status, **values)
