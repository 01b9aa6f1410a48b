"""A real Kafka for tests: one that all tests of a process share, each under its own prefix, or one to be broken."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from deploy.kafka import programs
from deploy.kafka.broker import Broker, running
from services.settings import Kafka
from services.stream import clients

_numbers = itertools.count()


@pytest.fixture(scope="session")
def kafka_programs() -> programs.Programs:
    """Java and Kafka. Without them the tests are skipped, in CI they fail."""
    found = programs.found()
    if found is None and os.environ.get("CI"):
        pytest.fail("no Kafka: run `python -m deploy.kafka fetch`, which says why")
    return found or pytest.skip("no Kafka: `python -m deploy.kafka fetch` fetches it, or says why not")


@pytest.fixture(scope="session")
def kafka_servers(kafka_programs: programs.Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One broker per pytest process (so one per xdist worker), for tests that do not harm it."""
    with running(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker.servers


@pytest.fixture
def kafka(kafka_servers: str) -> Iterator[Kafka]:
    """Settings with a prefix that no other test has; the topics that begin with it are gone afterwards."""
    settings = settings_for(kafka_servers)
    yield settings
    forget(settings)


@pytest.fixture
def kafka_home(kafka_programs: programs.Programs, tmp_path: Path) -> Path:
    """A folder for a broker of the test's own, where Kafka can be had."""
    return tmp_path / "kafka"


@pytest.fixture
def kafka_broker(kafka_home: Path) -> Iterator[Broker]:
    """A broker of the test's own, to be killed, paused and wiped; it answers already."""
    with running(kafka_home) as broker:
        yield broker


def settings_for(servers: str) -> Kafka:
    """How `servers` are reached, with a prefix that is new in this process."""
    return Kafka(tuple(servers.split(",")), prefix=f"test-{os.getpid()}-{next(_numbers)}")


def forget(kafka: Kafka) -> None:
    """Delete the topics of a test; a broker with a small heap cannot hold those of all tests."""
    patient = clients.client(kafka) | {"request_timeout_ms": 30_000}
    with clients.begun(KafkaAdminClient, patient) as opened:
        topics = [name for name in opened.list_topics() if name.startswith(f"{kafka.prefix}.")]
        if topics:
            opened.delete_topics(topics)
