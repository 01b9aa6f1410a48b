"""A worker's keeper of figures, in a process of its own: one Python computes figures or takes events in, not both.

The two speak in bare numbers of eight bytes: the worker tells when what it committed was accepted (or nothing), and
hears how old that was when figures counted it. Where the worker ends, however it ends, its keeper ends too.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import structlog

from services import logs
from services.store.keeper import Keeper
from services.store.server import EmbeddedPostgres
from services.store.store import Store

# What a worker does in its first second is told to its keeper then; one that ends sooner needs none.
_BEGINS_AFTER_SECONDS = 1.0
_ENDS_WITHIN_SECONDS = 10.0
_AGAIN_AFTER_SECONDS = 1.0
_MOST_EARLY = 1_000
_NICE = 10
_NUMBER = struct.Struct("d")
_AT_ONCE = 512 * _NUMBER.size

_log = structlog.get_logger("bygspor.keeper")


class Order(msgspec.Struct):
    """Which database; `data` where it is the embedded one of a folder, which is ours to keep alive."""

    url: str
    data: str | None = None


class KeeperProcess:
    """A `Keeper` in a process of its own, started again where it ends. Told of changes it never blocks."""

    def __init__(self, order: Order, on_visible: Callable[[float], object] = lambda _seconds: None) -> None:
        """Nothing is started. `on_visible` as of `Keeper`, called in a thread of its own."""
        self._order, self._on_visible = order, on_visible
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._attend, name="keeper", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._passing = threading.Lock()
        self._early: deque[float] = deque(maxlen=_MOST_EARLY)

    def start(self) -> None:
        """Begin, with the day's figures."""
        self._thread.start()

    def stop(self) -> None:
        """End after the tender at hand, or at once where that takes long: what is not computed is still marked."""
        with self._passing:
            self._stopping.set()
            process = self._process
        self._hang_up()
        if self._thread.is_alive():
            self._thread.join(_ENDS_WITHIN_SECONDS)
        if self._thread.is_alive() and process is not None:
            process.kill()
            self._thread.join()

    def changed(self, accepted_at: float | None = None) -> None:
        """Something was committed, of which the oldest was accepted at a time (seconds since 1970)."""
        number = math.nan if accepted_at is None else accepted_at
        with self._passing:
            if self._process is None or self._process.stdin is None:
                self._early.append(number)
                return
            # Full: it has thousands of changes to hear of already. Broken: it is started again, and looks then.
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                os.write(self._process.stdin.fileno(), _NUMBER.pack(number))

    def _attend(self) -> None:
        self._stopping.wait(_BEGINS_AFTER_SECONDS)
        while (process := self._begun()) is not None:
            for seconds in _numbers(process):
                self._on_visible(seconds)
            self._hang_up()
            process.wait()
            if not self._stopping.is_set():
                _log.warning("keeper_ended", code=process.returncode)
                self._stopping.wait(_AGAIN_AFTER_SECONDS)

    def _begun(self) -> subprocess.Popen[bytes] | None:
        """A process that knows all there is to know so far; None where it is not wanted any more."""
        with self._passing:
            if self._stopping.is_set():
                return None
            command = [sys.executable, "-m", "services.stream.keeping"]
            process = self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            assert process.stdin is not None  # noqa: S101 -- it was asked for
            early = b"".join(map(_NUMBER.pack, self._early))
            self._early.clear()
            process.stdin.write(msgspec.json.encode(self._order) + b"\n" + early)
            process.stdin.flush()
            os.set_blocking(process.stdin.fileno(), False)
            return process

    def _hang_up(self) -> None:
        with self._passing:
            process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()


def _numbers(process: subprocess.Popen[bytes]) -> Iterator[float]:
    assert process.stdout is not None  # noqa: S101 -- it was asked for
    with process.stdout as told:
        while number := told.read(_NUMBER.size):
            if len(number) == _NUMBER.size:
                yield _NUMBER.unpack(number)[0]


def _keep() -> None:
    """The process: keep figures until the worker hangs up."""
    for name in (signal.SIGINT, signal.SIGTERM):
        # Meant for the worker, which then hangs up.
        signal.signal(name, signal.SIG_IGN)
    logs.to_standard_error()
    # Where processors are scarce, taking in comes first.
    os.nice(_NICE)
    with os.fdopen(os.dup(0), "rb", buffering=0) as unbuffered:
        order = msgspec.json.decode(unbuffered.readline(), type=Order)
    revive = EmbeddedPostgres(Path(order.data)).start if order.data else lambda: None
    store = Store(order.url)
    keeper = Keeper(store, revive, _tell)
    keeper.start()
    left = b""
    while got := os.read(0, _AT_ONCE):
        whole, left = _whole(left + got)
        for (accepted_at,) in _NUMBER.iter_unpack(whole):
            keeper.changed(None if math.isnan(accepted_at) else accepted_at)
    keeper.stop()
    store.close()


def _whole(got: bytes) -> tuple[bytes, bytes]:
    end = len(got) - len(got) % _NUMBER.size
    return got[:end], got[end:]


def _tell(seconds: float) -> None:
    # Where the worker is gone, we hear of it on the other line.
    with contextlib.suppress(BrokenPipeError):
        os.write(1, _NUMBER.pack(seconds))


if __name__ == "__main__":
    _keep()
