"""What goes wrong is told as RFC 9457 problems, in both languages, as the description says."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from services.domain.rights import Kind, Role
from services.errors import BygSporError
from services.gateway import limits
from services.gateway.admission import Admission
from services.gateway.api.described import EXAMPLE
from services.gateway.app import routed
from services.gateway.parts import Options
from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from tests.conftest import FOR_TESTS
from tests.gateway.conftest import Gateway, opened

CVR = "10000319"
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(gateway: Gateway) -> Ask:
    """POST something to /v1/events, as a contractor unless with another key."""
    gateway.organisation(CVR, Kind.CONTRACTOR)

    def post(body: Any, content_type: str = STRUCTURED, key: str | None = "own", **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        found = gateway.key(CVR) if key == "own" else key
        return gateway.call(
            "POST", "/v1/events", found, content=content, headers={"Content-Type": content_type, **headers}
        )

    return post


def body_of(number: int, **data: Any) -> dict[str, Any]:
    return {**EXAMPLE, "id": f"e-{number}", "data": {**EXAMPLE["data"], **data}}


WRONG: dict[str, tuple[int, Any, str, list[str]]] = {
    "no JSON": (400, b"{", STRUCTURED, [""]),
    "no object": (400, b"[]", STRUCTURED, [""]),
    "no batch": (400, b"{}", BATCH, [""]),
    "another's source": (
        403,
        {**body_of(1, reported_by="10000270"), "source": "urn:bygspor:10000270:x"},
        STRUCTURED,
        ["/source"],
    ),
    "another's type": (
        403,
        {**EXAMPLE, "type": "dk.bygspor.tender.closed.v1", "data": {"reported_by": CVR, "closed_on": "2026-01-01"}},
        STRUCTURED,
        ["/type"],
    ),
    "our own system": (403, {**EXAMPLE, "source": f"urn:bygspor:{CVR}:bygspor-web"}, STRUCTURED, ["/source"]),
    "too many": (413, [EXAMPLE] * 1_001, BATCH, [""]),
    "another format": (415, EXAMPLE, "application/xml", [""]),
    "another charset": (415, EXAMPLE, f"{STRUCTURED}; charset=latin1", []),
    "two faults": (422, body_of(1, kind="lærling", weekly_hours=99), STRUCTURED, ["/data/kind", "/data/weekly_hours"]),
    "a CPR number": (422, body_of(1, person=f"{CVR}:0101701234"), STRUCTURED, ["/data/person"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_every_problem_has_its_status_its_places_and_both_languages(ask: Ask, name: str) -> None:
    status, body, content_type, pointers = WRONG[name]
    danish, english = ask(body, content_type), ask(body, content_type, **{"Accept-Language": "en"})
    for answer in (danish, english):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert told["status"] == status
        assert told["type"].startswith("urn:bygspor:problem:")
        assert [error["pointer"] for error in told["errors"]] == pointers
        assert all(error["code"] and error["detail"] for error in told["errors"])
    assert danish.json()["title"] != english.json()["title"]
    assert "0101701234" not in danish.text + english.text
    assert str(status) in routed().openapi()["paths"]["/v1/events"]["post"]["responses"]


def test_a_taken_identity_is_a_conflict(ask: Ask) -> None:
    assert ask(EXAMPLE).status_code == 201
    refused = ask({**EXAMPLE, "data": {**EXAMPLE["data"], "weekly_hours": 30}})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "/id")


def test_a_thousand_go_in_one_batch(ask: Ask) -> None:
    batch = [body_of(n, placement=f"{CVR}:P-{n}") for n in range(1_000)]
    answer = ask(batch, BATCH).json()
    assert (answer["accepted"], answer["refused"]) == (1_000, 0)
    assert len({(one["receipt"]["position"], one["receipt"]["nr"]) for one in answer["results"]}) == 1_000
    assert ask(batch, BATCH).json() == answer
    assert ask([], BATCH).json() == {"accepted": 0, "refused": 0, "results": []}


def test_in_a_batch_every_event_has_a_fate_of_its_own(ask: Ask) -> None:
    batch = [
        body_of(1),
        body_of(2, started_on="i går"),
        {**body_of(3), "source": "urn:bygspor:10000270:x", "data": {**EXAMPLE["data"], "reported_by": "10000270"}},
        body_of(1, weekly_hours=30),
        "no event",
        body_of(1),
        body_of(6),
    ]
    answer = ask(batch, BATCH)
    assert answer.status_code == 207
    told = answer.json()
    assert [one["status"] for one in told["results"]] == [201, 422, 403, 409, 400, 201, 201]
    assert [one["index"] for one in told["results"]] == list(range(7))
    assert (told["accepted"], told["refused"]) == (3, 4)
    assert told["results"][0]["receipt"] == told["results"][5]["receipt"]
    assert told["results"][1]["errors"][0]["pointer"] == "/data/started_on"


@pytest.mark.parametrize("key", [None, "", "nonsense", "bsk_0123456789_0"])
def test_without_a_key_that_holds_nobody_comes_in(ask: Ask, key: str | None) -> None:
    refused = ask(EXAMPLE, key=key)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert refused.json()["type"] == "urn:bygspor:problem:unauthorized"


def test_a_key_that_was_revoked_is_none(gateway: Gateway, ask: Ask) -> None:
    assert ask(EXAMPLE).status_code == 201
    [key] = gateway.parts.access.keys.list(CVR)
    gateway.parts.access.keys.revoke(key.no)
    assert ask(EXAMPLE).status_code == 401


def test_a_reader_may_ask_for_nothing_to_be_kept(gateway: Gateway, ask: Ask) -> None:
    assert ask(EXAMPLE, key=gateway.key(CVR, Role.READER)).json()["type"] == "urn:bygspor:problem:forbidden"
    assert gateway.post(EXAMPLE, gateway.key(CVR, Role.READER), "/v1/validate").status_code == 403


def test_one_request_too_many_is_told_when_to_come_again(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path, Options(requests_a_minute=3)) as gateway:
        gateway.organisation(CVR, Kind.CONTRACTOR)
        answers = [gateway.call("GET", "/v1/tenders", gateway.key(CVR)) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].json()["type"] == "urn:bygspor:problem:too-many"


def test_keys_cannot_be_tried_out(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STRANGERS_A_MINUTE", 3)
    with opened(database_url, tmp_path) as gateway:
        answers = [gateway.call("GET", "/v1/me", f"bsk_{n:010}_0").status_code for n in range(5)]
    assert answers == [401] * 3 + [429] * 2


def test_a_fault_of_ours_is_told_without_what_it_was(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any) -> Any:
        raise ZeroDivisionError(EXAMPLE["data"]["person"])

    monkeypatch.setattr(Admission, "admit_now", breaks)
    answer = ask(EXAMPLE)
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:bygspor:problem:internal")
    assert EXAMPLE["data"]["person"] not in answer.text


def test_too_much_at_once_is_sent_away(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: Any) -> Any:
        raise BygSporError("gateway.busy", "Too many events are waiting.", "", retriable=True)

    monkeypatch.setattr(Admission, "admit", full)
    answer = ask(EXAMPLE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_while_all_connections_are_busy_readers_are_told_to_come_again(gateway: Gateway, ask: Ask) -> None:
    key, database = gateway.key(CVR), gateway.parts.store.database
    pool: Any = database._engine.pool
    pool._timeout = 0.05
    with contextlib.ExitStack() as busy:
        while pool.overflow() < pool._max_overflow:
            busy.enter_context(database.transaction())
        answer = gateway.call("GET", "/v1/tenders", key)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert gateway.call("GET", "/v1/tenders", key).status_code == 200


def test_while_the_database_is_away_nothing_is_acknowledged(server_home: Path, tmp_path: Path) -> None:
    server = EmbeddedPostgres(server_home / "data")
    with server.running(FOR_TESTS) as url:
        migrate(url)
        with opened(url, tmp_path) as gateway:
            gateway.organisation(CVR, Kind.CONTRACTOR)
            key = gateway.key(CVR)
            assert gateway.post(EXAMPLE, key).status_code == 201
            server.stop()
            for path in ("/v1/tenders", "/v1/events", "/v1/me", "/ready"):
                away = gateway.call("GET", path, key)
                assert (away.status_code, away.headers["retry-after"]) == (503, "5")
                assert away.json()["type"] == "urn:bygspor:problem:unavailable"
            lost = {**EXAMPLE, "id": "while-away"}
            assert gateway.post(lost, key).status_code == 503
            assert gateway.call("GET", "/health").status_code == 200
            server.start(FOR_TESTS)
            assert len(gateway.call("GET", "/v1/events", key).json()["items"]) == 1
            assert gateway.post(lost, key).status_code == 201
