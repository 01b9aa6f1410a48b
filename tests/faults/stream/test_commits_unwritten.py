"""A database that says it has committed before it has written: the suite sees what that loses when it is killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from services.store.store import Store
from tests.faults.stream.group import Group
from tests.faults.stream.holds import until_no_lag
from tests.faults.stream.planted import look_for_no_gaps, planting
from tests.faults.stream.test_kill_database import kill
from tests.faults.stream.test_planted import LOST, seen_by_verify
from tests.faults.zygote import Zygote
from tests.kafka import forget, settings_for

SEED = 22
# Only the programs are killed, not the machine: what they have written is there, whether the disk has it or not.
WRITES_FIRST = {"fsync": "off"}
WRITES_LATER = {**WRITES_FIRST, "synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}


@pytest.fixture
def server(server_home: Path) -> Iterator[EmbeddedPostgres]:
    """A server to be killed."""
    found = EmbeddedPostgres(server_home / "data")
    yield found
    found.stop()


@pytest.fixture
def group(server: EmbeddedPostgres, crew: Zygote, kafka_servers: str, tmp_path: Path) -> Iterator[Group]:
    """Workers on it that do not mend what they have lost."""
    url = server.start(WRITES_FIRST)
    migrate(url)
    zygote = planting(crew, look_for_no_gaps)
    made = Group(zygote, settings_for(kafka_servers), Store(url), tmp_path / "group", SEED)
    yield made
    made.close()
    forget(made.kafka)


def test_what_was_written_before_it_was_said_to_be_committed_is_there(group: Group, server: EmbeddedPostgres) -> None:
    torment(group, server, WRITES_FIRST)
    group.holds()


def test_what_was_said_to_be_committed_and_not_written_is_missed(group: Group, server: EmbeddedPostgres) -> None:
    torment(group, server, WRITES_LATER)
    with pytest.raises(AssertionError, match=LOST):
        group.holds()
    seen_by_verify(group)


def torment(group: Group, server: EmbeddedPostgres, settings: dict[str, str]) -> None:
    """Kill the server when all that came in has been acknowledged to Kafka."""
    server.stop()
    server.start(settings)
    worker = group.workers.start()
    with group.flowing():
        for _ in range(4):
            group.workers.until_more(worker)
    until_no_lag(group.kafka)
    kill(server, "all")
    server.start(settings)
