"""What stands around every request: its number, its size limit, its line in the log, and the headers of every answer.

Plain ASGI, because it is on the way of every event.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.pages import stops
from services.metrics import GatewayMetrics

MOST_BYTES = 12_000_000
# Files hold people's names: they stay in memory, and no disk ever sees them as they came.
MultiPartParser.spool_max_size = MOST_BYTES

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
        "img-src 'self' data:"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_STRICT = "max-age=31536000"

_log = structlog.get_logger("bygspor.request")


class _TooLarge(Exception):
    pass


class Shell:
    """The outermost layer of the gateway."""

    def __init__(self, app: ASGIApp, metrics: GatewayMetrics, *, secure: bool) -> None:
        """Stand around an application; `secure` where it is reached over HTTPS."""
        self._app, self._metrics = app, metrics
        self._headers = HEADERS | ({"Strict-Transport-Security": _STRICT} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = _Told(self._headers, send)
        scope.setdefault("state", {})["request_id"] = told.request_id
        limited = _Limited(scope, receive)
        told.held_back = limited.exceeded
        try:
            await self._app(scope, limited.receive, told.send)
        except _TooLarge:
            pass
        finally:
            if limited.exceeded() and told.answered is None:
                await _too_large(scope, receive, told.send_anyway)
            self._note(scope, told)

    def _note(self, scope: Scope, told: _Told) -> None:
        route = _route_of(scope)
        seconds = (told.answered or time.perf_counter()) - told.began
        self._metrics.requests.labels(scope["method"], route, str(told.status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        caller = scope["state"].get("caller")
        # An allow-list: paths, queries, headers and bodies may hold anything, so none of them is written down.
        _log.info(
            "request",
            id=told.request_id,
            method=scope["method"],
            route=route,
            status=told.status,
            ms=round(seconds * 1000, 1),
            who=caller.who if caller else None,
        )


def _route_of(scope: Scope) -> str:
    """The route as it is written in the code, with the prefix it was included under."""
    route = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return str(getattr(route, "path", "unmatched"))


class _Told:
    """What the answer said, and when."""

    def __init__(self, headers: MutableMapping[str, str] | dict[str, str], send: Send) -> None:
        self.request_id = secrets.token_hex(8)
        self.began = time.perf_counter()
        self.answered: float | None = None
        self.status = 500
        self.held_back: Callable[[], bool] = lambda: False
        self._headers, self._send = headers, send

    async def send(self, message: Message) -> None:
        # What the application makes of a body that broke off is not what the sender is told.
        if self.answered is not None or not self.held_back():
            await self.send_anyway(message)

    async def send_anyway(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answered, self.status = time.perf_counter(), message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Request-Id"] = self.request_id
        await self._send(message)


class _Limited:
    """A body that ends in `_TooLarge` where it is longer than it may be, whatever it said of its length."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._left = -1 if _declared(scope["headers"]) > MOST_BYTES else MOST_BYTES

    def exceeded(self) -> bool:
        return self._left < 0

    async def receive(self) -> Message:
        if not self.exceeded():
            message = await self._receive()
            self._left -= len(message.get("body", b""))
        if self.exceeded():
            raise _TooLarge
        return message


def _declared(headers: Iterable[tuple[bytes, bytes]]) -> int:
    found = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(found) if found.isdigit() and len(found) < 20 else 0


async def _too_large(scope: Scope, receive: Receive, send: Any) -> None:
    await stops.too_large(Request(scope), {"Connection": "close"})(scope, receive, send)
