"""CloudEvents over HTTP, as the specification and others' clients have it.

The cases are those of the public conformance suite (cloudevents/conformance, http-protocol-binding.feature) and
of the HTTP protocol binding 1.0.2 with the JSON format; the client is the project's own Python package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings import http
from cloudevents.core.v1.event import CloudEvent
from starlette.datastructures import Headers

from services.domain.rights import Kind
from services.gateway.api.cloudevents import BATCH, STRUCTURED, received
from services.gateway.api.described import EXAMPLE
from services.gateway.problems import Refusal
from tests.gateway.conftest import Gateway

CVR = "10000319"

# The suite's own event, of which our model knows neither type nor source: what is read off the request is what counts.
ATTRIBUTES = {
    "specversion": "1.0",
    "type": "com.example.someevent",
    "time": "2018-04-05T03:56:24Z",
    "id": "1234-1234-1234",
    "source": "/mycontext/subcontext",
}
MESSAGE = {"message": "Hello World!"}
AS_HEADERS = {f"ce-{name}": value for name, value in ATTRIBUTES.items()}


def read(content_type: str, headers: Mapping[str, str], body: Any) -> list[dict[str, Any]]:
    found = received(content_type, Headers(headers), body if isinstance(body, bytes) else json.dumps(body).encode())
    return [json.loads(event) for event in found.events]


def refused(content_type: str, headers: Mapping[str, str], body: Any = MESSAGE) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(content_type, headers, body)
    return caught.value


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_binary_content_mode(content_type: str) -> None:
    [event] = read(content_type, AS_HEADERS, MESSAGE)
    assert event == {**ATTRIBUTES, "datacontenttype": "application/json", "data": MESSAGE}


@pytest.mark.parametrize(
    "content_type",
    [STRUCTURED, f"{STRUCTURED}; charset=utf-8", "Application/CloudEvents+JSON; Charset=UTF-8"],
)
def test_structured_content_mode(content_type: str) -> None:
    told = {**ATTRIBUTES, "datacontenttype": "application/json", "data": MESSAGE}
    assert read(content_type, {}, told) == [told]


@pytest.mark.parametrize("content_type", [BATCH, f"{BATCH}; charset=utf-8"])
@pytest.mark.parametrize("size", [0, 1, 2, 1_000])
def test_batched_content_mode(content_type: str, size: int) -> None:
    told = [{**ATTRIBUTES, "id": str(n), "data": MESSAGE} for n in range(size)]
    assert read(content_type, {}, told) == told


def test_in_structured_mode_the_headers_say_nothing() -> None:
    told = {**ATTRIBUTES, "data": MESSAGE}
    assert read(STRUCTURED, {**AS_HEADERS, "ce-id": "another"}, told) == [told]


@pytest.mark.parametrize("data", [MESSAGE, 1.5, "I'm just a string", None, [1, 2], True])
def test_data_is_any_json_value(data: Any) -> None:
    """Also where our own types will not have it: that is for them to say."""
    [binary] = read("application/json", AS_HEADERS, data)
    [structured] = read(STRUCTURED, {}, {**ATTRIBUTES, "datacontenttype": "application/json", "data": data})
    assert binary == structured


@pytest.mark.parametrize(
    ("value", "means"),
    [
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ("Euro%20%e2%82%ac", "Euro €"),
        ("%41bc", "Abc"),
        ("100%25", "100%"),
        ("%2541", "%41"),
        ('"two words"', "two words"),
        (r'"a \"quoted\" word"', 'a "quoted" word'),
        (r'"back\\slash"', "back\\slash"),
        ("(no comment)", "(no comment)"),
    ],
)
def test_header_values_are_unquoted_and_decoded_once(value: str, means: str) -> None:
    [event] = read("application/json", {**AS_HEADERS, "ce-comment": value}, MESSAGE)
    assert event["comment"] == means


@pytest.mark.parametrize("value", ["%C0%A0", "%ff", "%E2%82", "bl\u00e5b\u00e6r"])
def test_header_values_that_are_no_utf_8_are_refused(value: str) -> None:
    refusal = refused("application/json", {**AS_HEADERS, "ce-comment": value})
    assert (refusal.status, [fault.field for fault in refusal.faults]) == (400, ["ce-comment"])


def test_names_of_headers_have_no_case() -> None:
    shouted = {name.upper(): value for name, value in AS_HEADERS.items()}
    assert read("application/json", shouted, MESSAGE) == read("application/json", AS_HEADERS, MESSAGE)


def test_what_says_two_things_is_refused() -> None:
    raw = [(name.encode(), value.encode()) for name, value in [*AS_HEADERS.items(), ("ce-id", "another")]]
    with pytest.raises(Refusal) as caught:
        received("application/json", Headers(raw=raw), b"{}")
    assert [fault.field for fault in caught.value.faults] == ["ce-id"]
    both = refused("application/json", {**AS_HEADERS, "ce-datacontenttype": "application/json"})
    assert [fault.field for fault in both.faults] == ["ce-datacontenttype"]


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("application/cloudevents+avro", {}),
        ("application/cloudevents-batch+protobuf", {}),
        ("application/cloudevents", {}),
        ("application/json", {}),
        ("application/xml", AS_HEADERS),
        ("", AS_HEADERS),
        (f"{STRUCTURED}; charset=iso-8859-1", {}),
    ],
)
def test_formats_that_are_not_spoken_here_are_named_as_such(content_type: str, headers: dict[str, str]) -> None:
    refusal = refused(content_type, headers)
    assert refusal.status == 415
    assert STRUCTURED in refusal.headers["Accept-Post"]


@pytest.mark.parametrize("body", [b"{}", b"", b"[1,", b'"text"', b"null", b"\xff"])
def test_a_batch_is_a_json_array(body: bytes) -> None:
    assert refused(BATCH, {}, body).status == 400


# From here on with events of ours and others' client, against the whole gateway.


@pytest.fixture
def key(gateway: Gateway) -> str:
    gateway.organisation(CVR, Kind.CONTRACTOR)
    return gateway.key(CVR)


def ours(id_: str = "e-1", **extensions: Any) -> CloudEvent:
    attributes = {name: EXAMPLE[name] for name in ("source", "type", "subject")}
    time = datetime(2026, 3, 2, 8, 10, tzinfo=UTC)
    told = {**attributes, "id": id_, "specversion": "1.0", "time": time, "datacontenttype": "application/json"}
    return CloudEvent({**told, **extensions}, {**EXAMPLE["data"]})


def send(gateway: Gateway, key: str, message: http.HTTPMessage) -> Any:
    return gateway.call("POST", "/v1/events", key, content=message.body, headers=message.headers)


def test_the_projects_own_client_is_understood_in_every_mode(gateway: Gateway, key: str) -> None:
    binary = send(gateway, key, http.to_binary_event(ours()))
    structured = send(gateway, key, http.to_structured_event(ours()))
    bodies = [json.loads(http.to_structured_event(ours(id_)).body) for id_ in ("e-1", "e-2")]
    batch = gateway.call(
        "POST", "/v1/events", key, content=json.dumps(bodies).encode(), headers={"Content-Type": BATCH}
    )
    assert (binary.status_code, structured.status_code, batch.status_code) == (201, 201, 201)
    # The same event, however it came: one receipt.
    assert binary.json() == structured.json() == {**batch.json()["results"][0]["receipt"]}


@pytest.mark.parametrize("mode", [http.to_binary_event, http.to_structured_event])
def test_what_it_sent_it_finds_again(gateway: Gateway, key: str, mode: Any) -> None:
    sent = ours("ærø/7:a", traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    assert send(gateway, key, mode(sent)).status_code == 201
    query = {"source": EXAMPLE["source"], "id": "ærø/7:a"}
    told = gateway.call("GET", "/v1/events/receipt", key, params=query).json()["event"]
    back = http.from_structured_event(http.HTTPMessage({"content-type": STRUCTURED}, json.dumps(told).encode()))
    assert back.get_data() == sent.get_data()
    assert (back.get_id(), back.get_time()) == (sent.get_id(), sent.get_time())
    assert back.get_extension("traceparent") == sent.get_extension("traceparent")


def test_an_event_of_the_suite_is_refused_field_by_field(gateway: Gateway, key: str) -> None:
    """It is a CloudEvent, but none of ours: 422 says why, in every mode."""
    told = {**ATTRIBUTES, "datacontenttype": "application/json", "data": MESSAGE}
    structured = gateway.call("POST", "/v1/events", key, content=json.dumps(told), headers={"Content-Type": STRUCTURED})
    headers = {**AS_HEADERS, "Content-Type": "application/json"}
    binary = gateway.call("POST", "/v1/events", key, content=json.dumps(MESSAGE), headers=headers)
    assert structured.status_code == binary.status_code == 422
    assert structured.json() == binary.json()
    assert {"/type", "/source", "/subject"} <= {error["pointer"] for error in binary.json()["errors"]}
