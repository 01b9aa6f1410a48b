"""Dead letters: on their topic at least once, shown with reasons, and sent again until they land."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from services.store.stream.letters import unsent
from services.stream.deadletters import send_unsent
from services.stream.delivery import Delivery
from tests.cli.runner import Bygspor
from tests.store.told import MAIN, hours
from tests.stream.topic_of_events import TopicOfEvents

GOOD = hours("h1", 10)
BAD = {**hours("h2", 10, 2), "type": "dk.bygspor.hours.guessed.v1"}


@pytest.fixture
def delivery(topic: TopicOfEvents) -> Iterator[Delivery]:
    opened = Delivery(topic.kafka)
    yield opened
    opened.close()


def letters_on_topic(topic: TopicOfEvents) -> list[dict[str, Any]]:
    return [msgspec.json.decode(message.value or b"") for message in topic.messages(topic.names.dead_letters)]


def test_every_letter_is_sent_at_least_once(topic: TopicOfEvents, delivery: Delivery) -> None:
    topic.make(1, topic.names.dead_letters)
    topic.send(GOOD, BAD, b"no json")
    topic.take_in()
    assert send_unsent(topic.store.database, delivery, topic.names) == 2
    assert send_unsent(topic.store.database, delivery, topic.names) == 0
    told = {letter["offset"]: letter for letter in letters_on_topic(topic)}
    assert set(told) == {1, 2}
    assert (told[1]["source"], told[1]["id"]) == (BAD["source"], BAD["id"])
    assert [fault["code"] for fault in told[1]["faults"]] == ["unknown_type"]
    assert told[2]["source"] is None
    assert b"guessed" not in msgspec.json.encode([fault.get("got") for fault in told[1]["faults"]])


def test_a_letter_is_sent_again_where_nobody_knows_whether_it_was(topic: TopicOfEvents, delivery: Delivery) -> None:
    topic.make(1, topic.names.dead_letters)
    topic.send(BAD)
    topic.take_in()
    send_unsent(topic.store.database, delivery, topic.names)
    with topic.store.database.transaction() as connection:
        connection.execute(b"UPDATE stream.dead_letter SET sent_at = NULL")
    assert len(unsent(topic.store.database, 10)) == 1
    send_unsent(topic.store.database, delivery, topic.names)
    one, other = letters_on_topic(topic)
    assert one == other


def test_what_was_mended_lands_when_it_is_sent_again_and_resolves_its_line(
    topic: TopicOfEvents, on_topic: Bygspor, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = topic.names.of_organisation(MAIN)
    topic.make(1, own)
    # Nobody has registered the organisation yet whose systems these are.
    topic.send(GOOD, topic=own)
    topic.take_in(topic.messages(own))
    [listed] = on_topic.json("deadletters", "list")
    assert (listed["topic"], listed["offset"], listed["organisation"]) == (own, 0, MAIN)
    assert [fault["code"] for fault in listed["faults"]] == ["unknown_organisation"]
    shown = on_topic.json("deadletters", "show", str(listed["no"]))
    assert msgspec.json.decode(shown["payload"]) == GOOD
    assert f"{own}/0/0/0" in on_topic.done("deadletters", "show", str(listed["no"])).words

    on_topic.done("org", "add", MAIN, "Tømrer", "--kind", "contractor")
    on_topic.done("deadletters", "replay", str(listed["no"]))
    *_, again = topic.messages(own)
    assert again.replay
    topic.take_in(topic.messages(own))
    assert topic.in_log() == {"h1"}
    assert on_topic.json("deadletters", "list") == []
    [resolved] = on_topic.json("deadletters", "list", "--resolved")
    assert resolved["resolved"]
    assert resolved["replayed_at"] is not None
    assert on_topic.json("rejected", "list") == []


def test_what_is_still_wrong_is_counted_up_and_not_kept_twice(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    topic.send(BAD, b"no json")
    topic.take_in()
    for _ in range(2):
        assert len(on_topic.json("deadletters", "replay", "--all")) == 2
        topic.take_in()
    found = on_topic.json("deadletters", "list")
    assert [one["times"] for one in found] == [3, 3]
    assert {one["offset"] for one in found} == {4, 5}
    # Nothing goes round by itself: two sent, and each of them again where somebody said so.
    assert len(topic.messages()) == 6


def test_sent_again_by_a_stranger_the_number_of_a_line_is_not_believed(topic: TopicOfEvents) -> None:
    topic.make(1)
    topic.send(BAD, GOOD)
    bad, good = topic.messages()
    topic.take_in([bad])
    topic.take_in([good._replace(replay=True)])
    [line] = topic.store.rejected()
    assert line.payload == bad.value


def test_no_number_that_nobody_knows(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    assert on_topic("deadletters", "show", "17").code == 2
    assert on_topic("deadletters", "replay", "17").code == 2
    assert on_topic("deadletters", "replay").code == 2
    assert on_topic("deadletters", "replay", "17", "--all").code == 2
    assert "Der er ingen døde breve." in on_topic.done("deadletters", "list").words


def test_the_table_shows_the_newest_with_its_reason(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    topic.send(BAD, b"no json")
    topic.take_in()
    words = on_topic.done("deadletters", "list", "--limit", "1", "--lang", "en", columns=200).words
    assert f"{topic.names.events}/0/1/0" in words
    assert "… and 1 more before them" in words


def test_a_handler_that_fails_is_replayed_after_it_is_mended(
    topic: TopicOfEvents, on_topic: Bygspor, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.make(1)
    topic.send(GOOD)
    with monkeypatch.context() as patch:
        patch.setattr("services.store.apply._fold", lambda *_: 1 / 0)
        assert topic.take_in().rejected == 1
    assert {fault.code for one in topic.store.rejected() for fault in one.faults} == {"handler_failed"}
    on_topic.done("deadletters", "replay", "--all")
    topic.take_in()
    assert topic.store.rejected() == []
    assert topic.in_log() == {"h1"}


def test_what_a_number_was_blotted_out_of_is_not_sent_again(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    topic.send(hours("0101901234", 10), BAD)
    topic.take_in()
    blotted, bad = sorted(on_topic.json("deadletters", "list"), key=lambda one: int(one["offset"]))
    named = on_topic("deadletters", "replay", str(blotted["no"]))
    assert named.code == 1
    assert "ligner et CPR-nummer" in named.words
    assert "0 hændelser er sendt igen." in named.words
    sent = {one["no"]: one["outcome"] for one in on_topic.json("deadletters", "replay", "--all")}
    assert sent == {blotted["no"]: "blotted", bad["no"]: "sent"}
    on_topic("rejected", "retry")
    topic.take_in()
    assert len(topic.messages()) == 3
    kept = {one["no"]: one["faults"] for one in on_topic.json("deadletters", "list")}
    assert kept[blotted["no"]] == blotted["faults"]


def test_what_has_landed_is_not_sent_again(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    own = topic.names.of_organisation(MAIN)
    topic.make(1, own)
    topic.send(GOOD, topic=own)
    topic.take_in(topic.messages(own))
    on_topic.done("org", "add", MAIN, "Tømrer", "--kind", "contractor")
    (one,) = on_topic.json("deadletters", "list")
    assert "1 hændelse er sendt igen." in on_topic.done("deadletters", "replay", str(one["no"])).words
    topic.take_in(topic.messages(own))
    again = on_topic.done("deadletters", "replay", str(one["no"]))
    assert f"Nr. {one['no']} er landet allerede" in again.words
    assert len(topic.messages(own)) == 2


def test_both_lists_tell_the_same_place_and_event(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    topic.make(1)
    topic.send([GOOD, BAD], b"no json")
    topic.take_in()
    letters = {one["no"]: (one["place"], one["id"]) for one in on_topic.json("deadletters", "list")}
    lines = {one["rejected"]: (one["place"], one["id"]) for one in on_topic.json("rejected", "list")}
    assert letters == lines
    events = topic.names.events
    assert set(lines.values()) == {(f"{events}/0/0/1", BAD["id"]), (f"{events}/0/1/0", None)}
    for command in ("deadletters", "rejected"):
        words = on_topic.done(command, "list", columns=250).words
        assert f"{events}/0/0/1" in words
        assert BAD["id"] in words
    number = next(no for no, (_, event_id) in lines.items() if event_id)
    assert f"{events}/0/0/1" in on_topic.done("rejected", "show", str(number)).words
