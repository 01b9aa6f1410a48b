"""A worker's keeper in a process of its own: figures come, it comes again where it ends, and ends with its worker."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from services.store import figures
from services.store.store import Store
from services.stream.keeping import KeeperProcess, Order
from tests.domain.story import TENDER, Story, target
from tests.store.told import read_all
from tests.waiting import until

ENDS_BADLY = """
import os, signal, sys, time
from services.stream.keeping import KeeperProcess, Order
keeper = KeeperProcess(Order(sys.argv[1]))
keeper.start()
while keeper._process is None:
    time.sleep(0.01)
print(keeper._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def seen() -> list[float]:
    return []


@pytest.fixture
def keeper(store: Store, seen: list[float]) -> Iterator[KeeperProcess]:
    made = KeeperProcess(Order(store.url), seen.append)
    made.start()
    yield made
    made.stop()


def bodies() -> list[bytes]:
    return [msgspec.json.encode(body) for body in Story().tender().agreement(target("fte", 2)).bodies]


def runs(process: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_figures_come_and_how_late_they_are_is_told(store: Store, keeper: KeeperProcess, seen: list[float]) -> None:
    store.apply(read_all(bodies()))
    keeper.changed(time.time() - 100)
    until(lambda: len(seen) == 1)
    assert 100 < seen[0] < 160
    assert [row.tender for row in figures.latest(store)] == [TENDER]


def test_a_keeper_that_ends_comes_again(store: Store, keeper: KeeperProcess) -> None:
    until(lambda: keeper._process is not None)
    first = keeper._process
    assert first is not None
    first.kill()
    until(lambda: keeper._process not in {None, first})
    store.apply(read_all(bodies()))
    keeper.changed()
    until(lambda: [row.tender for row in figures.latest(store)] == [TENDER])


def test_one_that_stands_still_holds_nobody_up(store: Store, keeper: KeeperProcess) -> None:
    until(lambda: keeper._process is not None)
    process = keeper._process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    for _ in range(20_000):
        keeper.changed(1.0)
    process.send_signal(signal.SIGCONT)


def test_it_stops_when_told_and_leaves_no_process(store: Store) -> None:
    keeper = KeeperProcess(Order(store.url))
    keeper.start()
    until(lambda: keeper._process is not None)
    process = keeper._process
    assert process is not None
    keeper.stop()
    assert process.returncode == 0


def test_it_stops_where_its_process_stands_still(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.stream.keeping._ENDS_WITHIN_SECONDS", 0.2)
    keeper = KeeperProcess(Order(store.url))
    keeper.start()
    until(lambda: keeper._process is not None)
    process = keeper._process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    keeper.stop()
    assert process.returncode == -signal.SIGKILL


def test_it_can_be_stopped_before_it_begins(store: Store) -> None:
    keeper = KeeperProcess(Order(store.url))
    keeper.start()
    keeper.stop()
    assert keeper._process is None


def test_it_ends_with_its_worker_however_that_ends(store: Store) -> None:
    root = Path(__file__).parents[2]
    worker = subprocess.run([sys.executable, "-c", ENDS_BADLY, store.url], capture_output=True, cwd=root, check=False)
    assert worker.returncode == -signal.SIGKILL
    until(lambda: not runs(int(worker.stdout)))
