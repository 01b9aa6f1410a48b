"""What a page answers with: itself, or the way to the next one with word of what was just done.

What was done is told once. Until then it waits in a short-lived cookie that is bound to the visitor's own token: no
other site can put words there, and a page's author needs no table.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace

import msgspec
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.gateway.pages import stops
from services.gateway.pages.rendering import Flash, PageContext, Tone, render
from services.gateway.pages.sessions import FLASH, FORM, SESSION, drop_cookie, local, named, set_cookie, visit_of
from services.gateway.parts import Parts

_WAITS_SECONDS = 60
_LONGEST = 1_000


def page(request: Request) -> PageContext:
    """What a page is drawn with: who asks, their language, the token of forms, and what was just done."""
    bare = stops.page(request)
    return replace(bare, flashes=_waiting(request, bare.csrf))


def show(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page. 422 for a form that comes back with faults."""
    parts: Parts = request.app.state.parts
    shown = page(request)
    answer = HTMLResponse(render(shown, template, **values), status)
    if shown.flashes:
        drop_cookie(answer, parts, FLASH)
    _tell_token(request, answer)
    return answer


def go(request: Request, address: str, text: str = "", tone: Tone = "success") -> Response:
    """On to another page of ours, which says what was done; `text` is in the visitor's language."""
    answer = RedirectResponse(local(address), 303)
    if text:
        parts: Parts = request.app.state.parts
        told = _sealed([Flash(tone, text[:_LONGEST])], stops.page(request).csrf)
        set_cookie(answer, parts, FLASH, told, _WAITS_SECONDS)
    _tell_token(request, answer)
    return answer


def enter(request: Request, user_no: int, address: str, text: str = "") -> Response:
    """Log a user in and go on: a new session, and the end of the one that the browser had."""
    parts: Parts = request.app.state.parts
    token = parts.access.sessions.open(user_no)
    _end(request, parts, token)
    answer = go(request, address, text)
    set_cookie(answer, parts, SESSION, token)
    drop_cookie(answer, parts, FORM)
    return answer


def leave(request: Request, address: str, text: str) -> Response:
    """Log this browser out and go on."""
    parts: Parts = request.app.state.parts
    _end(request, parts, None)
    answer = go(request, address, text)
    drop_cookie(answer, parts, SESSION)
    return answer


def _end(request: Request, parts: Parts, token: str | None) -> None:
    """End the session of the browser; from here on the request is one of another, or of nobody."""
    parts.access.sessions.close(request.cookies.get(named(parts, SESSION), ""))
    request.state.visit = visit_of(parts, token, None)


def _tell_token(request: Request, answer: Response) -> None:
    found = request.state.visit
    if found.new:
        parts: Parts = request.app.state.parts
        set_cookie(answer, parts, FORM, found.csrf)


def _sealed(flashes: Sequence[Flash], token: str) -> str:
    said = base64.urlsafe_b64encode(msgspec.json.encode(flashes)).decode()
    return f"{said}.{_seal(said, token)}"


def _waiting(request: Request, token: str) -> Sequence[Flash]:
    parts: Parts = request.app.state.parts
    said, _, seal = request.cookies.get(named(parts, FLASH), "").partition(".")
    if not token or not hmac.compare_digest(seal.encode(), _seal(said, token).encode()):
        return ()
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(said), type=list[Flash])
    except (msgspec.DecodeError, binascii.Error):
        return ()


def _seal(said: str, token: str) -> str:
    return hmac.new(token.encode(), said.encode(), hashlib.sha256).hexdigest()
