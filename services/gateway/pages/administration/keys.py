"""An organisation's API keys: make, change to a new one, close."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from services.domain.rights import Role
from services.errors import BadInput
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
from services.gateway.pages.texts import marked, say
from services.gateway.parts import PartsOf
from services.store.access import Key, Organisation

router = APIRouter()
_KEYS = f"{START}/{{cvr}}/keys"

_ROLES = {
    Role.REPORTER: marked("Indberetter: systemet kan sende og hente"),
    Role.READER: marked("Læser: systemet kan kun hente"),
}
_NO_LABEL = marked("Skriv, hvilket system der skal bruge nøglen.")
_NO_ROLE = marked("Vælg, hvad systemet må.")
_KNOWN = marked("Der er en nøgle med det navn. Skal den afløses, så brug Forny ud for den.")
_CLOSED = marked("Nøglen %(label)s (%(prefix)s) er lukket.")
_ASK_CLOSE = marked("Luk nøglen %(label)s (%(prefix)s)?")
_CLOSING = marked("Systemer, der bruger den, kan ikke længere sende eller hente noget. Det kan ikke fortrydes.")
_CLOSE = marked("Luk nøglen")
_ASK_RENEW = marked("Lav en ny nøgle til %(label)s?")
_RENEWING = marked(
    "Den nye vises én gang på næste side og holder et år. Den gamle virker stadig, så systemet kan skifte i ro. "
    "Luk den gamle bagefter."
)
_RENEW = marked("Lav en ny nøgle")


def _key(no: int, managed: Managed, parts: PartsOf) -> Key:
    found = parts.access.keys.get(no)
    if found is None or found.organisation != managed.cvr or found.revoked_at is not None:
        raise not_there()
    return found


_KeyOf = Annotated[Key, Depends(_key)]


@router.get(f"{_KEYS}/new")
def ask_new(request: Request, managed: Managed) -> HTMLResponse:
    """The form for a new key."""
    return _form(request, managed, Form({"role": Role.REPORTER.value, "lasts": "365"}))


@router.post(f"{_KEYS}/new")
def make(
    request: Request, managed: Managed, caller: AdministratingPageCaller, parts: PartsOf, posted: PostedForm
) -> Response:
    """Make a key; its text is shown here and never again."""
    checked = Checked(posted, language_of(request))
    label = checked.text("label", _NO_LABEL)
    role = checked.choice("role", [role.value for role in _ROLES], _NO_ROLE)
    choice = checked.choice("lasts", list(LASTS), NO_TIME)
    now = datetime.now(UTC)
    if any(key.label == label and key.is_live(now) for key in parts.access.keys.list(managed.cvr)):
        checked.wrong("label", _KNOWN)
    if checked.errors:
        return _form(request, managed, checked.form(), 422)
    key, secret = parts.access.keys.create(managed.cvr, label, Role.of(role), caller.who, until(choice))
    return _shown(request, managed, key, secret)


@router.get(f"{_KEYS}/{{no}}/renew")
def ask_renew(request: Request, managed: Managed, key: _KeyOf) -> HTMLResponse:
    """Ask before a second key is made beside this one."""
    heading = told(request, _ASK_RENEW, label=key.label)
    return ask(request, managed, heading, told(request, _RENEWING), told(request, _RENEW))


@router.post(f"{_KEYS}/{{no}}/renew")
def renew(
    request: Request, managed: Managed, key: _KeyOf, caller: AdministratingPageCaller, parts: PartsOf
) -> Response:
    """A second key beside this one, so that a system can change over."""
    try:
        made, secret = parts.access.keys.rotate(key.no, caller.who, until("365"))
    except BadInput as error:
        checked = Checked(FormData(), language_of(request))
        checked.refused(error)
        return go(request, address_of(managed), " ".join(checked.errors["label"]), "error")
    return _shown(request, managed, made, secret)


@router.get(f"{_KEYS}/{{no}}/close")
def ask_close(request: Request, managed: Managed, key: _KeyOf) -> HTMLResponse:
    """Ask before a key stops opening."""
    heading = told(request, _ASK_CLOSE, label=key.label, prefix=key.prefix)
    return ask(request, managed, heading, told(request, _CLOSING), told(request, _CLOSE))


@router.post(f"{_KEYS}/{{no}}/close")
def close(request: Request, managed: Managed, key: _KeyOf, parts: PartsOf) -> Response:
    """The key opens nothing any more."""
    parts.access.keys.revoke(key.no)
    return go(request, address_of(managed), told(request, _CLOSED, label=key.label, prefix=key.prefix))


def _form(request: Request, managed: Organisation, form: Form, status: int = 200) -> HTMLResponse:
    language = language_of(request)
    roles = [(role.value, say(language, text)) for role, text in _ROLES.items()]
    values = {"organisation": managed, "form": form, "roles": roles, "lasts": lasts(language)}
    return show(request, "administration/new_key.html", status, **values)


def _shown(request: Request, managed: Organisation, key: Key, secret: str) -> HTMLResponse:
    return show(request, "administration/key.html", organisation=managed, key=key, secret=secret)
