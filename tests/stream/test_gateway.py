"""The gateway before a real Kafka: 202 is said when the broker has said so, and not a moment before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from deploy.kafka.broker import Broker
from services.domain.rights import Kind
from services.gateway.api.described import EXAMPLE
from services.stream import topics
from services.stream.producer import Producer
from tests.gateway.conftest import Gateway, opened
from tests.kafka import settings_for

CVR = "10000319"


@pytest.fixture
def gateway(database_url: str, tmp_path: Path, kafka_broker: Broker) -> Iterator[Gateway]:
    kafka = settings_for(kafka_broker.servers)
    topics.apply(kafka)
    with opened(database_url, tmp_path, conveyor=Producer(kafka)) as found:
        found.organisation(CVR, Kind.CONTRACTOR)
        yield found


def post(gateway: Gateway, name: str) -> httpx.Response:
    return gateway.post({**EXAMPLE, "id": name}, gateway.key(CVR))


def test_nobody_is_answered_before_the_broker_has_answered(gateway: Gateway, kafka_broker: Broker) -> None:
    assert post(gateway, "before").status_code == 202
    kafka_broker.pause()
    answers: list[httpx.Response] = []
    waiting = threading.Thread(target=lambda: answers.append(post(gateway, "while-it-hangs")))
    waiting.start()
    waiting.join(2)
    assert waiting.is_alive()
    kafka_broker.resume()
    waiting.join(20)
    (answer,) = answers
    assert answer.status_code == 202
    told = gateway.call("GET", answer.headers["location"], gateway.key(CVR)).json()
    assert (told["id"], told["state"]) == ("while-it-hangs", "waiting")


def test_while_the_broker_is_down_senders_are_told_to_come_again_and_then_taken_in(
    gateway: Gateway, kafka_broker: Broker
) -> None:
    first = post(gateway, "before")
    kafka_broker.kill()
    away = post(gateway, "while-it-is-down")
    assert (away.status_code, away.headers["retry-after"]) == (503, "5")
    assert gateway.call("GET", "/ready").json()["detail"] == "kafka.unavailable"
    pages = gateway.call("GET", "/v1/tenders", gateway.key(CVR))
    assert pages.status_code == 200
    kafka_broker.start_node()
    again = post(gateway, "while-it-is-down")
    assert again.status_code == 202
    assert gateway.call("GET", "/ready").json()["broker"] == "ready"
    assert again.json()["token"] != first.json()["token"]


def test_what_was_refused_is_not_sent(gateway: Gateway) -> None:
    wrong = {**EXAMPLE, "source": "urn:bygspor:10000270:erp", "data": {**EXAMPLE["data"], "reported_by": "10000270"}}
    batch = msgspec.json.encode([EXAMPLE, wrong])
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    answer = gateway.call("POST", "/v1/events", gateway.key(CVR), content=batch, headers=headers).json()
    assert [one["status"] for one in answer["results"]] == [202, 403]
