"""The gateway as one application: the API, the pages, and what stands around them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version

from fastapi import FastAPI

from services.gateway import api, pages, problems
from services.gateway.api.addresses import Addresses
from services.gateway.parts import Parts
from services.gateway.shell import Shell

_DESCRIPTION = """Events from construction sites, job centres and contractors in; figures per tender out.

One event is one CloudEvents 1.0 object. `(source, id)` is its identity: the same event again is a no-op with the same
answer, another body under the same identity is 409. A 2xx means that nothing of it will be lost: 201 that it is
committed, 202 that Kafka keeps it until it is; then its receipt can be asked what became of it. Order never matters.

Who you are comes from your API key, and from nothing you send. What you may not see is answered as what does not exist.
Decimal numbers in answers are text, exact; null is unknown, never zero. Lists come page by page: follow `next`, or the
`Link` header. Answers with an `ETag` can be asked for again with `If-None-Match`. Texts are Danish, or English where
`Accept-Language` asks for it; what goes wrong is told as problem+json (RFC 9457), one entry per fault. HEAD answers
wherever GET does. An id in a path is one percent-encoded segment: its slash is `%2F`, or `~` where a proxy in between
does not let that through.
"""


def create_app(parts: Parts) -> Shell:
    """An application that works with these parts; it starts and stops what runs beside the requests."""

    @contextlib.asynccontextmanager
    async def running_beside(_: FastAPI) -> AsyncIterator[None]:
        parts.keeper.start()
        parts.uploads.work.start()
        yield
        parts.uploads.work.stop()
        parts.keeper.stop()
        parts.admission.close()
        if parts.forwarding is not None:
            parts.forwarding.close()

    app = routed(running_beside)
    app.state.parts = parts
    return Shell(Addresses(app), parts.metrics, secure=parts.options.secure)


def routed(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None) -> FastAPI:
    """Every route, described, with nothing behind it yet."""
    app = FastAPI(
        title="BygSpor",
        version=version("bygspor"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    problems.add_to(app)
    api.add_to(app)
    pages.add_to(app)
    return app
