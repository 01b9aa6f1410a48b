"""`bygspor worker`, one process or several, from where all of them work to the end of the topic."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from services.settings import Kafka
from services.store.migrate import migrate
from services.stream.names import TopicNames
from services.stream.standing import admin, members
from tests.bench.measure import Measured

_LOOK_EVERY = 0.05
_WITHIN = 600.0
_APPLIED = "SELECT coalesce(sum(events), 0) FROM stream.applied_record"


def worked(kafka: Kafka, url: str, folder: Path, events: int, workers: int) -> Measured:
    """Let so many workers take in the whole topic. Counted from when each has partitions: not how long they start."""
    migrate(url)
    forget_group(kafka)
    with working(kafka, url, folder, workers) as processes, psycopg.connect(url, autocommit=True) as connection:
        until_all_read(kafka, processes)
        _until(lambda: applied(connection) > 0, processes)
        first, began = applied(connection), time.perf_counter()
        _until(lambda: applied(connection) >= events, processes)
        seconds = time.perf_counter() - began
        peak = max(peak_of(one.pid) for one in processes)
    return Measured(events - first, seconds, peak)


@contextmanager
def working(kafka: Kafka, url: str, folder: Path, workers: int) -> Iterator[Sequence[subprocess.Popen[bytes]]]:
    """So many workers as processes; they have ended afterwards."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BYGSPOR_")},
        "BYGSPOR_DATA": str(folder / "worker"),
        "BYGSPOR_DATABASE_URL": url,
        "BYGSPOR_KAFKA": ",".join(kafka.servers),
        "BYGSPOR_KAFKA_PREFIX": kafka.prefix,
    }
    command = [str(Path(sys.executable).with_name("bygspor")), "worker"]
    with (folder / "worker.log").open("ab") as log:
        processes = [subprocess.Popen(command, env=environ, stdout=log, stderr=log) for _ in range(workers)]
    try:
        yield processes
    finally:
        for one in processes:
            one.terminate()
        for one in processes:
            one.wait(60)


def applied(connection: psycopg.Connection) -> int:
    """How many events the records hold that are in the log."""
    row = connection.execute(_APPLIED).fetchone()
    assert row is not None
    return int(row[0])


def peak_of(pid: int) -> int:
    """The most memory (bytes) that a process has held so far."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def forget_group(kafka: Kafka) -> None:
    """The workers' group begins anew."""
    group = TopicNames(kafka.prefix).group
    with admin(kafka) as opened:
        if group in [one["group_id"] for one in opened.list_groups()]:
            opened.delete_groups([group])


def until_all_read(kafka: Kafka, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait until each of the workers has partitions."""
    group = TopicNames(kafka.prefix).group
    with admin(kafka) as opened:
        _until(lambda: sum(bool(one.partitions) for one in members(opened, group)) == len(processes), processes)


def _until(reached: Callable[[], bool], processes: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _WITHIN
    while not reached():
        if any(one.poll() is not None for one in processes) or time.monotonic() > deadline:
            raise RuntimeError("a worker ended, or took too long; worker.log says more")
        time.sleep(_LOOK_EVERY)
