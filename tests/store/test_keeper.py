"""Keepers of several processes: one computes at a time, none is waited for in vain, and nothing stays marked."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import structlog

from services.clock import today
from services.errors import DatabaseUnavailable
from services.store import figures, keeper, locks
from services.store.keeper import Keeper
from services.store.locks import KEEPER, Lock, held
from services.store.store import Store
from tests.domain.story import TENDER, Story, target
from tests.store.told import ask, stop_backends, tell
from tests.waiting import until

ROOT = Path(__file__).parents[2]
MARKED = "SELECT s.name FROM state.dirty_tender d JOIN log.subject s ON s.no = d.subject_no"
COMPUTED = "SELECT DISTINCT s.name FROM figures.figure f JOIN log.subject s ON s.no = f.subject_no"
# Has the turn to compute, says so, and is then as still as a process that hangs.
HOLDER = """
import sys, time
from services.store.locks import KEEPER, held
from services.store.store import Store
with held(Store(sys.argv[1]).database, KEEPER, wait=False) as lock:
    print("holds" if lock else "has not", flush=True)
    time.sleep(600)
"""
Start = Callable[..., Keeper]


def register(store: Store, *names: str) -> None:
    """Tenders with a target each."""
    told = Story().tender("2025-01-01", "2035-12-31").agreement(target("fte", 2)).bodies
    tell(store, *({**body, "id": f"{body['id']}{name}", "subject": name} for name in names for body in told))


def change(store: Store, tender: str, nr: int) -> None:
    """One event more of a tender."""
    one = Story()
    body = one.starts(f"P{nr}", "2025-01-06", person=f"Kim{nr}")
    tell(store, {**body, "id": f"change-{nr}", "subject": tender})


@pytest.fixture
def start(database_url: str) -> Iterator[Start]:
    """Starts keepers as processes do: each on connections of its own."""
    made: list[tuple[Keeper, Store]] = []

    def started(on_visible: Callable[[float], object] = lambda _: None) -> Keeper:
        own = Store(database_url)
        made.append((Keeper(own, on_visible=on_visible), own))
        made[-1][0].start()
        return made[-1][0]

    yield started
    for one, own in made:
        one.stop()
        own.close()


@pytest.fixture
def holder(database_url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process, whose turn it is to compute, and which never ends."""
    args = [sys.executable, "-c", HOLDER, database_url]
    with subprocess.Popen(args, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holds\n"
        yield process
        process.kill()


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What each round of a keeper came to: False where it is somebody else's turn."""
    found: list[bool] = []
    its_round = Keeper._round

    def noted(self: Keeper, on: date) -> bool:
        done = its_round(self, on)
        found.append(done)
        return done

    monkeypatch.setattr(Keeper, "_round", noted)
    return found


def test_a_keeper_takes_over_from_one_that_was_killed(
    store: Store, start: Start, holder: subprocess.Popen[str], rounds: list[bool]
) -> None:
    delays: list[float] = []
    register(store, TENDER)
    start(delays.append).changed(accepted_at=time.time())
    until(lambda: rounds[:2] == [False, False], what="being refused")
    assert ask(store, MARKED) == [TENDER]
    assert delays == []
    holder.send_signal(signal.SIGKILL)
    until(lambda: ask(store, MARKED) == [] and len(delays) == 1, what="figures")
    assert ask(store, COMPUTED) == [TENDER]
    assert 0 < delays[0] < 60


def test_that_figures_wait_is_logged_once_and_so_is_that_they_go_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "_AFTER_FAILURE_SECONDS", 0.01)
    monkeypatch.setattr(keeper, "_QUIET_SECONDS", 0.01)
    rounds: list[str] = []

    def its_round(_keeper: Keeper, _on: date) -> bool:
        rounds.append("away" if len(rounds) % 5 < 3 else "there")
        if rounds[-1] == "away":
            raise DatabaseUnavailable("database.unavailable", "gone", retriable=True)
        return False

    monkeypatch.setattr(Keeper, "_round", its_round)
    one = Keeper(store)
    with structlog.testing.capture_logs() as lines:
        one.start()
        until(lambda: len(rounds) >= 10, what="ten rounds")
        one.stop()
    told = [line["event"] for line in lines]
    assert told[:4] == ["figures_wait", "figures_go_on", "figures_wait", "figures_go_on"]
    assert len(told) <= 4 + len(rounds[10:])


