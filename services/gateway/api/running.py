"""Whether the gateway lives, whether it can work, and what it counts."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from services.errors import DatabaseUnavailable
from services.gateway.api.described import UNAVAILABLE
from services.gateway.parts import Parts, PartsOf
from services.store import reading

router = APIRouter(tags=["running"])


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


_State = Literal["ready", "away"]


class Readiness(BaseModel):
    """It can take events in. `position` is how far the log has come, null where the database is away.

    With the `vault` away only what carries a CPR number or a name is answered 503. With Kafka events are taken in while
    the `database` is away, of senders that were here shortly before; everything else is answered 503.
    """

    status: str = "ready"
    position: int | None
    database: _State
    vault: _State
    broker: Literal["ready"] | None = Field(description="Kafka; null where this installation works without")


@router.get("/health", summary="The process lives; asks no database")
async def health() -> Health:
    """Always 200 while the process answers."""
    return Health()


@router.get("/ready", responses={503: UNAVAILABLE}, summary="Events can be taken in")
async def ready(parts: PartsOf) -> Readiness:
    """200 when events can be taken in; 503 with Retry-After otherwise."""
    return await run_in_threadpool(_asked, parts)


def _asked(parts: Parts) -> Readiness:
    """Raises what is away, where no events can be taken in without it."""
    if parts.forwarding is not None:
        parts.forwarding.probe()
    position = None
    try:
        position = reading.position(parts.store)
    except DatabaseUnavailable:
        if parts.forwarding is None:
            raise
    return Readiness(
        position=position,
        database="away" if position is None else "ready",
        vault=_vault(parts),
        broker="ready" if parts.forwarding is not None else None,
    )


def _vault(parts: Parts) -> _State:
    try:
        parts.vault.ready()
    except DatabaseUnavailable:
        return "away"
    return "ready"


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"description": "The exposition format", "content": {"text/plain": {"schema": {"type": "string"}}}}
    },
    summary="Figures for Prometheus; nothing of any party's data",
)
async def metrics(parts: PartsOf) -> Response:
    """The exposition format."""
    forwarded = parts.forwarding.events_waiting if parts.forwarding else 0
    parts.metrics.waiting.set(parts.admission.events_waiting + forwarded)
    return Response(generate_latest(parts.metrics.registry), media_type=CONTENT_TYPE_LATEST)
