"""CloudEvents 1.0 over HTTP: one event structured or binary, or a batch, as the bytes of single structured events.

Source: CloudEvents HTTP Protocol Binding 1.0.2, sections 3.1 to 3.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import unquote

import msgspec

from schemas.faults import Fault, fault
from services.gateway.problems import Refusal

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
ACCEPTED = f"{STRUCTURED}, {BATCH}, application/json"
MOST_IN_A_BATCH = 1_000

_PREFIX = "ce-"
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Received:
    """What a request carried: the JSON of each event, and whether it came as a batch."""

    events: Sequence[bytes]
    is_batch: bool


def received(content_type: str, headers: Mapping[str, str], body: bytes) -> Received:
    """The events of a request. Raises Refusal: 415 for another kind of content, 400 where it is no batch, 413."""
    media, charset = _media_of(content_type)
    if charset not in {"", "utf-8", "us-ascii"}:
        raise Refusal(415, "media_type", headers={"Accept-Post": ACCEPTED})
    if media == STRUCTURED:
        return Received([body], is_batch=False)
    if media == BATCH:
        return Received(_batch(body), is_batch=True)
    if media == "application/json" and f"{_PREFIX}specversion" in headers:
        return Received([_binary(headers, content_type, body)], is_batch=False)
    raise Refusal(415, "media_type", [_media_fault(content_type)], {"Accept-Post": ACCEPTED})


def _media_of(content_type: str) -> tuple[str, str]:
    message = Message()
    message["content-type"] = content_type
    return message.get_content_type() if content_type else "", str(message.get_content_charset() or "")


def _batch(body: bytes) -> list[bytes]:
    try:
        events = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(400, "invalid", [_batch_fault()]) from None
    if len(events) > MOST_IN_A_BATCH:
        raise Refusal(413, "too_large", [fault("too_long", max_length=MOST_IN_A_BATCH)])
    return [bytes(event) for event in events]


def _binary(headers: Mapping[str, str], content_type: str, body: bytes) -> bytes:
    """Attributes from `ce-` headers, `data` from the body, as one structured event."""
    event: dict[str, Any] = {
        name.removeprefix(_PREFIX): _header_value(value)
        for name, value in headers.items()
        if name.startswith(_PREFIX) and name != f"{_PREFIX}datacontenttype"
    }
    event["datacontenttype"] = _media_of(content_type)[0]
    try:
        event["data"] = msgspec.Raw(msgspec.json.decode(body, type=msgspec.Raw))
        return msgspec.json.encode(event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(400, "invalid", [fault("json_invalid", "data", error="data")]) from None


def _header_value(text: str) -> str:
    """A header's value: unquoted where it stands in quotes, then percent-decoded (section 3.1.3.2)."""
    quoted = _QUOTED.fullmatch(text.strip())
    plain = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text
    return unquote(plain, errors="replace")


def _media_fault(content_type: str) -> Fault:
    return Fault(
        "media_type",
        "",
        content_type[:60] if content_type.isascii() and "/" in content_type else "",
        f"send Content-Type {STRUCTURED}, {BATCH}, eller application/json med ce-hoveder",
        f"send Content-Type {STRUCTURED}, {BATCH}, or application/json with ce- headers",
    )


def _batch_fault() -> Fault:
    return Fault("not_a_batch", "", "", "en batch er en JSON-liste af hændelser", "a batch is a JSON array of events")
