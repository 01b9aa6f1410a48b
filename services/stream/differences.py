"""In what topics differ from what `schemas.topics` says of them. There is no Kafka in here.

How many copies there are follows from the brokers: three where there are as many, and then two must have a record
before it is acknowledged. With one broker an acknowledged record is as safe as that one machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from schemas.topics import Topic

MOST_COPIES = 3
INSYNC = "min.insync.replicas"


class What(Enum):
    """In what a topic differs."""

    MISSING = "missing"
    PARTITIONS = "partitions"
    COPIES = "copies"
    ANEW = "anew"
    SETTING = "setting"


class Change(NamedTuple):
    """One thing that is other than it should be. Where it is no `mendable` one, `apply` leaves it to people."""

    topic: str
    what: What
    setting: str
    found: str
    wanted: str
    mendable: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A topic that there should be, as the brokers have it; without an id there is none."""

    name: str
    kind: Topic
    id: UUID | None = None
    partitions: int = 0
    copies: int = 0
    settings: tuple[tuple[str, str | None], ...] = ()


def differences(found: Found, copies: int) -> Iterator[Change]:
    """In what one topic differs, where the brokers allow so many copies."""
    name, kind = found.name, found.kind
    if found.id is None:
        yield Change(name, What.MISSING, "", "", f"{kind.partitions} x {copies}")
        return
    if found.partitions != kind.partitions:
        fewer = found.partitions < kind.partitions
        yield Change(name, What.PARTITIONS, "", str(found.partitions), str(kind.partitions), fewer)
    if found.copies < copies:
        yield Change(name, What.COPIES, "", str(found.copies), str(copies), mendable=False)
    wanted = configuration(kind, found.copies)
    for setting, value in found.settings:
        if value != wanted[setting]:
            yield Change(name, What.SETTING, setting, value or "", wanted[setting])


def configuration(kind: Topic, copies: int) -> dict[str, str]:
    """The settings of a topic that has so many copies. To ask for more than there are would stop all writing."""
    return {**kind.configuration, INSYNC: "2" if copies >= MOST_COPIES else "1"}
