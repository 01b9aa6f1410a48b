"""How far workers are behind: the brokers' own numbers, and fit for scripts."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest
from kafka import KafkaConsumer

from services.store.stream import Recreated
from services.stream import clients
from services.stream.lag import PartitionLag, lag
from tests.cli.runner import Bygspor, run
from tests.kafka import forget
from tests.stream.topic_of_events import TopicOfEvents


def test_the_numbers_are_the_brokers(topic: TopicOfEvents) -> None:
    own = topic.names.of_organisation("10000017")
    topic.make(2, own)
    topic.send(*[b"[]"] * 7)
    topic.send(*[b"[]"] * 3, partition=1)
    topic.send(b"[]", topic=own)
    events = topic.names.events
    topic.acknowledge({one: 5 for one in topic.ends() if one.partition == 0})
    found = lag(topic.kafka)
    assert found.partitions == (
        PartitionLag(events, 0, 7, 5, 2),
        PartitionLag(events, 1, 3, None, 3),
        PartitionLag(own, 0, 1, None, 1),
        PartitionLag(own, 1, 0, None, 0),
    )
    assert (found.total, found.members) == (6, ())
    # What expired before anybody read it is not waited for.
    topic.expire(6)
    assert lag(topic.kafka).total == 5


def test_who_reads_what_is_told(topic: TopicOfEvents) -> None:
    topic.make(2)
    settings = clients.consumer(topic.kafka) | {"group_id": topic.names.group, "client_id": "worker-on-a"}
    with clients.begun(KafkaConsumer, settings) as consumer:
        consumer.subscribe([topic.names.events])
        deadline = time.monotonic() + 20
        while not consumer.assignment() and time.monotonic() < deadline:
            consumer.poll(timeout_ms=100)
        [member] = lag(topic.kafka).members
    assert member.name == "worker-on-a"
    assert member.partitions == ((topic.names.events, 0), (topic.names.events, 1))


def test_scripts_can_ask_for_at_most_so_much(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    topic.send(*[b"[]"] * 4)
    told = on_topic.json("lag")
    assert told["lag"] == 4
    assert told["partitions"] == [
        {"topic": topic.names.events, "partition": 0, "end": 4, "committed": None, "lag": 4},
    ]
    assert told["workers"] == []
    assert on_topic("lag", "--at-most", "3").code == 1
    shown = on_topic.done("lag", "--at-most", "4", "--lang", "en", columns=120)
    assert "4 records are left" in shown.words
    assert "No workers are running" in shown.words


def test_somebody_can_wait_until_nothing_is_left(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    topic.send(*[b"[]"] * 4)
    later = threading.Timer(1.0, topic.acknowledge)
    later.start()
    assert on_topic("lag", "--watch", "--at-most", "0").code == 0
    later.join()


def test_without_kafka_it_says_what_is_missing(tmp_path: Path) -> None:
    told = run(["lag"], {"BYGSPOR_DATA": str(tmp_path)})
    assert told.code == 2
    assert "error[settings.kafka]" in told.err


def test_without_the_topic_of_events_it_says_so(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    told = on_topic("lag")
    assert told.code == 2
    assert "error[stream.no_topic]" in told.err


def test_what_was_acknowledged_beyond_the_end_is_all_left(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    topic.send(*[b"[]"] * 4)
    topic.acknowledge(dict.fromkeys(topic.ends(), 12))
    assert on_topic.json("lag")["lag"] == 4
    assert "More is acknowledged than there is" in on_topic.done("lag", "--lang", "en", columns=200).words


def test_partitions_of_which_nothing_is_left_are_shown_when_asked_for(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(2)
    topic.send(b"[]", partition=1)
    rows = [line for line in on_topic.done("lag", columns=120).out.splitlines() if topic.names.events in line]
    assert [row.split()[1] for row in rows] == ["1"]
    assert on_topic.done("lag", "--all", columns=120).out.count(topic.names.events) == 2


def test_a_topic_made_anew_is_told_of_until_it_is_adopted_and_then_read_from_its_beginning(
    topic: TopicOfEvents, on_topic: Bygspor
) -> None:
    topic.make(1)
    topic.send(*[b"[]"] * 3)
    topic.acknowledge(dict.fromkeys(topic.ends(), 12))
    forget(topic.kafka)
    with pytest.raises(Recreated):
        topic.make(1)
    topic.send(*[b"[]"] * 4)
    topic.acknowledge(dict.fromkeys(topic.ends(), 12))
    told = on_topic("lag", "--lang", "en", columns=200)
    assert told.code == 1
    assert f"bygspor topics adopt {topic.names.events}" in told.err
    checked = on_topic("topics", "check", "--json")
    assert checked.code == 1
    assert [one["topic"] for one in json.loads(checked.raw) if one["what"] == "anew"] == [topic.names.events]
    on_topic.done("topics", "adopt", topic.names.events)
    [one] = on_topic.json("lag")["partitions"]
    assert (one["committed"], one["lag"]) == (0, 4)


def test_a_topic_is_not_adopted_while_workers_run(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    forget(topic.kafka)
    with pytest.raises(Recreated):
        topic.make(1)
    settings = clients.consumer(topic.kafka) | {"group_id": topic.names.group}
    with clients.begun(KafkaConsumer, settings) as consumer:
        consumer.subscribe([topic.names.events])
        deadline = time.monotonic() + 20
        while not consumer.assignment() and time.monotonic() < deadline:
            consumer.poll(timeout_ms=100)
        told = on_topic("topics", "adopt", topic.names.events)
    assert told.code == 2
    assert "error[stream.workers_run]" in told.err
