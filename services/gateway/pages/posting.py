"""Forms that are sent to the pages: from our own pages only, by whoever the page was drawn for.

`guarded` stands before every page (`pages.add_to`), so that no page can forget it.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData

from schemas.identifiers import CPR_SHAPE
from services.gateway.pages.rendering import Form
from services.gateway.pages.sessions import VisitOf
from services.gateway.pages.stops import Stop
from services.gateway.pages.texts import marked
from services.gateway.parts import Parts

TOKEN_FIELD, TOKEN_HEADER = "csrf", "x-csrf-token"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_MOST_FIELDS = 5_000
_OLD_PAGE = marked("Siden var for gammel til at blive sendt")
_AGAIN = marked(
    "Du er måske logget ud eller logget ind igen i et andet vindue. "
    "Gå tilbage, genindlæs siden, og send den igen. Intet er gemt."
)
_FOREIGN = marked("Det kom ikke fra BygSpors egne sider")
_FROM_HERE = marked("Åbn siden i BygSpor, og send den derfra. Intet er gemt.")


async def guarded(request: Request, found: VisitOf) -> AsyncIterator[None]:
    """Let a request through that changes nothing, or that comes from a page of ours with the visitor's own token."""
    if request.method in _SAFE:
        yield
        return
    if not _is_from_here(request):
        raise Stop(403, _FOREIGN, _FROM_HERE)
    async with request.form(max_files=10, max_fields=_MOST_FIELDS) as posted:
        given = request.headers.get(TOKEN_HEADER) or posted.get(TOKEN_FIELD)
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), found.csrf.encode()):
            raise Stop(403, _OLD_PAGE, _AGAIN)
        yield


async def _posted(request: Request) -> FormData:
    return await request.form(max_files=10, max_fields=_MOST_FIELDS)


PostedForm = Annotated[FormData, Depends(_posted)]
"""The form that was sent, files included; its token has been checked."""


def text_of(posted: FormData, name: str) -> str:
    """What was typed into a field, without blanks around it and signs that nobody types (PostgreSQL keeps no NUL)."""
    value = posted.get(name)
    typed = value if isinstance(value, str) else ""
    return "".join(sign for sign in typed if sign.isprintable() or sign in "\n\t").strip()


def form_of(posted: FormData, errors: Mapping[str, Sequence[str]] | None = None) -> Form:
    """What was typed, to be shown again with what is wrong; nothing that looks like a CPR number is."""
    typed = {
        name: [value for value in posted.getlist(name) if isinstance(value, str) and not CPR_SHAPE.search(value)]
        for name in posted
    }
    return Form(typed, errors or {})


def _is_from_here(request: Request) -> bool:
    """As browsers tell it. Programs that tell nothing have the token to show."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    parts: Parts = request.app.state.parts
    ours = {urlsplit(parts.options.url).netloc, request.headers.get("host", "")}
    return urlsplit(origin).netloc in ours - {""}
