"""One Kafka node as a process: a JVM that is broker and controller, its folder and its log."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deploy.kafka.programs import Programs

# Any will do, as long as it stays: a node whose data is wiped must find the others again.
CLUSTER_ID = "BygSporBygSporBygSporg"
STOPS_WITHIN = 20
_LOGGING = Path(__file__).with_name("log4j2.properties")
_SMALL = ("-Xms64m", "-Xmx384m", "-XX:+UseSerialGC")
# Waits beside the JVM for its owner's end of a pipe to close, which even kill -9 does; then kills the JVM.
_WATCHED = 'exec 3<&0 </dev/null; (cat <&3 >/dev/null 2>&1; kill -9 $$ 2>/dev/null) & exec 3<&-; exec "$@"'


class Failed(Exception):
    """A node did not do what it was told, with the end of its log."""


class Node:
    """A node in a folder of its own: `server.properties`, `data`, `log`, and `pid` while it is kept running."""

    def __init__(self, folder: Path, programs: Programs, formatted_with: Sequence[str] = ()) -> None:
        self.folder = folder
        self._programs, self._formatted_with = programs, formatted_with
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """Where its topics are."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "log"

    @property
    def pid(self) -> Path:
        """Who it is, locked by the process that it names."""
        return self.folder / "pid"

    @property
    def alive(self) -> bool:
        """Whether its process is there, paused or not."""
        return self._process is not None and self._process.poll() is None

    def configure(self, properties: str) -> None:
        """Write what it is started with."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "server.properties").write_text(properties)

    def start(self, *, kept: bool = False) -> None:
        """Start it, on an empty folder if it has none; kept, it survives us. Does not wait until it answers."""
        if not (self.data / "meta.properties").exists():
            self._format()
        properties = self.folder / "server.properties"
        logging = f"-Dlog4j2.configurationFile={_LOGGING}"
        command = self._programs.command("kafka.Kafka", properties, options=(*_SMALL, logging))
        with self.log.open("ab") as log:
            self._process = self._keep(command, log.fileno()) if kept else self._own(command, log.fileno())

    def kill(self) -> None:
        """End it with SIGKILL, as a power cut would."""
        self._end(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end in good order, also where it hangs; `wait` for it."""
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGTERM)

    def wait(self) -> None:
        """Wait for its end; one that takes too long is killed."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOPS_WITHIN)
        self.kill()

    def pause(self) -> None:
        """Stop it where it is, as a machine that hangs."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def wipe(self) -> None:
        """Throw its data away, as a broken disk does. It must not be running."""
        assert not self.alive  # noqa: S101 -- a mistake of the caller's
        shutil.rmtree(self.data, ignore_errors=True)

    def tail(self, lines: int = 15) -> str:
        """The last it said."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _format(self) -> None:
        format_it = ("format", "--cluster-id", CLUSTER_ID, "--config", self.folder / "server.properties")
        quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
        command = self._programs.command("kafka.tools.StorageTool", *format_it, *self._formatted_with, options=quick)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"Kafka could not make its folder {self.data}:\n{done.stdout}{done.stderr}")

    def _own(self, command: list[str], log: int) -> subprocess.Popen[bytes]:
        # In a session of its own, because Ctrl-C is for the owner, who then ends it.
        watched = ["/bin/sh", "-c", _WATCHED, "sh", *command]
        return subprocess.Popen(watched, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)

    def _keep(self, command: list[str], log: int) -> subprocess.Popen[bytes]:
        # The lock is inherited, so it is held for as long as the JVM runs and not a moment longer (see kept.py).
        pid = os.open(self.pid, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(pid, fcntl.LOCK_EX | fcntl.LOCK_NB)
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(pid,), start_new_session=True
            )
            os.ftruncate(pid, 0)
            os.write(pid, b"%d\n" % process.pid)
        finally:
            os.close(pid)
        return process

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.alive:
            self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        self._signal(number)
        # The watch ends before the process is reaped, so that it cannot kill another of the same number.
        if process.stdin:
            process.stdin.close()
        process.wait()
        self._process = None
