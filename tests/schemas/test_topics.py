"""The topics as data: checked when they are read, and the same as the names that programs use."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.topics import TOPICS, Topic, read, topic_named
from services.stream.names import TopicNames

FOLDER = Path(__file__).parents[2] / "schemas" / "topics"
EVENTS = (FOLDER / "events.toml").read_text("utf-8")
LETTERS = (FOLDER / "deadletters.toml").read_text("utf-8")
DAY_MS = 24 * 60 * 60 * 1000


def planted(folder: Path, *changes: tuple[str, str]) -> Path:
    """A folder with two sound kinds, in one of which something is replaced."""
    text = EVENTS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "events.toml").write_text(text, "utf-8")
    (folder / "deadletters.toml").write_text(LETTERS, "utf-8")
    return folder


def test_there_is_one_file_for_each_kind() -> None:
    assert TOPICS.keys() == {path.stem for path in FOLDER.glob("*.toml")} == {"events", "in", "deadletters"}
    assert all(topic_named(name) is topic for name, topic in TOPICS.items())


def test_the_kinds_are_called_what_programs_call_them() -> None:
    names = TopicNames("acme")
    for topic in TOPICS.values():
        if topic.per_organisation:
            assert names.organisation_of(f"acme.{topic.name}.10000319") == "10000319"
        else:
            assert f"acme.{topic.name}" in {names.events, names.dead_letters}


def test_what_a_worker_reads_has_a_dead_letter_topic_and_is_kept_longer_than_a_holiday() -> None:
    for topic in TOPICS.values():
        if "worker" in topic.consumers:
            assert topic.dead_letters == "deadletters"
            assert topic.cleanup_policy == "delete"
            assert int(topic.configuration["retention.ms"]) == 14 * DAY_MS
            assert topic.configuration["retention.bytes"] == "-1"


def test_nothing_is_left_to_a_senders_clock() -> None:
    for topic in TOPICS.values():
        foreign = "organisation" in topic.producers
        assert topic.configuration["message.timestamp.type"] == ("LogAppendTime" if foreign else "CreateTime")


def test_a_topic_does_not_change_after_it_is_read() -> None:
    with pytest.raises(ValidationError):
        topic_named("events").partitions = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        TOPICS["events"] = topic_named("in")  # type: ignore[index]


@pytest.mark.parametrize(
    "change",
    [
        ("partitions = 24", "partitions = 0"),
        ("partitions = 24", 'partitions = "24"'),
        ("partitions = 24", "partition = 24"),
        ("partitions = 24", "partitions = 24\nreplicas = 3"),
        ('cleanup_policy = "delete"', 'cleanup_policy = "forget"'),
        ('producers = ["gateway"]', 'producers = ["anybody"]'),
        ('consumers = ["worker"]', "consumers = []"),
        ('dead_letters = "deadletters"', 'dead_letters = "events"'),
        ('dead_letters = "deadletters"', 'dead_letters = "nowhere"'),
        ('name = "events"', 'name = "happenings"'),
        ('description = "', 'description = "\\n'),
    ],
    ids=lambda change: change[1],
)
def test_a_file_that_is_wrong_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    assert read(planted(tmp_path)).keys() == {"events", "deadletters"}
    with pytest.raises(ValueError, match=r".+"):
        read(planted(tmp_path, change))


def test_a_field_without_a_value_is_missed() -> None:
    with pytest.raises(ValidationError) as refused:
        Topic.model_validate({})
    required = {name for name, field in Topic.model_fields.items() if field.is_required()}
    assert {error["loc"][0] for error in refused.value.errors()} == required
