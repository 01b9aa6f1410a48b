"""A topic of events with a store behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.settings import Kafka
from services.store.store import Store
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
