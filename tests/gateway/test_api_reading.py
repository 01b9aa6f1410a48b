"""Reading over HTTP: pages, marks, languages, addresses with ids in them, and what became of one's own events."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from services.clock import today
from services.domain.rights import Kind
from services.gateway.api.described import EXAMPLE
from services.store import figures
from services.store.batches import Decoded, read
from tests.gateway.conftest import Gateway
from tests.store.told import raw, say

CLIENT, SECRETARIAT, CONTRACTOR = "10000270", "10000289", "10000319"
HAVNEGADE = "/v1/tenders/10000270:havnegade"
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


def tell(gateway: Gateway, *said: dict[str, Any]) -> None:
    items = [read(raw(one)) for one in said]
    gateway.parts.store.apply([item for item in items if isinstance(item, Decoded)])
    figures.refresh(gateway.parts.store, today())


def registered(tender: str, title: str = "Blåbærhaven") -> dict[str, Any]:
    more: dict[str, Any] = {"title": title, "client": CLIENT, "municipality": 461, "linking_circle": f"{CLIENT}:k"}
    return say("tender.registered", f"reg-{tender}", by=CLIENT, subject=tender, **more)


def reported(number: int, **data: Any) -> dict[str, Any]:
    told = {**EXAMPLE["data"], "placement": f"{CONTRACTOR}:P-{number:03}", **data}
    return {**EXAMPLE, "id": f"e-{number:03}", "data": told}


@pytest.fixture
def client(gateway: Gateway) -> str:
    gateway.organisation(CLIENT, Kind.CLIENT)
    return gateway.key(CLIENT)


@pytest.fixture
def contractor(gateway: Gateway) -> str:
    gateway.organisation(CONTRACTOR, Kind.CONTRACTOR)
    return gateway.key(CONTRACTOR)


def walk(gateway: Gateway, key: str, page: str | None, between: Any = lambda _: None) -> list[dict[str, Any]]:
    """Every item of a list, page by page, by `next` and by Link, which say the same."""
    found: list[dict[str, Any]] = []
    while page:
        answer = gateway.call("GET", page, key)
        told = answer.json()
        found += told["items"]
        page = told["next"]
        assert answer.headers.get("link") == (f'<{page}>; rel="next"' if page else None)
        between(len(found))
    return found


# Pages


def test_each_event_is_listed_once_while_others_come(gateway: Gateway, contractor: str) -> None:
    def post(numbers: range) -> None:
        for number in numbers:
            assert gateway.post(reported(number), contractor).status_code == 201

    post(range(10))
    listed = walk(
        gateway,
        contractor,
        "/v1/events?limit=3",
        lambda seen: post(range(100 + seen, 102 + seen)) if seen < 9 else None,
    )
    ids = [one["receipt"]["id"] for one in listed]
    assert len(ids) == len(set(ids))
    assert ids[:10] == [f"e-{number:03}" for number in range(10)]
    backwards = walk(
        gateway, contractor, "/v1/events?limit=3&newest_first=true", lambda seen: post(range(200 + seen, 201 + seen))
    )
    assert [one["receipt"]["id"] for one in backwards] == ids[::-1]


def test_each_tender_and_person_is_listed_once(gateway: Gateway, client: str) -> None:
    names = [f"{CLIENT}:{name}" for name in ("a", "b/æ", "c", "d", "e")]
    tell(gateway, *map(registered, names))
    more = iter([f"{CLIENT}:0", f"{CLIENT}:cc", f"{CLIENT}:z"])
    seen = walk(gateway, client, "/v1/tenders?limit=2", lambda _: tell(gateway, registered(next(more, names[0]))))
    listed = [one["tender"] for one in seen]
    assert listed == sorted(set(listed))
    assert set(names) <= set(listed)


def test_people_come_page_by_page(estates_gateway: Gateway) -> None:
    estates_gateway.organisation("10000289", Kind.SECRETARIAT)
    key = estates_gateway.key("10000289")
    whole = estates_gateway.call("GET", f"{HAVNEGADE}/placements?limit=500", key).json()["items"]
    assert len(whole) > 5
    for form in ("rows", "lines"):
        at = f"{HAVNEGADE}/placements?as={form}"
        assert walk(estates_gateway, key, f"{at}&limit=2") == walk(estates_gateway, key, f"{at}&limit=500")
    assert [look.what for look in estates_gateway.parts.access.looks.of("10000270:havnegade")].count("placements")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/query/limit"),
        ("limit=501", "/query/limit"),
        ("limit=many", "/query/limit"),
        ("cursor=WyJ4", "/query/cursor"),
        ("cursor=bm9uZQ", "/query/cursor"),
        ("cursor=%00", "/query/cursor"),
    ],
)
def test_a_page_that_cannot_be_is_refused(gateway: Gateway, client: str, query: str, pointer: str) -> None:
    refused = gateway.call("GET", f"/v1/tenders?{query}", client)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


# Marks


def test_what_has_not_changed_is_not_sent_again(estates_gateway: Gateway) -> None:
    estates_gateway.organisation(CLIENT, Kind.CLIENT)
    key = estates_gateway.key(CLIENT)
    parts = ("", "/targets", "/targets/10000270:havnegade~oplaering", "/findings", "/openings")
    for path in ("/v1/tenders", *(HAVNEGADE + part for part in parts), "/v1/types"):
        mark = estates_gateway.call("GET", path, key).headers["etag"]
        assert mark.startswith('W/"')
        for asked in (mark, mark.removeprefix("W/"), f'"another", {mark}', "*"):
            same = estates_gateway.call("GET", path, key, headers={"If-None-Match": asked})
            assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", mark)
        other = estates_gateway.call("GET", path, key, headers={"If-None-Match": '"another"'})
        assert other.status_code == 200


def test_a_mark_changes_with_what_is_said(gateway: Gateway, client: str) -> None:
    tell(gateway, registered(f"{CLIENT}:a"))
    at = f"/v1/tenders/{CLIENT}:a"
    before = gateway.call("GET", at, client).headers["etag"]
    days = {"decided_on": "2026-01-01", "starts_on": "2026-03-01", "handover_on": "2027-03-01", "reason": "weather"}
    tell(gateway, say("schedule.changed", "s1", by=CLIENT, subject=f"{CLIENT}:a", **days))
    after = gateway.call("GET", at, client, headers={"If-None-Match": before})
    assert (after.status_code, after.json()["handover_on"]) == (200, "2027-03-01")


def test_people_are_not_to_be_kept(estates_gateway: Gateway) -> None:
    estates_gateway.organisation(CONTRACTOR, Kind.CONTRACTOR)
    for path in (f"{HAVNEGADE}/placements", "/v1/events"):
        headers = estates_gateway.call("GET", path, estates_gateway.key(CONTRACTOR)).headers
        assert headers["cache-control"] == "no-store"
        assert "etag" not in headers


# Languages


def test_texts_come_in_the_language_that_is_asked_for(estates_gateway: Gateway) -> None:
    estates_gateway.organisation(CLIENT, Kind.CLIENT)
    key, at = estates_gateway.key(CLIENT), f"{HAVNEGADE}/targets/10000270:havnegade~oplaering"
    danish = estates_gateway.call("GET", at, key)
    english = estates_gateway.call("GET", at, key, headers={"Accept-Language": "de, en-GB;q=0.8, da;q=0.5"})
    assert (danish.headers["content-language"], english.headers["content-language"]) == ("da", "en")
    assert (danish.json()["unit"], english.json()["unit"]) == ("årsværk", "FTE")
    assert [line["label"] for line in danish.json()["explanation"]][:2] == ["Aftalt", "Tæller"]
    assert [line["label"] for line in english.json()["explanation"]][:2] == ["Agreed", "Counts"]
    lines = estates_gateway.call("GET", f"{HAVNEGADE}/placements", key).json()["items"]
    assert lines[0]["name"] == "Lærling 1, bygningsstruktør"


# Addresses


@pytest.mark.parametrize("tender", ["plain", "with/slash", "ærø/blåbær.2-a_b", "a/targets", "placements"])
def test_any_id_can_stand_in_an_address(gateway: Gateway, client: str, tender: str) -> None:
    name = f"{CLIENT}:{tender}"
    tell(gateway, registered(name))
    [listed] = gateway.call("GET", "/v1/tenders", client).json()["items"]
    for at in (listed["href"], "/v1/tenders/" + name.replace("/", "~"), "/v1/tenders/" + name.replace("/", "%2f")):
        assert gateway.call("GET", at, client).json()["tender"] == name
        assert gateway.call("GET", f"{at}/targets", client).json() == {"items": []}


@pytest.mark.parametrize(
    "tender", ["x", "%00", "10000270:%00", "10000270:" + "x" * 65, "10000270:a%0A", "%ff", "a%2Fb"]
)
def test_what_can_be_no_id_is_not_there(gateway: Gateway, client: str, tender: str) -> None:
    answer = gateway.call("GET", f"/v1/tenders/{tender}", client)
    assert answer.status_code == 404
    assert answer.content == gateway.call("GET", "/v1/tenders/10000270:nowhere", client).content


def test_every_address_says_what_may_be_done_with_it(gateway: Gateway, client: str) -> None:
    for path, methods in (
        ("/v1/events", "GET, HEAD, OPTIONS, POST"),
        ("/v1/validate", "OPTIONS, POST"),
        ("/ready", "GET, HEAD, OPTIONS"),
    ):
        asked = gateway.call("OPTIONS", path)
        assert (asked.status_code, asked.headers["allow"], asked.content) == (204, methods, b"")
        refused = gateway.call("DELETE", path, client)
        assert (refused.status_code, refused.headers["allow"]) == (405, methods)
        assert refused.headers["content-type"] == "application/problem+json"
    assert gateway.call("OPTIONS", "/v1/nowhere").status_code == 404


def test_head_is_get_without_its_body(gateway: Gateway, client: str) -> None:
    for path in ("/v1/tenders", "/v1/me", "/v1/types", "/health", "/v1/tenders/10000270:nowhere", "/v1/openapi.json"):
        got, head = gateway.call("GET", path, client), gateway.call("HEAD", path, client)
        assert (head.status_code, head.content) == (got.status_code, b"")
        for name in ("content-type", "content-length", "etag"):
            assert head.headers.get(name) == got.headers.get(name)


# Own events


def test_a_receipt_says_what_became_of_an_event(gateway: Gateway, contractor: str, client: str) -> None:
    def asked(number: int) -> dict[str, Any]:
        query = {"source": EXAMPLE["source"], "id": f"e-{number:03}"}
        told: dict[str, Any] = gateway.call("GET", "/v1/events/receipt", contractor, params=query).json()
        return told

    receipt = gateway.post(reported(1), contractor).json()
    assert asked(1)["receipt"] == receipt
    assert asked(1)["event"] == reported(1)
    # Nobody has registered the tender, or engaged the contractor: to who is no party both look the same.
    assert asked(1)["waits_for"] == ["not_a_party"]
    tell(gateway, registered(EXAMPLE["subject"]))
    assert asked(1)["waits_for"] == ["not_a_party"]
    engaged = {"contractor": CONTRACTOR, "company": "Lærke A/S", "engaged_on": "2026-01-05"}
    tell(gateway, say("contractor.engaged", "c1", by=CLIENT, subject=EXAMPLE["subject"], **engaged))
    assert (asked(1)["fate"], asked(1)["waits_for"]) == ("stands", [])
    amended = {"target_source": EXAMPLE["source"], "target_id": "e-001", "reported_by": CONTRACTOR}
    withdrawn = {**EXAMPLE, "id": "w-1", "type": "dk.bygspor.event.withdrawn.v1", "data": amended}
    assert gateway.post(withdrawn, contractor).status_code == 201
    assert asked(1)["fate"] == "withdrawn"
    assert asked(1)["receipt"] == receipt


def test_events_can_be_narrowed_down(gateway: Gateway, contractor: str) -> None:
    for event in (
        reported(1),
        {**reported(2), "source": "urn:bygspor:10000319:loen"},
        {**reported(3), "subject": "10000270:andet"},
    ):
        assert gateway.post(event, contractor).status_code == 201

    def ids(**query: str) -> list[str]:
        found = gateway.call("GET", "/v1/events", contractor, params=query).json()["items"]
        return [one["receipt"]["id"] for one in found]

    assert ids() == ["e-001", "e-002", "e-003"]
    assert ids(source="urn:bygspor:10000319:loen") == ["e-002"]
    assert ids(tender="10000270:andet") == ["e-003"]
    assert ids(type="dk.bygspor.placement.ended.v1") == []
    assert len(ids(type=EXAMPLE["type"], tender=EXAMPLE["subject"])) == 2


def test_what_a_secretariat_says_for_a_contractor_is_seen_by_both(gateway: Gateway, contractor: str) -> None:
    gateway.organisation(SECRETARIAT, Kind.SECRETARIAT)
    key = gateway.key(SECRETARIAT)
    told = {**reported(1, reported_by=SECRETARIAT, on_behalf_of=CONTRACTOR), "source": f"urn:bygspor:{SECRETARIAT}:b"}
    assert gateway.post(told, key).status_code == 201
    [theirs] = gateway.call("GET", "/v1/events", contractor).json()["items"]
    [own] = gateway.call("GET", "/v1/events", key).json()["items"]
    assert (theirs["on_behalf"], own["on_behalf"]) == (True, False)
    assert theirs["receipt"] == own["receipt"]


def test_a_later_version_waits_and_says_so(gateway: Gateway, contractor: str) -> None:
    later = {**EXAMPLE, "type": "dk.bygspor.placement.started.v7", "data": {**EXAMPLE["data"], "colour": "blue"}}
    assert gateway.post(later, contractor).json()["waiting"]
    [listed] = gateway.call("GET", "/v1/events?type=dk.bygspor.placement.started.v7", contractor).json()["items"]
    assert (listed["fate"], listed["receipt"]["waiting"], listed["event"]) == ("waiting", True, later)


def test_a_rejected_line_is_shown_to_who_sent_it(gateway: Gateway, contractor: str, client: str) -> None:
    gateway.post(reported(1), contractor)
    refused = read(msgspec.json.encode({**reported(2), "data": {"reported_by": CONTRACTOR}}), "loen.jsonl", 7)
    assert not isinstance(refused, Decoded)
    gateway.parts.store.apply([], [refused])
    [line] = gateway.call("GET", "/v1/rejected", contractor, headers={"Accept-Language": "en"}).json()["items"]
    assert (line["origin"], line["line"], line["times"]) == ("loen.jsonl", 7, 1)
    assert {"code": "missing", "pointer": "/data/person", "detail": "the field is missing", "got": ""} in line["errors"]
    assert gateway.call("GET", "/v1/rejected", client).json() == {"next": None, "items": []}
