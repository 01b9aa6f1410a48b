"""Topics made and checked: what `schemas.topics` says of them against what the brokers have.

Partitions are only ever added, and nothing is deleted here. Where partitions are added, a key goes on in another one
than before, so two workers may hold records of one subject for a while. That costs locality, never correctness: two
workers on one tender are right together (architecture.md, Identity).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource
from kafka.errors import KafkaError, NoError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from schemas.topics import TOPICS, Topic
from services.errors import BrokerUnavailable
from services.settings import Kafka
from services.stream.differences import INSYNC, MOST_COPIES, Change, Found, What, configuration, differences
from services.stream.names import TopicNames
from services.stream.standing import admin, start_over, taken_from

T = TypeVar("T")

_ANSWERED_WITHIN = 10.0
_SETTLED_WITHIN = 15.0
_PAUSE = 0.05


def apply(kafka: Kafka, organisations: Iterable[str] = ()) -> list[Change]:
    """Make what is missing, add partitions and put settings right; what was done, and what only people can do.

    Besides the installation's own topics it sees to those of organisations that there are, and of `organisations`.
    When it is back, the brokers tell the topics as they should be: applying again does nothing. Raises
    BrokerUnavailable.
    """
    done: dict[Change, None] = {}

    def mend(opened: KafkaAdminClient) -> None:
        names = _names(opened, kafka, organisations)
        changes = _differences(opened, names)
        # Where a broker goes away in the middle, what was done by then is not found again.
        done.update(dict.fromkeys(changes))
        _mend(opened, changes, names)

    _with_brokers(kafka, mend)
    return list(done)


def check(kafka: Kafka, organisations: Iterable[str] = ()) -> list[Change]:
    """What `apply` would do, or leave to people; nothing is changed. Raises BrokerUnavailable."""
    return _with_brokers(kafka, lambda opened: _differences(opened, _names(opened, kafka, organisations)))


def listed(kafka: Kafka, organisations: Iterable[str] = ()) -> list[Found]:
    """Every topic that there is or should be. Raises BrokerUnavailable."""
    return _with_brokers(kafka, lambda opened: _all_found(opened, _names(opened, kafka, organisations)))


def identity(kafka: Kafka, name: str) -> UUID | None:
    """The id of a topic that workers take events from; None where there is none. Raises BrokerUnavailable."""
    return ids(kafka).get(name)


def forget_place(kafka: Kafka, name: str) -> None:
    """Have the workers begin at the beginning of a topic. Raises BadInput while they run, and BrokerUnavailable."""
    names = TopicNames(kafka.prefix)

    def forget(opened: KafkaAdminClient) -> None:
        partitions = taken_from(opened, names)[name].partitions
        start_over(opened, names.group, [TopicPartition(name, number) for number in range(partitions)])

    _with_brokers(kafka, forget)


def ids(kafka: Kafka) -> dict[str, UUID]:
    """The ids of the topics that workers take events from, by name. Raises BrokerUnavailable."""
    found = _with_brokers(kafka, lambda opened: taken_from(opened, TopicNames(kafka.prefix)))
    return {name: topic.id for name, topic in found.items()}


def brokers(kafka: Kafka) -> int:
    """How many brokers the cluster has, those included that are down just now. Raises BrokerUnavailable."""
    return _with_brokers(kafka, _brokers)


def _with_brokers(kafka: Kafka, ask: Callable[[KafkaAdminClient], T]) -> T:
    """Ask until it is answered, for some seconds: the client may turn to a broker that is just down, and gives up."""
    deadline = time.monotonic() + _ANSWERED_WITHIN
    while True:
        try:
            with admin(kafka) as opened:
                return ask(opened)
        except BrokerUnavailable as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE)


def _names(opened: KafkaAdminClient, kafka: Kafka, organisations: Iterable[str]) -> dict[str, Topic]:
    """The topics that there should be, by name."""
    names = TopicNames(kafka.prefix)
    own = {names.events: TOPICS["events"], names.dead_letters: TOPICS["deadletters"]}
    there = {name for name in opened.list_topics() if names.organisation_of(name)}
    return own | dict.fromkeys(sorted(there | set(map(names.of_organisation, organisations))), TOPICS["in"])


def _brokers(opened: KafkaAdminClient) -> int:
    return len(opened.describe_cluster()["brokers"])


def _all_found(opened: KafkaAdminClient, names: dict[str, Topic]) -> list[Found]:
    described = {one["name"]: one for one in opened.describe_topics(list(names))}
    there = [name for name in names if _is_there(described[name])]
    settings = _settings(opened, there)
    return [
        _found(described[name], kind, settings[name]) if name in settings else Found(name, kind)
        for name, kind in names.items()
    ]


def _is_there(told: dict[str, Any]) -> bool:
    error = for_code(told["error_code"])
    if error not in {NoError, UnknownTopicOrPartitionError}:
        raise error(told["name"])
    return error is NoError


def _settings(opened: KafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What holds for each topic, whether it was set for it or is a default of the cluster."""
    if not names:
        return {}
    told = opened.describe_configs([ConfigResource("TOPIC", name) for name in names], config_filter="all")["topic"]
    for name in names:
        # The client passes over a refusal, which leaves nothing but an empty answer.
        if not told.get(name):
            raise _refused(name, "its settings may not be read")
    return dict(told)


