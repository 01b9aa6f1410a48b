"""The stack as `make stack` runs it: it comes to the figures of embedded mode, heals, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.waiting import until

ROOT = Path(__file__).parents[2]
# The machine may be busy with other tests; alone it is done in half a minute.
WITHIN = 240.0


class Running:
    """A stack that was started, and what it has said so far."""

    def __init__(self, home: Path, *arguments: str, listen: str = "127.0.0.1:8731") -> None:
        self.home, self.lines = home, list[str]()
        command = [sys.executable, "-u", "-m", "deploy.stack", "--home", str(home), *arguments]
        own = {name: value for name, value in os.environ.items() if not name.startswith("BYGSPOR_")}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=own | {"BYGSPOR_LISTEN": listen}, stdout=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            self.lines.extend(lines)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def until(self, pattern: str) -> re.Match[str]:
        """What it says that fits, once it does; what it has said already counts."""
        deadline = time.monotonic() + WITHIN
        while not (found := re.search(pattern, self.said)):
            assert time.monotonic() < deadline, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.05)
        return found

    def end(self, *signals: signal.Signals) -> int:
        """Its exit code after these signals, each heard before the next."""
        for number in signals:
            before = len(self.lines)
            self.process.send_signal(number)
            until(lambda before=before: len(self.lines) > before or self.process.poll() is not None, WITHIN)  # type: ignore[misc]
        code = self.process.wait(WITHIN)
        self._reader.join(10)
        return code


@pytest.fixture
def started(server_home: Path) -> Iterator[Callable[..., Running]]:
    """Starts stacks; whatever is left of one is killed at the end."""
    all_started: list[Running] = []

    def start(*arguments: str, **settings: str) -> Running:
        all_started.append(Running(server_home / "stack", *arguments, **settings))
        return all_started[-1]

    yield start
    for one in all_started:
        if one.process.poll() is None:
            one.end(signal.SIGINT, signal.SIGINT)
    for pid in left_of(server_home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_the_check_holds(started: Callable[..., Running], record_property: Callable[[str, object], None]) -> None:
    begun = time.monotonic()
    stack = started("--check", "--seconds", str(WITHIN))
    assert stack.end() == 0, stack.said
    record_property("seconds", round(time.monotonic() - begun, 1))
    assert "are the same as in embedded mode" in stack.said
    assert "Check: holds" in stack.said
    assert left_of(stack.home) == []


@pytest.mark.soak
def test_it_heals_itself_and_ctrl_c_leaves_nothing_and_it_works_twice(started: Callable[..., Running]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        stack = started(listen=f"127.0.0.1:{taken.getsockname()[1]}")
        ready = stack.until(r"Gateway: ready at http://127\.0\.0\.1:(\d+)")
        assert int(ready[1]) != taken.getsockname()[1]
    os.kill(int(stack.until(r"worker-1: .*, pid (\d+)")[1]), signal.SIGKILL)
    stack.until(r"worker-1 was killed by SIGKILL; starting it again")
    stack.until(r"worker-1 started again, pid \d+")
    os.kill(int(stack.until(r"gateway: .*, pid (\d+)")[1]), signal.SIGKILL)
    stack.until(r"gateway started again")
    stack.until(r"[1-9][\d,]* sent, [1-9][\d,]* applied .*, lag 0 records \| workers 2/2")
    assert stack.end(signal.SIGINT) == 0, stack.said
    assert "adgangskode" not in (stack.home / "logs" / "gateway.log").read_text().lower()
    order = [
        stack.said.index(f"{part}: stopping") for part in ("Senders", "gateway", "worker-1", "Kafka", "PostgreSQL")
    ]
    assert order == sorted(order)
    assert left_of(stack.home) == []
    assert all(is_closed(int(port)) for port in re.findall(r"127\.0\.0\.1:(\d+)", stack.said))

    kafka = int(stack.until(r"Kafka: answers at 127\.0\.0\.1:(\d+)")[1])
    with socket.create_server(("127.0.0.1", kafka)):
        again = started()
        again.until(r"Kafka: answers")
        beside = started()
        assert beside.end() == 1
        assert "a stack runs in" in beside.said
        again.until(r"[1-9][\d,]* sent, .* workers 2/2")
        assert again.end(signal.SIGTERM) == 0, again.said
    assert left_of(again.home) == []


@pytest.mark.parametrize(("signals", "code"), [((signal.SIGTERM,), 0), ((signal.SIGINT, signal.SIGINT), 130)])
def test_it_can_be_stopped_while_it_starts(
    started: Callable[..., Running], signals: tuple[signal.Signals, ...], code: int
) -> None:
    stack = started()
    stack.until("PostgreSQL: starting")
    assert stack.end(*signals) == code, stack.said
    until(lambda: left_of(stack.home) == [], WITHIN)
    assert "gateway: bygspor serve" not in stack.said


def left_of(home: Path) -> list[int]:
    """Processes that were told of the folder in their arguments or settings."""
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and _told(one, str(home).encode())]


def _told(process: Path, home: bytes) -> bool:
    with contextlib.suppress(OSError):
        return any(home in (process / file).read_bytes() for file in ("cmdline", "environ"))
    return False


def is_closed(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return False
    return True
