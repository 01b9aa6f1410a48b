"""Coming in and going out: login with a password of ours, the first own password, and log out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.errors import BadInput
from services.gateway.callers import address_of
from services.gateway.languages import COOKIE, language_of
from services.gateway.pages.answers import enter, go, leave, show
from services.gateway.pages.language import keep
from services.gateway.pages.posting import PostedForm, form_of, text_of
from services.gateway.pages.rendering import Form
from services.gateway.pages.sessions import LOGIN_PAGE, PASSWORD_PAGE, SessionOf, VisitOf, local
from services.gateway.pages.texts import marked, say
from services.gateway.parts import Parts, PartsOf
from services.gateway.problems import Refusal

router = APIRouter()

_WRONG = marked("Brugernavnet eller adgangskoden er forkert.")
_TOO_OFTEN = marked("Der er prøvet for mange gange. Vent et minut, og prøv igen.")
_FAULTS = {
    "password.length": marked("Adgangskoden skal være på 12 til 200 tegn."),
    "password.obvious": marked(
        "Den adgangskode er blandt de første, andre ville prøve. Vælg nogle ord, kun du kender."
    ),
}
_OUT = marked("Du er logget ud.")
_OUT_EVERYWHERE = marked("Du er logget ud på alle computere og telefoner.")
_CHANGED = marked("Din adgangskode er skiftet.")
_OLD_WRONG = marked("Den nuværende adgangskode er forkert.")
_NOT_ALIKE = marked("De to nye adgangskoder er ikke ens.")
_SAME = marked("Den nye adgangskode skal være en anden end den nuværende.")

Next = Annotated[str, Query(alias="next")]


@router.get(LOGIN_PAGE)
def ask(request: Request, found: VisitOf, back: Next = "/") -> Response:
    """The login page; whoever is logged in already goes on."""
    if found.session is not None:
        return go(request, back)
    return _login(request, Form({"next": local(back)}))


@router.post(LOGIN_PAGE)
def log_in(request: Request, parts: PartsOf, posted: PostedForm) -> Response:
    """Log in. What is wrong is not told: neither by words nor by how long it takes."""
    login = text_of(posted, "login")
    try:
        # Many may share an address, so it is the login that is kept from being guessed.
        parts.limits.check_stranger(address_of(request))
        parts.limits.check_login(f"login {login.casefold()}")
    except Refusal as refusal:
        return _login(request, form_of(posted, {"": [_said(request, _TOO_OFTEN)]}), 429, refusal.headers)
    user = parts.access.users.check_login(login, str(posted.get("password", "")))
    if user is None:
        return _login(request, form_of(posted, {"": [_said(request, _WRONG)]}), 422)
    answer = enter(request, user.no, PASSWORD_PAGE if user.must_change else text_of(posted, "next"))
    if COOKIE not in request.cookies:
        keep(answer, "en" if user.language == "en" else "da", secure=parts.options.secure)
    return answer


@router.post("/logout")
def log_out(request: Request, parts: PartsOf, found: VisitOf, posted: PostedForm) -> Response:
    """Log out, in this browser or in all."""
    everywhere = bool(posted.get("everywhere"))
    if found.session is not None and everywhere:
        parts.access.sessions.close_all(found.session.user_no)
    return leave(request, LOGIN_PAGE, _said(request, _OUT_EVERYWHERE if everywhere else _OUT))


@router.get(PASSWORD_PAGE)
def ask_password(request: Request, session: SessionOf) -> HTMLResponse:
    """Choose a password; whoever came with one for one login does so before anything else."""
    return show(request, "password.html", form=Form(), must_change=session.must_change)


@router.post(PASSWORD_PAGE)
def change_password(request: Request, parts: PartsOf, session: SessionOf, posted: PostedForm) -> Response:
    """Take the new password. Every other session of the user ends."""
    parts.limits.check_login(session.caller.who)
    old, new, again = (str(posted.get(name, "")) for name in ("old", "new", "again"))
    errors = {
        "old": [] if parts.access.users.check_login(session.login, old) else [_OLD_WRONG],
        "new": [_SAME] if new and new == old else [],
        "again": [_NOT_ALIKE] if new != again else [],
    }
    if not any(errors.values()):
        try:
            parts.access.users.set_password(session.user_no, new)
        except BadInput as error:
            errors["new"] = [_FAULTS[error.code]]
        else:
            return enter(request, session.user_no, "/", _said(request, _CHANGED))
    told = {name: [_said(request, text) for text in texts] for name, texts in errors.items() if texts}
    return show(request, "password.html", 422, form=Form(errors=told), must_change=session.must_change)


def _login(request: Request, form: Form, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    parts: Parts = request.app.state.parts
    answer = show(request, "login.html", status, form=form, broker=parts.options.broker)
    answer.headers.update(headers or {})
    return answer


def _said(request: Request, text: str) -> str:
    return say(language_of(request), text)
