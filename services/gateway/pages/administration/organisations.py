"""The organisations: an operator's list, a new one, and the page of each, which is an administrator's front page."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from schemas.identifiers import is_cvr
from services.domain.rights import Kind
from services.errors import BadInput
from services.gateway.languages import language_of
from services.gateway.pages.administration.desk import START, Checked, Managed, address_of, told
from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm, text_of
from services.gateway.pages.rendering import Form
from services.gateway.pages.sessions import AdministratingPageCaller
from services.gateway.pages.stops import not_there
from services.gateway.pages.texts import marked
from services.gateway.parts import PartsOf
from services.store.access import Organisation

router = APIRouter()

_NO_CVR = marked("Skriv CVR-nummeret.")
_NO_NAME = marked("Skriv organisationens navn.")
_MADE = marked("%(name)s er oprettet. Opret nu den første administrator.")
_SAVED = marked("Ændringerne er gemt.")
_NO_NUMBER = marked("Skriv kommunens nummer med tre cifre, for eksempel 461 for Odense.")


@router.get(START)
def front(request: Request, caller: AdministratingPageCaller, parts: PartsOf) -> Response:
    """The list of organisations for operators; others go to their own."""
    if caller.organisation is not None:
        return go(request, f"{START}/{caller.organisation}")
    found = sorted(parts.access.organisations.list(), key=lambda one: one.name.casefold())
    return show(request, "administration/organisations.html", organisations=found)


@router.get(f"{START}/new")
def ask_new(request: Request, caller: AdministratingPageCaller) -> HTMLResponse:
    """The form for a new organisation."""
    _operators_only(caller)
    return _form(request, Form(), None)


@router.post(f"{START}/new")
def register(request: Request, caller: AdministratingPageCaller, parts: PartsOf, posted: PostedForm) -> Response:
    """Let an organisation in."""
    _operators_only(caller)
    checked = Checked(posted, language_of(request))
    cvr = checked.text("cvr", _NO_CVR).replace(" ", "")
    if cvr and not is_cvr(cvr):
        checked.refused(BadInput("organisation.cvr", "no CVR number"))
    name, kinds, municipality = checked.text("name", _NO_NAME), _kinds(checked), _municipality(checked)
    if not checked.errors:
        try:
            made = parts.access.organisations.register(cvr, name, kinds, municipality)
        except BadInput as error:
            checked.refused(error)
        else:
            return go(request, f"{address_of(made)}/people/new", told(request, _MADE, name=made.name))
    return _form(request, checked.form(), None, 422)


@router.get(f"{START}/{{cvr}}")
def organisation(request: Request, managed: Managed, parts: PartsOf) -> HTMLResponse:
    """An organisation's people and keys."""
    return show(
        request,
        "administration/organisation.html",
        organisation=managed,
        people=parts.access.users.list(managed.cvr),
        keys=parts.access.keys.list(managed.cvr),
        now=datetime.now(UTC),
    )


@router.get(f"{START}/{{cvr}}/change")
def ask_change(request: Request, caller: AdministratingPageCaller, managed: Managed) -> HTMLResponse:
    """The form with what an organisation is."""
    _operators_only(caller)
    values = {
        "name": managed.name,
        "kinds": [kind.value for kind in managed.kinds],
        "municipality": "" if managed.municipality is None else str(managed.municipality),
        "active": "yes" if managed.active else "",
    }
    return _form(request, Form(values), managed)


@router.post(f"{START}/{{cvr}}/change")
def change(
    request: Request, caller: AdministratingPageCaller, managed: Managed, parts: PartsOf, posted: PostedForm
) -> Response:
    """Change what an organisation is, and whether it may come in."""
    _operators_only(caller)
    checked = Checked(posted, language_of(request))
    name, kinds, municipality = checked.text("name", _NO_NAME), _kinds(checked), _municipality(checked)
    if checked.errors:
        return _form(request, checked.form(), managed, 422)
    active = text_of(posted, "active") == "yes"
    parts.access.organisations.change(managed.cvr, name=name, kinds=kinds, municipality=municipality, active=active)
    return go(request, address_of(managed), told(request, _SAVED))


def _operators_only(caller: AdministratingPageCaller) -> None:
    if caller.organisation is not None:
        raise not_there()


def _kinds(checked: Checked) -> list[Kind]:
    chosen = [value for value in checked.posted.getlist("kinds") if isinstance(value, str)]
    known = [kind for kind in Kind if kind.value in chosen]
    if not known:
        checked.refused(BadInput("organisation.kinds", "none"))
    return known


def _municipality(checked: Checked) -> int | None:
    """The number of a municipality; a job centre has one."""
    is_needed = Kind.JOB_CENTRE.value in checked.posted.getlist("kinds")
    typed = checked.text("municipality", _NO_NUMBER if is_needed else None)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) == 3 and typed[0] != "0"):
        checked.wrong("municipality", _NO_NUMBER)
        return None
    return int(typed)


def _form(request: Request, form: Form, organisation: Organisation | None, status: int = 200) -> HTMLResponse:
    kinds = [(kind.value, kind.label(language_of(request))) for kind in Kind]
    values = {"form": form, "organisation": organisation, "kinds": kinds}
    return show(request, "administration/organisation_form.html", status, **values)
