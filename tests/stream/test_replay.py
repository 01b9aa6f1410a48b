"""The topics read anew: nothing doubles, what a restored backup lacks comes back, and `verify` says so."""

from __future__ import annotations

import gc
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from services.errors import BadInput
from services.stream import clients
from services.stream.reading import reader
from services.stream.replay import replay
from services.stream.taking import Taken
from tests.cli.runner import Bygspor
from tests.store.told import hours
from tests.stream.topic_of_events import TopicOfEvents

EVENTS = [hours(f"h{n}", 10, 1 + n % 12, f"p{n}") for n in range(60)]


def batch(first: int, last: int) -> bytes:
    return msgspec.json.encode(EVENTS[first:last])


def test_twice_gives_only_duplicates_and_verify_holds(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(3)
    topic.send(batch(0, 20), batch(20, 30), *EVENTS[30:40])
    topic.send(batch(40, 60), partition=2)
    first = on_topic.json("replay", "--from", "earliest")
    assert (first["records"], first["events"], first["new"], first["duplicate"]) == (13, 60, 60, 0)
    again = on_topic.json("replay", "--from", "earliest")
    assert (again["records"], again["events"], again["new"], again["duplicate"]) == (13, 60, 0, 60)
    assert "Hændelser i sekundet" in on_topic.done("replay", "--from", "2020-01-01").words
    checks = {check["name"]: check for check in on_topic.json("verify")}
    assert checks["stream.records"]["ok"]
    assert checks["stream.records"]["count"] == 13
    # It reads beside the group.
    assert on_topic.json("lag")["lag"] == 13


def test_a_restored_backup_gets_back_what_came_after_it(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    topic.send(*EVENTS[:10])
    topic.take_in(topic.messages()[:6])
    topic.acknowledge()
    found = on_topic.json("replay", "--from", "earliest")
    assert (found["new"], found["duplicate"]) == (4, 6)
    assert all(check["ok"] for check in on_topic.json("verify"))


def test_verify_takes_in_what_is_missing_and_fails_once(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    topic.send(*EVENTS[:10])
    topic.take_in()
    topic.acknowledge()
    on_topic.json("verify")
    # Below where the minute's look has come, too.
    topic.forget([3, 4])
    [failed] = [check for check in on_topic.json("verify", code=1) if not check["ok"]]
    assert failed["name"] == "stream.records"
    assert f"{topic.names.events}/0 from 3 to before 5 was missing, taken in now" in failed["detail"]
    on_topic.json("verify")


def test_verify_says_what_was_lost(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    on_topic.json("verify")
    topic.send(*EVENTS[:10])
    topic.expire(4)
    for _ in range(2):
        [failed] = [check for check in on_topic.json("verify", code=1) if not check["ok"]]
        assert failed["name"] == "stream.lost"
        assert f"{topic.names.events}/0 from 0 to before 4" in failed["detail"]


def test_verify_says_that_kafka_is_set_and_does_not_answer(
    topic: TopicOfEvents, on_topic: Bygspor, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.make(1)
    monkeypatch.setenv("BYGSPOR_KAFKA_PREFIX", f"{topic.kafka.prefix}-other")
    [failed] = [check for check in on_topic.json("verify", code=1) if not check["ok"]]
    assert failed["name"] == "stream.records"
    assert f"no topic {topic.kafka.prefix}-other.events" in failed["detail"]


# kafka-python leaves sockets that nobody answered on to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_verify_with_kafka_away_could_not_check_all_and_says_only_that(
    topic: TopicOfEvents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "ANSWERS_WITHIN_MS", 500)
    told = Bygspor(topic.store.url, tmp_path)("verify", "--lang", "en", BYGSPOR_KAFKA="127.0.0.1:1", columns=400)
    assert told.code == 3
    assert "error[kafka.unavailable]: The stream could not be checked" in told.err
    assert len(told.err.splitlines()) == 2
    assert "FAILS" not in told.out
    gc.collect()


def test_verify_without_kafka_looks_at_no_topic(topic: TopicOfEvents, tmp_path: Path) -> None:
    checks = Bygspor(topic.store.url, tmp_path).json("verify")
    assert not [check for check in checks if check["name"].startswith("stream.")]


def test_from_a_moment_only_what_came_since(topic: TopicOfEvents) -> None:
    topic.make(2)
    topic.send(*EVENTS[:5])
    later = datetime.fromtimestamp(topic.messages()[-1].timestamp_ms / 1000, UTC) + timedelta(milliseconds=1)
    while datetime.now(UTC) <= later:
        pass
    topic.send(*EVENTS[5:8])
    seen: list[int] = []

    def take(messages: object) -> Taken:
        seen.extend(message.offset for message in messages)  # type: ignore[attr-defined]
        return Taken()

    replay(topic.kafka, take, since=later)
    assert seen == [5, 6, 7]


def test_of_some_topics_only(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    own = topic.names.of_organisation("10000017")
    topic.make(1, own)
    topic.send(EVENTS[0])
    topic.send(EVENTS[1], topic=own)
    assert on_topic.json("replay", "--from", "earliest", "--topic", own, code=1)["records"] == 1
    with pytest.raises(BadInput, match="no topic"):
        replay(topic.kafka, topic.reads.take, only=["x"])
    assert on_topic("replay", "--from", "yesterday").code == 2


def test_memory_does_not_grow_with_the_topic(topic: TopicOfEvents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.stream.reading.BATCH_BYTES", 400_000)
    monkeypatch.setattr("services.stream.replay.BATCH_BYTES", 400_000)
    topic.make(2)
    value = b"x" * 100_000
    peaks = []
    for rounds in (1, 4):
        for _ in range(rounds):
            topic.send(*[value] * 60, partition=0)
            topic.send(*[value] * 60, partition=1)
        tracemalloc.start()
        largest = 0

        def take(messages: object) -> Taken:
            nonlocal largest
            largest = max(largest, len(messages))  # type: ignore[arg-type]
            return Taken()

        replay(topic.kafka, take)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert largest <= 4
    assert peaks[1] < 1.5 * peaks[0] + 1_000_000


def test_a_reader_closes_what_it_opened(topic: TopicOfEvents) -> None:
    topic.make(1)
    with reader(topic.kafka) as opened:
        pass
    assert opened._closed
