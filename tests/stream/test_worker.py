"""The worker against a real broker and a real database."""

from __future__ import annotations

import asyncio
import gc

import msgspec
import pytest

from services.errors import BadInput, BrokerUnavailable
from services.settings import Kafka
from services.store.store import Store
from services.stream import clients
from services.stream.running import Work, Worker
from tests.kafka import forget, settings_for
from tests.store.told import hours
from tests.stream.running import batch, count, make_topics, produce, working
from tests.stream.topic_of_events import TopicOfEvents
from tests.waiting import until


def test_what_a_topic_holds_comes_into_the_log_once(store: Store, kafka: Kafka) -> None:
    names = make_topics(kafka)
    told = [hours(f"h{n}", 10, 1 + n % 12, f"p{n}") for n in range(60)]
    values = [batch(*told[n : n + 5]) for n in range(0, 60, 5)] + [msgspec.json.encode(one) for one in told[:10]]
    produce(kafka, names.events, values)
    with working(store, kafka):
        until(lambda: count(store, "stream.applied_record") == len(values))
    assert count(store, "log.event") == 60
    produce(kafka, names.events, values)
    with working(store, kafka):
        until(lambda: count(store, "stream.applied_record") == 2 * len(values))
    assert count(store, "log.event") == 60
    assert all(check.ok for check in store.verify())


def test_what_comes_into_a_topic_whose_acknowledged_places_lie_beyond_its_end_is_taken_in(
    topic: TopicOfEvents, store: Store
) -> None:
    topic.make(1)
    topic.acknowledge(dict.fromkeys(topic.ends(), 12))
    topic.send(*[hours(f"h{n}", 10, 1 + n) for n in range(4)])
    with working(store, topic.kafka):
        until(lambda: count(store, "log.event") == 4)
        topic.send(hours("later", 10, 9))
        until(lambda: count(store, "log.event") == 5, within=20)


def test_a_worker_whose_topic_is_deleted_stops_within_seconds_and_says_so(store: Store, kafka: Kafka) -> None:
    names = make_topics(kafka)
    produce(kafka, names.events, [batch(hours("h1", 10))])
    with pytest.raises(BadInput, match=r"no topic") as told, working(store, kafka) as worker:  # noqa: PT012 -- at its end
        until(lambda: count(store, "log.event") == 1)
        forget(kafka)
        until(worker._stopping.is_set, within=20)
    assert told.value.code == "stream.no_topic"


def test_a_worker_says_once_that_kafka_is_away_and_once_that_it_is_back() -> None:
    answers = iter([True, True, False])
    told: list[str | None] = []

    def topics() -> list[str]:
        if next(answers):
            raise BrokerUnavailable("kafka.unavailable", "Nobody answers.", retriable=True)
        return []

    def begin() -> None:
        raise BadInput("enough", "Enough.")

    worker = Worker(Kafka(("nowhere:1",)), Work(topics, topics, lambda _messages: pytest.fail("nothing"), begin))
    worker.tell = lambda error: told.append(error.code if error else None)
    with pytest.raises(BadInput, match="Enough"):
        asyncio.run(worker.run())
    assert told == ["kafka.unavailable", None]


# kafka-python leaves sockets that nobody answered on to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_worker_with_a_wrong_address_says_so_and_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ANSWERS_WITHIN_MS", 500)
    told: list[object] = []
    with working(store, settings_for("127.0.0.1:1")) as worker:
        worker.tell = told.append
        until(lambda: told, within=15)
    assert len(told) == 1
    gc.collect()
