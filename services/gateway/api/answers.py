"""Answers to readers: with a mark of what they hold, so that who has it already is told so and sent nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from services.gateway.languages import language_of

# A browser may keep it, but must ask each time whether it still holds: what one may see can change at any moment.
_KEEP = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Accept-Language, Cookie"}

_ETAG = {
    "ETag": {
        "description": "changes when the answer does; sent back as `If-None-Match`, 304 says that it has not",
        "schema": {"type": "string"},
    }
}


def kept(headers: Mapping[str, Any] = MappingProxyType({})) -> dict[int | str, dict[str, Any]]:
    """How an answer that may be kept is described, with other headers it may have."""
    return {
        200: {"headers": {**_ETAG, **headers}},
        304: {"description": "As in `If-None-Match`: nothing has changed", "headers": {**_ETAG, **headers}},
    }


def answer(model: BaseModel, request: Request, headers: Mapping[str, str] | None = None) -> Response:
    """What a reader may not keep: people."""
    told = {"Content-Language": language_of(request), **(headers or {})}
    return Response(model.model_dump_json(), headers=told, media_type="application/json")


def keepable(model: BaseModel, request: Request, headers: Mapping[str, str] | None = None) -> Response:
    """What a reader may keep until it changes; 304 where it has not.

    The mark is made of the answer itself: it holds whatever the answer depends on, be it the log, the figures, the day,
    the language, or what the caller may see.
    """
    body = model.model_dump_json()
    mark = f'W/"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    told = {"ETag": mark, "Content-Language": language_of(request), **_KEEP, **(headers or {})}
    if _has(request.headers.get("if-none-match", ""), mark):
        return Response(status_code=304, headers=told)
    return Response(body, headers=told, media_type="application/json")


def _has(asked: str, mark: str) -> bool:
    """Weak comparison (RFC 9110, section 8.8.3.2)."""
    named = {one.strip().removeprefix("W/") for one in asked.split(",")}
    return "*" in named or mark.removeprefix("W/") in named
