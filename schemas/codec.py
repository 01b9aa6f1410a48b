"""Bytes to events and back. Older versions of a type are upcast here and nowhere else.

There is one version of every type today, so `_UPCASTS` is empty: the first real change puts a function there, under the
old type's full name, from the old event as JSON to the new one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from pydantic import ValidationError

from schemas import contractor, corrections, job_centre, secretariat, site
from schemas.corrections import EventCorrected, EventWithdrawn
from schemas.envelope import Event
from schemas.facts import EVENT_TYPES, TYPE_PREFIX, Fact
from schemas.faults import InvalidEventError, fault, faults_of
from schemas.identifiers import CPR_SHAPE

__all__ = ["EVENT_TYPES", "Waiting", "canonical", "decode", "encode", "replaced", "without_cpr"]

ROOMS = (secretariat, contractor, site, job_centre, corrections)
"""The modules that declare event types, by who sends them; importing them fills the register."""

_MODELS: dict[str, type[Event[Any]]] = {name: Event[cls] for name, cls in EVENT_TYPES.items()}  # type: ignore[valid-type]
_UPCASTS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
_KNOWN_NAMES = frozenset(cls.name for cls in EVENT_TYPES.values())
_VERSIONED = re.compile(rf"^{re.escape(TYPE_PREFIX)}(?P<name>[a-z_.]+)\.v[1-9][0-9]*$")
_CPR_BYTES = re.compile(CPR_SHAPE.pattern.encode())
# A quick look that lets nearly every event pass: digits become "d", and a CPR number is one of three runs of them.
_DIGITS_AS_D = bytes.maketrans(b"0123456789", b"d" * 10)
_CPR_RUNS = (b"d" * 10, b"dddddd-dddd", b"dddddd dddd")
_AMENDMENTS = frozenset({EventCorrected.type(), EventWithdrawn.type()})


class _Head(msgspec.Struct):
    type: str = ""


class _WaitingHead(msgspec.Struct):
    id: str
    source: str
    type: str
    subject: str


_HEAD = msgspec.json.Decoder(_Head)
_WAITING_HEAD = msgspec.json.Decoder(_WaitingHead)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event of a known type in a version this program does not know yet: kept, and folded after an upgrade."""

    id: str
    source: str
    type: str
    subject: str


def decode(raw: bytes) -> Event[Fact] | Waiting:
    """Read one event. Raises InvalidEventError with every fault; a CPR-shaped value is a fault wherever it stands."""
    kind = _type_of(raw)
    _refuse_cpr(raw)
    if kind in _UPCASTS:
        body = _UPCASTS[kind](msgspec.json.decode(raw))
        kind, raw = body["type"], msgspec.json.encode(body)
    model = _MODELS.get(kind)
    if model is None:
        return _waiting_or_unknown(raw, kind)
    try:
        event = model.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidEventError(faults_of(error.errors(include_url=False))) from None
    if kind == EventCorrected.type():
        replaced(event)
    return event


def encode(event: Event[Fact]) -> bytes:
    """Write one event; `decode` gives it back."""
    return event.model_dump_json(exclude_none=True).encode()


def replaced(correction: Event[EventCorrected]) -> Event[Fact]:
    """The event as it should have been, under the identity of its correction. Raises InvalidEventError."""
    replacement = correction.data.replacement
    model = _MODELS.get(replacement.type)
    if replacement.type in _AMENDMENTS:
        raise InvalidEventError([fault("correction_of_correction", "data.replacement.type", replacement.type)])
    if model is None:
        raise InvalidEventError([fault("unknown_type", "data.replacement.type", replacement.type)])
    left_out = {"data", "type", "dataschema"}
    envelope = correction.model_dump(mode="json", exclude=left_out, exclude_none=True)
    raw = msgspec.json.encode({**envelope, "type": replacement.type, "data": replacement.data})
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidEventError(faults_of(error.errors(include_url=False), "data.replacement")) from None


def canonical(raw: bytes) -> bytes:
    """What was said, whatever the order of keys, white space or `recordedtime`: tells a repeat from a conflict."""
    body = msgspec.json.decode(raw)
    body.pop("recordedtime", None)
    return msgspec.json.encode(body, order="sorted")


def without_cpr(raw: bytes) -> bytes:
    """The bytes with everything shaped like a CPR number blotted out: what may be kept of a refused event."""
    return _CPR_BYTES.sub(b"******-****", _unescaped(raw))


def _type_of(raw: bytes) -> str:
    try:
        return _HEAD.decode(raw).type
    except msgspec.ValidationError:
        raise InvalidEventError([_shape_fault(raw)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidEventError([fault("json_invalid", error=str(error))]) from None


def _shape_fault(raw: bytes) -> Any:
    is_object = raw.lstrip()[:1] == b"{"
    return fault("string_type", "type") if is_object else fault("not_an_object")


def _waiting_or_unknown(raw: bytes, kind: str) -> Waiting:
    match = _VERSIONED.match(kind)
    if match is None or match["name"] not in _KNOWN_NAMES:
        raise InvalidEventError([fault("unknown_type", "type", kind) if kind else fault("missing", "type")])
    try:
        head = _WAITING_HEAD.decode(raw)
    except msgspec.ValidationError as error:
        raise InvalidEventError([fault("json_invalid", error=str(error))]) from None
    return Waiting(head.id, head.source, head.type, head.subject)


def _refuse_cpr(raw: bytes) -> None:
    digits = raw.translate(_DIGITS_AS_D)
    if not any(run in digits for run in _CPR_RUNS) and b"\\u" not in raw:
        return
    if _CPR_BYTES.search(_unescaped(raw)):
        raise InvalidEventError(
            [fault("cpr", field) for field in _cpr_fields(msgspec.json.decode(raw))] or [fault("cpr")]
        )


def _unescaped(raw: bytes) -> bytes:
    """The bytes with JSON's \\u escapes resolved, so that digits cannot hide behind them."""
    if b"\\u" not in raw:
        return raw
    try:
        return msgspec.json.encode(msgspec.json.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return raw


def _cpr_fields(body: object, path: str = "") -> list[str]:
    if isinstance(body, dict):
        nested = [_cpr_fields(value, f"{path}.{key}".strip(".")) for key, value in body.items()]
        return [field for fields in nested for field in fields]
    if isinstance(body, list):
        return [field for index, value in enumerate(body) for field in _cpr_fields(value, f"{path}.{index}".strip("."))]
    return [path] if CPR_SHAPE.search(str(body)) else []
