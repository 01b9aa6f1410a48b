"""A topic of events with a store behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.settings import Kafka
from services.store.store import Store
from tests.cli.runner import Bygspor
from tests.stream.topic_of_events import TopicOfEvents


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def topic(kafka: Kafka, store: Store) -> TopicOfEvents:
    """Not made yet: `make` it with as many partitions as are wanted."""
    return TopicOfEvents(kafka, store)


@pytest.fixture
def on_topic(topic: TopicOfEvents, tmp_path: Path) -> Iterator[Bygspor]:
    """The command line on the topic's database and Kafka."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BYGSPOR_KAFKA", ",".join(topic.kafka.servers))
        patch.setenv("BYGSPOR_KAFKA_PREFIX", topic.kafka.prefix)
        yield Bygspor(topic.store.url, tmp_path)
