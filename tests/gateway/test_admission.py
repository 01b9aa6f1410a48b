"""The one way in: groups, receipts, and who hears of what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest

from schemas.codec import decode
from schemas.envelope import Event
from services.domain.rights import Caller, Kind, Role
from services.errors import BygSporError
from services.gateway import grouping
from services.gateway.admission import Admission, checked
from services.gateway.api.described import EXAMPLE
from services.gateway.grouping import MOST_WAITING, Admitted
from services.store.batches import Decoded, Outcome
from services.store.store import Store

CLERK = Caller("10000319", frozenset({Kind.CONTRACTOR}), Role.REPORTER, "key:1")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    yield store
    store.close()


def event(number: int = 1, **data: Any) -> bytes:
    said = {**EXAMPLE["data"], "placement": f"10000319:P-{number}", **data}
    return msgspec.json.encode({**EXAMPLE, "id": f"e-{number}", "data": said})


def decoded(raw: bytes) -> Decoded:
    item = checked(raw, CLERK)
    assert isinstance(item, Decoded)
    return item


def test_what_waits_together_is_committed_together(store: Store) -> None:
    async def run() -> list[list[Admitted]]:
        admission = Admission(store)
        return await asyncio.gather(*(admission.admit([decoded(event(n))]) for n in range(200)))

    results = [one for answer in asyncio.run(run()) for one in answer]
    places = {(one.receipt.position, one.receipt.nr) for one in results if one.receipt}
    assert len(places) == 200
    assert len({position for position, _ in places}) < 20


def test_the_same_again_gets_the_same_receipt(store: Store) -> None:
    admission = Admission(store)
    [first] = admission.admit_now([decoded(event(1))])
    admission.admit_now([decoded(event(2))])
    [again] = admission.admit_now([decoded(event(1))])
    assert (first.outcome, again.outcome) == (Outcome.NEW, Outcome.DUPLICATE)
    assert first.receipt == again.receipt


def test_another_body_under_the_same_id_is_told_to_its_sender_and_kept_nowhere(store: Store) -> None:
    admission = Admission(store)
    admission.admit_now([decoded(event(1))])
    [refused] = admission.admit_now([decoded(event(1, weekly_hours=30))])
    assert refused.outcome is Outcome.CONFLICT
    assert [fault.code for fault in refused.faults] == ["conflict"]
    assert store.rejected() == []


def test_one_that_breaks_the_store_takes_no_neighbour_along(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Admission.admit_now

    def breaks(self: Admission, batch: Sequence[Decoded]) -> list[Admitted]:
        if any(item.event.id == "e-13" for item in batch):
            raise ZeroDivisionError
        return whole(self, batch)

    monkeypatch.setattr(Admission, "admit_now", breaks)

    async def run() -> list[Any]:
        admission = Admission(store)
        waiting = [admission.admit([decoded(event(n))]) for n in range(20)]
        return await asyncio.gather(*waiting, return_exceptions=True)

    results = asyncio.run(run())
    assert [n for n, result in enumerate(results) if isinstance(result, ZeroDivisionError)] == [13]
    assert all(result[0].receipt for n, result in enumerate(results) if n != 13)


def test_more_than_memory_allows_is_sent_away_at_once(store: Store) -> None:
    item = decoded(event(1))

    async def run() -> BygSporError:
        admission = Admission(store)
        with pytest.raises(BygSporError) as refused:
            await admission.admit([item] * (MOST_WAITING + 1))
        return refused.value

    assert asyncio.run(run()).retriable


def test_a_credential_reports_as_itself_only() -> None:
    foreign = msgspec.json.decode(event(1))
    foreign["source"] = "urn:bygspor:10000270:erp"
    foreign["data"]["reported_by"] = "10000270"
    result = checked(msgspec.json.encode(foreign), CLERK)
    assert isinstance(result, Admitted)
    assert result.forbidden
    assert [fault.code for fault in result.faults] == ["foreign_source"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"source": "urn:bygspor:10000319:bygspor-web"}, "reserved_source"),
        (
            {"type": "dk.bygspor.tender.closed.v1", "data": {"reported_by": "10000319", "closed_on": "2026-01-01"}},
            "not_your_type",
        ),
        ({"data": {**EXAMPLE["data"], "on_behalf_of": "10000270"}}, "not_on_behalf"),
    ],
)
def test_what_a_contractor_may_not_send(change: dict[str, Any], code: str) -> None:
    result = checked(msgspec.json.encode({**EXAMPLE, **change}), CLERK)
    assert isinstance(result, Admitted)
    assert [fault.code for fault in result.faults] == [code]


def test_a_correction_may_not_say_what_its_sender_may_not() -> None:
    body = {
        **EXAMPLE,
        "type": "dk.bygspor.event.corrected.v1",
        "data": {
            "reported_by": "10000319",
            "target_source": EXAMPLE["source"],
            "target_id": "e-1",
            "replacement": {
                "type": "dk.bygspor.tender.closed.v1",
                "data": {"reported_by": "10000319", "closed_on": "2026-01-01"},
            },
        },
    }
    raw = msgspec.json.encode(body)
    assert isinstance(decode(raw), Event)
    result = checked(raw, CLERK)
    assert isinstance(result, Admitted)
    assert [fault.field for fault in result.faults] == ["data.replacement.type"]


def test_a_reader_reports_nothing() -> None:
    reader = Caller("10000319", frozenset({Kind.CONTRACTOR}), Role.READER, "key:2")
    result = checked(event(1), reader)
    assert isinstance(result, Admitted)
    assert result.forbidden


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("urn:bygspor:10000270:erp", "foreign_source"),
        ("urn:bygspor:10000319:bygspor-web", "reserved_source"),
    ],
)
def test_the_sender_of_a_version_not_known_yet_is_judged_like_any_other(source: str, code: str) -> None:
    later = {**EXAMPLE, "type": "dk.bygspor.placement.started.v9", "source": source}
    result = checked(msgspec.json.encode(later), CLERK)
    assert isinstance(result, Admitted)
    assert result.forbidden
    assert [fault.code for fault in result.faults] == [code]


def test_more_bytes_than_memory_allows_are_sent_away_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = [decoded(event(n)) for n in range(5)]
    monkeypatch.setattr(grouping, "MOST_BYTES_WAITING", sum(len(item.raw) for item in batch) - 1)

    async def run() -> BygSporError:
        admission = Admission(store)
        with pytest.raises(BygSporError) as refused:
            await admission.admit(batch)
        assert await admission.admit(batch[:2])
        return refused.value

    assert asyncio.run(run()).code == "gateway.busy"
