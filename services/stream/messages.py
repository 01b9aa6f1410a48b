"""What a record of a topic holds: its events, each understood or refused, whoever produced it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from schemas.codec import split
from schemas.faults import Fault, InvalidEventError
from services.domain.rights import Caller, refusals
from services.store.batches import Refused, read
from services.store.stream.records import Item

REPLAY = "bygspor-replay"
"""The header of a record that an operator sends again."""

WhoIs: TypeAlias = Callable[[str], Caller | None]
"""The caller that an organisation is; None where it is not known here, or not active."""


class Message(NamedTuple):
    """One record of a topic, as Kafka gave it. `replay` where it was sent again by hand."""

    topic: str
    partition: int
    offset: int
    value: bytes | None
    timestamp_ms: int
    replay: bool = False


def message_of(record: Any, timestamp_ms: int) -> Message:
    """A record as any of the clients gives it; they differ in how they tell its time."""
    replay = REPLAY in dict(record.headers or ())
    return Message(record.topic, record.partition, record.offset, record.value, timestamp_ms, replay)


def items_of(message: Message, organisation: str | None, who_is: WhoIs) -> list[Item]:
    """The events of a record in their order. `organisation` where the topic is its own, and is judged as it.

    A record is one event, or a JSON array of events. An array that cannot be read is one thing refused, since where
    its events begin is not known, and so is an empty one, which nobody meant to send; an event in it that cannot be
    read is refused alone.
    """
    items = _read(message.value or b"", f"{message.topic}/{message.partition}", message.offset)
    return items if organisation is None else list(_judged(items, organisation, who_is(organisation)))


def _read(value: bytes, origin: str, offset: int) -> list[Item]:
    if value.lstrip()[:1] != b"[":
        return [read(value, origin, offset)]
    try:
        found = [read(raw, origin, offset) for raw in split(value)]
    except InvalidEventError as error:
        return [Refused(value, error.faults, origin, offset)]
    return list(found) or [Refused(value, [_EMPTY], origin, offset)]


def _judged(items: Sequence[Item], organisation: str, caller: Caller | None) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Refused):
            yield item._replace(organisation=organisation)
            continue
        found = refusals(caller, item.event) if caller else [_UNKNOWN]
        if found:
            yield Refused(item.raw, found, item.origin, item.line, organisation=organisation)
        else:
            yield item


_EMPTY = Fault("empty", "", "", "en batch skal holde mindst én hændelse", "a batch must hold at least one event")
_UNKNOWN = Fault(
    "unknown_organisation",
    "source",
    "",
    "organisationen, som emnet hører til, er ikke oprettet her eller er lukket",
    "the organisation whose topic it is is not registered here, or is closed",
)
