"""With Kafka: 202 when it keeps an event, a receipt that tells what became of it, and 503 while it takes nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from services.domain.rights import Caller, Kind, Role
from services.errors import BadInput, BrokerUnavailable, BygSporError
from services.gateway import grouping
from services.gateway.admission import checked
from services.gateway.api.described import EXAMPLE
from services.gateway.forwarding import Forwarding
from services.store.batches import Decoded
from tests.gateway.conftest import Gateway, opened
from tests.gateway.conveyors import Belt

CVR, OTHER = "10000319", "10000270"
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


@pytest.fixture
def belt() -> Belt:
    return Belt()


@pytest.fixture
def forwarding(database_url: str, tmp_path: Path, belt: Belt) -> Iterator[Gateway]:
    """A gateway with a conveyor, and a contractor."""
    with opened(database_url, tmp_path, conveyor=belt) as found:
        found.organisation(CVR, Kind.CONTRACTOR)
        yield found


def event(number: int, **data: Any) -> dict[str, Any]:
    return {**EXAMPLE, "id": f"e-{number}", "data": {**EXAMPLE["data"], **data}}


def decoded(number: int) -> Decoded:
    caller = Caller(CVR, frozenset({Kind.CONTRACTOR}), Role.REPORTER, "key:1")
    item = checked(msgspec.json.encode(event(number)), caller)
    assert isinstance(item, Decoded)
    return item


def fate(gateway: Gateway, taken: httpx.Response, key: str | None = None, **headers: str) -> httpx.Response:
    return gateway.call("GET", taken.headers["location"], key or gateway.key(CVR), headers=headers)


def test_what_kafka_keeps_is_answered_202_with_a_receipt_that_tells_where_to_ask(forwarding: Gateway) -> None:
    taken = forwarding.post(EXAMPLE, forwarding.key(CVR))
    assert taken.status_code == 202
    receipt = taken.json()
    assert taken.headers["location"] == f"/v1/receipts/{receipt['token']}"
    assert {name: receipt[name] for name in ("source", "id", "type", "subject")} == {
        name: EXAMPLE[name] for name in ("source", "id", "type", "subject")
    }


def test_a_receipt_tells_of_a_later_version_in_another_word_than_of_waiting(forwarding: Gateway) -> None:
    later = {**event(1), "type": EXAMPLE["type"].replace(".v1", ".v9")}
    receipts = [forwarding.post(one, forwarding.key(CVR)).json() for one in (event(0), later)]
    assert [one["later_version"] for one in receipts] == [False, True]
    assert all("waiting" not in one for one in receipts)


def test_an_event_waits_until_it_is_applied_and_then_has_its_place(forwarding: Gateway, belt: Belt) -> None:
    taken = forwarding.post(EXAMPLE, forwarding.key(CVR))
    waiting = fate(forwarding, taken).json()
    assert (waiting["state"], waiting["position"], waiting["recordedtime"]) == ("waiting", None, None)
    belt.apply_all(forwarding.parts.store)
    applied = fate(forwarding, taken).json()
    assert (applied["state"], applied["nr"], applied["errors"]) == ("applied", 0, [])
    known = forwarding.call("GET", "/v1/events", forwarding.key(CVR)).json()["items"][0]["receipt"]
    assert {name: applied[name] for name in ("position", "nr", "recordedtime")} == {
        name: known[name] for name in ("position", "nr", "recordedtime")
    }


def test_what_could_not_be_applied_is_told_with_its_reasons_in_the_senders_language(
    forwarding: Gateway, belt: Belt
) -> None:
    key = forwarding.key(CVR)
    first, second = forwarding.post(event(1), key), forwarding.post(event(1, weekly_hours=30), key)
    belt.apply_all(forwarding.parts.store)
    assert fate(forwarding, first).json()["state"] == "applied"
    danish, english = fate(forwarding, second).json(), fate(forwarding, second, **{"Accept-Language": "en"}).json()
    assert (danish["state"], danish["mended"], danish["position"]) == ("rejected", False, None)
    assert [error["pointer"] for error in danish["errors"]] == ["/id"]
    assert "rettelse" in danish["errors"][0]["detail"]
    assert "correction" in english["errors"][0]["detail"]


def test_in_a_batch_what_is_right_is_kept_and_what_is_wrong_is_told(forwarding: Gateway, belt: Belt) -> None:
    key = forwarding.key(CVR)
    batch = [event(1), event(2, started_on="i går"), event(3)]
    some = forwarding.call("POST", "/v1/events", key, content=msgspec.json.encode(batch), headers=BATCH)
    all_of_it = forwarding.call("POST", "/v1/events", key, content=msgspec.json.encode(batch[:1]), headers=BATCH)
    assert (some.status_code, all_of_it.status_code) == (207, 202)
    told = some.json()
    assert [one["status"] for one in told["results"]] == [202, 422, 202]
    assert (told["accepted"], told["refused"]) == (2, 1)
    belt.apply_all(forwarding.parts.store)
    tokens = [one["receipt"]["token"] for one in told["results"] if "receipt" in one]
    fates = [forwarding.call("GET", f"/v1/receipts/{token}", key).json() for token in tokens]
    assert [(one["id"], one["state"]) for one in fates] == [("e-1", "applied"), ("e-3", "applied")]


def test_only_its_sender_is_told_of_an_event(forwarding: Gateway) -> None:
    forwarding.organisation(OTHER, Kind.CLIENT)
    taken = forwarding.post(EXAMPLE, forwarding.key(CVR))
    assert fate(forwarding, taken, forwarding.key(OTHER)).status_code == 404
    assert fate(forwarding, taken, forwarding.key(CVR, Role.READER)).status_code == 200
    assert forwarding.call("GET", taken.headers["location"]).status_code == 401


@pytest.mark.parametrize("token", ["x", "AAAA", "%20", "é", "a" * 5_000, "lsQQAAAA"])
def test_what_is_no_token_is_not_found(forwarding: Gateway, token: str) -> None:
    assert forwarding.call("GET", f"/v1/receipts/{token}", forwarding.key(CVR)).status_code == 404


def test_without_kafka_nothing_waits_but_what_was_applied_is_still_told(
    forwarding: Gateway, belt: Belt, database_url: str, tmp_path: Path
) -> None:
    key = forwarding.key(CVR)
    taken = forwarding.post(EXAMPLE, key)
    with opened(database_url, tmp_path) as embedded:
        assert fate(embedded, taken, key).status_code == 404
        belt.apply_all(forwarding.parts.store)
        assert fate(embedded, taken, key).json()["state"] == "applied"
        assert embedded.post(EXAMPLE, key).status_code == 201


def test_while_the_broker_is_away_senders_are_told_to_come_again(forwarding: Gateway, belt: Belt) -> None:
    belt.away = True
    for away in (forwarding.post(EXAMPLE, forwarding.key(CVR)), forwarding.call("GET", "/ready")):
        assert (away.status_code, away.headers["retry-after"]) == (503, "5")
        assert away.json()["detail"] == "kafka.unavailable"
    belt.away = False
    assert forwarding.post(EXAMPLE, forwarding.key(CVR)).status_code == 202
    assert forwarding.call("GET", "/ready").json() == {
        "status": "ready",
        "position": 0,
        "database": "ready",
        "vault": "ready",
        "broker": "ready",
    }


def test_more_than_memory_allows_is_sent_away_at_once_and_nothing_of_it_is_kept(
    forwarding: Gateway, belt: Belt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "MOST_WAITING", 3)
    headers = {
        "Content-Type": "application/cloudevents+json",
        "Authorization": f"Bearer {forwarding.key(CVR)}",
    }

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(forwarding.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bygspor.test") as client:

            def post(number: int) -> asyncio.Task[httpx.Response]:
                content = msgspec.json.encode(event(number))
                return asyncio.create_task(client.post("/v1/events", content=content, headers=headers))

            belt.moves.clear()
            first = post(0)
            await asyncio.to_thread(belt.reached.wait)
            others = [post(n) for n in range(1, 10)]
            for _, refused in zip(range(6), asyncio.as_completed(others), strict=False):
                await refused
            belt.moves.set()
            return await asyncio.gather(first, *others)

    answers = asyncio.run(run())
    busy = [answer for answer in answers if answer.status_code == 503]
    assert len(busy) == 6
    assert {(answer.headers["retry-after"], answer.json()["detail"]) for answer in busy} == {("5", "gateway.busy")}
    kept = {item.event.id for record in belt.records for item in record}
    assert kept == {answer.json()["id"] for answer in answers if answer.status_code == 202}
    assert len(kept) == 4


def test_who_waited_while_the_broker_did_not_answer_need_not_wait_as_long_again(
    belt: Belt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "PATIENCE_SECONDS", 0.05)
    belt.away = True
    belt.moves.clear()
    forwarding = Forwarding(belt)

    async def run() -> list[Any]:
        first = asyncio.create_task(forwarding.admit([decoded(1)]))
        await asyncio.sleep(0)
        others = [asyncio.create_task(forwarding.admit([decoded(n)])) for n in range(2, 5)]
        await asyncio.sleep(0.1)
        belt.moves.set()
        told = await asyncio.wait_for(asyncio.gather(first, *others, return_exceptions=True), 5)
        belt.away = False
        assert forwarding.events_waiting == 0
        assert (await forwarding.admit([decoded(9)]))[0].place
        return told

    assert {type(one) for one in asyncio.run(run())} == {BrokerUnavailable}
    forwarding.close()
    assert belt.closed


def test_what_one_sender_sent_wrongly_takes_no_neighbour_along(belt: Belt, monkeypatch: pytest.MonkeyPatch) -> None:
    send = belt.send

    def refuses(batch: Any) -> Any:
        if any(item.event.id == "e-3" for item in batch):
            raise BadInput("kafka.too_large", "An event is larger than Kafka takes.")
        return send(batch)

    monkeypatch.setattr(belt, "send", refuses)
    forwarding = Forwarding(belt)

    async def run() -> list[Any]:
        return await asyncio.gather(*(forwarding.admit([decoded(n)]) for n in range(6)), return_exceptions=True)

    told = asyncio.run(run())
    assert [n for n, one in enumerate(told) if isinstance(one, BygSporError)] == [3]


def test_a_hundred_senders_cost_few_records(belt: Belt) -> None:
    forwarding = Forwarding(belt)

    async def run() -> list[Any]:
        return await asyncio.gather(*(forwarding.admit([decoded(n)]) for n in range(100)))

    began = time.monotonic()
    places = {one.place for answer in asyncio.run(run()) for one in answer}
    assert len(places) == 100
    assert len(belt.records) < 10
    assert time.monotonic() - began < 5
