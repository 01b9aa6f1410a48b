"""The API for systems: CloudEvents in, figures out, as problem+json where something is wrong."""

from fastapi import FastAPI

from services.gateway.api import (
    events,
    front,
    openapi,
    own,
    placements,
    published,
    receipts,
    running,
    targets,
    tenders,
    uploads,
)

_VERSIONED = (
    events.router,
    receipts.router,
    own.router,
    tenders.router,
    targets.router,
    placements.router,
    uploads.router,
    published.router,
    front.router,
)


def add_to(app: FastAPI) -> None:
    """Add every route of the API, and their description."""
    for router in _VERSIONED:
        app.include_router(router, prefix="/v1")
    app.include_router(running.router)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
