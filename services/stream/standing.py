"""Where the topics that are taken in stand, and where the workers' group stands in them, as the brokers tell it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import MemberToRemove, OffsetSpec
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    GroupIdNotFoundError,
    NoError,
    NotCoordinatorError,
)
from kafka.structs import OffsetAndMetadata

from services.errors import BadInput
from services.settings import Kafka
from services.stream.clients import begun, client, translated
from services.stream.names import TopicNames

_READ_COMMITTED = "read_committed"
_BEGINNING = (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError)
_TRIES, _PAUSE_SECONDS = 10, 0.3


class Topic(NamedTuple):
    """A topic as it is in Kafka: made anew under its name it has another id."""

    id: UUID
    partitions: int


class Standing(NamedTuple):
    """One partition: its first offset, where readers of committed records end, where it ends, and the group's place.

    `committed` is None where the group never acknowledged anything of it.
    """

    start: int
    readable: int
    end: int
    committed: int | None

    @property
    def overtaken(self) -> bool:
        """Whether the group acknowledged more than there is: the topic was made anew, or cut by the cluster.

        Workers pass over everything below what they acknowledged.
        """
        return self.committed is not None and self.committed > self.end


class Member(NamedTuple):
    """A worker of the group: what it calls itself, from where, and what it reads."""

    name: str
    host: str
    partitions: tuple[tuple[str, int], ...]


@contextlib.contextmanager
def admin(kafka: Kafka) -> Iterator[KafkaAdminClient]:
    """An admin client, closed afterwards. Within it Kafka's errors are BrokerUnavailable."""
    with translated():
        opened = begun(KafkaAdminClient, client(kafka))
        try:
            yield opened
        finally:
            opened.close()


def taken_from(opened: KafkaAdminClient, names: TopicNames) -> dict[str, Topic]:
    """The topics that workers take events from and that exist, by name."""
    found = [name for name in opened.list_topics() if name == names.events or names.organisation_of(name)]
    # No names at all would be understood as all topics there are.
    described = opened.describe_topics(sorted(found)) if found else []
    return {one["name"]: Topic(UUID(str(one["topic_id"])), len(one["partitions"])) for one in described}


def no_topic(names: TopicNames) -> BadInput:
    """What is wrong where the topic of events is not there."""
    return BadInput(
        "stream.no_topic",
        f"There is no topic {names.events} at the brokers, or it may not be seen by us.",
        "Make it with: bygspor topics apply. A user of Kafka's needs Read on it.",
    )


def standing(opened: KafkaAdminClient, group: str, topics: Mapping[str, Topic]) -> dict[TopicPartition, Standing]:
    """How each partition of the topics stands, in order."""
    partitions = [TopicPartition(name, number) for name, topic in topics.items() for number in range(topic.partitions)]
    if not partitions:
        return {}
    # Asked for first, so that nothing can be acknowledged behind the ends that are asked for next.
    committed = _committed(opened, group)
    latest = dict.fromkeys(partitions, OffsetSpec.LATEST)
    starts = opened.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    readable = opened.list_partition_offsets(latest, isolation_level=_READ_COMMITTED)
    ends = opened.list_partition_offsets(latest)
    return {
        one: Standing(starts[one].offset, readable[one].offset, ends[one].offset, committed.get(one))
        for one in sorted(partitions)
    }


def members(opened: KafkaAdminClient, group: str) -> list[Member]:
    """The workers that are in the group now, by what they read."""
    found = _of_group(lambda: opened.describe_groups([group])[group].get("members", ()), ())
    return sorted((_member(one) for one in found), key=lambda one: one.partitions)


def ask_to_read(opened: KafkaAdminClient, group: str) -> None:
    """Raise GroupAuthorizationFailedError where we may not read as this group: a worker that tries hangs in Faust."""
    # What needs the same right and changes nothing: a member that there is not is asked to leave.
    _of_group(lambda: opened.remove_group_members(group, [MemberToRemove(member_id="nobody")]), {})


def start_over(opened: KafkaAdminClient, group: str, partitions: Iterable[TopicPartition]) -> None:
    """Have the group begin at the beginning of partitions. Raises BadInput where workers of it are running."""
    starts = opened.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    places = {one: OffsetAndMetadata(at.offset) for one, at in starts.items()}
    # Kafka takes this from nobody while the group has members, whatever they read.
    there = members(opened, group)
    told = {} if there else _of_group(lambda: opened.alter_group_offsets(group, places), {})
    if there or any(error is not NoError for error in told.values()):
        raise BadInput(
            "stream.workers_run",
            f"Workers of {group} are running, and Kafka lets nobody else say where they are to go on.",
            "Stop all workers, do the same again, and start them. One that was killed counts for half a minute more.",
        )


def _committed(opened: KafkaAdminClient, group: str) -> dict[TopicPartition, int]:
    offsets = _of_group(lambda: opened.list_group_offsets({group: None})[group], {})
    return {one: told.offset for one, told in offsets.items() if told.offset >= 0}


def _of_group(ask: Callable[[], Any], nobody: Any) -> Any:
    """What a group's coordinator says; `nobody` of a group that there never was.

    A cluster that never had a group makes the place for them when it is asked for the first time, and says so.
    """
    for _ in range(_TRIES):
        try:
            return ask()
        except GroupIdNotFoundError:
            return nobody
        except _BEGINNING:
            time.sleep(_PAUSE_SECONDS)
    return ask()


def _member(told: dict[str, object]) -> Member:
    assignment = told.get("member_assignment") or {}
    assigned = assignment.get("assigned_partitions", ()) if isinstance(assignment, dict) else ()
    pairs = [(one["topic"], number) for one in assigned for number in one["partitions"]]
    return Member(str(told["client_id"]), str(told["client_host"]).lstrip("/"), tuple(sorted(pairs)))