def test_a_process_that_stands_still_loses_its_turn(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(locks._SILENT_SECONDS, KEEPER, 1)

    def is_free() -> bool:
        with held(store.database, KEEPER, wait=False) as mine:
            return mine is not None

    def stand_still() -> None:
        with held(store.database, KEEPER, wait=False) as lock:
            assert lock is not None
            assert not is_free()
            until(is_free, what="the lock")
            lock.renew()

    with pytest.raises(DatabaseUnavailable):
        stand_still()


def test_who_is_at_it_keeps_its_turn(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(locks._SILENT_SECONDS, KEEPER, 1)
    end = time.monotonic() + 2
    with held(store.database, KEEPER, wait=False) as lock:
        assert isinstance(lock, Lock)
        while time.monotonic() < end:
            lock.renew()
            with held(store.database, KEEPER, wait=False) as other:
                assert other is None


def test_keepers_at_once_leave_nothing_marked_and_tell_of_each_commit_once(
    store: Store, start: Start, database_url: str
) -> None:
    names = [f"{TENDER}{nr}" for nr in range(6)]
    register(store, *names)
    delays: list[list[float]] = [[], []]
    keepers = [start(told.append) for told in delays]

    def work(which: int) -> None:
        own = Store(database_url)
        for nr in range(20):
            before = time.time()
            change(own, names[(nr + which) % len(names)], nr * 2 + which)
            keepers[which].changed(accepted_at=before)
        own.close()

    threads = [threading.Thread(target=work, args=(which,)) for which in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: [len(told) for told in delays] == [20, 20], what="all delays")
    # Whoever was told last: what had been committed is counted.
    assert ask(store, MARKED) == []
    assert all(seconds >= 0 for told in delays for seconds in told)
    stored = {(row.tender, row.target): row.doc for row in figures.latest(store)}
    for name in names:
        figures.compute(store, name, today())
    assert {(row.tender, row.target): row.doc for row in figures.latest(store)} == stored
    # Of what came later there is nothing to tell.
    assert [len(told) for told in delays] == [20, 20]


def test_what_changed_goes_before_the_days_figures_of_all(
    store: Store, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{TENDER}{nr:02}" for nr in range(12)]
    register(store, *names)
    figures.refresh(store, date(2025, 6, 1))
    computed: list[str] = []
    compute = figures.compute

    def slowly(store: Store, tender: str, on: date) -> object:
        time.sleep(keeper._TICK_SECONDS / 2)
        done = compute(store, tender, on)
        computed.append(tender)
        return done

    monkeypatch.setattr(figures, "compute", slowly)
    ticking = start()
    until(lambda: bool(computed), what="the day's figures to begin")
    change(store, names[-1], 1)
    # Another process has seen the change, and it is not its turn.
    delays: list[float] = []
    start(delays.append).changed(accepted_at=time.time())
    until(lambda: bool(delays), what="the change")
    assert names[-1] in computed
    assert len(set(computed)) < len(names)
    until(lambda: set(computed) == set(names), what="the day")
    ticking.stop()


def test_a_tender_that_cannot_be_computed_keeps_no_other_back(
    store: Store, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = f"{TENDER}0", f"{TENDER}1"
    register(store, bad, good)
    compute = figures.compute

    def failing(store: Store, tender: str, on: date) -> object:
        return compute(store, tender, on) if tender == good else 1 // 0

    monkeypatch.setattr(figures, "compute", failing)
    one = start()
    until(lambda: ask(store, MARKED) == [bad], what="the other")
    monkeypatch.setattr(figures, "compute", compute)
    one.changed()
    until(lambda: ask(store, MARKED) == [], what="this one, mended")


def test_a_keeper_goes_on_after_its_database_was_away(
    store: Store, start: Start, database_url: str, rounds: list[bool]
) -> None:
    register(store, TENDER)
    delays: list[float] = []
    one = start(delays.append)
    until(lambda: True in rounds, what="the day's figures")
    stop_backends(database_url)
    change(store, TENDER, 1)
    one.changed(accepted_at=time.time())
    until(lambda: len(delays) == 1, what="the delay")
    assert ask(store, MARKED) == []
