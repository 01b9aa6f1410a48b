"""Senders that write events as JSON lines, and the post that delivers them month by month.

Lines are built as text and never through the models: that is what makes a million of them a matter of seconds. The
tests read samples of every type back with `schemas.codec.decode`.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from operator import itemgetter
from random import Random
from typing import Any

import msgspec

from schemas.identifiers import source_of
from services.sample.days import ISO, MONTH

OPEN = '{"specversion":"1.0","id":"'
CLOCK = (
    "T06:48:12+01:00",
    "T08:05:40+01:00",
    "T10:31:07+01:00",
    "T12:14:55+01:00",
    "T13:02:29+01:00",
    "T15:44:18+01:00",
)
JSON_DATA = '","datacontenttype":"application/json","data":{"reported_by":"'
_DUPLICATES = 0.01

_by_day = itemgetter(0)
_encode = msgspec.json.encode


class Sender:
    """One system of one organisation. Its event ids are unique as long as its `prefix` is its own at its source.

    With `rng` the ids are random, as most systems make them; without, they count up.
    """

    __slots__ = ("_count", "_prefix", "_rng", "cvr", "on_behalf_of", "source")

    def __init__(
        self, cvr: str, system: str, prefix: str, rng: Random | None = None, on_behalf_of: str | None = None
    ) -> None:
        self.cvr = cvr
        self.source = source_of(cvr, system)
        self.on_behalf_of = on_behalf_of
        self._prefix = prefix
        self._rng = rng
        self._count = 0

    def next_id(self) -> str:
        """An id for the next event."""
        if self._rng is not None:
            digits = f"{self._rng.getrandbits(128):032x}"
            return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        self._count += 1
        return f"{self._prefix}{self._count:05d}"

    def head(self, name: str, subject: str) -> str:
        """Everything of a line between its id and its day: the same for all events of one type and subject."""
        return f'","source":"{self.source}","type":"dk.bygspor.{name}.v1","subject":"{subject}","time":"'

    @property
    def signature(self) -> str:
        """The first fields of `data`, its first quote left open: who reports, and for whom."""
        behalf = f'","on_behalf_of":"{self.on_behalf_of}' if self.on_behalf_of else ""
        return f"{self.cvr}{behalf}"

    def line(self, name: str, subject: str, day: int, data: Mapping[str, Any], event_id: str | None = None) -> bytes:
        """One event of this sender; `data` without `reported_by` and `on_behalf_of`, and not empty."""
        own = event_id or self.next_id()
        time = f"{ISO[day]}{CLOCK[day % 6]}"
        start = f'{OPEN}{own}{self.head(name, subject)}{time}{JSON_DATA}{self.signature}",'
        return start.encode() + _encode(data)[1:] + b"}"

    def data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """`data` whole, as a correction quotes it."""
        behalf = {"on_behalf_of": self.on_behalf_of} if self.on_behalf_of else {}
        return {"reported_by": self.cvr, **behalf, **data}

    def correction(self, target: str, name: str, data: Mapping[str, Any], revision: int = 1) -> dict[str, Any]:
        """The data of a correction of one of the sender's own events."""
        replacement = {"type": f"dk.bygspor.{name}.v1", "data": self.data(data)}
        return {"target_source": self.source, "target_id": target, "revision": revision, "replacement": replacement}


class Post:
    """Lines waiting for the day they are sent on. Nothing is sent after the horizon; a few are sent twice."""

    def __init__(self, horizon: int, rng: Random) -> None:
        self.horizon = horizon
        self._rng = rng
        self._months: defaultdict[int, list[tuple[int, bytes]]] = defaultdict(list)
        self._open_month = 0

    def put(self, day: int, line: bytes) -> None:
        """Send a line on a day; at once, if its month has gone already."""
        if day <= self.horizon:
            self._months[max(MONTH[day], self._open_month)].append((day, line))

    def take(self, month: int) -> list[bytes]:
        """What is sent in a month, in the order of days."""
        self._open_month = month + 1
        waiting = self._months.pop(month, [])
        waiting.sort(key=_by_day)
        lines = [line for _, line in waiting]
        self._send_some_twice(lines)
        return lines

    def _send_some_twice(self, lines: list[bytes]) -> None:
        random = self._rng.random
        for _ in range(int(len(lines) * _DUPLICATES + random())):
            first = int(random() * len(lines))
            again = lines[first] if random() < 0.5 else reserialised(lines[first])
            lines.insert(first + 1 + int(random() * 8), again)


def reserialised(line: bytes) -> bytes:
    """The same event as another program writes it: other order of keys, spaces, escapes."""
    body = json.loads(line)
    return json.dumps(dict(reversed(body.items()))).encode()