def _found(told: dict[str, Any], kind: Topic, settings: dict[str, Any]) -> Found:
    copies = min(len(partition["replica_nodes"]) for partition in told["partitions"])
    values = tuple((name, settings.get(name, {}).get("value")) for name in (*kind.configuration, INSYNC))
    return Found(told["name"], kind, UUID(str(told["topic_id"])), len(told["partitions"]), copies, values)


def _differences(opened: KafkaAdminClient, names: dict[str, Topic]) -> list[Change]:
    copies = min(_brokers(opened), MOST_COPIES)
    return [change for one in _all_found(opened, names) for change in differences(one, copies)]


def _mend(opened: KafkaAdminClient, changes: Sequence[Change], names: dict[str, Topic]) -> None:
    mended = [change for change in changes if change.mendable]
    by_what = {what: [change for change in mended if change.what is what] for what in What}
    if missing := by_what[What.MISSING]:
        _create(opened, {change.topic: names[change.topic] for change in missing})
    if few := by_what[What.PARTITIONS]:
        opened.create_partitions({change.topic: int(change.wanted) for change in few})
    if other := by_what[What.SETTING]:
        _set(opened, other)
    if mended:
        _until_settled(opened, {change.topic: names[change.topic] for change in mended})


def _create(opened: KafkaAdminClient, kinds: dict[str, Topic]) -> None:
    copies = min(_brokers(opened), MOST_COPIES)
    wanted = {
        name: {
            "num_partitions": kind.partitions,
            "replication_factor": copies,
            "configs": configuration(kind, copies),
        }
        for name, kind in kinds.items()
    }
    for told in opened.create_topics(wanted, raise_errors=False)["topics"]:
        error = for_code(told["error_code"])
        # Somebody else may have made it since we looked.
        if error not in {NoError, TopicAlreadyExistsError}:
            raise error(f"{told['name']}: {told['error_message']}")


def _set(opened: KafkaAdminClient, changes: Sequence[Change]) -> None:
    wanted: dict[str, dict[str, str]] = {}
    for change in changes:
        wanted.setdefault(change.topic, {})[change.setting] = change.wanted
    resources = [ConfigResource("TOPIC", name, settings) for name, settings in wanted.items()]
    for name, told in opened.alter_configs(resources, raise_on_unknown=False)["topic"].items():
        if told != "OK":
            raise _refused(name, told)


def _until_settled(opened: KafkaAdminClient, names: dict[str, Topic]) -> None:
    """Until what was done is known to whoever asks, and every partition has a leader: a moment after the answer."""
    deadline = time.monotonic() + _SETTLED_WITHIN
    while any(change.mendable for change in _differences(opened, names)):
        if time.monotonic() > deadline:
            raise BrokerUnavailable(
                "kafka.unsettled",
                f"Kafka has not done within {_SETTLED_WITHIN:.0f} s what it said it would: {', '.join(names)}.",
                "See with `bygspor topics check` whether it has by now.",
                retriable=True,
            )
        time.sleep(_PAUSE)
    opened.wait_for_topics(list(names))


def _refused(topic: str, why: str) -> KafkaError:
    return KafkaError(f"{topic}: {why}")
