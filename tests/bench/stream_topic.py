"""The topic that every loop of the comparison reads: made-up events in records as the gateway's producer makes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from schemas.topics import TOPICS
from services.sample.portfolio import portfolio
from services.settings import Kafka
from services.stream import topics
from services.stream.clients import client, consumer
from services.stream.names import TopicNames
from services.stream.producer import CONTENT_TYPE, MOST_IN_A_RECORD
from tests.bench.measure import timed

PARTITIONS = TOPICS["events"].partitions
# Of so many events that follow each other, those of a tender come together, as when its systems send theirs.
_TOGETHER = 12_000
_EVENTS_PER_TENDER = 1_500
_HEADERS = [("content-type", CONTENT_TYPE.encode())]


class _Peek(msgspec.Struct):
    subject: str


def filled(kafka: Kafka, events: int, seed: int) -> tuple[int, float]:
    """Make the topics, and fill that of events with so many of a portfolio: how many, and how long it took."""
    return timed(lambda: _fill(kafka, events, seed))


def _fill(kafka: Kafka, events: int, seed: int) -> int:
    topics.apply(kafka, [])
    producer = KafkaProducer(**client(kafka), acks="all", enable_idempotence=True)
    topic = TopicNames(kafka.prefix).events
    sent = [producer.send(topic, value, key, _HEADERS) for key, value in _records(events, seed)]
    producer.flush()
    for one in sent:
        one.get()
    producer.close()
    return events


def _records(events: int, seed: int) -> Iterator[tuple[bytes, bytes]]:
    decoder = msgspec.json.Decoder(_Peek)
    told: Iterator[bytes] = portfolio(events // _EVENTS_PER_TENDER + 50, 3, seed)
    left = events
    while left:
        by_tender: dict[str, list[bytes]] = defaultdict(list)
        for line, _ in zip(told, range(min(left, _TOGETHER)), strict=False):
            by_tender[decoder.decode(line).subject].append(line.rstrip())
            left -= 1
        for tender, lines in by_tender.items():
            for start in range(0, len(lines), MOST_IN_A_RECORD):
                yield tender.encode(), b"[" + b",".join(lines[start : start + MOST_IN_A_RECORD]) + b"]"


def partitions_of(kafka: Kafka) -> list[TopicPartition]:
    """Those of the topic of events."""
    return [TopicPartition(TopicNames(kafka.prefix).events, number) for number in range(PARTITIONS)]


class Read:
    """All records of the topic of events from first to last, by a bare loop of kafka-python without a group."""

    def __init__(self, kafka: Kafka) -> None:
        self.consumer: Any = KafkaConsumer(**consumer(kafka))
        partitions = partitions_of(kafka)
        self.consumer.assign(partitions)
        self.consumer.seek_to_beginning()
        self._left = {one: end for one, end in self.consumer.end_offsets(partitions).items() if end}

    def polls(self, at_most: int = 500) -> Iterator[list[Any]]:
        """The records of one poll after another, until the topic's end at the time we began."""
        while self._left:
            polled = self.consumer.poll(1_000, max_records=at_most)
            for partition, records in polled.items():
                if records[-1].offset + 1 >= self._left.get(partition, 0):
                    self._left.pop(partition, None)
            yield [record for records in polled.values() for record in records]
        self.consumer.close()
