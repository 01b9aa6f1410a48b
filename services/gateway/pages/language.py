"""The language switch: a cookie, and back to the page one came from."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from schemas.vocabulary import Language
from services.gateway.languages import COOKIE
from services.gateway.pages.sessions import local

_A_YEAR_SECONDS = 365 * 24 * 3600
router = APIRouter(include_in_schema=False)


@router.get("/language/{language}")
def switch(language: Language, request: Request, back: str = "/") -> RedirectResponse:
    """Show the pages in a language from now on. `back` is an address of ours; anything else leads to the front page."""
    answer = RedirectResponse(local(back), status_code=303)
    keep(answer, language, secure=request.url.scheme == "https")
    return answer


def keep(answer: Response, language: Language, *, secure: bool) -> None:
    """Remember a language in the browser; `secure` where the pages are reached over HTTPS."""
    answer.set_cookie(COOKIE, language, max_age=_A_YEAR_SECONDS, httponly=True, samesite="lax", secure=secure)
