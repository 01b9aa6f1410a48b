"""PostgreSQL killed and started again, over and over: workers wait for it, and then go on by themselves."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from services.store.store import Store
from services.stream.running import STOPS_WITHIN_SECONDS
from tests.faults.stream.group import Group
from tests.faults.zygote import Zygote
from tests.kafka import forget, settings_for
from tests.waiting import until

Note = Callable[[str, object], None]
SEED = 11


@pytest.fixture
def server(server_home: Path) -> Iterator[EmbeddedPostgres]:
    """A server that a test may kill, with everything as in earnest."""
    found = EmbeddedPostgres(server_home / "data")
    yield found
    found.stop()


@pytest.fixture
def broken(crew: Zygote, kafka_servers: str, server: EmbeddedPostgres, tmp_path: Path) -> Iterator[Group]:
    """A group on it."""
    url = server.start()
    migrate(url)
    made = Group(crew, settings_for(kafka_servers), Store(url), tmp_path / "broken", SEED)
    yield made
    made.close()
    forget(made.kafka)


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.soak)])
def test_a_killed_database_has_every_event_once(
    kills: int, broken: Group, server: EmbeddedPostgres, record_property: Note
) -> None:
    rng, workers, back = Random(SEED), broken.workers, []  # noqa: S311
    both = [workers.start(), workers.start()]
    with broken.flowing():
        for one in both:
            workers.until_working(one)
        for _ in range(kills):
            time.sleep(rng.uniform(0, 1))
            kill(server, rng.choice(["postmaster", "all"]))
            time.sleep(rng.choice([0.0, rng.uniform(0, 3)]))
            server.start()
            began = time.monotonic()
            for one in both:
                workers.until_more(one)
            back.append(f"{time.monotonic() - began:.1f} s")
    record_property("kills", f"{kills}, workers back after {', '.join(back)}")
    record_property("counted", broken.holds())


def kill(server: EmbeddedPostgres, what: str) -> None:
    """End the postmaster, whose children then end by themselves, or all of them at once."""
    pid = server.status().pid
    assert pid is not None
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    os.kill(pid, signal.SIGKILL)
    if what == "all":
        for child in children:
            # Some of them notice sooner than we come.
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)


def test_a_worker_that_waits_for_the_database_stops_when_it_is_told_to(
    broken: Group, server: EmbeddedPostgres, record_property: Note
) -> None:
    one = broken.workers.start()
    with broken.flowing():
        broken.workers.until_working(one)
        kill(server, "all")
        until(lambda: one.lines("waiting"), 60, what="waiting")
        took = broken.workers.stop(one)
    server.start()
    record_property("stopped", f"{took:.1f} s")
    record_property("counted", broken.holds())
    assert took < STOPS_WITHIN_SECONDS
