"""A program that is kept running: started again where it dies, on a port that is free, stopped when told."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.stack.process import Process, free_port
from tests.waiting import until

LISTENS = "BYGSPOR_LISTEN"
SLEEPS = "import os, time; print(os.environ['BYGSPOR_LISTEN'], flush=True); time.sleep(600)"
FAILS = "raise SystemExit(3)"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.sigwait([1])"
)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[str], Process]]:
    all_made: list[Process] = []

    def make(program: str) -> Process:
        command = (sys.executable, "-c", program)
        all_made.append(Process("part", command, {"BYGSPOR_LANG": "en"}, (LISTENS, 28_731), tmp_path / "part.log"))
        return all_made[-1]

    yield make
    for one in all_made:
        one.kill()


def test_one_that_is_killed_is_started_again_and_that_is_said(made: Callable[[str], Process]) -> None:
    process, said = made(SLEEPS), list[str]()
    process.start()
    first = process.pid
    process.kill()

    def tended() -> bool:
        process.tend(said.append)
        return process.alive

    until(tended)
    assert process.pid != first
    assert "part was killed by SIGKILL; starting it again in 0.5 s" in said[0]
    assert said[1] == f"part started again, pid {process.pid}"


def test_one_that_dies_and_dies_is_given_longer_and_longer_pauses(made: Callable[[str], Process]) -> None:
    process, said = made(FAILS), list[str]()
    process.start()

    def died_three_times() -> bool:
        process.tend(said.append)
        return len([text for text in said if "exit code 3" in text]) == 3

    until(died_three_times)
    assert [text.split(" in ")[1].split(" s")[0] for text in said if "again in" in text] == ["0.5", "1", "2"]


def test_it_is_told_a_port_that_is_free_and_nobody_elses(made: Callable[[str], Process]) -> None:
    process = made(SLEEPS)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", process.port))
        taken.listen()
        process.start(taken=[process.port + 1])
    assert process.port >= 28_733
    until(lambda: process.address in process.log.read_text())


def test_a_taken_port_is_passed_over_and_a_free_one_kept() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port
    assert free_port(port) == port


def test_it_stops_when_told_and_is_killed_when_deaf(made: Callable[[str], Process]) -> None:
    hears, deaf, said = made(SLEEPS), made(STUBBORN), list[str]()
    hears.start()
    deaf.start(taken=[hears.port])
    until(lambda: "deaf" in deaf.log.read_text())
    for process in (hears, deaf):
        process.stop(said.append)
    assert hears.wait(20)
    assert not deaf.wait(0.2)
    assert not hears.alive
    assert not deaf.alive
    assert said == ["part: stopping ...", "part: stopping ..."]
    hears.stop(said.append)
    assert len(said) == 2


def test_it_does_not_outlive_us(made: Callable[[str], Process], tmp_path: Path) -> None:
    ours = f"""
import sys, time
from pathlib import Path
from deploy.stack.process import Process
one = Process("part", (sys.executable, "-c", {SLEEPS!r}), {{}}, ({LISTENS!r}, 28_731), Path({str(tmp_path / "log")!r}))
one.start()
print(one.pid, flush=True)
time.sleep(600)
"""
    owner = made(ours)
    owner.start()
    until(lambda: owner.log.read_text().strip().isdigit())
    part = Path("/proc") / owner.log.read_text().strip()
    until(lambda: (tmp_path / "log").read_text() != "")
    assert owner.pid is not None
    os.kill(owner.pid, signal.SIGKILL)
    until(lambda: not part.exists() or "Z (zombie)" in (part / "status").read_text())
