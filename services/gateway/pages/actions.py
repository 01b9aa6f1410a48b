"""What was decided at a meeting and is done: its owner says so from its tasks."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from schemas.site import ActionClosed
from services.gateway.pages.answers import go
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.report_desk import DeskOf, posted_of
from services.gateway.pages.texts import marked
from services.gateway.reporting.asking import key_of
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.forms import Setting, Told
from services.gateway.reporting.sending import Ready, ready
from services.store import seen

router = APIRouter()

_DONE = marked("Opgaven er meldt udført.")
_NOT_OPEN = marked("Opgaven er ikke åben hos jer mere.")


@router.post("/actions/close")
def close(request: Request, desk: DeskOf, posted: PostedForm) -> Response:
    """Say that an action of ours is done, today."""
    came = posted_of(posted)
    tender, action = came.one("tender"), came.one("action")
    with desk.looking() as connection:
        found = seen.own_actions(connection, desk.organisation)
    if (tender, action) not in {(where, one.action) for where, one in found}:
        return go(request, "/", desk.say(_NOT_OPEN), "info")
    told = Told(ActionClosed, {"action": action, "closed_on": desk.on.isoformat()}, key_of(tender, action))
    setting = Setting(desk.organisation, desk.on, tender)
    closing = ready(FORMS["end"], [told], desk.sender, came.drawn, setting)
    errors = desk.send(closing) if isinstance(closing, Ready) else closing
    if errors:
        return go(request, "/", " ".join(text for texts in errors.values() for text in texts), "error")
    return go(request, "/", desk.say(_DONE))
