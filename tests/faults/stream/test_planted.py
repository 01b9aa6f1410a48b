"""The checks of this room see every mistake that is planted into workers, and say nothing where there is none.

All go through the same: the database hangs while a worker has a batch, the worker is killed with it, and the database
goes away under the next.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from services.store.store import Store
from services.stream.standing import admin, standing, taken_from
from services.stream.verifying import verify
from tests.faults.stream import planted
from tests.faults.stream.flow import Identity
from tests.faults.stream.group import Group
from tests.faults.stream.planted import planting
from tests.faults.stream.workers import Workers
from tests.faults.zygote import Zygote
from tests.store.told import ask
from tests.waiting import until

Mistake = Callable[[], None]
New = Callable[..., Group]
SEED = 21
HANGS_SECONDS = 1.5
LOST = "acknowledged, and not in the log"
HEALED = "a worker lost records that the gap check had to take in"
DOUBLED = "in the log more than once"
TOO_FAR = "acknowledged beyond its end"

_LOG = "SELECT s.name, e.id FROM log.event e JOIN log.source s ON s.no = e.source_no"
_REACHED = """
SELECT t.name, r.partition, max(r."offset") + 1 FROM stream.applied_record r JOIN stream.topic t ON t.no = r.topic_no
GROUP BY 1, 2"""


@pytest.fixture
def group_with(new_group: Callable[[int], Group], crew: Zygote, tmp_path: Path) -> New:
    """Makes a group whose workers make mistakes."""

    def make(*mistakes: Mistake) -> Group:
        group = new_group(SEED)
        group.workers = Workers(planting(crew, *mistakes), group.kafka, group.store.url, tmp_path / "planted")
        return group

    return make


def test_workers_without_a_mistake_come_through(group_with: New, postgres_url: str) -> None:
    group = group_with()
    torment(group, postgres_url)
    group.holds()
    assert lost(group) == set()
    assert all(check.ok for check in verify(group.store, group.kafka))


@pytest.mark.parametrize(
    ("mistake", "seen"),
    [
        (planted.acknowledge_first, LOST),
        (planted.swallow_errors, LOST),
        (planted.acknowledge_by_time, LOST),
        (planted.acknowledge_one_too_many, TOO_FAR),
    ],
)
def test_a_mistake_that_loses_events_is_seen_and_the_gap_check_would_mend_it(
    mistake: Mistake, seen: str, group_with: New, postgres_url: str
) -> None:
    group = group_with(mistake, planted.look_for_no_gaps)
    torment(group, postgres_url, mistake)
    with pytest.raises(AssertionError, match=seen):
        group.holds()
    assert lost(group)
    seen_by_verify(group)


def test_a_worker_that_acknowledges_first_is_told_of_by_the_gap_check_that_mends_it(
    group_with: New, postgres_url: str
) -> None:
    group = group_with(planted.acknowledge_first)
    torment(group, postgres_url, planted.acknowledge_first)
    with pytest.raises(AssertionError, match=HEALED):
        group.holds()
    assert lost(group) == set()


def test_a_lost_dedupe_is_seen(group_with: New, postgres_url: str) -> None:
    group = group_with(planted.forget_what_is_known)
    without_key(group.store)
    torment(group, postgres_url)
    with pytest.raises(AssertionError, match=DOUBLED):
        group.holds()


def torment(group: Group, server: str, mistake: Mistake | None = None) -> None:
    """What all of them go through; a mistake that acknowledges too early is given the time to."""
    early = mistake not in {None, planted.swallow_errors}
    workers = group.workers
    with group.flowing():
        one = workers.start()
        workers.until_working(one)
        with hanging(group.store.url):
            until(lambda: one.where() == "in a batch", 30, what="a batch")
            time.sleep(HANGS_SECONDS)
            if early:
                until(lambda: ahead(group), 30, what="acknowledging too early")
            assert ahead(group) is early
            workers.kill(one)
        other = workers.start()
        workers.until_working(other)
        with away(server, group.store.url):
            until(lambda: other.lines("waiting"), 30, what="missing the database")
        workers.until_more(other)


def ahead(group: Group) -> bool:
    """Whether anything is acknowledged that is not in the log."""
    with admin(group.kafka) as opened:
        now = standing(opened, group.names.group, taken_from(opened, group.names))
    reached = {(topic, partition): end for topic, partition, end in ask(group.store, _REACHED)}
    return any((stands.committed or 0) > reached.get((one.topic, one.partition), 0) for one, stands in now.items())


def lost(group: Group) -> set[Identity]:
    """What was acknowledged to its sender and is not in the log."""
    return group.told.acknowledged - set(ask(group.store, _LOG))


def seen_by_verify(group: Group) -> None:
    """`verify` finds what is missing, says so, and takes it in."""
    (records, _) = verify(group.store, group.kafka)
    assert (records.ok, "was missing, taken in now" in records.detail) == (False, True), records
    assert lost(group) == set()


@contextlib.contextmanager
def hanging(url: str) -> Iterator[None]:
    """Whoever writes into the log waits for the end of the block."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE log.event IN ACCESS EXCLUSIVE MODE")
        yield


@contextlib.contextmanager
def away(server: str, url: str) -> Iterator[None]:
    """The database throws everybody out, and lets nobody in."""
    name = make_url(url).database
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        try:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


def without_key(store: Store) -> None:
    """Nothing in the database keeps an event from being there twice."""
    with store.database.transaction() as connection:
        connection.execute("ALTER TABLE log.event DROP CONSTRAINT event_pkey")
