"""How far the workers are behind, as the brokers tell it: no database is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from services.settings import Kafka
from services.stream.names import TopicNames
from services.stream.standing import Member, Standing, admin, members, no_topic, standing, taken_from


class PartitionLag(NamedTuple):
    """One partition: where it ends, what is acknowledged of it (None: nothing yet), and how many records are left."""

    topic: str
    partition: int
    end: int
    committed: int | None
    lag: int

    @property
    def overtaken(self) -> bool:
        """Whether more is acknowledged than there is, so that workers would pass over what comes."""
        return self.committed is not None and self.committed > self.end


@dataclass(frozen=True, slots=True)
class Lag:
    """All partitions that workers read, the workers that are there now, and the ids of the topics."""

    group: str
    partitions: tuple[PartitionLag, ...]
    members: tuple[Member, ...]
    ids: Mapping[str, UUID]

    @property
    def total(self) -> int:
        """How many records are left to be taken in."""
        return sum(one.lag for one in self.partitions)


def lag(kafka: Kafka) -> Lag:
    """How far the workers are behind now. Raises BrokerUnavailable and, where there is no topic of events, BadInput."""
    names = TopicNames(kafka.prefix)
    with admin(kafka) as opened:
        topics = taken_from(opened, names)
        if names.events not in topics:
            raise no_topic(names)
        stands = standing(opened, names.group, topics)
        there = members(opened, names.group)
    partitions = (PartitionLag(one.topic, one.partition, at.end, at.committed, _left(at)) for one, at in stands.items())
    return Lag(names.group, tuple(partitions), tuple(there), {name: topic.id for name, topic in topics.items()})


def _left(at: Standing) -> int:
    """What has expired can never be taken in, and nothing waits for it. Of a topic made anew, nothing is taken in."""
    committed = 0 if at.overtaken else at.committed or 0
    return at.end - max(committed, at.start)
