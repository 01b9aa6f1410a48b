"""One's own login: who one is here, a new password, and the way out on every device."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.gateway.pages.answers import show
from services.gateway.pages.sessions import PageCaller, SessionOf

router = APIRouter()


@router.get("/account")
def account(request: Request, caller: PageCaller, session: SessionOf) -> HTMLResponse:
    """What the house knows of whoever asks."""
    return show(request, "account.html", login=session.login, role=caller.role)
