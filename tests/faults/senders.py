"""The gateway as a process of its own that can be killed, and senders that remember what they were answered."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from services.domain.rights import Kind, Role
from services.store.access import Access
from services.store.store import Store
from tests.bench.load import STRUCTURED, events

CVR = "10000319"
_COMMAND = [sys.executable, "-c", "from services.cli import main; main()"]
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


class Served:
    """`bygspor serve` on a data folder. Started again, it listens where it listened before."""

    def __init__(self, data: Path) -> None:
        self._data, self._port = data, 0
        self.address = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        environ = {**os.environ, "BYGSPOR_DATA": str(self._data), "COLUMNS": "200"}
        options = ["serve", "--port", str(self._port)] if self._port else ["serve", "--port", "0"]
        said = self._data.parent / "gateway.log"
        with said.open("ab") as log:
            self._process = subprocess.Popen(
                [*_COMMAND, *options], stdout=subprocess.PIPE, stderr=log, env=environ, text=True
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := _ADDRESS.search(line):
                self.address = found[0]
                self._port = int(self.address.rpartition(":")[2])
                return
        self.kill()
        raise AssertionError(f"the gateway did not start: {said.read_text()[-2_000:]}")

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


@dataclass
class Answers:
    """What senders were told: accepted for good, refused for now, or nothing at all."""

    accepted: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    other: list[str] = field(default_factory=list)
    without_retry_after: int = 0

    def take(self, event_id: str, answer: httpx.Response | None) -> None:
        if answer is None:
            self.unknown.add(event_id)
        elif answer.status_code == 201:
            self.accepted.add(event_id)
        elif answer.status_code == 503:
            self.later.add(event_id)
            self.without_retry_after += "retry-after" not in answer.headers
        else:
            self.other.append(f"{answer.status_code}: {answer.text}")


def key_of(url: str) -> str:
    """A reporter's key of an organisation made for it."""
    store = Store(url)
    access = Access(store.database)
    access.organisations.register(CVR, "Fejlprøvet ApS", [Kind.CONTRACTOR])
    _, key = access.keys.create(CVR, "faults", Role.REPORTER, "test")
    store.close()
    return key


@contextlib.contextmanager
def senders(served: Served, key: str, run: str, how_many: int = 4) -> Iterator[Answers]:
    """So many senders post one event after the other, each once, until the block ends."""
    answers, ended = Answers(), threading.Event()
    threads = [
        threading.Thread(target=_send, args=(served, key, f"{run}-{number}", answers, ended))
        for number in range(how_many)
    ]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _send(served: Served, key: str, run: str, answers: Answers, ended: threading.Event) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": STRUCTURED}
    with httpx.Client(headers=headers, timeout=20) as client:
        for number, event in enumerate(events(CVR, 1_000_000, run)):
            if ended.is_set():
                return
            try:
                answer = client.post(f"{served.address}/v1/events", content=event)
            except httpx.TransportError:
                answer = None
            answers.take(f"{run}-{number}", answer)
            if answer is None or answer.status_code == 503:
                ended.wait(0.1)
