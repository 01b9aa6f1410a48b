"""CloudEvents 1.0 over HTTP: one event structured or binary, or a batch, as the bytes of single structured events.

Source: CloudEvents HTTP Protocol Binding 1.0.2, sections 3.1 to 3.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

from schemas.codec import split
from schemas.faults import Fault, InvalidEventError, fault
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
        return Received([_binary(list(headers.items()), content_type, body)], is_batch=False)
    raise Refusal(415, "media_type", [_media_fault(content_type)], {"Accept-Post": ACCEPTED})


def _media_of(content_type: str) -> tuple[str, str]:
    message = Message()
    message["content-type"] = content_type
    return message.get_content_type() if content_type else "", str(message.get_content_charset() or "")


def _batch(body: bytes) -> list[bytes]:
    try:
        events = split(body)
    except InvalidEventError as error:
        raise Refusal(400, "invalid", error.faults) from None
    if len(events) > MOST_IN_A_BATCH:
        raise Refusal(413, "too_large", [fault("too_long", max_length=MOST_IN_A_BATCH)])
    return events


def _binary(headers: Sequence[tuple[str, str]], content_type: str, body: bytes) -> bytes:
    """Attributes from `ce-` headers, `data` from the body, as one structured event."""
    given = [(name.removeprefix(_PREFIX), value) for name, value in headers if name.startswith(_PREFIX)]
    faults = list(_faults_of_headers([name for name, _ in given]))
    event: dict[str, Any] = {}
    for name, value in given:
        try:
            event[name] = _header_value(value)
        except UnicodeError:
            faults.append(_header_fault(name, "skal være UTF-8, procentkodet", "must be UTF-8, percent-encoded"))
    try:
        event["data"] = msgspec.Raw(msgspec.json.decode(body, type=msgspec.Raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        faults.append(fault("json_invalid", "data", error="data"))
    if faults:
        raise Refusal(400, "invalid", faults)
    event["datacontenttype"] = _media_of(content_type)[0]
    return msgspec.json.encode(event)


def _faults_of_headers(names: Sequence[str]) -> Iterator[Fault]:
    """A header that stands twice says two things, and so does one beside Content-Type (section 3.1.1)."""
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _header_fault(name, "står to gange", "stands twice")
    if "datacontenttype" in names:
        yield _header_fault("datacontenttype", "udelades: Content-Type siger det", "is left out: Content-Type says it")


def _header_value(text: str) -> str:
    """A header's value: unquoted where it stands in quotes, then percent-decoded (section 3.1.3.2).

    Raises UnicodeError where anything stands there unencoded, or what was encoded is no UTF-8.
    """
    quoted = _QUOTED.fullmatch(text.strip())
    plain = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text
    return unquote_to_bytes(plain.encode("ascii")).decode()


def _header_fault(name: str, da: str, en: str) -> Fault:
    return Fault("header", f"ce-{name}", "", f"ce-{name} {da}", f"ce-{name} {en}")


def _media_fault(content_type: str) -> Fault:
    return Fault(
        "media_type",
        "",
        content_type[:60] if content_type.isascii() and "/" in content_type else "",
        f"send Content-Type {STRUCTURED}, {BATCH}, eller application/json med ce-hoveder",
        f"send Content-Type {STRUCTURED}, {BATCH}, or application/json with ce- headers",
    )
