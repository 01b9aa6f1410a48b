"""Ids in addresses, and the methods that every address understands.

An id may hold a slash (``10000270:havnegade/etape-2``). In a path it is one segment, percent-encoded as any other text:
the slash as ``%2F``, or as ``~`` where something on the way does not let ``%2F`` through; no id holds a ``~``.
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Depends, FastAPI, Path
from fastapi.routing import iter_route_contexts
from starlette.datastructures import MutableHeaders
from starlette.routing import compile_path
from starlette.types import Message, Receive, Scope, Send

from schemas.identifiers import ID_FORM
from services.gateway.problems import Refusal

_SLASH = re.compile(rb"%2f", re.IGNORECASE)
_ID = re.compile(ID_FORM)


def segment(identifier: str) -> str:
    """An id as one segment of a path."""
    return quote(identifier, safe=":")


def _read(segment: str) -> str:
    identifier = segment.replace("~", "/")
    if not _ID.fullmatch(identifier):
        raise Refusal(404, "not_found")
    return identifier


def _tender(
    tender: Annotated[str, Path(description="id of the tender, percent-encoded", examples=["10000270:havnegade"])],
) -> str:
    return _read(tender)


def _target(
    target: Annotated[
        str, Path(description="id of the target, percent-encoded", examples=["10000270:havnegade~andel"])
    ],
) -> str:
    return _read(target)


TenderInPath = Annotated[str, Depends(_tender)]
"""The tender that a path names; 404 where no id can look like it."""

TargetInPath = Annotated[str, Depends(_target)]
"""The target that a path names."""


class Addresses:
    """Around the application: ids with slashes, HEAD as GET without the body, OPTIONS, and a whole `Allow`."""

    def __init__(self, app: FastAPI) -> None:
        """Stand around an application."""
        self._app = app
        self._methods = [
            (compile_path(route.path)[0], frozenset(route.methods))
            for route in iter_route_contexts(app.routes)
            if route.path and route.methods
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        raw: bytes = scope.get("raw_path") or b""
        if _SLASH.search(raw):
            # Decoded too early, the slash would end the segment.
            scope["path"] = unquote(_SLASH.sub(b"~", raw.partition(b"?")[0]).decode("ascii", "replace"))
        method = scope["method"]
        allowed = self._allowed(scope) if method in {"HEAD", "OPTIONS"} else frozenset()
        if method == "OPTIONS" and allowed:
            await _options(allowed, send)
            return
        if method == "HEAD" and "GET" in allowed and "HEAD" not in allowed:
            scope["method"] = "GET"
            send = _without_body(send)
        await self._app(scope, receive, self._with_allow(scope, send))

    def _with_allow(self, scope: Scope, send: Send) -> Send:
        """405 names all methods of the address, not those of its first route only."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                MutableHeaders(scope=message)["Allow"] = _listed(self._allowed(scope))
            await send(message)

        return sent

    def _allowed(self, scope: Scope) -> frozenset[str]:
        fitting = (methods for form, methods in self._methods if form.fullmatch(scope["path"]))
        return frozenset().union(*fitting)


def _listed(methods: frozenset[str]) -> str:
    also = {"HEAD", "OPTIONS"} if "GET" in methods else {"OPTIONS"}
    return ", ".join(sorted(methods | also))


async def _options(methods: frozenset[str], send: Send) -> None:
    headers = [(b"allow", _listed(methods).encode())]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _without_body(send: Send) -> Send:
    async def sent(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sent
