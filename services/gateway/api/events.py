"""Posting events, and asking beforehand whether they would be accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from schemas.codec import Waiting
from schemas.faults import InvalidEventError
from services.domain.rights import Caller
from services.gateway.admission import checked
from services.gateway.api.cloudevents import Received, received
from services.gateway.api.described import EVENT_BODY, EVENT_PROBLEMS
from services.gateway.api.receipts import TakenReceipt, address_of, taken
from services.gateway.callers import ReportingCaller
from services.gateway.grouping import Admitted
from services.gateway.languages import language_of
from services.gateway.parts import Parts, PartsOf
from services.gateway.problems import FieldProblem, Refusal, field_problems
from services.gateway.pseudonyms import may_hold_number, pseudonymised
from services.store import reading
from services.store.access import seen_by
from services.store.batches import Decoded, Outcome

router = APIRouter(tags=["events"])


class EventReceipt(BaseModel):
    """An event is in the log, here. The same event again gets the same receipt."""

    source: str
    id: str
    type: str
    subject: str
    position: int = Field(description="position of its batch in the log")
    nr: int = Field(description="its number within that batch")
    recordedtime: datetime = Field(description="when we were told")
    waiting: bool = Field(default=False, description="kept, but in a later version of its type than is understood here")


class BatchResult(BaseModel):
    """What became of one event of a batch."""

    index: int
    status: int = Field(description="201 committed, 202 kept by Kafka, 403, 409 or 422", examples=[201])
    receipt: EventReceipt | TakenReceipt | None = None
    errors: list[FieldProblem] = []


class BatchAnswer(BaseModel):
    """What became of each event of a batch, in its order."""

    accepted: int
    refused: int
    results: list[BatchResult]


class Verdict(BaseModel):
    """Whether an event would be accepted."""

    index: int
    acceptable: bool
    errors: list[FieldProblem] = []


class Verdicts(BaseModel):
    """Whether each event would be accepted; nothing was stored."""

    acceptable: int
    refused: int
    results: list[Verdict]


@router.post(
    "/events",
    status_code=201,
    response_model=EventReceipt | BatchAnswer,
    responses={
        202: {
            "model": TakenReceipt | BatchAnswer,
            "description": "Kept by Kafka, which this installation works with",
            "headers": {"Location": {"description": "of one event: its receipt", "schema": {"type": "string"}}},
        },
        207: {"model": BatchAnswer, "description": "Some of the batch was refused"},
        **EVENT_PROBLEMS,
    },
    openapi_extra=EVENT_BODY,
    summary="Post one event, or a batch of up to 1,000",
)
async def post_events(request: Request, parts: PartsOf, caller: ReportingCaller) -> Response:
    """201 means committed. The same event again is a no-op with the same answer; another body under its id is 409.

    Where this installation works with Kafka the answer is 202: it is kept, and what became of it, a taken id too, is
    told by its receipt.
    In a batch each event has its own result: what is right goes in, what is wrong does not.
    """
    got = await _received(request)
    items = [await _item(parts, raw, caller) for raw in got.events]
    good = [item for item in items if isinstance(item, Decoded)]
    admitted = iter(await (parts.forwarding or parts.admission).admit(good) if good else [])
    results = [next(admitted) if isinstance(item, Decoded) else item for item in items]
    for result in results:
        parts.metrics.events.labels(_counted_as(result)).inc()
    return _batch_answer(request, items, results) if got.is_batch else _single(items[0], results[0])


@router.post(
    "/validate",
    responses=EVENT_PROBLEMS,
    openapi_extra=EVENT_BODY,
    summary="Ask whether events would be accepted; nothing is stored",
)
async def validate_events(request: Request, parts: PartsOf, caller: ReportingCaller) -> Verdicts:
    """A dry run: all faults of each event. That an identity is taken is only found when it is posted."""
    got = await _received(request)
    language = language_of(request)
    items = [await _item(parts, raw, caller, dry=True) for raw in got.events]
    verdicts = [
        Verdict(
            index=index,
            acceptable=isinstance(item, Decoded),
            errors=[] if isinstance(item, Decoded) else field_problems(item.faults, language),
        )
        for index, item in enumerate(items)
    ]
    refused = sum(not verdict.acceptable for verdict in verdicts)
    return Verdicts(acceptable=len(verdicts) - refused, refused=refused, results=verdicts)


async def _received(request: Request) -> Received:
    return received(request.headers.get("content-type", ""), request.headers, await request.body())


async def _item(parts: Parts, raw: bytes, caller: Caller, *, dry: bool = False) -> Decoded | Admitted:
    """One event that may be admitted, or why not. Threads and vault are asked only where there may be a CPR number."""
    if may_hold_number(raw):
        return await run_in_threadpool(_with_number, parts, raw, caller, dry=dry)
    return checked(raw, caller)


def _with_number(parts: Parts, raw: bytes, caller: Caller, *, dry: bool) -> Decoded | Admitted:
    """The event with a pseudonym. Nothing comes into the vault for an event that is refused, or only judged."""
    vault = parts.vault if parts.options.cpr else None

    def circle_of(tender: str) -> str | None:
        with seen_by(parts.store.database, caller) as connection:
            return reading.linking_circle(connection, tender)

    try:
        item = checked(pseudonymised(raw, circle_of, vault, only_judged=True), caller)
        if dry or isinstance(item, Admitted):
            return item
        return checked(pseudonymised(raw, circle_of, vault), caller)
    except InvalidEventError as error:
        return Admitted(None, faults=error.faults)


def _counted_as(result: Admitted) -> str:
    if result.place:
        return "forwarded"
    return result.outcome.value if result.outcome else "refused"


def _single(item: Decoded | Admitted, result: Admitted) -> Response:
    if result.faults or not isinstance(item, Decoded):
        raise Refusal(status_of(result), _code_of(result), result.faults)
    receipt = receipt_of(item, result)
    headers = {"Location": address_of(receipt)} if isinstance(receipt, TakenReceipt) else {}
    return _json(receipt.model_dump(mode="json"), status_of(result), headers)


def _batch_answer(request: Request, items: Sequence[Decoded | Admitted], results: Sequence[Admitted]) -> Response:
    language = language_of(request)
    shown = []
    for index, (item, result) in enumerate(zip(items, results, strict=True)):
        fine = isinstance(item, Decoded) and not result.faults
        receipt = receipt_of(item, result) if fine else None  # type: ignore[arg-type]
        errors = field_problems(result.faults, language)
        shown.append(BatchResult(index=index, status=status_of(result), receipt=receipt, errors=errors))
    refused = sum(one.receipt is None for one in shown)
    answer = BatchAnswer(accepted=len(shown) - refused, refused=refused, results=shown)
    status = 202 if any(result.place for result in results) else 201
    return _json(answer.model_dump(mode="json", exclude_none=True), 207 if refused else status)


def receipt_of(item: Decoded, result: Admitted) -> EventReceipt | TakenReceipt:
    """The receipt of an event that is in the log, or on its way there."""
    if result.place:
        return taken(item, result.place)
    event, place = item.event, result.receipt
    assert place is not None  # noqa: S101 -- what has no fault has its place
    return EventReceipt(
        source=event.source,
        id=event.id,
        type=event.type,
        subject=event.subject,
        position=place.position,
        nr=place.nr,
        recordedtime=place.known_at,
        waiting=isinstance(event, Waiting),
    )


def status_of(result: Admitted) -> int:
    """The status of one event's result: 201, 202, 400, 403, 409 or 422."""
    if not result.faults:
        return 202 if result.place else 201
    if result.outcome is Outcome.CONFLICT:
        return 409
    if result.forbidden:
        return 403
    return 400 if any(fault.code in _NOT_JSON for fault in result.faults) else 422


_NOT_JSON = frozenset({"json_invalid", "not_an_object"})
_PROBLEMS = {400: "invalid", 403: "forbidden", 409: "conflict", 422: "invalid"}


def _code_of(result: Admitted) -> str:
    return _PROBLEMS[status_of(result)]


def _json(body: object, status: int, headers: Mapping[str, str] = MappingProxyType({})) -> Response:
    return Response(msgspec.json.encode(body), status, dict(headers), "application/json")
