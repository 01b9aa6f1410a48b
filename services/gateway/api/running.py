"""Whether the gateway lives, whether it can work, and what it counts."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from services.errors import DatabaseUnavailable
from services.gateway.api.described import UNAVAILABLE
from services.gateway.parts import Parts, PartsOf
from services.store import reading

router = APIRouter(tags=["running"])


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


class Readiness(BaseModel):
    """It can take events in and show figures. `position` is how far the log has come.

    With the `vault` away only what carries a CPR number or a name is answered 503.
    """

    status: str = "ready"
    position: int
    vault: Literal["ready", "away"]


@router.get("/health", summary="The process lives; asks no database")
async def health() -> Health:
    """Always 200 while the process answers."""
    return Health()


@router.get("/ready", responses={503: UNAVAILABLE}, summary="The databases answer")
async def ready(parts: PartsOf) -> Readiness:
    """200 when events can be taken in; 503 with Retry-After otherwise."""
    return await run_in_threadpool(_asked, parts)


def _asked(parts: Parts) -> Readiness:
    position = reading.position(parts.store)
    try:
        parts.vault.ready()
    except DatabaseUnavailable:
        return Readiness(position=position, vault="away")
    return Readiness(position=position, vault="ready")


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
    parts.metrics.waiting.set(parts.admission.events_waiting)
    return Response(generate_latest(parts.metrics.registry), media_type=CONTENT_TYPE_LATEST)
