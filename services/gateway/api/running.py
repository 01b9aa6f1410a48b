"""Whether the gateway lives, whether it can work, and what it counts."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from services.gateway.api.described import UNAVAILABLE
from services.gateway.parts import Parts, PartsOf
from services.store import reading

router = APIRouter(tags=["running"])


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


class Readiness(BaseModel):
    """It can take events in and show figures. `position` is how far the log has come."""

    status: str = "ready"
    position: int


@router.get("/health", summary="The process lives; asks no database")
async def health() -> Health:
    """Always 200 while the process answers."""
    return Health()


@router.get("/ready", responses={503: UNAVAILABLE}, summary="The databases answer")
async def ready(parts: PartsOf) -> Readiness:
    """200 when events can be taken in; 503 with Retry-After otherwise."""
    return Readiness(position=await run_in_threadpool(_asked, parts))


def _asked(parts: Parts) -> int:
    parts.vault.ready()
    return reading.position(parts.store)


@router.get("/metrics", response_class=Response, summary="Figures for Prometheus; nothing of any party's data")
async def metrics(parts: PartsOf) -> Response:
    """The exposition format."""
    parts.metrics.waiting.set(parts.admission.events_waiting)
    return Response(generate_latest(parts.metrics.registry), media_type=CONTENT_TYPE_LATEST)
