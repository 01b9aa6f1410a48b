"""A storyteller: who said what on which day, written down as events that have been read back before they count."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec

from schemas.codec import decode
from schemas.identifiers import source_of
from services.sample.lines import reserialised

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Teller:
    """One system of one organisation, or the same speaking on behalf of another."""

    cvr: str
    system: str
    on_behalf_of: str | None = None

    @property
    def source(self) -> str:
        """The source its events carry."""
        return source_of(self.cvr, self.system)


@dataclass(frozen=True, slots=True)
class Said:
    """An event that was said, to be corrected, taken back or said again."""

    teller: Teller
    id: str
    name: str
    subject: str
    on: date
    data: Data
    line: bytes


class Story:
    """Everything that is said about one tender, in the order in which it was heard."""

    def __init__(self, name: str, client: str) -> None:
        self.name = name
        self.client = client
        self.tender = f"{client}:{name}"
        self._heard: list[tuple[date, int, bytes]] = []
        self._counts: Counter[str] = Counter()

    def lines(self) -> list[bytes]:
        """The events, one JSON line each, by the day they were heard."""
        return [line for _, _, line in sorted(self._heard)]

    def id(self, local: str, minter: str | None = None) -> str:
        """An id of something in this story, minted by the client unless said."""
        return f"{minter or self.client}:{self.name}/{local}"

    def _next_event_id(self, teller: Teller) -> str:
        self._counts[teller.source] += 1
        return f"{self.name}-{self._counts[teller.source]:04d}"

    def say(  # noqa: PLR0913 - who, what and when, and the two that are rarely said
        self,
        teller: Teller,
        name: str,
        on: date,
        data: Data,
        *,
        subject: str | None = None,
        heard_on: date | None = None,
    ) -> Said:
        """Say that something happened on a day; it is heard that day unless it comes late.

        Raises InvalidEventError where it is no event that anybody may send.
        """
        own, about = self._next_event_id(teller), subject or self.tender
        line = msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": own,
                "source": teller.source,
                "type": f"dk.bygspor.{name}.v1",
                "subject": about,
                "time": f"{on.isoformat()}T10:00:00Z",
                "datacontenttype": "application/json",
                "data": _whole(teller, data),
            }
        )
        decode(line)
        self._hear(heard_on or on, line)
        return Said(teller, own, name, about, on, data, line)

    def correct(self, said: Said, on: date, revision: int = 1, **changes: Any) -> Said:
        """Say that an event should have read otherwise, in what `changes`; `on` may be before it is heard itself."""
        data = {
            "target_source": said.teller.source,
            "target_id": said.id,
            "revision": revision,
            "replacement": {
                "type": f"dk.bygspor.{said.name}.v1",
                "data": _whole(said.teller, {**said.data, **changes}),
            },
        }
        return self.say(said.teller, "event.corrected", on, data, subject=said.subject)

    def withdraw(self, said: Said, on: date) -> Said:
        """Take an event back, for good."""
        target = {"target_source": said.teller.source, "target_id": said.id}
        return self.say(said.teller, "event.withdrawn", on, target, subject=said.subject)

    def repeat(self, said: Said, on: date, *, rewritten: bool = False) -> None:
        """Send the very same event again: the same bytes, or the same said in other bytes."""
        self._hear(on, reserialised(said.line) if rewritten else said.line)

    def _hear(self, on: date, line: bytes) -> None:
        self._heard.append((on, len(self._heard), line))


def _whole(teller: Teller, data: Data) -> dict[str, Any]:
    """`data` with who reports, and without what is not said."""
    behalf = {"on_behalf_of": teller.on_behalf_of} if teller.on_behalf_of else {}
    said = {field: value for field, value in data.items() if value is not None}
    return {"reported_by": teller.cvr, **behalf, **said}


def week(text: str) -> date:
    """The Monday of a week as sites say it: "2013-19"."""
    year, number = text.split("-")
    return date.fromisocalendar(int(year), int(number), 1)


def day(text: str) -> date:
    """A day as it is written: "2013-05-06"."""
    return date.fromisoformat(text)


def after(on: date, days: int) -> date:
    """So many days later."""
    return on + timedelta(days=days)


def days_of(first: date, last: date) -> list[date]:
    """Every day of a span."""
    return [after(first, offset) for offset in range((last - first).days + 1)]


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """A span, cut at the ends of months."""
    while first <= last:
        end = date(first.year, first.month, monthrange(first.year, first.month)[1])
        yield first, min(end, last)
        first = after(end, 1)
