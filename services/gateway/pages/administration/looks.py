"""Who looked at what is held of an organisation's people (domain.md section 12)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.domain.rights import Caller, Kind
from services.gateway.pages.administration.desk import START, Managed
from services.gateway.pages.answers import show
from services.gateway.pages.sessions import AdministratingPageCaller
from services.gateway.parts import Parts, PartsOf
from services.reports.words import tender_called
from services.store import seen
from services.store.access import Look, Organisation, seen_by

router = APIRouter()
_MOST_TENDERS, _MOST_LOOKS = 1_000, 500
_SEE_PEOPLE_OF_OTHERS = frozenset({Kind.SECRETARIAT, Kind.JOB_CENTRE})


class _Shown(NamedTuple):
    at: datetime
    tender: str
    organisation: str
    who: str | None


@router.get(f"{START}/{{cvr}}/looks")
def looks(request: Request, managed: Managed, caller: AdministratingPageCaller, parts: PartsOf) -> HTMLResponse:
    """Who looked, latest first: whoever of one's own, and of others those that may see one's people."""
    found = sorted(_found(parts, caller, managed), key=lambda one: one.at, reverse=True)
    return show(request, "administration/looks.html", organisation=managed, looks=found[:_MOST_LOOKS])


def _found(parts: Parts, caller: Caller, managed: Organisation) -> list[_Shown]:
    organisations = {one.cvr: one for one in parts.access.organisations.list()}
    people = {f"user:{user.no}": user.name for user in parts.access.users.list(managed.cvr)}
    keys = {f"key:{key.no}": key.label for key in parts.access.keys.list(managed.cvr)}
    own = people | keys
    with seen_by(parts.store.database, caller) as connection:
        tenders = seen.tenders(connection, limit=_MOST_TENDERS)
    return [
        _Shown(look.at, tender_called(row.title, row.tender), organisations[look.organisation].name, own.get(look.who))
        for row in tenders
        if row.is_any(seen.ROWS_FOR)
        for look in parts.access.looks.of(row.tender)
        if look.organisation in organisations and _concerns(look, organisations[look.organisation], managed)
    ]


def _concerns(look: Look, by: Organisation, managed: Organisation) -> bool:
    """Another contractor looks at its own people only, and a client at none."""
    return look.organisation == managed.cvr or not by.kinds.isdisjoint(_SEE_PEOPLE_OF_OTHERS)
