"""Pages that stop before they begin: log in first, may not, not there, not now. As pages for people in a browser.

What goes wrong is answered by `problems` for programs; here the same answer, with the same status and headers, becomes
a page where a browser asks.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.gateway import problems
from services.gateway.languages import language_of
from services.gateway.pages.rendering import PageContext, render
from services.gateway.pages.texts import marked, say


class Stop(Exception):
    """The page ends here: `heading` says what is the matter and `text` what to do, both marked Danish texts."""

    def __init__(self, status: int, heading: str, text: str) -> None:
        super().__init__(heading)
        self.status, self.heading, self.text = status, heading, text


class LoginNeeded(Exception):
    """Somewhere else comes first: logging in, or choosing a password."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class _Told(NamedTuple):
    heading: str
    text: str


_BY_STATUS: Mapping[int, _Told] = {
    400: _Told(marked("Det kunne ikke læses"), marked("Gå tilbage, genindlæs siden, og prøv igen.")),
    401: _Told(marked("Log ind først"), marked("Du er ikke logget ind.")),
    403: _Told(
        marked("Det har din adgang ikke ret til"),
        marked("Spørg en administrator i din organisation, hvis du har brug for det."),
    ),
    404: _Told(
        marked("Siden findes ikke"),
        marked("Adressen kan være skrevet forkert, eller det, du leder efter, er ikke synligt for din organisation."),
    ),
    413: _Told(
        marked("Det er for stort"),
        marked("En fil må højst fylde 10 MB. Intet er sendt. Del filen i mindre dele, og send dem hver for sig."),
    ),
    422: _Told(marked("Det kunne ikke bruges"), marked("Gå tilbage, ret det, du skrev, og prøv igen.")),
    429: _Told(marked("Vent lidt"), marked("Der er kommet mange forespørgsler på kort tid. Prøv igen om et minut.")),
    500: _Told(marked("Der skete en fejl hos os"), marked("Intet er gemt halvt. Prøv igen om lidt.")),
    503: _Told(
        marked("BygSpor kan ikke svare lige nu"),
        marked("Det, du sendte, er måske ikke gemt. Prøv igen om lidt: det samme bliver aldrig talt med to gange."),
    ),
}
_OTHERWISE = _Told(marked("Det lykkedes ikke"), marked("Gå tilbage, og prøv igen."))
_SHEETS = "/upload"
_FOR_PROGRAMS = ("/v1/", "/metrics", "/health", "/ready")


def not_there(text: str = _BY_STATUS[404].text) -> Stop:
    """What does not exist and what is not the asker's to see are answered alike; `text` may say more closely what."""
    return Stop(404, _BY_STATUS[404].heading, text)


def add_to(app: FastAPI) -> None:
    """Answer browsers with pages: ours, and those of every fault that `problems` answers. Call it after `problems`."""
    for kind, answering in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _as_page(answering))
    app.add_exception_handler(Stop, _stopped)
    app.add_exception_handler(LoginNeeded, _elsewhere)


def too_large(request: Request, headers: Mapping[str, str]) -> Response:
    """The answer to a body that is longer than any may be, and so never came as far as the application."""
    if _is_browser(request):
        back = _SHEETS if request.url.path == _SHEETS else None
        return _page(request, Stop(413, *_BY_STATUS[413]), headers, back)
    return problems.answer(problems.problem(413, "too_large", language_of(request)), headers)


def _as_page(answering: Callable[..., Any]) -> Callable[..., Any]:
    async def answer(request: Request, error: Exception) -> Response:
        answered = answering(request, error)
        plain: Response = await answered if inspect.isawaitable(answered) else answered
        if not _is_browser(request):
            return plain
        heading, text = _BY_STATUS.get(plain.status_code, _OTHERWISE)
        kept = {name: value for name, value in plain.headers.items() if name not in {"content-length", "content-type"}}
        return _page(request, Stop(plain.status_code, heading, text), kept)

    return answer


def _is_browser(request: Request) -> bool:
    if request.url.path.startswith(_FOR_PROGRAMS):
        return False
    return "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers


def _stopped(request: Request, error: Exception) -> Response:
    assert isinstance(error, Stop)  # noqa: S101 -- registered for nothing else
    return _page(request, error, {})


def _page(request: Request, stop: Stop, headers: Mapping[str, str], back: str | None = None) -> Response:
    """Drawn from what the request knows already: the database may be what is away."""
    shown = page(request)
    reference = getattr(request.state, "request_id", None) if stop.status >= 500 else None
    heading, text = say(shown.language, stop.heading), say(shown.language, stop.text)
    drawn = render(shown, "error.html", heading=heading, text=text, reference=reference, back=back)
    return HTMLResponse(drawn, stop.status, dict(headers))


def _elsewhere(request: Request, error: Exception) -> Response:
    assert isinstance(error, LoginNeeded)  # noqa: S101 -- registered for nothing else
    if "hx-request" in request.headers:
        # htmx would follow a redirect and put the login page into a corner of this one.
        return Response(status_code=401, headers={"HX-Redirect": error.address})
    return RedirectResponse(error.address, 303)


def page(request: Request) -> PageContext:
    """What a page is drawn with, without what was just done; asks no database."""
    found = getattr(request.state, "visit", None)
    language = language_of(request)
    if found is None or found.session is None:
        return PageContext(language, request.url.path, csrf=found.csrf if found else "")
    session = found.session
    return PageContext(language, request.url.path, session.caller, found.organisation, session.name, session.csrf)
