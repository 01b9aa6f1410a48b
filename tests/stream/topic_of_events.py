"""A topic of events on a real broker, and a reader in a worker's place: it takes in and acknowledges as it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.structs import OffsetAndMetadata

from services.settings import Kafka
from services.store.store import Store
from services.stream import clients
from services.stream.messages import Message
from services.stream.names import TopicNames
from services.stream.parts import Reader
from services.stream.reading import read, reader
from services.stream.standing import admin, members
from services.stream.taking import Taken


@dataclass
class TopicOfEvents:
    """The gateway's topic of one test, with as many partitions as it is made with."""

    kafka: Kafka
    store: Store
    reads: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reads = Reader(self.store, self.kafka)

    @property
    def names(self) -> TopicNames:
        return TopicNames(self.kafka.prefix)

    def make(self, partitions: int = 1, *others: str, **configs: str) -> None:
        with_settings = {"num_partitions": partitions, "replication_factor": 1, "topic_configs": configs}
        with admin(self.kafka) as opened:
            opened.create_topics([NewTopic(name, **with_settings) for name in (self.names.events, *others)])
            opened.wait_for_topics([self.names.events, *others])
        self.reads.topics()

    def send(self, *events: Any, partition: int = 0, topic: str | None = None) -> list[int]:
        """Send each as a record of its own; their offsets."""
        values = [one if isinstance(one, bytes) else msgspec.json.encode(one) for one in events]
        with clients.begun(KafkaProducer, clients.client(self.kafka) | {"acks": "all"}) as producer:
            sent = [producer.send(topic or self.names.events, one, partition=partition) for one in values]
            return [one.get(10).offset for one in sent]

    def ends(self, topic: str | None = None) -> dict[TopicPartition, int]:
        with clients.begun(KafkaConsumer, clients.consumer(self.kafka)) as consumer:
            name = topic or self.names.events
            return dict(
                consumer.end_offsets([TopicPartition(name, one) for one in consumer.partitions_for_topic(name)])
            )

    def messages(self, topic: str | None = None) -> list[Message]:
        with reader(self.kafka) as consumer:
            spans = {one: (0, end) for one, end in self.ends(topic).items()}
            return [message for chunk in read(consumer, spans) for message in chunk.messages]

    def take_in(self, messages: Sequence[Message] | None = None) -> Taken:
        """As a worker takes them in, but for the acknowledging."""
        return self.reads.take(self.messages() if messages is None else messages)

    def acknowledge(self, offsets: Mapping[TopicPartition, int] | None = None) -> None:
        """As a worker does that takes offsets for known, all there are unless it is told."""
        told = self.ends() if offsets is None else offsets
        with admin(self.kafka) as opened:
            # A fresh cluster has no place for groups before somebody asks for one.
            assert members(opened, self.names.group) == []
            opened.alter_group_offsets(self.names.group, {one: OffsetAndMetadata(n) for one, n in told.items()})

    def expire(self, before: int, partition: int = 0) -> None:
        """As retention does with records that are old enough."""
        with admin(self.kafka) as opened:
            opened.delete_records({TopicPartition(self.names.events, partition): before})

    def in_log(self) -> set[str]:
        with self.store.database.transaction() as connection:
            return {name for (name,) in connection.execute(b"SELECT id FROM log.event")}

    def forget(self, offsets: Iterable[int], ids: Iterable[str] = ()) -> None:
        """As if the transactions that took these in had never been."""
        with self.store.database.transaction() as connection:
            connection.execute(b'DELETE FROM stream.applied_record WHERE "offset" = ANY(%s)', [list(offsets)])
            connection.execute(b"DELETE FROM log.event WHERE id = ANY(%s)", [list(ids)])
