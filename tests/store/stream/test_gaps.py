"""What is missing of a topic in the log: found exactly, and looked for only where nobody has looked before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.store.batches import read
from services.store.connections import BY_INDEX
from services.store.store import Store
from services.store.stream import Record, RecordKey, apply_records, gaps, numbered
from services.store.stream.gaps import Edges, Lost, Partition, Span

TOPIC_ID = UUID("6c1b0a0e-0000-4000-8000-000000000002")
END = 40


@pytest.fixture
def topic(store: Store) -> Partition:
    return Partition(numbered(store.database, "bygspor.events", TOPIC_ID), 3)


def take_in(store: Store, partition: Partition, offsets: Iterable[int]) -> None:
    apply_records(store, [Record(RecordKey(*partition, offset), []) for offset in offsets])


def naive(known: set[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    first = None
    for offset in range(start, end + 1):
        is_missing = offset < end and offset not in known
        if is_missing and first is None:
            first = offset
        if not is_missing and first is not None:
            yield first, offset
            first = None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=st.sets(st.integers(0, END + 5)), start=st.integers(0, END), end=st.integers(0, END))
def test_every_missing_offset_is_found_and_no_other(
    store: Store, topic: Partition, known: set[int], start: int, end: int
) -> None:
    with store.database.transaction() as connection:
        connection.execute(b"DELETE FROM stream.applied_record")
    take_in(store, topic, known)
    # A neighbour that has everything must not hide what is missing here.
    take_in(store, Partition(topic.topic_no, topic.number + 1), range(END))
    found = gaps.missing(store.database, [Span(topic, start, end), Span(topic._replace(number=4), 0, END)])
    assert [(span.start, span.end) for span in found] == list(naive(known, start, end))
    assert {span.partition for span in found} <= {topic}


def test_the_look_is_by_index_and_from_where_the_last_one_ended(store: Store, topic: Partition) -> None:
    take_in(store, topic, range(500))
    with store.database.transaction(BY_INDEX) as connection:
        asked = [[topic.topic_no], [topic.number], [490], [500]]
        plan = connection.execute(b"EXPLAIN " + gaps._INCOMPLETE, asked).fetchall()
    text = "\n".join(line for (line,) in plan)
    assert "Index Only Scan using applied_record_pkey" in text
    assert '"offset" >= s."from"' in text


def test_what_was_looked_at_is_not_looked_at_again(store: Store, topic: Partition) -> None:
    gaps.move_on(store.database, {topic: 17})
    gaps.move_on(store.database, {topic: 5})
    assert gaps.checked(store.database) == {topic: 17}


def test_offsets_without_a_record_are_known_once_they_are_noted(store: Store, topic: Partition) -> None:
    take_in(store, topic, [0, 1, 4])
    for _ in range(2):
        gaps.note_empty(store.database, [Span(topic, 1, 4)])
    assert gaps.missing(store.database, [Span(topic, 0, 6)]) == [Span(topic, 5, 6)]
    assert gaps.edges(store.database, [topic, Partition(topic.topic_no, 9)]) == {topic: Edges(0, 4)}


def test_what_is_lost_is_remembered_once_and_told_for_ninety_days(store: Store, topic: Partition) -> None:
    for _ in range(2):
        gaps.note_lost(store.database, [Span(topic, 7, 9)])
    assert gaps.lost(store.database) == [Lost("bygspor.events", 3, 7, 9)]
    with store.database.transaction() as connection:
        connection.execute(b"UPDATE stream.lost SET noted_at = now() - interval '91 days'")
    assert gaps.lost(store.database) == []


def test_offsets_that_a_topic_gives_out_anew_are_forgotten_and_their_events_stay(
    store: Store, topic: Partition
) -> None:
    bad = Record(RecordKey(*topic, 8), [read(b"no json")])
    take_in(store, topic, range(8))
    apply_records(store, [bad])
    gaps.move_on(store.database, {topic: 9})
    gaps.forget(store.database, topic, 6, 8)
    assert gaps.missing(store.database, [Span(topic, 0, 9)]) == [Span(topic, 6, 9)]
    assert gaps.checked(store.database) == {topic: 6}
    assert len(store.rejected()) == 1


def test_a_span_is_never_empty(store: Store, topic: Partition) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        gaps.note_lost(store.database, [Span(topic, 7, 7)])
