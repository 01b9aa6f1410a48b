"""A program that is kept running: its log in a file, started again where it dies, stopped when it is told.

Own code, because what is needed is small and the libraries offer other things: honcho stops everything when one program
dies, circus and supervisor are services with files and sockets of their own, and none waits for what comes before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.stack.running import environment

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_WELL_AFTER = 30.0
_PORTS_TRIED = 100

Say = Callable[[str], None]


class Process:
    """One program with an address of its own, which is given to it as a setting.

    A port that is taken, at the start or when it is started again, is replaced by the next that is free.
    """

    def __init__(
        self, name: str, command: Sequence[str], settings: Mapping[str, str], listens: tuple[str, int], log: Path
    ) -> None:
        """`listens` is the setting that holds the address, and the port that is wanted."""
        self.name, self.command, self.log = name, tuple(command), log
        self.setting, self.port = listens
        self._settings = settings
        self._running: subprocess.Popen[bytes] | None = None
        self._since = self._due = 0.0
        self._pause = _FIRST_PAUSE

    @property
    def pid(self) -> int | None:
        """The process, where it was started; it may be dead."""
        return self._running.pid if self._running else None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._running is not None and self._running.poll() is None

    @property
    def address(self) -> str:
        """Where it listens, once it does."""
        return f"127.0.0.1:{self.port}"

    def start(self, taken: Sequence[int] = ()) -> None:
        """Start it, on its port or the next that is free and not in `taken`."""
        self.port = free_port(self.port, taken)
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                [*_dies_with_us(), *self.command],
                env=environment({**self._settings, self.setting: self.address}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal goes to all of a session: who is stopped when is for us to say.
                start_new_session=True,
            )
        self._since, self._due = time.monotonic(), 0.0

    def tend(self, say: Say, taken: Sequence[int] = ()) -> None:
        """Start it again where it has died, after a pause that grows as long as it goes on dying; and say so."""
        if self._running is None or self.alive:
            return
        now = time.monotonic()
        if not self._due:
            self._pause = _FIRST_PAUSE if now - self._since > _WELL_AFTER else self._pause
            say(f"{self.name} {self._end()}; starting it again in {self._pause:g} s (log: {self.log})")
            self._due, self._pause = now + self._pause, min(self._pause * 2, _LONGEST_PAUSE)
        elif now >= self._due:
            self.start(taken)
            say(f"{self.name} started again, pid {self.pid}")

    def _end(self) -> str:
        code = self._running.returncode if self._running else 0
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def stop(self, say: Say) -> None:
        """Ask it to stop (SIGTERM), where it runs; `wait` for it."""
        if self._running is not None and self.alive:
            say(f"{self.name}: stopping ...")
            self._running.terminate()

    def wait(self, seconds: float) -> bool:
        """Wait until it has stopped; it is killed where that takes too long, and False says so."""
        if self._running is None:
            return True
        try:
            self._running.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    def kill(self) -> None:
        """SIGKILL for it and all it has started."""
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()


def free_port(wanted: int, taken: Sequence[int] = ()) -> int:
    """The wanted port of this machine, or the next that nobody listens on and that is not in `taken`."""
    for port in range(wanted, wanted + _PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                if port not in taken:
                    return port
    raise OSError(f"no port is free from {wanted} to {wanted + _PORTS_TRIED - 1}")


def _dies_with_us() -> Sequence[str]:
    """What makes a program stop where we are killed and can stop nobody, on systems that have it."""
    return ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
