"""Posting events over HTTP: what is answered is what is kept."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from services.domain.rights import Kind, Role
from services.gateway.api.described import EXAMPLE
from tests.gateway.conftest import Gateway

CVR = "10000319"
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


@pytest.fixture
def key(gateway: Gateway) -> str:
    gateway.organisation(CVR, Kind.CONTRACTOR)
    return gateway.key(CVR)


def test_the_same_event_again_is_answered_as_before(gateway: Gateway, key: str) -> None:
    first, again = gateway.post(EXAMPLE, key), gateway.post(EXAMPLE, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    ready = {"status": "ready", "position": 1, "database": "ready", "vault": "ready", "broker": None}
    assert gateway.call("GET", "/ready").json() == ready


def test_another_body_under_the_same_id_is_a_conflict(gateway: Gateway, key: str) -> None:
    gateway.post(EXAMPLE, key)
    refused = gateway.post({**EXAMPLE, "time": "2026-03-02T08:11:00Z"}, key)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["errors"][0]["pointer"] == "/id"


def test_every_fault_of_an_event_is_told_at_once(gateway: Gateway, key: str) -> None:
    wrong = {**EXAMPLE, "data": {**EXAMPLE["data"], "started_on": "02-03-2026", "kind": "lærling", "weekly_hours": 99}}
    refused = gateway.post(wrong, key)
    assert refused.status_code == 422
    pointers = {error["pointer"] for error in refused.json()["errors"]}
    assert pointers == {"/data/started_on", "/data/kind", "/data/weekly_hours"}


def test_in_a_batch_each_event_has_its_own_result(gateway: Gateway, key: str) -> None:
    batch = [EXAMPLE, {**EXAMPLE, "id": "x", "data": {}}, {**EXAMPLE, "time": "2026-03-02T09:00:00Z"}]
    answer = gateway.call("POST", "/v1/events", key, content=msgspec.json.encode(batch), headers=BATCH)
    assert answer.status_code == 207
    assert [result["status"] for result in answer.json()["results"]] == [201, 422, 409]


def test_a_dry_run_stores_nothing(gateway: Gateway, key: str) -> None:
    verdicts = gateway.post(EXAMPLE, key, "/v1/validate")
    assert verdicts.json() == {
        "acceptable": 1,
        "refused": 0,
        "results": [{"index": 0, "acceptable": True, "errors": []}],
    }
    assert gateway.call("GET", "/ready").json()["position"] == 0


@pytest.mark.parametrize("given", [None, "nonsense", "bsk_1234567890_0"])
def test_without_a_key_that_holds_nobody_comes_in(gateway: Gateway, given: str | None) -> None:
    refused = gateway.post(EXAMPLE, given)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


def test_a_reader_may_not_report(gateway: Gateway, key: str) -> None:
    assert gateway.post(EXAMPLE, gateway.key(CVR, Role.READER)).status_code == 403


def test_binary_mode_is_the_same_event(gateway: Gateway, key: str) -> None:
    structured = gateway.post(EXAMPLE, key)
    attributes: dict[str, Any] = {f"ce-{name}": value for name, value in EXAMPLE.items() if name != "data"}
    headers = {**attributes, "Content-Type": "application/json"}
    binary = gateway.call("POST", "/v1/events", key, content=msgspec.json.encode(EXAMPLE["data"]), headers=headers)
    assert binary.json() == structured.json()


def test_problems_speak_the_language_that_was_asked_for(gateway: Gateway, key: str) -> None:
    danish = gateway.call("POST", "/v1/events", key, content=b"{}", headers={"Content-Type": "text/plain"})
    english = gateway.call(
        "POST", "/v1/events", key, content=b"{}", headers={"Content-Type": "text/plain", "Accept-Language": "en-GB"}
    )
    assert (danish.status_code, english.status_code) == (415, 415)
    assert danish.json()["title"] == "Indholdstypen kan ikke bruges"
    assert english.json()["title"] == "The content type cannot be used"


def test_answers_carry_the_headers_that_protect_their_readers(gateway: Gateway) -> None:
    headers = gateway.call("GET", "/health").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_what_is_too_large_is_refused_before_it_is_read(gateway: Gateway, key: str) -> None:
    refused = gateway.call("POST", "/v1/events", key, content=b" " * 12_000_001)
    assert refused.status_code == 413


def test_metrics_name_routes_and_never_paths(gateway: Gateway, key: str) -> None:
    gateway.post(EXAMPLE, key)
    gateway.call("GET", "/nowhere/0101701234")
    text = gateway.call("GET", "/metrics").text
    assert 'bygspor_events_total{outcome="new"} 1.0' in text
    assert 'route="/v1/events"' in text
    assert "bygspor_commit_events_count 1.0" in text
    assert "0101701234" not in text
