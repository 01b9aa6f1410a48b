"""The gateway under load while its database goes away, or itself: nothing acknowledged is lost, nothing is twice."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from tests.cli.runner import run
from tests.faults.senders import Answers, Served, key_of, senders
from tests.waiting import until


@pytest.fixture
def server(server_home: Path) -> Iterator[EmbeddedPostgres]:
    """The embedded server of a data folder, as `bygspor serve` uses it."""
    found = EmbeddedPostgres(server_home / "data")
    migrate(found.start())
    yield found
    found.stop()


@pytest.fixture
def served(server: EmbeddedPostgres, server_home: Path) -> Iterator[Served]:
    """A running gateway on it."""
    found = Served(server_home / "data")
    found.start()
    yield found
    found.kill(signal.SIGTERM)


def test_a_stopped_database_is_503_and_the_gateway_brings_it_back(server: EmbeddedPostgres, served: Served) -> None:
    key = key_of(server.start())
    with senders(served, key, "stopped") as answers:
        for _ in range(3):
            before, refused = len(answers.accepted), len(answers.later)
            until(lambda: len(answers.accepted) > before + 50, 20, what="accepting")  # noqa: B023 -- called in this turn
            _kill(server)
            until(lambda: len(answers.later) > refused, 20, what="a refusal")  # noqa: B023
        after = len(answers.accepted)
        until(lambda: len(answers.accepted) > after + 50, 30, what="recovering")
    assert answers.other == []
    assert answers.without_retry_after == 0
    _all_there_once(server, answers)


@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.soak)])
def test_a_killed_gateway_has_lost_nothing_it_acknowledged(
    server: EmbeddedPostgres, served: Served, kills: int
) -> None:
    key = key_of(server.start())
    with senders(served, key, "killed") as answers:
        for _ in range(kills):
            before = len(answers.accepted)
            until(lambda: len(answers.accepted) > before + 30, 20, what="accepting")  # noqa: B023
            served.kill()
            served.start()
    assert answers.other == []
    _all_there_once(server, answers)


def test_a_gateway_that_is_asked_to_stop_answers_what_is_under_way(server: EmbeddedPostgres, served: Served) -> None:
    key = key_of(server.start())
    with senders(served, key, "asked") as answers:
        until(lambda: len(answers.accepted) > 50, 20, what="accepting")
        served.kill(signal.SIGTERM)
        served.start()
    _all_there_once(server, answers)


def _kill(server: EmbeddedPostgres) -> None:
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def _all_there_once(server: EmbeddedPostgres, answers: Answers) -> None:
    """What was accepted is there, and nothing is that nobody sent; then the same from the checks of `verify`."""
    url = server.start()
    with psycopg.connect(url) as connection:
        there = Counter(row[0] for row in connection.execute("SELECT id FROM log.event"))
    assert answers.accepted - there.keys() == set()
    assert there.keys() - answers.accepted - answers.unknown - answers.later == set()
    assert set(there.values()) == {1}
    checks = run(["verify", "--json"], {"BYGSPOR_DATABASE_URL": url})
    assert [check for check in checks.json if not check["ok"]] == []
