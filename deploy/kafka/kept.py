"""A Kafka that goes on running when the command that started it has ended, and is found again by the next one.

Each node's `pid` names its process and is locked by it (the lock is inherited), so a number that the machine has given
to somebody else meanwhile is never taken for ours.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.kafka import ports
from deploy.kafka.broker import Broker
from deploy.kafka.node import STOPS_WITHIN, Failed


def up(home: Path, nodes: int | None) -> bool:
    """Start the cluster of this folder and leave it running; False where it runs already. Raises Failed."""
    with _alone(home):
        there = ports.recorded(home)
        alive = _alive(home)
        if alive and len(alive) == len(there) and nodes in {None, len(there)}:
            return False
        if alive:
            raise Failed(f"Of the {len(there)} node(s) of {home}, {len(alive)} run; end them first (down).")
        Broker(home, nodes=nodes or len(there) or 1, kept=True).start()
        return True


def down(home: Path) -> int:
    """End the nodes that run, in good order or, where that takes too long, at once; how many there were."""
    with _alone(home):
        number = len(_alive(home))
        for sent in (signal.SIGTERM, signal.SIGKILL):
            for pid in _alive(home):
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, sent)
            _wait(home)
        return number


def status(home: Path) -> tuple[str, list[int]]:
    """The addresses of this folder's cluster, and the processes of those nodes that run."""
    with _alone(home):
        return ports.addresses(ports.recorded(home)), _alive(home)


def _wait(home: Path) -> None:
    deadline = time.monotonic() + STOPS_WITHIN
    while _alive(home) and time.monotonic() < deadline:
        time.sleep(0.05)


def _alive(home: Path) -> list[int]:
    return [pid for file in sorted(home.glob("node-*/pid")) if (pid := _holder(file))]


def _holder(file: Path) -> int | None:
    with file.open() as pid:
        try:
            fcntl.flock(pid, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(pid.read())
    return None


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Only one command at a time looks at a folder, or changes it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
