"""Dead letters to their topic, and rejected events to the topics they came from once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from schemas.dead_letter import DeadLetter, LetterFault
from services.store.connections import Database
from services.store.stream import letters
from services.store.stream.letters import Letter, Unsent
from services.stream.delivery import Delivery, Parcel
from services.stream.names import TopicNames

_AT_ONCE = 500
_LETTER_TYPE = "application/json"
_EVENT_TYPE = "application/cloudevents+json"


class _Peek(msgspec.Struct):
    source: Any = None
    id: Any = None
    subject: Any = None


_PEEK = msgspec.json.Decoder(_Peek)


def send_unsent(database: Database, delivery: Delivery, names: TopicNames) -> int:
    """Send the letters that the topic of dead letters does not have yet; how many there were.

    At least once: where the process ends between the broker's answer and ours, a letter is sent again under its key.
    Raises BrokerUnavailable and DatabaseUnavailable; what was acknowledged until then is marked.
    """
    sent = 0
    while found := letters.unsent(database, _AT_ONCE):
        delivery.deliver([_parcel(one, names) for one in found])
        letters.mark_sent(database, [one.key for one in found])
        sent += len(found)
    return sent


def replay(database: Database, delivery: Delivery, again: Sequence[Letter]) -> None:
    """Send rejected events, as they are kept, to their topics again: they go through every check as if they were new.

    What lands resolves its rejected line; what is still wrong is counted up there, and not kept twice.
    """
    for first in range(0, len(again), _AT_ONCE):
        some = again[first : first + _AT_ONCE]
        delivery.deliver([_event(one) for one in some])
        letters.mark_replayed(database, [one.rejection.no for one in some])


def _parcel(one: Unsent, names: TopicNames) -> Parcel:
    said = _peeked(one.payload)
    letter = DeadLetter(
        topic=one.topic,
        partition=one.key.partition,
        offset=one.key.offset,
        nr=one.key.nr,
        source=said.source,
        id=said.id,
        organisation=one.organisation,
        faults=tuple(LetterFault.of(fault) for fault in one.faults),
        noted_at=one.noted_at,
    )
    return Parcel(names.dead_letters, letter.key, letter.value(), _LETTER_TYPE)


def _event(one: Letter) -> Parcel:
    subject = _peeked(one.rejection.payload).subject
    key = subject.encode(errors="replace") if isinstance(subject, str) else b""
    return Parcel(one.topic, key, one.rejection.payload, _EVENT_TYPE, replay=True)


def _peeked(payload: bytes) -> _Peek:
    try:
        return _PEEK.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Peek()
