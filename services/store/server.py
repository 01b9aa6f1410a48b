"""The embedded PostgreSQL server: one per data directory, outliving the commands that use it.

Who runs it is decided by one file lock, `<data>/server.lock`. Whoever gets it makes and starts the server and lets
the server *inherit* the open lock; the kernel then holds it until the postmaster and all its children are gone. So
two starts at once give one server, killing the command that started it changes nothing, and after `kill -9` of the
postmaster a new one waits for the old one's children instead of joining them on the same files.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import psycopg

from services.errors import DatabaseUnavailable
from services.store import cluster as files
from services.store.cluster import Cluster
from services.store.postmaster import PidFile, ask_to_stop, quit_orphans, remove_stale_files
from services.store.programs import Command

# Reading back 4 GB of WAL after a crash takes minutes on a slow disk.
START_SECONDS = 300.0
STOP_SECONDS = 120.0
POLL_SECONDS = 0.02

# The shell leaves at once, so the server is nobody's child (and nobody's zombie); its paths are never read as shell.
IN_THE_BACKGROUND = 'exec "$@" </dev/null >>"$0" 2>&1 &'


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of a data directory's server; what is not known, because it is down or not made, is None."""

    running: bool
    data_dir: Path
    size_bytes: int = 0
    pid: int | None = None
    version: str | None = None
    socket_dir: Path | None = None
    port: int | None = None
    since: datetime | None = None


class EmbeddedPostgres:
    """The server of one data directory. Every method may be called from any process at any time."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self._lock_file = self.data_dir / "server.lock"

    def start(self, extra_settings: Mapping[str, str] | None = None) -> str:
        """Make sure that the server runs, and return its URL, good for SQLAlchemy and psycopg alike.

        `extra_settings` count only when this call starts it; they are for tests (fsync off) and for experiments.
        """
        cluster = files.locate(self.data_dir)
        launched = False
        for _ in _until(START_SECONDS):
            if (running := PidFile.read(cluster)) and running.answers:
                return _url(running.socket_dir)
            with self._lock() as lock:
                if lock is not None and launched:
                    raise self._start_failed(cluster)
                if lock is not None:
                    self._launch(cluster, lock, extra_settings or {})
                    launched = True
            quit_orphans(cluster)
        raise self._too_slow("is not ready yet", cluster)

    def stop(self) -> None:
        """Stop the server and return when it is gone; what is committed is on disk. Down already is fine."""
        if not self._lock_file.exists():
            return
        cluster = files.locate(self.data_dir)
        asked: int | None = None
        for _ in _until(STOP_SECONDS):
            with self._lock() as lock:
                if lock is not None:
                    return
            running = PidFile.read(cluster)
            if running and running.pid != asked:
                asked = running.pid
                ask_to_stop(cluster, asked)
            quit_orphans(cluster)
        raise self._too_slow("has not stopped yet", cluster)

    def status(self) -> ServerStatus:
        """What runs, where, since when, and how much disk it takes; starts and makes nothing."""
        if not self._lock_file.exists():
            return ServerStatus(False, self.data_dir)
        cluster = files.locate(self.data_dir)
        size, running = _size(cluster.folder), PidFile.read(cluster)
        if running is None or not running.answers:
            return ServerStatus(False, self.data_dir, size)
        version = _version(_url(running.socket_dir))
        return ServerStatus(
            True, self.data_dir, size, running.pid, version, running.socket_dir, running.port, running.since
        )

    @contextlib.contextmanager
    def running(self, extra_settings: Mapping[str, str] | None = None) -> Iterator[str]:
        """A server for the length of a `with` block, stopped after it whatever happens: for tests."""
        try:
            yield self.start(extra_settings)
        finally:
            self.stop()

    def _launch(self, cluster: Cluster, lock: int, extra_settings: Mapping[str, str]) -> None:
        if not cluster.made:
            files.make(cluster, lock)
        files.refuse_other_version(cluster)
        socket_dir = files.socket_folder(self.data_dir, cluster)
        remove_stale_files(cluster, socket_dir)
        files.configure(cluster)
        settings = {"unix_socket_directories": str(socket_dir), **extra_settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server: Command = [cluster.programs.path("postgres"), "-D", cluster.folder, *options]
        in_the_background: Command = ["sh", "-c", IN_THE_BACKGROUND, cluster.startup_log, *server]
        cluster.user.run(in_the_background, keep=(lock,))

    @contextlib.contextmanager
    def _lock(self) -> Iterator[int | None]:
        """The lock as an open file if it is free, else None. Closing it frees it unless the server inherited it."""
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            yield descriptor if _try_lock(descriptor) else None
        finally:
            os.close(descriptor)

    def _start_failed(self, cluster: Cluster) -> DatabaseUnavailable:
        return DatabaseUnavailable(
            "database.start_failed",
            f"The embedded PostgreSQL in {self.data_dir} did not start. It said last:\n{cluster.log_tail()}",
            f"The whole log is in {cluster.startup_log} and in log/ beside it.",
        )

    def _too_slow(self, what: str, cluster: Cluster) -> DatabaseUnavailable:
        return DatabaseUnavailable(
            "database.not_ready",
            f"The embedded PostgreSQL in {self.data_dir} {what}. It said last:\n{cluster.log_tail()}",
            "It goes on in the background; try again in a minute.",
            retriable=True,
        )


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _url(socket_dir: Path) -> str:
    return f"postgresql://{files.ROLE}@/{files.DATABASE}?host={quote(str(socket_dir), safe='')}&port={files.PORT}"


def _version(url: str) -> str | None:
    """Asked of the server itself: after an upgrade of the programs the old one may run on for weeks."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.info.parameter_status("server_version")
    except psycopg.OperationalError:
        return None


def _until(seconds: float) -> Iterator[None]:
    """Turns of a waiting loop, a little apart, until the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(POLL_SECONDS)


def _size(folder: Path) -> int:
    """Bytes on disk; files that come and go meanwhile are left out rather than stumbled over."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            total += path.lstat().st_blocks * 512
    return total
