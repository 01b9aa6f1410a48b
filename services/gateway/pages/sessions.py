"""Who visits the pages: the session behind a cookie, and the dependencies that a page asks for its caller.

The cookie holds a random token and nothing else; what it stands for is a row that can be ended (store.access.sessions).
Somebody who is not logged in has a token for forms too, in a cookie of its own, so that logging in cannot be forged.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

from fastapi import Depends, Request, Response

from schemas.identifiers import CPR_SHAPE
from services.domain.rights import Caller
from services.gateway.pages.stops import LoginNeeded, Stop
from services.gateway.pages.texts import marked
from services.gateway.parts import Parts, PartsOf
from services.store.access import Session

PASSWORD_PAGE = "/password"  # noqa: S105 -- an address
LOGIN_PAGE = "/login"
SESSION, FORM, FLASH = "bygspor", "bygspor-form", "bygspor-flash"
_MAY_NOT = marked("Det har din adgang ikke ret til")
_ASK_ADMINISTRATOR = marked("Spørg en administrator i din organisation, hvis du har brug for det.")


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the pages. `session` and `organisation` (its name) are None where nobody is logged in.

    `csrf` goes into every form; `new` says that the browser has not been told it yet.
    """

    session: Session | None
    organisation: str | None
    csrf: str
    new: bool = False


def named(parts: Parts, name: str) -> str:
    """A cookie's name. Over HTTPS the prefix keeps every other address and path from setting it."""
    return f"__Host-{name}" if parts.options.secure else name


def set_cookie(answer: Response, parts: Parts, name: str, value: str, seconds: int | None = None) -> None:
    """A cookie that neither scripts nor other sites can use; without `seconds` it lasts until the browser ends."""
    answer.set_cookie(
        named(parts, name), value, max_age=seconds, httponly=True, samesite="lax", secure=parts.options.secure
    )


def drop_cookie(answer: Response, parts: Parts, name: str) -> None:
    """Forget a cookie."""
    answer.delete_cookie(named(parts, name), httponly=True, samesite="lax", secure=parts.options.secure)


def local(address: str) -> str:
    """The address, if it is a path of ours that may be repeated; the front page otherwise."""
    ours = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if ours and not CPR_SHAPE.search(unquote(address)) else "/"


def login_address(request: Request) -> str:
    """Where to log in, and come back from. A form that was sent too late leads back to the page it stood on."""
    if request.method in {"GET", "HEAD"}:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        before = urlsplit(request.headers.get("referer", ""))
        back = before.path if before.netloc == request.headers.get("host") else "/"
    return LOGIN_PAGE if local(back) == "/" else f"{LOGIN_PAGE}?next={quote(local(back))}"


def visit_of(parts: Parts, token: str | None, form_token: str | None) -> Visit:
    """Whom two cookies stand for."""
    session = parts.access.sessions.caller_of_session(token) if token else None
    if session is None:
        return Visit(None, None, form_token or secrets.token_hex(16), new=not form_token)
    cvr = session.caller.organisation
    organisation = parts.access.organisations.get(cvr) if cvr else None
    return Visit(session, organisation.name if organisation else None, session.csrf)


def visit(request: Request, parts: PartsOf) -> Visit:
    """Who is there, if anybody."""
    cookies = request.cookies
    found = visit_of(parts, cookies.get(named(parts, SESSION)), cookies.get(named(parts, FORM)))
    request.state.visit = found
    request.state.caller = found.session.caller if found.session else None
    return found


VisitOf = Annotated[Visit, Depends(visit)]
"""Who is there, if anybody: for pages that everybody may see."""


def logged_in(request: Request, found: VisitOf) -> Session:
    """Whoever is logged in, with a password that still has to be changed or not. Raises LoginNeeded."""
    if found.session is None:
        raise LoginNeeded(login_address(request))
    return found.session


SessionOf = Annotated[Session, Depends(logged_in)]
"""Whoever is logged in; others are sent to the login page."""


def _caller(session: SessionOf, parts: PartsOf) -> Caller:
    if session.must_change:
        raise LoginNeeded(PASSWORD_PAGE)
    parts.limits.check(session.caller.who)
    return session.caller


PageCaller = Annotated[Caller, Depends(_caller)]
"""Whoever is logged in and may see pages. Others are sent to the login page, or to choose a password first."""


def _member(caller: PageCaller) -> Caller:
    if caller.organisation is None:
        raise LoginNeeded("/administration")
    return caller


MemberPageCaller = Annotated[Caller, Depends(_member)]
"""The same, for pages that show an organisation's own; an operator, who has none, is sent to the administration."""


def _reporter(caller: MemberPageCaller) -> Caller:
    if not caller.may_report:
        raise Stop(403, _MAY_NOT, _ASK_ADMINISTRATOR)
    return caller


ReportingPageCaller = Annotated[Caller, Depends(_reporter)]
"""The same, where it may report; a page that says why not, otherwise."""


def _administrator(caller: PageCaller) -> Caller:
    if not caller.may_administer:
        raise Stop(403, _MAY_NOT, _ASK_ADMINISTRATOR)
    return caller


AdministratingPageCaller = Annotated[Caller, Depends(_administrator)]
"""Administrators of an organisation, and operators."""
