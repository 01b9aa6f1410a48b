"""Events sent to a real Kafka: where each of them is, and what the sender hears when the broker does not answer."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition

from deploy.kafka.broker import Broker
from schemas.codec import decode
from services.errors import BadInput, BrokerUnavailable
from services.gateway.api.described import EXAMPLE
from services.settings import Kafka
from services.store.batches import Decoded
from services.store.stream import Place
from services.stream import topics
from services.stream.clients import begun, consumer
from services.stream.names import TopicNames
from services.stream.producer import MOST_BYTES_IN_A_RECORD, MOST_IN_A_RECORD, Producer
from services.stream.standing import admin
from tests.kafka import settings_for
from tests.stream.running import make_topics
from tests.waiting import until

IN_TIME_SECONDS = 13.0
Records = Mapping[tuple[int, int], Any]


def event(number: int, subject: str = "10000270:havnegade", padding: int = 0) -> Decoded:
    # Written oddly on purpose: bytes go through as they came.
    said = {**EXAMPLE, "id": f"e-{number}", "subject": subject}
    raw = b" " * padding + msgspec.json.format(msgspec.json.encode(said), indent=1)
    return Decoded(raw, decode(raw))


@contextlib.contextmanager
def sending(kafka: Kafka) -> Iterator[Producer]:
    producer = Producer(kafka)
    yield producer
    producer.close()


def read_back(kafka: Kafka) -> Records:
    """Everything that is in the topic of events, by partition and offset."""
    name = TopicNames(kafka.prefix).events
    with begun(KafkaConsumer, consumer(kafka)) as reading:
        partitions = [TopicPartition(name, number) for number in reading.partitions_for_topic(name)]
        reading.assign(partitions)
        ends = reading.end_offsets(partitions)
        found: dict[tuple[int, int], Any] = {}
        deadline = time.monotonic() + IN_TIME_SECONDS
        while any(reading.position(one) < ends[one] for one in partitions):
            assert time.monotonic() < deadline, "not all could be read"
            for records in reading.poll(200).values():
                found |= {(record.partition, record.offset): record for record in records}
    return found


def assert_in_place(batch: Sequence[Decoded], places: Sequence[Place], found: Records) -> None:
    for item, place in zip(batch, places, strict=True):
        record = found[place.partition, place.offset]
        held = msgspec.json.decode(record.value, type=list[msgspec.Raw])
        assert bytes(held[place.nr]).strip() == item.raw.strip()
        assert record.key == item.event.subject.encode()


def identity(kafka: Kafka) -> str:
    return str(topics.identity(kafka, TopicNames(kafka.prefix).events))


@pytest.fixture
def own(kafka_broker: Broker) -> Kafka:
    """A broker to be broken, with the topics made."""
    found = settings_for(kafka_broker.servers)
    topics.apply(found)
    return found


def test_every_event_is_where_its_place_says_and_those_of_a_subject_keep_their_order(kafka: Kafka) -> None:
    topics.apply(kafka)
    subjects = [f"10000270:t{n}" for n in range(40)]
    batch = [event(n, subject) for n, subject in zip(range(2_000), itertools.cycle(subjects), strict=False)]
    with sending(kafka) as producer:
        places = [*producer.send(batch[:1_000]), *producer.send(batch[1_000:])]
    found = read_back(kafka)
    assert_in_place(batch, places, found)
    assert len(found) == 2 * len(subjects)
    assert len(set(places)) == len(batch)
    assert {place.topic_id for place in places} == {identity(kafka)}
    for subject in subjects:
        own = [place for item, place in zip(batch, places, strict=True) if item.event.subject == subject]
        assert own == sorted(own)
        assert len({place.partition for place in own}) == 1


def test_a_record_holds_no_more_than_it_may_and_a_large_event_goes_alone(kafka: Kafka) -> None:
    topics.apply(kafka)
    many = [event(n) for n in range(MOST_IN_A_RECORD + 1)]
    large = [event(n, padding=MOST_BYTES_IN_A_RECORD // 2) for n in range(3)]
    largest = [event(1), event(2, padding=12_000_000), event(3)]
    with sending(kafka) as producer:
        sent = [(batch, producer.send(batch)) for batch in (many, large, largest)]
    found = read_back(kafka)
    for batch, places in sent:
        assert_in_place(batch, places, found)
    assert [len({place.offset for place in places}) for _, places in sent] == [2, 3, 3]
    sizes = sorted(len(record.value) for record in found.values())
    assert sizes[-2] <= MOST_BYTES_IN_A_RECORD + 2


def test_what_is_larger_than_the_topic_takes_is_refused_for_good(kafka: Kafka) -> None:
    make_topics(kafka)
    with sending(kafka) as producer:
        with pytest.raises(BadInput) as refused:
            producer.send([event(1, padding=2_000_000)])
        assert (refused.value.code, refused.value.retriable) == ("kafka.too_large", False)
        assert len(producer.send([event(1)])) == 1


def test_a_record_tells_what_it_holds_and_when_it_was_taken_in(kafka: Kafka) -> None:
    topics.apply(kafka)
    before = time.time() * 1000
    with sending(kafka) as producer:
        producer.send([event(1)])
    (record,) = read_back(kafka).values()
    assert list(record.headers) == [("content-type", b"application/cloudevents-batch+json")]
    assert before - 1 <= record.timestamp <= time.time() * 1000


def test_a_broker_that_was_killed_is_told_in_time_and_found_again(own: Kafka, kafka_broker: Broker) -> None:
    with sending(own) as producer:
        producer.send([event(1)])
        threads = threading.active_count()
        kafka_broker.kill()
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(BrokerUnavailable) as refused:
                producer.send([event(n, f"10000270:t{n}") for n in range(500)])
            assert refused.value.retriable
            assert time.monotonic() - began < IN_TIME_SECONDS
            # What was not delivered is given up, with the thread that tried.
            assert threading.active_count() < threads
        with pytest.raises(BrokerUnavailable):
            producer.probe()
        kafka_broker.start_node()
        batch = [event(2), event(3)]
        places = producer.send(batch)
        producer.probe()
        assert_in_place(batch, places, read_back(own))


def test_it_can_begin_before_the_broker_does(kafka_home: Path) -> None:
    broker = Broker(kafka_home)
    kafka = settings_for(broker.servers)
    with sending(kafka) as producer:
        with pytest.raises(BrokerUnavailable) as refused:
            producer.send([event(1)])
        assert refused.value.retriable
        broker.start()
        try:
            topics.apply(kafka)
            assert producer.send([event(1)])[0].offset == 0
        finally:
            broker.stop()


def test_what_is_sent_again_by_itself_is_there_once(own: Kafka, kafka_broker: Broker) -> None:
    places: list[Place] = []
    with sending(own) as producer:
        producer.send([event(1)])
        kafka_broker.pause()
        waiting = threading.Thread(target=lambda: places.extend(producer.send([event(2)])))
        waiting.start()
        # Longer than a request may take: it is sent again while the first one waits to be read.
        waiting.join(6)
        assert waiting.is_alive(), "it said that an event was taken before the broker did"
        kafka_broker.resume()
        waiting.join(IN_TIME_SECONDS)
    found = read_back(own)
    assert_in_place([event(2)], places, found)
    assert len(found) == 2


def test_after_an_unknown_answer_the_same_can_be_sent_again(own: Kafka, kafka_broker: Broker) -> None:
    with sending(own) as producer:
        producer.send([event(1)])
        kafka_broker.pause()
        with pytest.raises(BrokerUnavailable):
            producer.send([event(2)])
        kafka_broker.resume()
        places = producer.send([event(2)])
        assert_in_place([event(2)], places, read_back(own))


def test_without_its_topic_nothing_is_taken(kafka: Kafka) -> None:
    with sending(kafka) as producer:
        with pytest.raises(BrokerUnavailable) as refused:
            producer.send([event(1)])
        assert refused.value.retriable
        topics.apply(kafka)
        assert len(producer.send([event(1)])) == 1


def test_a_topic_that_is_made_anew_is_another_place(kafka: Kafka) -> None:
    topics.apply(kafka)
    with sending(kafka) as producer:
        (before,) = producer.send([event(1)])
        with admin(kafka) as opened:
            opened.delete_topics([TopicNames(kafka.prefix).events])
        until(lambda: topics.identity(kafka, TopicNames(kafka.prefix).events) is None)
        topics.apply(kafka)
        with contextlib.suppress(BrokerUnavailable):
            producer.send([event(1)])
        (after,) = producer.send([event(1)])
    assert after.topic_id == identity(kafka) != before.topic_id
