"""Bytes to events and back. Older versions of a type are upcast here and nowhere else.

There is one version of every type today, so `_UPCASTS` is empty: the first real change puts a function there, under the
old type's full name, from the old event as JSON to the new one. It must pass on what it does not understand, for the
event is validated only afterwards.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel, JsonValue, ValidationError

from schemas import contractor, corrections, job_centre, secretariat, site
from schemas.corrections import EventCorrected, EventWithdrawn
from schemas.envelope import Envelope, Event
from schemas.facts import EVENT_TYPES, TYPE_PREFIX, Fact
from schemas.faults import Fault, InvalidEventError, fault, faults_of
from schemas.identifiers import BLOT, CPR_SHAPE, blotted

__all__ = ["EVENT_TYPES", "Waiting", "canonical", "decode", "encode", "kept", "replaced", "split", "without_cpr"]

ROOMS = (secretariat, contractor, site, job_centre, corrections)
"""The modules that declare event types, by who sends them; importing them fills the register."""

ModelT = TypeVar("ModelT", bound=BaseModel)

_MODELS: dict[str, type[Event[Any]]] = {name: Event[cls] for name, cls in EVENT_TYPES.items()}  # type: ignore[valid-type]
_UPCASTS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
_KNOWN_NAMES = frozenset(cls.name for cls in EVENT_TYPES.values())
_AMENDMENTS = frozenset({EventCorrected.name, EventWithdrawn.name})
_VERSIONED = re.compile(rf"{re.escape(TYPE_PREFIX)}(?P<name>[a-z_.]+)\.v[1-9][0-9]{{0,5}}")

_CPR_BYTES = re.compile(CPR_SHAPE.pattern.encode())
# A quick look that lets nearly every event pass: digits become "d", and between two runs of them stands at most
# what may part a CPR number (blanks, hyphens, and UTF-8's bytes of other dashes).
_DIGITS_AS_D = bytes.maketrans(b"0123456789", b"d" * 10)
_CPR_RUN = re.compile(rb"dd[ \t\x80-\xff]{0,2}dd[ \t\x80-\xff]{0,2}dd[-./_ \t\x80-\xff]{0,7}dddd")
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_NUL = b"\\u0000"
_NOT_A_BATCH = Fault(
    "not_a_batch", "", "", "en batch er en JSON-liste af hændelser", "a batch is a JSON array of events"
)
_BROKEN_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Head(msgspec.Struct):
    type: str = ""


class _WaitingEvent(Envelope):
    data: dict[str, JsonValue]


_HEAD = msgspec.json.Decoder(_Head)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event of a known type in a version this program does not know yet: kept, and folded after an upgrade."""

    id: str
    source: str
    type: str
    subject: str


def decode(raw: bytes) -> Event[Fact] | Waiting:
    """Read one event. Raises InvalidEventError, and nothing else, with every fault that can be told.

    A CPR-shaped value or key is a fault wherever it stands, and so is a NUL, which PostgreSQL cannot keep.
    A correction whose replacement is of a later version waits with it.
    """
    kind = _type_of(raw)
    _refuse_unkeepable(raw)
    kind, raw = _upcast(kind, raw)
    model = _MODELS.get(kind)
    if model is None:
        return _waiting_or_unknown(raw, kind)
    event = _validated(model, raw)
    if isinstance(event.data, EventCorrected):
        if _is_later_version(event.data.replacement.type):
            return _waiting(raw)
        replaced(event)
    return event


def kept(raw: bytes) -> Event[Fact] | Waiting:
    """Read an event of the log.

    What was kept unread, in a version that was not known, and is none of that version when it is, goes on waiting.
    """
    try:
        return decode(raw)
    except InvalidEventError:
        return _waiting(raw)


def split(batch: bytes) -> list[bytes]:
    """The events of a batch, each for itself, unread. Raises InvalidEventError where it is no JSON array."""
    try:
        return [bytes(event) for event in msgspec.json.decode(batch, type=list[msgspec.Raw])]
    except _BROKEN_JSON:
        raise InvalidEventError([_NOT_A_BATCH]) from None


def encode(event: Event[Fact]) -> bytes:
    """Write one event; `decode` gives it back."""
    return event.model_dump_json(exclude_none=True).encode()


def replaced(correction: Event[EventCorrected]) -> Event[Fact]:
    """The event as it should have been, under the identity of its correction. Raises InvalidEventError."""
    replacement = correction.data.replacement
    if _name_of(replacement.type) in _AMENDMENTS:
        raise InvalidEventError([fault("correction_of_correction", "data.replacement.type", replacement.type)])
    envelope = correction.model_dump(mode="json", exclude={"data", "type", "dataschema"}, exclude_none=True)
    body = {**envelope, "type": replacement.type, "data": replacement.data}
    kind, raw = _upcast(replacement.type, msgspec.json.encode(body))
    model = _MODELS.get(kind)
    if model is None:
        raise InvalidEventError([fault("unknown_type", "data.replacement.type", replacement.type)])
    return _validated(model, raw, "data.replacement")


