"""Coming in by MitID Erhverv: off to the broker, and back with what it vouches for.

Whoever it vouches for comes in where an administrator of the organisation has opened the door; whoever is new waits for
that. The broker says who somebody is and for which organisation, never what they may do here.
"""

from __future__ import annotations

import base64
import binascii

import msgspec
import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.domain.rights import Role
from services.gateway.broker import Identity, Login, NotVouched, Pending, Reason
from services.gateway.callers import address_of
from services.gateway.pages.answers import enter, show
from services.gateway.pages.login import Next
from services.gateway.pages.sessions import drop_cookie, local, named, set_cookie
from services.gateway.pages.stops import Stop, not_there
from services.gateway.pages.texts import marked
from services.gateway.parts import Parts, PartsOf

router = APIRouter()
_COOKIE = "bygspor-oidc"
_BACK = "/oidc/callback"
_SECONDS = 600
_log = structlog.get_logger("bygspor.oidc")

_HEADING = marked("Du blev ikke logget ind")
_WHY: dict[Reason, str] = {
    "state": marked("Svaret hører ikke til et login, der er begyndt her i browseren. Gå til Log ind, og prøv igen."),
    "refused": marked("MitID Erhverv gennemførte ikke dit login, eller du afbrød det. Gå til Log ind, og prøv igen."),
    "token": marked("Svaret fra MitID Erhverv kunne ikke godkendes. Gå til Log ind, og prøv igen."),
    "no_organisation": marked(
        "Du loggede ind uden en virksomhed. Vælg din virksomhed hos MitID Erhverv, når du prøver igen."
    ),
    "away": marked("MitID Erhverv svarer ikke lige nu. Prøv igen om lidt, eller brug brugernavn og adgangskode."),
}
_STATUS: dict[Reason, int] = {"away": 503}


@router.get("/oidc/login")
def begin(request: Request, parts: PartsOf, back: Next = "/") -> Response:
    """Off to the broker."""
    parts.limits.check_stranger(address_of(request))
    try:
        address, pending = _broker(parts).begin(local(back))
    except NotVouched as error:
        raise _stop(error) from None
    answer = RedirectResponse(address, 303)
    set_cookie(answer, parts, _COOKIE, _packed(pending), _SECONDS)
    return answer


@router.get(_BACK)
def come_back(request: Request, parts: PartsOf) -> Response:
    """Back from the broker: in, or a page that says what is missing."""
    parts.limits.check_stranger(address_of(request))
    try:
        pending = _unpacked(request.cookies.get(named(parts, _COOKIE), ""))
        identity = _broker(parts).complete(pending, str(request.url))
    except NotVouched as error:
        raise _stop(error) from None
    answer = _answer(request, parts, identity, pending.back)
    drop_cookie(answer, parts, _COOKIE)
    return answer


def _answer(request: Request, parts: Parts, identity: Identity, back: str) -> Response:
    organisation = parts.access.organisations.get(identity.organisation)
    if organisation is None or not organisation.active:
        return show(request, "oidc/unknown.html", 403, cvr=identity.organisation)
    user = parts.access.users.by_oidc(identity.issuer, identity.subject)
    if user is not None and user.organisation == organisation.cvr:
        parts.access.users.logged_in(user.no)
        return enter(request, user.no, back)
    parts.access.users.await_decision(organisation.cvr, identity.name, identity.issuer, identity.subject)
    everybody = parts.access.users.list(organisation.cvr)
    doors = [one.name for one in everybody if one.active and one.role is Role.ADMINISTRATOR]
    return show(request, "oidc/waiting.html", 403, organisation=organisation, administrators=doors)


def _broker(parts: Parts) -> Login:
    if parts.options.broker is None:
        raise not_there()
    return Login(parts.options.broker, f"{parts.options.url}{_BACK}")


def _stop(error: NotVouched) -> Stop:
    _log.warning("not_vouched", reason=error.reason)
    return Stop(_STATUS.get(error.reason, 403), _HEADING, _WHY[error.reason])


def _packed(pending: Pending) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(pending)).decode()


def _unpacked(cookie: str) -> Pending:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cookie), type=Pending)
    except (msgspec.DecodeError, binascii.Error, ValueError):
        raise NotVouched("state") from None
