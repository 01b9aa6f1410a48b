"""The Kafka that tests and `make stack` run on: it keeps what it said it has, alone or as three, and never lingers."""

from __future__ import annotations

import itertools

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

from services.settings import Kafka
from services.stream.clients import client, consumer


def test_what_was_acknowledged_is_read_back(kafka: Kafka) -> None:
    topic = f"{kafka.prefix}.x"
    admin = KafkaAdminClient(**client(kafka))
    admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    admin.close()
    with KafkaProducer(**client(kafka), acks="all", enable_idempotence=True) as producer:
        sent = [producer.send(topic, b"%d" % number).get(10).offset for number in range(3)]
    assert len(sent) == 3
    with KafkaConsumer(topic, **consumer(kafka), consumer_timeout_ms=1_000) as reading:
        assert {record.value for record in itertools.islice(reading, 3)} == {b"0", b"1", b"2"}
