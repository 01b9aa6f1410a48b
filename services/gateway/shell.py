"""What stands around every request: its number, its size limit, its line in the log, and the headers of every answer.

Plain ASGI, because it is on the way of every event.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway import problems
from services.gateway.languages import language_of
from services.gateway.metrics import Metrics

MOST_BYTES = 12_000_000

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

    def __init__(self, app: ASGIApp, metrics: Metrics, *, secure: bool) -> None:
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
        try:
            await self._app(scope, _limited(scope, receive), told.send)
        except _TooLarge:
            await _too_large(scope, receive, told.send)
        finally:
            self._note(scope, told)

    def _note(self, scope: Scope, told: _Told) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
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


class _Told:
    """What the answer said, and when."""

    def __init__(self, headers: MutableMapping[str, str] | dict[str, str], send: Send) -> None:
        self.request_id = secrets.token_hex(8)
        self.began = time.perf_counter()
        self.answered: float | None = None
        self.status = 500
        self._headers, self._send = headers, send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answered, self.status = time.perf_counter(), message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Request-Id"] = self.request_id
        await self._send(message)


def _limited(scope: Scope, receive: Receive) -> Receive:
    left = MOST_BYTES
    declared = _declared(scope["headers"])

    async def counted() -> Message:
        nonlocal left
        if declared > MOST_BYTES:
            raise _TooLarge
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise _TooLarge
        return message

    return counted


def _declared(headers: Iterable[tuple[bytes, bytes]]) -> int:
    found = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(found) if found.isdigit() and len(found) < 20 else 0


async def _too_large(scope: Scope, receive: Receive, send: Any) -> None:
    shown = problems.problem(413, "too_large", language_of(Request(scope)))
    await problems.answer(shown, {"Connection": "close"})(scope, receive, send)
