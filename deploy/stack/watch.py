"""How far the workers have come: what they have applied, and how many records of the topic are still to be."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.errors import DatabaseUnavailable
from services.settings import Kafka
from services.store.connections import Database
from services.stream.clients import consumer
from services.stream.names import TopicNames

_APPLIED = b"""
SELECT count(*), coalesce(sum(new), 0), coalesce(sum(duplicate), 0), coalesce(sum(rejected), 0)
FROM stream.applied_record JOIN stream.topic ON topic.no = topic_no WHERE topic.name = %s AND retired_at IS NULL"""
_NONE = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """Events by what became of them, and records that wait; None where Kafka does not say."""

    new: int
    duplicate: int
    rejected: int
    waiting: int | None

    @property
    def applied(self) -> int:
        """Events of records that are done with."""
        return self.new + self.duplicate + self.rejected


class Watch:
    """Asks Kafka and PostgreSQL how far it is. Opens what it needs when it is asked."""

    def __init__(self, database: Database, kafka: Kafka) -> None:
        self._database, self._kafka = database, kafka
        self._topic = TopicNames(kafka.prefix).events
        self._consumer: KafkaConsumer | None = None

    def look(self) -> Progress | None:
        """How far it is; None where PostgreSQL does not say."""
        written = self._written()
        try:
            with self._database.transaction() as connection:
                records, new, duplicate, rejected = connection.execute(_APPLIED, [self._topic]).fetchone() or _NONE
        except DatabaseUnavailable:
            return None
        return Progress(new, duplicate, rejected, None if written is None else max(written - records, 0))

    def close(self) -> None:
        """Let go of the connections."""
        if self._consumer is not None:
            self._consumer.close()
        self._database.close()

    def _written(self) -> int | None:
        """Records that were ever written to the topic."""
        with contextlib.suppress(KafkaError):
            self._consumer = self._consumer or KafkaConsumer(**consumer(self._kafka))
            partitions = self._consumer.partitions_for_topic(self._topic) or ()
            ends = self._consumer.end_offsets([TopicPartition(self._topic, one) for one in partitions])
            return sum(map(int, ends.values()))
        return None