def canonical(raw: bytes) -> bytes:
    """What was said, whatever the order of keys, white space, the form of numbers, or how and when it travelled.

    `raw` is an event that `decode` has accepted.
    """
    body = msgspec.json.decode(raw)
    body.pop("recordedtime", None)
    # Our only content type: whether it is said depends on how the event travelled.
    body.pop("datacontenttype", None)
    return msgspec.json.encode(_with_plain_numbers(body), order="sorted")


def _with_plain_numbers(value: Any) -> Any:
    """37.0 as 37: senders that write an event anew may write its numbers differently."""
    if isinstance(value, dict):
        return {key: _with_plain_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def without_cpr(raw: bytes) -> bytes:
    """The bytes with everything shaped like a CPR number blotted out: what may be kept of a refused event."""
    return _CPR_BYTES.sub(BLOT.encode(), _unescaped(raw))


def _type_of(raw: bytes) -> str:
    try:
        return _HEAD.decode(raw).type
    except msgspec.ValidationError:
        raise InvalidEventError([_shape_fault(raw)]) from None
    except _BROKEN_JSON as error:
        raise _broken(error) from None


def _shape_fault(raw: bytes) -> Fault:
    is_object = raw.lstrip()[:1] == b"{"
    return fault("string_type", "type") if is_object else fault("not_an_object")


def _broken(error: Exception) -> InvalidEventError:
    return InvalidEventError([fault("json_invalid", error=blotted(str(error)))])


def _parsed(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except _BROKEN_JSON as error:
        raise _broken(error) from None


def _validated(model: type[ModelT], raw: bytes, prefix: str = "") -> ModelT:
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidEventError(faults_of(error.errors(include_url=False), prefix)) from None


def _upcast(kind: str, raw: bytes) -> tuple[str, bytes]:
    while kind in _UPCASTS:
        body = _UPCASTS[kind](_parsed(raw))
        kind, raw = body["type"], msgspec.json.encode(body)
    return kind, raw


def _name_of(kind: str) -> str | None:
    match = _VERSIONED.fullmatch(kind)
    return match["name"] if match else None


def _is_later_version(kind: str) -> bool:
    return kind not in _MODELS and kind not in _UPCASTS and _name_of(kind) in _KNOWN_NAMES - _AMENDMENTS


def _waiting_or_unknown(raw: bytes, kind: str) -> Waiting:
    if _name_of(kind) in _KNOWN_NAMES:
        return _waiting(raw)
    try:
        # Its data cannot be judged, but its envelope can: all faults that are there to see, at once.
        _validated(_WaitingEvent, raw)
    except InvalidEventError as error:
        envelope = [found for found in error.faults if found.field != "type"]
    else:
        envelope = []
    unknown = fault("unknown_type", "type", kind) if kind else fault("missing", "type")
    raise InvalidEventError([unknown, *envelope])


def _waiting(raw: bytes) -> Waiting:
    _parsed(raw)  # its data is not looked into, but what is kept must be readable
    head = _validated(_WaitingEvent, raw)
    return Waiting(head.id, head.source, head.type, head.subject)


def _refuse_unkeepable(raw: bytes) -> None:
    plain = _unescaped(raw)
    suspicious = _CPR_RUN.search(plain.translate(_DIGITS_AS_D)) and _CPR_BYTES.search(plain)
    if suspicious or (plain is not raw and _NUL in raw):
        body = _parsed(raw)
        faults = [fault(code, path) for path, value in _leaves(body) if (code := _unkeepable(path, value))]
        if faults:
            raise InvalidEventError(faults)
        _refuse_hidden(plain, body)


def _refuse_hidden(plain: bytes, body: object) -> None:
    """Of a key that stands twice only the last value is read, but all bytes are kept: what hides there is refused."""
    read = _unescaped(msgspec.json.encode(body))
    if len(_CPR_BYTES.findall(plain)) > len(_CPR_BYTES.findall(read)):
        raise InvalidEventError([fault("cpr")])


def _unescaped(raw: bytes) -> bytes:
    """The bytes with JSON's escapes resolved, so that digits cannot hide behind them; valid JSON stays valid."""
    return _ESCAPE.sub(_resolved, raw) if b"\\" in raw else raw


def _resolved(escape: re.Match[bytes]) -> bytes:
    if escape[1] is None:
        return escape[0] if escape[0][1:] in b'"\\/' else b" "
    char = chr(int(escape[1], 16))
    return char.encode() if char.isprintable() and char not in '"\\' else b" "


def _leaves(body: object) -> Iterator[tuple[str, object]]:
    """Every key and every value that holds no others, with its path. A loop, for the sender chose the depth."""
    stack = [("", body)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            paths = {key: f"{path}.{CPR_SHAPE.sub('*', key)}".strip(".") for key in value}
            yield from ((paths[key], key) for key in value)
            stack.extend((paths[key], value[key]) for key in reversed(value))
        elif isinstance(value, list):
            stack.extend((f"{path}.{index}", value[index]) for index in reversed(range(len(value))))
        else:
            yield path, value


def _unkeepable(path: str, value: object) -> str:
    if isinstance(value, str) and "\x00" in value:
        return "nul"
    is_amount = isinstance(value, int) and path.startswith("data.") and path.endswith("_dkk")
    is_fraction = isinstance(value, float) and not value.is_integer()
    return "" if is_amount or is_fraction or not CPR_SHAPE.search(str(value)) else "cpr"
