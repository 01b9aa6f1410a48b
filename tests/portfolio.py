"""Random things to say, one event at a time: who speaks, when, and about which of a few ids.

Pools are small and days lie on a coarse grid, so that what is said collides: the same person twice, two changes on one
day, a move into a bankruptcy. `tests.strategies` puts whole portfolios together from it.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Event = dict[str, Any]
Data = dict[str, Any]
Draw = Callable[[st.SearchStrategy[int]], int]

CLIENT, SECRETARIAT, JOB_CENTRE, STRANGER = "10000009", "10000017", "10000025", "10000033"
CONTRACTORS = ("10000041", "10000068", "10000076", "10000084")
TENDERS = tuple(f"{CLIENT}:t{n}" for n in range(1, 4))
CIRCLES = (f"{CLIENT}:circle", f"{CLIENT}:other-circle")
PERSONS = tuple(f"{CLIENT}:p{n}" for n in range(1, 6))
PLACEMENTS = tuple(f"{minter}:c{n}" for n in range(1, 7) for minter in (CONTRACTORS[0], JOB_CENTRE))
CONTRACTS = (f"{CLIENT}:k1", f"{CLIENT}:k2")
TARGETS = tuple(f"{CLIENT}:x{n}" for n in range(1, 6))
TRADES = ("carpenter", "bricklayer")
KINDS = (
    "apprenticeship",
    "ordinary_employment",
    "work_placement",
    "wage_subsidy",
    "other_training",
    "course",
    "flex_job",
)
PATHWAYS = ("d", "e", "a")
AGE_BANDS = ("18_24", "25_29")
YES_NO = ("yes", "no", "unknown")
WEEKLY = (37, 20, 30.5, 45)
OUTCOMES = ("pending", "apprenticeship", "job_same_employer", "job_other_employer", "unknown")


@lru_cache
def _below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


class Teller:
    """Says things: draws from hypothesis, remembers every event and how another one like it would be made."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self.events: list[Event] = []
        self.remakes: list[Callable[[], Data]] = []

    def pick(self, pool: Sequence[T]) -> T:
        """One of a pool; what comes first is what examples shrink to."""
        return pool[self._draw(_below(len(pool)))]

    def chance(self, percent: int) -> bool:
        """True in about so many of a hundred; shrinks to what is likelier."""
        drawn = self._draw(_below(100))
        return drawn < percent if percent > 50 else drawn >= 100 - percent

    def some(self, pool: Sequence[T], percent: int) -> list[T]:
        """A part of a pool, possibly none of it."""
        return [one for one in pool if self.chance(percent)]

    def maybe(self, percent: int, **data: Any) -> Data:
        """These fields, or none of them."""
        return data if self.chance(percent) else {}

    def day(self, first_year: int = 2024, last_year: int = 2027) -> str:
        """A day on the grid."""
        month = self._draw(_below(12 * (last_year - first_year + 1)))
        return f"{first_year + month // 12}-{month % 12 + 1:02}-{self.pick((1, 2, 10, 15, 16, 28)):02}"

    def days(self, count: int, first_year: int = 2024, last_year: int = 2027) -> list[str]:
        """So many days in their order."""
        return sorted(self.day(first_year, last_year) for _ in range(count))

    def month_part(self) -> tuple[str, str]:
        """A period within one month."""
        year, month = self.pick((2025, 2024, 2026)), self.pick(range(1, 13))
        first, last = self.pick(((1, 31), (1, 15), (16, 31), (1, 7), (5, 20), (15, 15)))
        last = min(last, calendar.monthrange(year, month)[1])
        return f"{year}-{month:02}-{first:02}", f"{year}-{month:02}-{last:02}"

    def measure(self) -> Data:
        """Hours, or man-days."""
        return {"hours": self.pick((37, 100, 7.25, 0))} if not self.chance(20) else {"man_days": self.pick((5, 0.5))}

    def contractor(self) -> str:
        """A contractor, mostly one of the first."""
        return self.pick((*CONTRACTORS[:2], *CONTRACTORS[:2], *CONTRACTORS))

    def for_contractor(self, contractor: str) -> tuple[str, str | None]:
        """(sender, on behalf of) of what a contractor has to say: sometimes the secretariat says it."""
        return (SECRETARIAT, contractor) if self.chance(20) else (contractor, None)

    def say(
        self, name: str, subject: str, make: Callable[[], Data], by: str = CLIENT, behalf: str | None = None
    ) -> None:
        """One more event; `make` can be asked again for other data of the same type."""
        for_whom = {"on_behalf_of": behalf} if behalf else {}
        self.tell(f"dk.bygspor.{name}.v1", subject, {"reported_by": by, **for_whom, **make()}, make)

    def tell(self, kind: str, subject: str, data: Data, make: Callable[[], Data]) -> None:
        """Add an event under an id and a source whose order says nothing of when it was made."""
        self.events.append(
            {
                "specversion": "1.0",
                "id": f"{self.pick('mza')}{len(self.events)}",
                "source": f"urn:bygspor:{data['reported_by']}:{self.pick(('hr', 'app'))}",
                "type": kind,
                "subject": subject,
                "time": "2025-01-01T12:00:00+01:00",
                "data": data,
            }
        )
        self.remakes.append(make)


def amend(teller: Teller) -> None:
    """One correction or withdrawal of anything said so far: mostly one that holds, now and then one that cannot."""
    at = teller.pick(range(len(teller.events)))
    target = teller.events[at]
    data = target["data"]
    sender = data.get("on_behalf_of") if teller.chance(30) else data["reported_by"]
    if sender is None or teller.chance(10):
        sender = teller.pick((data["reported_by"], STRANGER))
    named = {"target_source": target["source"], "target_id": "missing" if teller.chance(5) else target["id"]}
    subject = teller.pick(TENDERS) if teller.chance(5) else target["subject"]
    if teller.chance(40):
        teller.say("event.withdrawn", subject, lambda: dict(named), by=sender)
        return
    like = at if teller.chance(70) else teller.pick(range(len(teller.events)))
    if teller.events[like]["type"] in {"dk.bygspor.event.corrected.v1", "dk.bygspor.event.withdrawn.v1"}:
        like = 0
    behalf = teller.events[like]["data"].get("on_behalf_of")
    for_whom = {"on_behalf_of": behalf} if behalf not in {None, sender} else {}
    replaced = {"type": teller.events[like]["type"]}

    def make() -> Data:
        said_anew = {"reported_by": sender, **for_whom, **teller.remakes[like]()}
        return {**named, "revision": teller.pick((1, 2, 3)), "replacement": {**replaced, "data": said_anew}}

    teller.say("event.corrected", subject, make, by=sender)
