"""The gateway as one application: the API, the pages, and what stands around them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from importlib.metadata import version

from fastapi import FastAPI

from services.gateway import pages, problems
from services.gateway.api import events, running
from services.gateway.parts import Parts
from services.gateway.shell import Shell

_DESCRIPTION = """Events from construction sites, job centres and contractors in; figures per tender out.

One event is one CloudEvents 1.0 object. `(source, id)` is its identity: the same event again is a no-op with the same
answer, another body under the same identity is 409. A 2xx means committed. Order never matters.
"""


def create_app(parts: Parts) -> Shell:
    """An application that works with these parts; it starts and stops what runs beside the requests."""

    @contextlib.asynccontextmanager
    async def running_beside(_: FastAPI) -> AsyncIterator[None]:
        parts.keeper.start()
        yield
        parts.keeper.stop()
        parts.admission.close()

    app = FastAPI(
        title="BygSpor",
        version=version("bygspor"),
        description=_DESCRIPTION,
        lifespan=running_beside,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.parts = parts
    problems.add_to(app)
    app.include_router(events.router, prefix="/v1")
    app.include_router(running.router)
    pages.add_to(app)
    return Shell(app, parts.metrics, secure=parts.options.secure)
