"""How far the workers are behind, as the brokers tell it: no database is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from services.settings import Kafka
from services.stream.names import TopicNames
from services.stream.standing import Member, Standing, admin, members, standing, taken_from


class PartitionLag(NamedTuple):
    """One partition: where it ends, what is acknowledged of it (None: nothing yet), and how many records are left."""

    topic: str
    partition: int
    end: int
    committed: int | None
    lag: int


@dataclass(frozen=True, slots=True)
class Lag:
    """All partitions that workers read, and the workers that are there now."""

    group: str
    partitions: tuple[PartitionLag, ...]
    members: tuple[Member, ...]

    @property
    def total(self) -> int:
        """How many records are left to be taken in."""
        return sum(one.lag for one in self.partitions)


def lag(kafka: Kafka) -> Lag:
    """How far the workers are behind at this moment. Raises BrokerUnavailable."""
    names = TopicNames(kafka.prefix)
    with admin(kafka) as opened:
        stands = standing(opened, names.group, taken_from(opened, names))
        there = members(opened, names.group)
    partitions = (PartitionLag(one.topic, one.partition, at.end, at.committed, _left(at)) for one, at in stands.items())
    return Lag(names.group, tuple(partitions), tuple(there))


def _left(at: Standing) -> int:
    """What has expired can never be taken in, and nothing waits for it."""
    return at.end - min(max(at.committed or 0, at.start), at.end)
