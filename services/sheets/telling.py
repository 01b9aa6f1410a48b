"""What a row says now against what was told of it: events to post, and what changed field by field.

Ids: ``{layout}/{row}``, ``/{part}`` where a row gives several events, ``/g2`` for one told anew after it was taken
back; corrections ``{id}/r{revision}``, withdrawals ``{id}/w``. All of an event but its identity follows from the row,
its `time` included, so that the same sheet sent fifty times at once is the same events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

import msgspec

from schemas.codec import decode
from schemas.corrections import EventCorrected, EventWithdrawn
from schemas.envelope import Event
from schemas.facts import Fact
from schemas.faults import Fault, InvalidEventError
from schemas.identifiers import source_of
from services.sheets.book import Saying, Told
from services.sheets.outcomes import Proposed

CORRECTED, WITHDRAWN = EventCorrected.type(), EventWithdrawn.type()
_GENERATION = re.compile(r"/g(\d+)$")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")


@dataclass(frozen=True, slots=True)
class Part:
    """One event a row stands for. Where the sheet is silent, outside the fields `spoken`, what was told stays."""

    name: str
    type: str
    subject: str
    data: dict[str, Any]
    on: date
    spoken: frozenset[str] = frozenset()


def sheet_source(organisation: str) -> str:
    """The source of everything an organisation sends in by a sheet."""
    return source_of(organisation, "bygspor-sheet")


@dataclass(frozen=True, slots=True)
class Altered:
    """One field of one part that is told otherwise now; `field` is empty where all of the part is taken back."""

    part: str
    field: str
    old: Any
    new: Any


class Settlement:
    """Makes what was told of a row what it says now: `events` to post, what they alter, what is wrong with them."""

    def __init__(self, organisation: str, layout: str, row: str, told: Told) -> None:
        self._source, self._key, self._told = sheet_source(organisation), f"{layout}/{row}", told
        self.events: list[Proposed] = []
        self.altered: list[Altered] = []
        self.faults: list[Fault] = []
        self.moved = False
        """The row is about another subject now, which no correction can say (DECISIONS 2)."""

    def settle(self, parts: Iterable[Part], revocable: frozenset[str]) -> None:
        """Post what is new, correct what differs, take back what of the `revocable` parts is given no longer."""
        said = {part.name: part for part in parts}
        for part in said.values():
            self._say(part)
        for name, before in self._told.items():
            if name in revocable and name not in said and not before.withdrawn:
                self.withdraw(before, self._id_of(before, name))
                self.altered.append(Altered(name, "", before.type, None))

    def replace(self, before: Saying) -> None:
        """Take back what was told under another row, or by another way, in favour of this one."""
        own = before.source == self._source
        digest = blake2b(f"{before.source} {before.id}".encode(), digest_size=6).hexdigest()
        self.withdraw(before, before.id if own else f"{self._key}/{digest}")
        self.altered.append(Altered("", "", before.type, None))

    def withdraw(self, before: Saying, known_as: str) -> None:
        """Take back what was told, under an id that follows from `known_as`."""
        data = {**_who(before.data), "target_source": before.source, "target_id": before.id}
        self._post(f"{known_as}/w", Part("", WITHDRAWN, before.subject, data, _latest_day(before.data)))

    def _say(self, part: Part) -> None:
        before = self._told.get(part.name)
        if before is None or before.withdrawn:
            self._post(self._again(part.name, before), part)
        elif before.subject != part.subject:
            self.moved = True
        else:
            self._correct(part, before)

    def _correct(self, part: Part, before: Saying) -> None:
        kept = {name: value for name, value in before.data.items() if name not in part.spoken}
        data = {**kept, **part.data}
        names = {**data, **before.data}
        changed = [name for name in names if data.get(name) != before.data.get(name)]
        if not changed and part.type == before.type:
            return
        self.altered += [Altered(part.name, name, before.data.get(name), data.get(name)) for name in changed]
        revision = before.revision + 1
        body = {
            **_who(before.data),
            "target_source": before.source,
            "target_id": before.id,
            "revision": revision,
            "replacement": {"type": part.type, "data": data},
        }
        correction = Part(part.name, CORRECTED, part.subject, body, part.on)
        self._post(f"{self._id_of(before, part.name)}/r{revision}", correction)

    def _id_of(self, before: Saying, part: str) -> str:
        """Its own id where it came in by a sheet; else the one it would have here, for ids of others may be long."""
        return before.id if before.source == self._source else self._again(part, None)

    def _again(self, part: str, before: Saying | None) -> str:
        base = f"{self._key}/{part}" if part else self._key
        if before is None:
            return base
        found = _GENERATION.search(before.id)
        return f"{base}/g{int(found[1]) + 1 if found else 2}"

    def _post(self, event_id: str, part: Part) -> None:
        """Add an event, unless the codec refuses it: then its faults."""
        raw = msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": event_id,
                "source": self._source,
                "type": part.type,
                "subject": part.subject,
                "time": f"{part.on.isoformat()}T12:00:00Z",
                "data": part.data,
            }
        )
        try:
            decode(raw)
        except InvalidEventError as error:
            self.faults += error.faults
        else:
            self.events.append(Proposed(event_id, part.type, part.subject, raw))


def _who(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("reported_by", "on_behalf_of") if name in data}


def _latest_day(data: Mapping[str, Any]) -> date:
    days = [value for value in data.values() if isinstance(value, str) and _DAY.match(value)]
    return date.fromisoformat(max(days))


def told(layout: str, row: str, events: Iterable[Event[Fact]]) -> Told:
    """What was told of one row, from all events of this organisation whose id begins with ``{layout}/{row}``.

    In any order. What the store answers `Book.known` with.
    """
    firsts: dict[str, Event[Fact]] = {}
    corrections: dict[str, Event[Fact]] = {}
    gone: set[str] = set()
    for event in events:
        if isinstance(event.data, EventCorrected):
            best = corrections.get(event.data.target_id)
            if best is None or _revision(event) > _revision(best):
                corrections[event.data.target_id] = event
        elif isinstance(event.data, EventWithdrawn):
            gone.add(event.data.target_id)
        else:
            firsts[event.id] = event
    found: dict[str, Saying] = {}
    for event_id in sorted(firsts, key=_generation):
        name = _GENERATION.sub("", event_id).removeprefix(f"{layout}/{row}").lstrip("/")
        found[name] = _saying(firsts[event_id], corrections.get(event_id), event_id in gone)
    return found


def _saying(event: Event[Fact], correction: Event[Fact] | None, withdrawn: bool) -> Saying:
    kind, revision = event.type, 0
    data = event.data.model_dump(mode="json", exclude_unset=True)
    if correction is not None and isinstance(correction.data, EventCorrected):
        kind, data = correction.data.replacement.type, dict(correction.data.replacement.data)
        revision = correction.data.revision
    return Saying(event.source, event.id, kind, event.subject, data, revision, withdrawn)


def _revision(event: Event[Fact]) -> tuple[int, str, str]:
    assert isinstance(event.data, EventCorrected)  # noqa: S101  # asked of corrections only
    return event.data.revision, event.source, event.id


def _generation(event_id: str) -> int:
    found = _GENERATION.search(event_id)
    return int(found[1]) if found else 1
