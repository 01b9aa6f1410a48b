"""Receipts of events that Kafka keeps until they are in the log: what they are, and asking what became of one."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from schemas.codec import Waiting
from schemas.identifiers import EVENT_ID_FORM, SOURCE_FORM, organisation_of
from services.gateway.api.answers import answer
from services.gateway.api.described import COMMON, NOT_FOUND
from services.gateway.callers import KeyCaller
from services.gateway.languages import language_of
from services.gateway.parts import PartsOf
from services.gateway.problems import FieldProblem, Refusal, field_problems
from services.store.access import seen_by
from services.store.batches import Decoded
from services.store.stream.fates import Fate, State, fate_of
from services.store.stream.records import Place

router = APIRouter(tags=["events"])


class TakenReceipt(BaseModel):
    """An event is kept, and will be in the log or among the rejected. Sent again it gets another token."""

    source: str
    id: str
    type: str
    subject: str
    token: str = Field(description="ask `/v1/receipts/{token}` what became of it")
    later_version: bool = Field(
        default=False, description="in a later version of its type than is understood here: it counts after an upgrade"
    )


class EventFate(BaseModel):
    """What became of an event that was answered 202."""

    source: str
    id: str
    state: State = Field(
        description="`waiting` to be applied, `applied`: in the log, `rejected` for the `errors`, `lost`: send it again"
    )
    position: int | None = Field(description="position of its batch in the log, where it is applied")
    nr: int | None = Field(description="its number within that batch")
    recordedtime: datetime | None = Field(description="when it came into the log")
    mended: bool = Field(description="it was rejected, and somebody has mended it since")
    errors: list[FieldProblem] = []


class _Token(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What a token holds: all that is needed to ask. It opens nothing that its holder's key does not."""

    topic: Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
    partition: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    offset: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    nr: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    source: Annotated[str, msgspec.Meta(pattern=SOURCE_FORM)]
    id: Annotated[str, msgspec.Meta(pattern=EVENT_ID_FORM)]

    @property
    def place(self) -> Place:
        return Place(str(UUID(bytes=self.topic)), self.partition, self.offset, self.nr)


_READ = msgspec.msgpack.Decoder(_Token)


def address_of(receipt: TakenReceipt) -> str:
    """Where it is told what became of an event."""
    return f"/v1/receipts/{receipt.token}"


def taken(item: Decoded, place: Place) -> TakenReceipt:
    """The receipt of an event that Kafka keeps."""
    event = item.event
    held = _Token(UUID(place.topic_id).bytes, place.partition, place.offset, place.nr, event.source, event.id)
    token = base64.urlsafe_b64encode(msgspec.msgpack.encode(held)).rstrip(b"=").decode()
    return TakenReceipt(
        source=event.source,
        id=event.id,
        type=event.type,
        subject=event.subject,
        token=token,
        later_version=isinstance(event, Waiting),
    )


@router.get(
    "/receipts/{token}",
    response_model=EventFate,
    responses={**COMMON, 404: NOT_FOUND},
    summary="Ask what became of an event that was answered 202",
)
def show_fate(
    caller: KeyCaller,
    request: Request,
    parts: PartsOf,
    token: Annotated[str, Path(description="from the receipt, or the `Location` of the answer")],
) -> Response:
    """Whether it waits, is in the log, or was rejected and why. Only its sender is told."""
    held = _read(token)
    if held is None or organisation_of(held.source) != caller.organisation:
        raise Refusal(404, "not_found")
    with seen_by(parts.store.database, caller) as connection:
        fate = fate_of(connection, held.place, held.source, held.id)
    # Without Kafka nothing can be waiting, and what was applied without being in the log was never its sender's.
    may_wait = fate.state is State.WAITING and parts.forwarding
    known = fate.state in {State.REJECTED, State.LOST} or fate.receipt or may_wait
    if not known:
        raise Refusal(404, "not_found")
    return answer(_told(held, fate, request), request)


def _read(token: str) -> _Token | None:
    try:
        return _READ.decode(base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None


def _told(held: _Token, fate: Fate, request: Request) -> EventFate:
    place = fate.receipt
    return EventFate(
        source=held.source,
        id=held.id,
        state=fate.state,
        position=place.position if place else None,
        nr=place.nr if place else None,
        recordedtime=place.known_at if place else None,
        mended=fate.mended,
        errors=field_problems(fate.faults, language_of(request)),
    )
