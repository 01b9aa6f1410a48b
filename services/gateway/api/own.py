"""Who you are here, what you have sent, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from schemas.identifiers import EVENT_ID_FORM, ID_FORM, SOURCE_FORM
from services.domain.rights import Kind, Role
from services.gateway.api.answers import answer
from services.gateway.api.described import COMMON, NOT_FOUND
from services.gateway.api.events import EventReceipt
from services.gateway.api.paging import LINK, Cursor, Limit, Page, address, begins_after, cut, link
from services.gateway.callers import KeyCaller
from services.gateway.languages import language_of
from services.gateway.parts import PartsOf
from services.gateway.problems import FieldProblem, Refusal, field_problems
from services.store import said
from services.store.access import seen_by
from services.store.rejections import Rejection

router = APIRouter()

_TYPE_FORM = r"^dk\.bygspor\.[a-z_]+\.[a-z_]+\.v[0-9]{1,4}$"


class Me(BaseModel):
    """Who the credential stands for."""

    organisation: str = Field(description="CVR number", examples=["10000319"])
    name: str
    kinds: list[Kind] = Field(description="what your organisation may be to tenders")
    municipality: int | None = Field(description="of a job centre")
    role: Role = Field(description="`reporter` may post events, `reader` may not")
    may_report: bool
    requests_a_minute: int = Field(description="how often this credential may ask")


class OwnEvent(BaseModel):
    """An event of the log with its receipt, as you sent it or as it was sent for you."""

    receipt: EventReceipt
    on_behalf: bool = Field(description="another organisation, a secretariat, sent it on your behalf")
    fate: said.Fate = Field(description="whether it stands as it was sent, or a later event corrected or withdrew it")
    waits_for: list[str] = Field(
        description="why the placement it is about does not count yet, as of the figures last computed: codes of "
        f"findings, or `{said.NOT_A_PARTY}`, where no such tender is registered or it did not engage you",
        examples=[["contractor_not_engaged"]],
    )
    event: dict[str, Any] = Field(description="what was said: a CloudEvent")


class OwnEvents(Page):
    """Your own events, in the order of the log."""

    items: list[OwnEvent]


class RejectedLine(BaseModel):
    """A line of a file, or an event of a Kafka topic, that could not be accepted.

    What is refused over HTTP at once is told there and kept nowhere.
    """

    no: int
    origin: str = Field(description="the file it came in, or the topic and partition")
    line: int = Field(description="its line in the file, or the offset of its record")
    received_at: datetime
    times: int = Field(description="how often it came")
    sent: str = Field(description="what it was, without anything like a CPR number")
    errors: list[FieldProblem]


class RejectedLines(Page):
    """Your rejected lines that nobody has mended yet, by number."""

    items: list[RejectedLine]


@router.get("/me", responses=COMMON, summary="Who you are here", tags=["running"])
async def me(parts: PartsOf, caller: KeyCaller) -> Me:
    """The organisation of the credential. What it is to a tender stands with the tender, as `relations`."""
    cvr = caller.organisation or ""
    organisation = await run_in_threadpool(parts.access.organisations.get, cvr)
    return Me(
        organisation=cvr,
        name=organisation.name if organisation else "",
        kinds=sorted(caller.kinds),
        municipality=caller.municipality,
        role=caller.role,
        may_report=caller.may_report,
        requests_a_minute=parts.options.requests_a_minute,
    )


@router.get(
    "/events",
    response_model=OwnEvents,
    responses={**COMMON, 200: {"headers": LINK}},
    summary="What you have sent, with receipts",
    tags=["events"],
)
def list_events(  # noqa: PLR0913, PLR0917 -- what a route asks for
    caller: KeyCaller,
    request: Request,
    parts: PartsOf,
    tender: Annotated[str | None, Query(pattern=ID_FORM, description="only of this tender")] = None,
    type: Annotated[str | None, Query(pattern=_TYPE_FORM, description="only of this type")] = None,  # noqa: A002
    source: Annotated[str | None, Query(pattern=SOURCE_FORM, description="only of this system")] = None,
    newest_first: bool = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Events of your organisation, whichever of its systems sent them, and those sent on its behalf."""
    after = begins_after(cursor, tuple[int, int], (0, 0))
    wanted = said.EventFilter(tender, type, source)
    with seen_by(parts.store.database, caller) as connection:
        found = said.events(connection, wanted, after=after, limit=limit + 1, newest_first=newest_first)
    rows, further = cut(found, limit, lambda row: row.receipt[:2])
    page = OwnEvents(items=[_own(row) for row in rows], next=address(request, further))
    return answer(page, request, link(page))


@router.get(
    "/events/receipt",
    response_model=OwnEvent,
    responses={**COMMON, 404: NOT_FOUND},
    summary="Ask what became of one event",
    tags=["events"],
)
def show_receipt(
    caller: KeyCaller,
    request: Request,
    parts: PartsOf,
    source: Annotated[str, Query(pattern=SOURCE_FORM, examples=["urn:bygspor:10000319:erp"])],
    id: Annotated[str, Query(pattern=EVENT_ID_FORM, examples=["2026-0117"])],  # noqa: A002
) -> Response:
    """An event by its identity, also one sent through Kafka. 404 where it is not in the log.

    Then it was not accepted, or is still on its way through Kafka; it may be sent (again). Why one that came over
    Kafka or in a file was refused, is told under `/v1/rejected`.
    """
    with seen_by(parts.store.database, caller) as connection:
        found = said.event(connection, source, id)
    if found is None:
        raise Refusal(404, "not_found")
    return answer(_own(found), request)


@router.get(
    "/rejected",
    response_model=RejectedLines,
    responses={**COMMON, 200: {"headers": LINK}},
    summary="What you sent over Kafka or in files that could not be accepted",
    tags=["events"],
)
def list_rejected(
    caller: KeyCaller, request: Request, parts: PartsOf, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """Those that nobody has mended yet, each with all its faults."""
    after = begins_after(cursor, int, 0)
    with seen_by(parts.store.database, caller) as connection:
        found = said.rejected(connection, after=after, limit=limit + 1)
    rows, further = cut(found, limit, lambda row: row.no)
    page = RejectedLines(items=[_rejected(row, request) for row in rows], next=address(request, further))
    return answer(page, request, link(page))


def _own(row: said.OwnEvent) -> OwnEvent:
    receipt = EventReceipt(
        source=row.source,
        id=row.id,
        type=row.type,
        subject=row.subject,
        position=row.receipt.position,
        nr=row.receipt.nr,
        recordedtime=row.receipt.known_at,
        waiting=row.fate is said.Fate.WAITING,
    )
    event = msgspec.json.decode(row.body)
    return OwnEvent(receipt=receipt, on_behalf=row.on_behalf, fate=row.fate, waits_for=list(row.waits_for), event=event)


def _rejected(row: Rejection, request: Request) -> RejectedLine:
    return RejectedLine(
        no=row.no,
        origin=row.origin,
        line=row.line,
        received_at=row.received_at,
        times=row.times,
        sent=row.payload.decode(errors="replace"),
        errors=field_problems(row.faults, language_of(request)),
    )
