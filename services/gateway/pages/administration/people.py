"""An organisation's people: invite, let in, change the role, a new password, close."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from services.domain.rights import Role
from services.errors import BadInput
from services.gateway.languages import language_of
from services.gateway.pages.administration.desk import START, Checked, Managed, address_of, ask, told
from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.rendering import Form
from services.gateway.pages.sessions import AdministratingPageCaller
from services.gateway.pages.stops import Stop, not_there
from services.gateway.pages.texts import marked, say
from services.gateway.parts import PartsOf
from services.store.access import Organisation, User

router = APIRouter()
_PEOPLE = f"{START}/{{cvr}}/people"

_ROLES = {
    Role.READER: marked("Læser: ser jeres udbud og forløb, men kan ikke indberette"),
    Role.REPORTER: marked("Indberetter: kan også indberette og rette"),
    Role.ADMINISTRATOR: marked("Administrator: kan også styre personer og nøgler"),
}
_NO_NAME = marked("Skriv personens navn.")
_NO_LOGIN = marked("Skriv et brugernavn.")
_NO_ROLE = marked("Vælg en rolle.")
_SAVED = marked("%(name)s er nu %(role)s.")
_LET_IN = marked("%(name)s kan nu logge ind som %(role)s.")
_CLOSED = marked("%(name)s kan ikke længere logge ind.")
_OWN = marked("Det kan du ikke gøre ved din egen adgang")
_ANOTHER = marked("Bed en anden administrator om det, så organisationen ikke står uden.")
_ASK_CLOSE = marked("Luk adgangen for %(name)s?")
_CLOSING = marked(
    "%(name)s bliver logget ud med det samme og kan ikke logge ind igen. "
    "Det, der er indberettet, bliver stående. Du kan give adgang igen senere."
)
_CLOSE = marked("Luk adgangen")
_ASK_RESET = marked("Giv %(name)s en ny adgangskode?")
_RESETTING = marked(
    "Den gamle holder op med at virke, og %(name)s bliver logget ud alle steder. "
    "Den nye vises én gang på næste side og skal skiftes ved første login."
)
_RESET = marked("Lav en ny adgangskode")


def _user(no: int, managed: Managed, parts: PartsOf) -> User:
    found = parts.access.users.get(no)
    if found is None or found.organisation != managed.cvr:
        raise not_there()
    return found


_UserOf = Annotated[User, Depends(_user)]


def _other(user: _UserOf, caller: AdministratingPageCaller) -> User:
    """Somebody else than who asks: an organisation must not shut out its last administrator by a slip."""
    if caller.who == f"user:{user.no}":
        raise Stop(403, _OWN, _ANOTHER)
    return user


_Other = Annotated[User, Depends(_other)]


@router.get(f"{_PEOPLE}/new")
def ask_new(request: Request, managed: Managed, parts: PartsOf) -> HTMLResponse:
    """The form for somebody new; the first one is an administrator."""
    role = Role.REPORTER if parts.access.users.list(managed.cvr) else Role.ADMINISTRATOR
    return _form(request, managed, Form({"role": role.value}))


@router.post(f"{_PEOPLE}/new")
def invite(request: Request, managed: Managed, parts: PartsOf, posted: PostedForm) -> Response:
    """Make a user; the password for the first login is shown here and never again."""
    checked = Checked(posted, language_of(request))
    name, login = checked.text("name", _NO_NAME), checked.text("login", _NO_LOGIN)
    role = checked.choice("role", [role.value for role in _ROLES], _NO_ROLE)
    if not checked.errors:
        try:
            user, password = parts.access.users.create(managed.cvr, login, name, Role.of(role))
        except BadInput as error:
            checked.refused(error)
        else:
            return _password(request, managed, user, password)
    return _form(request, managed, checked.form(), 422)


@router.get(f"{_PEOPLE}/{{no}}")
def person(request: Request, managed: Managed, user: _UserOf) -> HTMLResponse:
    """One user, and what can be done."""
    return _person(request, managed, user, Form({"role": user.role.value}))


@router.post(f"{_PEOPLE}/{{no}}/role")
def change_role(request: Request, managed: Managed, user: _Other, parts: PartsOf, posted: PostedForm) -> Response:
    """Another role, and for who is not in: let in."""
    checked = Checked(posted, language_of(request))
    chosen = checked.choice("role", [role.value for role in _ROLES], _NO_ROLE)
    if checked.errors:
        return _person(request, managed, user, checked.form(), 422)
    role = Role.of(chosen)
    parts.access.users.change_role(user.no, role)
    if not user.active:
        parts.access.users.let_in(user.no)
    label = role.label(language_of(request)).lower()
    text = told(request, _SAVED if user.active else _LET_IN, name=user.name, role=label)
    return go(request, address_of(managed), text)


@router.get(f"{_PEOPLE}/{{no}}/close")
def ask_close(request: Request, managed: Managed, user: _Other) -> HTMLResponse:
    """Ask before a user is shut out."""
    heading = told(request, _ASK_CLOSE, name=user.name)
    return ask(request, managed, heading, told(request, _CLOSING, name=user.name), told(request, _CLOSE))


@router.post(f"{_PEOPLE}/{{no}}/close")
def close(request: Request, managed: Managed, user: _Other, parts: PartsOf) -> Response:
    """Shut a user out, at once."""
    parts.access.users.deactivate(user.no)
    return go(request, address_of(managed), told(request, _CLOSED, name=user.name))


@router.get(f"{_PEOPLE}/{{no}}/password")
def ask_password(request: Request, managed: Managed, user: _Other) -> HTMLResponse:
    """Ask before a password stops working."""
    heading = told(request, _ASK_RESET, name=user.name)
    return ask(request, managed, heading, told(request, _RESETTING, name=user.name), told(request, _RESET))


@router.post(f"{_PEOPLE}/{{no}}/password")
def reset_password(request: Request, managed: Managed, user: _Other, parts: PartsOf) -> HTMLResponse:
    """A new password for one login, shown here and never again."""
    return _password(request, managed, user, parts.access.users.reset_password(user.no))


def _form(request: Request, managed: Organisation, form: Form, status: int = 200) -> HTMLResponse:
    values = {"organisation": managed, "form": form, "roles": _roles(request)}
    return show(request, "administration/invite.html", status, **values)


def _person(request: Request, managed: Organisation, user: User, form: Form, status: int = 200) -> HTMLResponse:
    own = request.state.caller.who == f"user:{user.no}"
    values = {"organisation": managed, "user": user, "form": form, "roles": _roles(request), "own": own}
    return show(request, "administration/person.html", status, **values)


def _password(request: Request, managed: Organisation, user: User, password: str) -> HTMLResponse:
    return show(request, "administration/password.html", organisation=managed, user=user, password=password)


def _roles(request: Request) -> list[tuple[str, str]]:
    return [(role.value, say(language_of(request), text)) for role, text in _ROLES.items()]
