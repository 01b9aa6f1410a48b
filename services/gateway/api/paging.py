"""Lists page by page: so many at most, and where the next page begins.

A cursor names the last row that was shown, so rows that come meanwhile neither hide others nor show them twice.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from fastapi import Query, Request
from pydantic import BaseModel, Field

from schemas.faults import Fault
from services.gateway.problems import Refusal

T = TypeVar("T")
Row = TypeVar("Row")
Key = TypeVar("Key")

MOST = 500
Limit = Annotated[int, Query(ge=1, le=MOST, description="how many at most")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=400,
        pattern="^[0-9A-Za-z_-]+$",
        description="where the page begins: from `next` of the page before; opaque, and good for this list only",
    ),
]

LINK = {"Link": {"description": 'the next page, `rel="next"`; absent on the last', "schema": {"type": "string"}}}


class Page(BaseModel):
    """What every page of a list has beside its `items`."""

    next: str | None = Field(
        description="address of the next page; null on the last", examples=["/v1/tenders?cursor=WyJ4Il0"]
    )


def begins_after(cursor: str | None, key: type[Key], first: Key) -> Key:
    """The key that a cursor holds; `first` where there is none. Raises Refusal 422 where it is none of ours."""
    if cursor is None:
        return first
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=key)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise Refusal(422, "invalid", [_fault()]) from None


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], Any]) -> tuple[Sequence[Row], str | None]:
    """The rows of a page, of which one too many was asked for, and the cursor of the next where there is one."""
    shown = rows[:limit]
    return shown, _cursor(key(shown[-1])) if len(rows) > limit else None


def address(request: Request, cursor: str | None) -> str | None:
    """The address of the page that begins at a cursor, with all else as it was asked for."""
    if cursor is None:
        return None
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*asked, ('cursor', cursor)])}"


def link(page: Page) -> dict[str, str]:
    """The header that names the next page."""
    return {"Link": f'<{page.next}>; rel="next"'} if page.next else {}


def _cursor(key: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def _fault() -> Fault:
    return Fault(
        "cursor",
        "query.cursor",
        "",
        "skal være det, der stod i next på siden før",
        "must be what stood in next of the page before",
    )
