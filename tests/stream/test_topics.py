"""Topics at a real broker: made, held against what they should be, mended, and never made fewer or deleted."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from kafka.admin import ConfigResource

from deploy.kafka.broker import running
from schemas.topics import TOPICS
from services.errors import BrokerUnavailable
from services.settings import Kafka
from services.store.stream import Recreated, numbered, topics
from services.stream.differences import Change, What
from services.stream.names import TopicNames
from services.stream.standing import admin
from services.stream.topics import apply, brokers, check, identity, listed
from tests.cli.runner import Bygspor
from tests.kafka import settings_for
from tests.stream.topic_of_events import TopicOfEvents
from tests.waiting import until

ORGANISATION, OTHER = "10000319", "10000270"


def described(kafka: Kafka, name: str) -> dict[str, Any]:
    with admin(kafka) as opened:
        return dict(opened.describe_topics([name])[0])


def settings_of(kafka: Kafka, name: str) -> dict[str, str]:
    with admin(kafka) as opened:
        told = opened.describe_configs([ConfigResource("TOPIC", name)], config_filter="all")["topic"][name]
    return {setting: one["value"] for setting, one in told.items()}


def make(kafka: Kafka, name: str, partitions: int, settings: dict[str, str] | None = None) -> None:
    with admin(kafka) as opened:
        wanted = {name: {"num_partitions": partitions, "replication_factor": 1, "configs": settings or {}}}
        opened.create_topics(wanted, wait_for_metadata=True)


def remove(kafka: Kafka, name: str) -> None:
    with admin(kafka) as opened:
        opened.delete_topics([name])
        until(lambda: name not in opened.list_topics())


def nowhere() -> Kafka:
    return Kafka(("127.0.0.1:1",))


def command(bygspor: Bygspor, kafka: Kafka, *args: str) -> Any:
    servers = ",".join(kafka.servers)
    return bygspor("topics", *args, BYGSPOR_KAFKA=servers, BYGSPOR_KAFKA_PREFIX=kafka.prefix, BYGSPOR_LANG="en")


def test_applied_topics_are_as_described_and_applying_again_does_nothing(kafka: Kafka) -> None:
    names = TopicNames(kafka.prefix)
    wanted = {
        names.events: TOPICS["events"],
        names.dead_letters: TOPICS["deadletters"],
        names.of_organisation(ORGANISATION): TOPICS["in"],
    }
    before = check(kafka, [ORGANISATION])
    assert {change.topic: change.what for change in before} == dict.fromkeys(wanted, What.MISSING)
    assert apply(kafka, [ORGANISATION]) == before
    for name, kind in wanted.items():
        assert len(described(kafka, name)["partitions"]) == kind.partitions
        assert kind.configuration.items() <= settings_of(kafka, name).items()
    assert apply(kafka, [ORGANISATION]) == []
    assert check(kafka) == []
    assert {one.name: one.kind for one in listed(kafka)} == wanted


def test_checking_changes_nothing(kafka: Kafka) -> None:
    assert len(check(kafka, [ORGANISATION])) == 3
    with admin(kafka) as opened:
        assert [name for name in opened.list_topics() if name.startswith(kafka.prefix)] == []


def test_settings_and_partitions_that_drifted_are_found_and_mended(kafka: Kafka) -> None:
    apply(kafka)
    events = TopicNames(kafka.prefix).events
    theirs = TopicNames(kafka.prefix).of_organisation(ORGANISATION)
    make(kafka, theirs, 2, {"message.timestamp.type": "CreateTime", "cleanup.policy": "compact"})
    drifted = {"retention.ms": "60000", "retention.bytes": "1000000", "segment.bytes": "20000000"}
    with admin(kafka) as opened:
        opened.alter_configs([ConfigResource("TOPIC", events, drifted)])
    until(lambda: len(check(kafka)) > 0)

    kept = str(14 * 24 * 60 * 60 * 1000)
    expected = {
        Change(events, What.SETTING, "retention.ms", "60000", kept),
        Change(events, What.SETTING, "retention.bytes", "1000000", "-1"),
        Change(theirs, What.PARTITIONS, "", "2", "6"),
        Change(theirs, What.SETTING, "message.timestamp.type", "CreateTime", "LogAppendTime"),
        Change(theirs, What.SETTING, "cleanup.policy", "compact", "delete"),
        Change(theirs, What.SETTING, "max.message.bytes", "1048588", "16000000"),
        Change(theirs, What.SETTING, "retention.ms", str(7 * 24 * 60 * 60 * 1000), kept),
    }
    found = set(check(kafka))
    assert expected - {one for one in expected if one.setting == "retention.ms"} <= found
    assert {(one.topic, one.setting) for one in found} == {(one.topic, one.setting) for one in expected}
    assert set(apply(kafka)) == found
    assert check(kafka) == []
    assert len(described(kafka, theirs)["partitions"]) == 6
    assert settings_of(kafka, events)["segment.bytes"] == "20000000"  # what we say nothing of is the operator's


def test_more_partitions_than_described_are_a_problem_that_is_left_alone(kafka: Kafka) -> None:
    events = TopicNames(kafka.prefix).events
    make(kafka, events, 30)
    problem = Change(events, What.PARTITIONS, "", "30", "24", mendable=False)
    assert problem in check(kafka)
    before = described(kafka, events)
    assert problem in apply(kafka)
    assert check(kafka) == [problem] == apply(kafka)
    after = described(kafka, events)
    assert (after["topic_id"], len(after["partitions"])) == (before["topic_id"], 30)


def test_two_who_apply_at_once_are_both_right(kafka: Kafka) -> None:
    failed: list[Exception] = []

    def one() -> None:
        try:
            apply(kafka, [ORGANISATION, OTHER])
        except Exception as error:  # noqa: BLE001 -- told below
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert check(kafka, [ORGANISATION, OTHER]) == []


def test_a_setting_that_the_broker_refuses_is_no_success(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(kafka)
    bad = TOPICS["deadletters"].model_copy(update={"retention_days": -8})
    monkeypatch.setattr("services.stream.topics.TOPICS", {**TOPICS, "deadletters": bad})
    with pytest.raises(BrokerUnavailable, match=r"deadletters.*retention\.ms") as refused:
        apply(kafka)
    assert not refused.value.retriable


def test_topics_of_another_installation_are_left_alone(kafka: Kafka) -> None:
    other = Kafka(kafka.servers, prefix=f"{kafka.prefix}-x")
    make(kafka, f"{kafka.prefix}.in.{ORGANISATION}.old", 1)
    make(kafka, f"{kafka.prefix}.inbox", 1)
    apply(kafka)
    assert {one.name for one in listed(kafka)} == {f"{kafka.prefix}.events", f"{kafka.prefix}.deadletters"}
    assert all(change.what is What.MISSING for change in check(other))


def test_a_topic_made_anew_stops_until_it_is_adopted(kafka: Kafka, bygspor: Bygspor) -> None:
    apply(kafka, [ORGANISATION])
    name = TopicNames(kafka.prefix).of_organisation(ORGANISATION)
    first = identity(kafka, name)
    assert isinstance(first, UUID)
    with bygspor.store() as store:
        known = numbered(store.database, name, first)
        remove(kafka, name)
        assert identity(kafka, name) is None
        apply(kafka, [ORGANISATION])
        second = identity(kafka, name)
        assert second is not None
        assert second != first
        with pytest.raises(Recreated, match=r"deleted and made anew") as stopped:
            numbered(store.database, name, second)
        assert f"bygspor topics adopt {name}" in str(stopped.value.hint)
        told = command(bygspor, kafka, "adopt", name, "--json")
        assert told.code == 0, told.words
        assert told.json["id"] == str(second)
        assert numbered(store.database, name, second) == told.json["no"] != known
        assert [row.id for row in topics(store.database)] == [second]
        assert command(bygspor, kafka, "adopt", name).code == 0  # again: nothing changes
        assert numbered(store.database, name, second) == told.json["no"]


@pytest.mark.parametrize("name", ["{}.deadletters", "{}.nowhere", "else.events"])
def test_only_what_is_taken_in_from_can_be_adopted(kafka: Kafka, bygspor: Bygspor, name: str) -> None:
    apply(kafka)
    told = command(bygspor, kafka, "adopt", name.format(kafka.prefix))
    assert told.code == 2
    assert "error[topics.unknown]" in told.err


def test_commands_say_what_differs_and_what_was_done(kafka: Kafka, bygspor: Bygspor) -> None:
    events = f"{kafka.prefix}.events"
    before = command(bygspor, kafka, "check", "--for", ORGANISATION)
    assert before.code == 1
    assert f"{kafka.prefix}.in.{ORGANISATION}" in before.out
    assert before.out.count("missing") == 3
    done = command(bygspor, kafka, "apply", "--for", ORGANISATION, "--json")
    assert done.code == 0
    assert {one["what"] for one in done.json} == {"missing"}
    after = command(bygspor, kafka, "check")
    assert after.code == 0
    assert "All topics are as they should be" in after.words
    assert "Kafka runs on 1 of 3 machines" in after.words
    assert command(bygspor, kafka, "apply", "--json").json == []
    shown = {one["name"]: one for one in command(bygspor, kafka, "list", "--json").json}
    assert shown[events]["partitions"] == shown[events]["kind"]["partitions"] == 24
    assert UUID(shown[events]["id"]) == identity(kafka, events)
    table = command(bygspor, kafka, "list", "--lang", "da")
    assert events in table.out
    assert "Partitioner" in table.out


def test_a_topic_of_nobody_who_is_registered_is_warned_of(topic: TopicOfEvents, on_topic: Bygspor) -> None:
    told = on_topic.done("topics", "apply", "--for", ORGANISATION)
    assert f"{ORGANISATION} er ikke oprettet" in told.words
    assert " rettet " not in told.words
    assert told.words.count("oprettet") == 4
    on_topic.done("org", "add", ORGANISATION, "Tømrer", "--kind", "contractor")
    assert "ikke oprettet" not in on_topic.done("topics", "apply", "--for", ORGANISATION).words


def test_what_only_people_can_put_right_fails_apply_too(kafka: Kafka, bygspor: Bygspor) -> None:
    make(kafka, f"{kafka.prefix}.events", 25)
    done = command(bygspor, kafka, "apply")
    assert done.code == 1
    assert "cannot become fewer" in done.words
    assert "mended" in done.words


@pytest.mark.parametrize("args", [("list",), ("check",), ("apply",), ("adopt", "bygspor.events")])
def test_without_kafka_a_command_says_what_to_set(bygspor: Bygspor, args: tuple[str, ...]) -> None:
    told = bygspor("topics", *args)
    assert told.code == 2
    assert "error[settings.kafka]" in told.err
    assert "kafka1:9092" in told.err


def test_a_number_that_is_no_cvr_makes_no_topic(kafka: Kafka, bygspor: Bygspor) -> None:
    told = command(bygspor, kafka, "apply", "--for", "10000318")
    assert told.code == 2
    assert "error[topics.cvr]" in told.err
    assert len(check(kafka)) == 2


def test_brokers_that_do_not_answer_are_told_of_within_seconds(bygspor: Bygspor) -> None:
    began = time.monotonic()
    told = command(bygspor, nowhere(), "check")
    assert time.monotonic() - began < 20
    assert told.code == 3
    assert "error[kafka.unavailable]" in told.err
    assert "127.0.0.1:1" in told.err
    assert "Traceback" not in told.err


@pytest.mark.soak
def test_three_brokers_hold_three_copies_and_acknowledge_with_two(kafka_home: Path) -> None:
    with running(kafka_home, nodes=3) as cluster:
        kafka = settings_for(cluster.servers)
        names = TopicNames(kafka.prefix)
        theirs = names.of_organisation(ORGANISATION)
        make(kafka, theirs, 6)  # of one copy, as by somebody else
        assert brokers(kafka) == 3
        apply(kafka)
        for name in (names.events, names.dead_letters):
            copies = {len(one["replica_nodes"]) for one in described(kafka, name)["partitions"]}
            assert (copies, settings_of(kafka, name)["min.insync.replicas"]) == ({3}, "2")
        # To ask for two where there is one would stop all writing to it.
        assert settings_of(kafka, theirs)["min.insync.replicas"] == "1"
        lonely = Change(theirs, What.COPIES, "", "1", "3", mendable=False)
        assert check(kafka) == [lonely] == apply(kafka)

        cluster.kill(2)
        assert brokers(kafka) == 3
        other = settings_for(cluster.servers)
        apply(other)
        assert {one.name: one.copies for one in listed(other)} == {
            f"{other.prefix}.events": 3,
            f"{other.prefix}.deadletters": 3,
        }


def test_what_is_told_as_json_is_json_only(kafka: Kafka, bygspor: Bygspor) -> None:
    told = command(bygspor, kafka, "check", "--json")
    assert told.err == ""
    assert {one["topic"] for one in json.loads(told.raw)} == {f"{kafka.prefix}.events", f"{kafka.prefix}.deadletters"}
