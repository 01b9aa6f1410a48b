"""RULES.md section 1: what has been said, once corrections and withdrawals are taken into account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

PREFIX, VERSION = "dk.bygspor.", ".v1"
AMENDMENTS = {"event.corrected", "event.withdrawn"}


@dataclass(frozen=True, eq=False)
class Said:
    """One event that is in force: who said it, of what type, and the data as they came."""

    source: str
    id: str
    name: str
    subject: str
    data: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.id

    @property
    def sender(self) -> str:
        return self.source.split(":")[2]

    @property
    def behalf(self) -> str | None:
        return self.data.get("on_behalf_of")

    @property
    def trust(self) -> tuple[bool, str, str]:
        """The order of trust of section 3: own name first, then source, then id."""
        return self.behalf is not None, self.source, self.id

    def day(self, field: str) -> date:
        return date.fromisoformat(self.data[field])

    def day_or_none(self, field: str) -> date | None:
        return None if self.data.get(field) is None else self.day(field)


def number(value: Any) -> Fraction:
    """An amount as it is kept: exact, in hundredths, half to even."""
    return Fraction(Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_EVEN))


def effective(events: Iterable[dict[str, Any]]) -> list[Said]:
    """Section 1: the events in force, of all subjects; the same event twice is one event."""
    said = list({(event["source"], event["id"]): _said(event) for event in events}.values())
    amendments: dict[tuple[str, str], list[Said]] = {}
    for one in said:
        if one.name in AMENDMENTS:
            amendments.setdefault((one.data["target_source"], one.data["target_id"]), []).append(one)
    in_force = []
    for one in said:
        if one.name not in AMENDMENTS and not _withdrawn(one, amendments):
            in_force.append(_corrected(one, amendments))
    return in_force


def last(said: Iterable[Said], day_field: str) -> Said | None:
    """The one with the latest date, then the highest (source, id)."""
    return max(said, key=lambda s: (s.data[day_field], *s.key), default=None)


def first_told(said: Iterable[Said]) -> Said | None:
    """Page head: of a fact that happens once, the smallest (source, id)."""
    return min(said, key=lambda s: s.key, default=None)


def once_each(said: Iterable[Said], field: str) -> list[Said]:
    """Page head: of each id in `field`, the smallest (source, id)."""
    firsts: dict[str, Said] = {}
    for one in sorted(said, key=lambda s: s.key):
        firsts.setdefault(one.data[field], one)
    return list(firsts.values())


def named(said: Iterable[Said], *names: str) -> list[Said]:
    """Those of these types, in order of trust."""
    return sorted((s for s in said if s.name in names), key=lambda s: s.trust)


def _said(event: dict[str, Any]) -> Said:
    kind = str(event["type"])
    name = kind.removeprefix(PREFIX).removesuffix(VERSION)
    return Said(event["source"], event["id"], name, event["subject"], event["data"])


def _may(amendment: Said, target: Said) -> bool:
    """Whether it is under the target's subject and comes from one who may amend the target."""
    return amendment.subject == target.subject and amendment.sender in {target.sender, target.behalf}


def _withdrawn(target: Said, amendments: dict[tuple[str, str], list[Said]]) -> bool:
    return any(a.name == "event.withdrawn" and _may(a, target) for a in amendments.get(target.key, []))


def _corrected(event: Said, amendments: dict[tuple[str, str], list[Said]]) -> Said:
    """The replacement of the best correction that holds, under its source and id; else the event as it was sent."""
    corrections = [
        c
        for c in amendments.get(event.key, [])
        if c.name == "event.corrected" and _may(c, event) and not _withdrawn(c, amendments)
    ]
    if not corrections:
        return event
    best = max(corrections, key=lambda c: (c.data.get("revision", 1), *c.key))
    replacement = best.data["replacement"]
    name = str(replacement["type"]).removeprefix(PREFIX).removesuffix(VERSION)
    return Said(best.source, best.id, name, best.subject, replacement["data"])
