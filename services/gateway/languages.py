"""In which language somebody is answered: what they chose, else what their browser or program asks for, else Danish."""

from __future__ import annotations

from starlette.requests import Request

from schemas.vocabulary import Language

COOKIE = "bygspor_language"


def language_of(request: Request) -> Language:
    """The language of an answer."""
    chosen = request.cookies.get(COOKIE) or _asked_for(request.headers.get("accept-language", ""))
    return "en" if chosen == "en" else "da"


def _asked_for(header: str) -> str:
    """The first of ours by quality, as RFC 9110 reads the header; Danish where none is named."""
    wanted = []
    for place, part in enumerate(header.split(",")):
        name, _, parameter = part.strip().partition(";")
        quality = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            wanted.append((-float(quality), place, name.split("-")[0].lower()))
        except ValueError:
            continue
    return next((name for weight, _, name in sorted(wanted) if name in {"da", "en"} and weight < 0), "da")
