"""Bytes of records into the store: what is read of them, who may say it, and an event that makes us fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import msgspec
import pytest
import structlog

from services.domain.rights import Caller, Kind, Role
from services.store import apply as applying
from services.store.batches import Decoded, Refused
from services.store.store import Store
from services.store.stream import numbered
from services.stream.messages import Message, items_of
from services.stream.names import TopicNames
from services.stream.taking import MOST_FAILING_IN_A_ROW, Taken, Taking, TooManyFailing
from tests.store.told import CANDIDATE, CIRCLE, CLIENT, MAIN, Said, hours, say
from tests.stream.running import batch

NAMES = TopicNames("bygspor")
OWN = NAMES.of_organisation(MAIN)
CALLER = Caller(MAIN, frozenset({Kind.CONTRACTOR}), Role.REPORTER, f"topic:{MAIN}")


def message(offset: int, value: bytes | None, topic: str = NAMES.events) -> Message:
    return Message(topic, 0, offset, value, 1_700_000_000_000)


@pytest.fixture
def take(database_url: str) -> Iterator[Callable[..., Taken]]:
    store = Store(database_url)
    numbers = {name: numbered(store.database, name, UUID(int=n)) for n, name in enumerate((NAMES.events, OWN), start=1)}
    yield Taking(store, NAMES, numbers, lambda cvr: CALLER if cvr == MAIN else None).take
    store.close()


def rejected(database_url: str) -> list[tuple[str, int, set[str], bytes]]:
    store = Store(database_url)
    found = [(one.origin, one.line, {fault.code for fault in one.faults}, one.payload) for one in store.rejected()]
    store.close()
    return found


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (None, "json_invalid"),
        (b"", "json_invalid"),
        (b"no json", "json_invalid"),
        (b"[{", "not_a_batch"),
        (b"17", "not_an_object"),
        (b'{"type": "dk.bygspor.nothing.v1"}', "unknown_type"),
        (b"\x00\xff", "json_invalid"),
    ],
)
def test_a_record_that_is_no_event_is_refused_with_its_reason(value: bytes | None, codes: str) -> None:
    (item,) = items_of(message(0, value), None, lambda _: None)
    assert isinstance(item, Refused)
    assert codes in {fault.code for fault in item.faults}
    assert (item.origin, item.line) == ("bygspor.events/0", 0)


def test_an_event_that_cannot_be_read_takes_no_neighbour_along() -> None:
    items = items_of(message(7, batch(hours("h1", 10), b"17", hours("h2", 11, 4))), None, lambda _: None)
    assert [type(item) for item in items] == [Decoded, Refused, Decoded]


@pytest.mark.parametrize("value", [b"[]", b" [ ] "])
def test_an_empty_batch_is_refused_so_that_its_sender_hears_of_it(
    take: Callable[..., Taken], database_url: str, value: bytes
) -> None:
    assert take([message(0, value, OWN)]) == Taken(records=1, events=1, rejected=1)
    ((_, _, codes, payload),) = rejected(database_url)
    assert (codes, payload) == ({"empty"}, value)


def test_the_operator_is_warned_where_a_topic_holds_a_cpr_number_and_not_told_which(take: Callable[..., Taken]) -> None:
    numbers = [
        msgspec.json.encode({**hours("h1", 10), "note": "010190-1234"}),
        b'{"person": "010190-1234"',
        batch(hours("h2", 10), {**hours("h3", 10), "id": "0101901234"}),
    ]
    sent = [b"no json", *numbers, batch(hours("h4", 11, 4))]
    with structlog.testing.capture_logs() as lines:
        take([message(offset, value, OWN) for offset, value in enumerate(sent)])
    warned = [line for line in lines if line["event"] == "cpr_in_topic"]
    told = {"event": "cpr_in_topic", "log_level": "warning", "topic": OWN, "partition": 0}
    assert warned == [{**told, "offset": offset} for offset in (1, 2, 3)]


IDENTIFIED = say(
    "candidate.identified",
    "c1",
    subject=CANDIDATE,
    person=f"{CLIENT}:a",
    linking_circle=CIRCLE,
    identified_on="2025-03-01",
)
FOREIGN = f"urn:bygspor:{CLIENT}:test"


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (hours("h1", 10, by=CLIENT), "foreign_source"),
        ({**hours("h1", 10), "source": f"urn:bygspor:{MAIN}:bygspor-web"}, "reserved_source"),
        ({**hours("h1", 10), "source": FOREIGN, "type": "dk.bygspor.hours.reported.v99"}, "foreign_source"),
        (IDENTIFIED, "not_your_type"),
    ],
)
def test_an_organisations_topic_is_its_credential(event: Said, code: str) -> None:
    (item,) = items_of(message(0, msgspec.json.encode(event), OWN), MAIN, lambda _: CALLER)
    assert isinstance(item, Refused)
    assert item.organisation == MAIN
    assert code in {fault.code for fault in item.faults}


def test_the_topic_of_an_organisation_that_is_not_here_says_nothing() -> None:
    (item,) = items_of(message(0, msgspec.json.encode(hours("h1", 10)), OWN), MAIN, lambda _: None)
    assert isinstance(item, Refused)
    assert [fault.code for fault in item.faults] == ["unknown_organisation"]


def test_what_looks_like_a_cpr_number_is_refused_and_never_kept(take: Callable[..., Taken], database_url: str) -> None:
    event = {**hours("h1", 10), "note": "010190-1234"}
    taken = take([message(0, msgspec.json.encode(event), OWN)])
    assert (taken.events, taken.rejected) == (1, 1)
    (kept,) = rejected(database_url)
    assert b"010190" not in kept[3]


def test_records_that_are_known_are_passed_over_and_taken_again_on_demand(take: Callable[..., Taken]) -> None:
    records = [message(n, batch(hours(f"h{n}", 10, n + 1))) for n in range(3)]
    assert take(records).new == 3
    assert take(records) == Taken()
    again = take(records, again=True)
    assert (again.new, again.duplicate) == (0, 3)


def failing_on(monkeypatch: pytest.MonkeyPatch, ids: set[str]) -> None:
    fold = applying._fold

    def folding(connection: object, names: object, batch_no: int, new: Sequence[tuple[object, object]]) -> object:
        if any(event.id in ids for _, event in new):  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return fold(connection, names, batch_no, new)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_fold", folding)


def test_an_event_that_makes_us_fail_is_kept_and_its_neighbours_go_in(
    take: Callable[..., Taken], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_on(monkeypatch, {"h3", "h8"})
    told = [hours(f"h{n}", 10, n) for n in range(1, 13)]
    taken = take([message(0, batch(*told[:6])), message(1, batch(*told[6:]))])
    assert (taken.events, taken.new, taken.rejected) == (12, 10, 2)
    kept = rejected(database_url)
    assert [(origin, line, codes) for origin, line, codes, _ in kept] == [
        ("bygspor.events/0", 0, {"handler_failed"}),
        ("bygspor.events/0", 1, {"handler_failed"}),
    ]


def test_too_many_in_a_row_stop_the_worker_and_nothing_of_them_is_taken(
    take: Callable[..., Taken], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [hours(f"x{n}", 10, 1 + n % 12, f"p{n}") for n in range(MOST_FAILING_IN_A_ROW + 1)]
    failing_on(monkeypatch, {str(one["id"]) for one in many})
    with pytest.raises(TooManyFailing):
        take([message(0, batch(*many))])
    assert rejected(database_url) == []
    monkeypatch.undo()
    assert take([message(0, batch(*many))]).new == len(many)
