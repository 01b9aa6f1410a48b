"""How far workers are behind: the brokers' own numbers, and fit for scripts."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from kafka import KafkaConsumer

from services.stream import clients
from services.stream.lag import PartitionLag, lag
from tests.cli.runner import Bygspor, run
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
