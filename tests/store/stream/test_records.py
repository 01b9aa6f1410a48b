"""Records of topics: applied once, whole, and with every refused event named by its place."""

from __future__ import annotations

from uuid import UUID, uuid4

import msgspec
import pytest

from services.domain.rights import Caller, Kind, Role
from services.store.access import seen_by
from services.store.batches import read
from services.store.store import Store
from services.store.stream import (
    Place,
    Record,
    RecordKey,
    Recreated,
    State,
    adopt,
    applied_among,
    apply_records,
    fate_of,
    gaps,
    numbered,
)
from tests.store.told import hours

TOPIC_ID = UUID("6c1b0a0e-0000-4000-8000-000000000001")


def raw(event: object) -> bytes:
    return event if isinstance(event, bytes) else msgspec.json.encode(event)


def record(number: int, offset: int, *events: bytes) -> Record:
    return Record(RecordKey(number, 0, offset), [read(one, "bygspor.events", offset) for one in events])


@pytest.fixture
def topic(store: Store) -> int:
    return numbered(store.database, "bygspor.events", TOPIC_ID)


def rows(store: Store) -> list[tuple[int, ...]]:
    with store.database.transaction() as connection:
        return connection.execute(
            b'SELECT "offset", events, new, duplicate, rejected FROM stream.applied_record ORDER BY 1'
        ).fetchall()


def test_a_record_is_applied_once_however_often_it_comes(store: Store, topic: int) -> None:
    one, two = (raw(hours(f"h{n}", 10, n)) for n in (1, 2))
    first = record(topic, 0, one, two)
    apply_records(store, [first])
    apply_records(store, [first, record(topic, 1, one)])
    assert rows(store) == [(0, 2, 2, 0, 0), (1, 1, 0, 1, 0)]
    keys = [RecordKey(topic, 0, offset) for offset in (0, 1, 2)]
    assert applied_among(store.database, keys) == set(keys[:2])


def test_a_record_of_nothing_leaves_its_trace(store: Store, topic: int) -> None:
    apply_records(store, [Record(RecordKey(topic, 3, 9), [])])
    assert rows(store) == [(9, 0, 0, 0, 0)]


def test_what_cannot_be_is_named_by_its_place_and_its_neighbours_go_in(store: Store, topic: int) -> None:
    good, other = raw(hours("h1", 10)), raw(hours("h1", 11))
    apply_records(store, [record(topic, 0, b"no json", good)])
    apply_records(store, [record(topic, 1, other)])
    assert rows(store) == [(0, 2, 1, 0, 1), (1, 1, 0, 0, 1)]
    assert {fault.code for one in store.rejected() for fault in one.faults} == {"json_invalid", "conflict"}


def test_the_sender_learns_the_fate_of_each_event(store: Store, topic: int) -> None:
    told = hours("h1", 10)
    apply_records(store, [record(topic, 0, raw(told)), record(topic, 1, raw({**told, "time": "2025-02-01T12:00:00Z"}))])
    organisation = str(told["source"]).split(":")[2]
    caller = Caller(organisation, frozenset({Kind.CONTRACTOR}), Role.REPORTER, "key:1")
    with seen_by(store.database, caller) as connection:
        fates = [
            fate_of(connection, Place(str(TOPIC_ID), 0, offset, 0), str(told["source"]), "h1") for offset in (0, 1, 2)
        ]
    assert [fate.state for fate in fates] == [State.APPLIED, State.REJECTED, State.WAITING]
    assert fates[0].receipt is not None
    assert [fault.code for fault in fates[1].faults] == ["conflict"]


def test_a_topic_made_anew_stops_until_told(store: Store, topic: int) -> None:
    other = uuid4()
    assert numbered(store.database, "bygspor.events", TOPIC_ID) == topic
    with pytest.raises(Recreated):
        numbered(store.database, "bygspor.events", other)
    number = adopt(store.database, "bygspor.events", other)
    assert number != topic
    assert numbered(store.database, "bygspor.events", other) == number


def test_what_a_topic_lost_is_told_as_lost_until_it_is_sent_again(store: Store, topic: int) -> None:
    told = hours("h1", 10)
    source = str(told["source"])
    caller = Caller(source.split(":")[2], frozenset({Kind.CONTRACTOR}), Role.REPORTER, "key:1")
    gaps.note_lost(store.database, [gaps.Span(gaps.Partition(topic, 0), 5, 8)])

    def fate(offset: int) -> State:
        with seen_by(store.database, caller) as connection:
            return fate_of(connection, Place(str(TOPIC_ID), 0, offset, 0), source, "h1").state

    assert [fate(offset) for offset in (4, 5, 7, 8)] == [State.WAITING, State.LOST, State.LOST, State.WAITING]
    apply_records(store, [record(topic, 9, raw(told))])
    assert fate(5) is State.APPLIED
    adopt(store.database, "bygspor.events", uuid4())
    with seen_by(store.database, caller) as connection:
        assert fate_of(connection, Place(str(TOPIC_ID), 0, 4, 0), source, "h2").state is State.LOST
