"""The gap check on a real broker: what was acknowledged and is not in the log is found, taken in, and told of."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import pytest
from confluent_kafka import Producer as Transactional

from services.errors import BrokerUnavailable
from services.store.store import Store
from services.store.stream import gaps as stored
from services.store.stream.topics import Recreated
from services.stream import clients
from services.stream.gaps import Fate, Gap, check
from services.stream.messages import Message
from tests.kafka import forget, settings_for
from tests.store.told import hours
from tests.stream.topic_of_events import TopicOfEvents
from tests.waiting import until

EVENTS = [hours(f"h{n}", 10, n) for n in range(1, 11)]


def checked(topic: TopicOfEvents) -> list[Gap]:
    return check(topic.kafka, topic.store.database, topic.reads.take)


def told(gaps: Sequence[Gap]) -> list[tuple[int, int, int, str, int]]:
    return [(gap.partition, gap.start, gap.end, gap.fate.value, gap.records) for gap in gaps]


def test_where_nothing_is_missing_nothing_is_told(topic: TopicOfEvents) -> None:
    topic.make(3)
    assert checked(topic) == []
    topic.send(*EVENTS)
    topic.take_in()
    topic.acknowledge()
    assert checked(topic) == []
    assert set(stored.checked(topic.store.database).values()) == {0, len(EVENTS)}


def test_records_that_were_acknowledged_and_never_taken_in_are_taken_in_and_told_once(topic: TopicOfEvents) -> None:
    topic.make(2)
    topic.send(*EVENTS)
    topic.send(*EVENTS[:3], partition=1)
    topic.take_in()
    topic.acknowledge()
    topic.forget([2, 3, 4, 8], ["h9"])
    assert told(checked(topic)) == [
        (0, 2, 5, Fate.HEALED, 3),
        (0, 8, 9, Fate.HEALED, 1),
        (1, 2, 3, Fate.HEALED, 1),
    ]
    assert topic.in_log() == {event["id"] for event in EVENTS}
    assert checked(topic) == []


def test_a_worker_that_acknowledges_before_it_commits_is_healed_even_where_nothing_was_taken_in_yet(
    topic: TopicOfEvents,
) -> None:
    topic.make(1)
    topic.send(*EVENTS)
    topic.acknowledge()
    assert told(checked(topic)) == [(0, 0, 10, Fate.HEALED, 10)]
    assert topic.in_log() == {event["id"] for event in EVENTS}


def test_what_is_not_acknowledged_yet_is_no_gap(topic: TopicOfEvents) -> None:
    topic.make(1)
    topic.send(*EVENTS)
    messages = topic.messages()
    topic.take_in(messages[5:])
    assert checked(topic) == []
    topic.acknowledge(dict.fromkeys(topic.ends(), 3))
    assert told(checked(topic)) == [(0, 0, 3, Fate.HEALED, 3)]


def test_marks_of_transactions_are_known_for_what_they_are(topic: TopicOfEvents) -> None:
    topic.make(1)
    producer = Transactional({"bootstrap.servers": ",".join(topic.kafka.servers), "transactional.id": "sender"})
    producer.init_transactions()
    for end in (producer.commit_transaction, producer.abort_transaction, producer.commit_transaction):
        producer.begin_transaction()
        producer.produce(topic.names.events, b"[]", partition=0)
        producer.flush()
        end()
    # The marks are written after the producer has its answer.
    until(lambda: set(topic.ends().values()) == {6})
    topic.take_in()
    topic.acknowledge()
    # Each transaction leaves a mark, and what was aborted was never said.
    assert told(checked(topic)) == [(0, 1, 4, Fate.EMPTY, 0), (0, 5, 6, Fate.EMPTY, 0)]
    assert checked(topic) == []


def test_a_transaction_under_way_is_waited_for(topic: TopicOfEvents) -> None:
    topic.make(1)
    topic.send(b"[]")
    producer = Transactional({"bootstrap.servers": ",".join(topic.kafka.servers), "transactional.id": "slow"})
    producer.init_transactions()
    producer.begin_transaction()
    producer.produce(topic.names.events, b"[]", partition=0)
    producer.flush()
    topic.acknowledge(dict.fromkeys(topic.ends(), 2))
    assert told(checked(topic)) == [(0, 0, 1, Fate.HEALED, 1)]
    producer.commit_transaction()
    until(lambda: set(topic.ends().values()) == {3})
    assert told(checked(topic)) == [(0, 1, 2, Fate.HEALED, 1)]


def test_what_expired_unread_is_told_as_lost_once_and_remembered(topic: TopicOfEvents) -> None:
    topic.make(1)
    assert checked(topic) == []
    topic.send(*EVENTS)
    topic.take_in(topic.messages()[:2])
    topic.expire(6)
    assert told(checked(topic)) == [(0, 2, 6, Fate.LOST, 0)]
    assert checked(topic) == []
    assert stored.lost(topic.store.database) == [stored.Lost(topic.names.events, 0, 2, 6)]
    topic.acknowledge()
    assert told(checked(topic)) == [(0, 6, 10, Fate.HEALED, 4)]


def test_what_had_expired_before_anybody_looked_was_never_ours(topic: TopicOfEvents) -> None:
    topic.make(1)
    topic.send(*EVENTS)
    topic.expire(4)
    assert checked(topic) == []


def test_what_expires_while_it_is_read_is_left_to_the_next_look(topic: TopicOfEvents) -> None:
    topic.make(1)
    assert checked(topic) == []
    topic.send(*EVENTS)
    topic.take_in(topic.messages()[3:4])
    topic.acknowledge()

    def take(messages: Sequence[Message]) -> None:
        topic.reads.take(messages)
        topic.expire(8)

    # Offsets 0-2 are read; of 4-9 the first are gone by then.
    assert told(check(topic.kafka, topic.store.database, take)) == [(0, 0, 3, Fate.HEALED, 3)]
    assert told(checked(topic)) == [(0, 4, 8, Fate.LOST, 0), (0, 8, 10, Fate.HEALED, 2)]


def test_offsets_that_the_cluster_gives_out_anew_are_not_taken_for_known(topic: TopicOfEvents) -> None:
    topic.make(1)
    topic.send(*EVENTS[:2])
    known = topic.messages()
    # Two more that the cluster acknowledged, and then lost.
    topic.take_in([*known, *(message._replace(offset=message.offset + 2) for message in known)])
    assert told(checked(topic)) == [(0, 2, 4, Fate.REWOUND, 0)]
    topic.send(*EVENTS[2:4])
    assert topic.take_in().new == 2


def test_a_topic_made_anew_is_not_looked_at_as_if_it_were_the_old_one(topic: TopicOfEvents) -> None:
    topic.make(1)
    topic.send(*EVENTS)
    topic.take_in()
    forget(topic.kafka)
    with pytest.raises(Recreated):
        topic.make(1)
    with pytest.raises(Recreated):
        checked(topic)


# kafka-python leaves sockets that nobody answered on to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_broker_that_is_away_is_told_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ANSWERS_WITHIN_MS", 500)
    with pytest.raises(BrokerUnavailable):
        check(settings_for("127.0.0.1:1"), store.database, list)
    gc.collect()
