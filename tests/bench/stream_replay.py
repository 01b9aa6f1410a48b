"""A topic of millions taken in from its beginning by one worker: does memory stay flat?"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from services.settings import Kafka
from services.store.migrate import migrate
from tests.bench.measure import alone
from tests.bench.stream_topic import filled
from tests.bench.stream_workers import applied, forget_group, working

_MARKS = (0.05, 0.25, 0.5, 0.75, 1.0)
_LOOK_EVERY = 0.5
_BACKENDS = "SELECT pid FROM pg_stat_activity"


def replayed(kafka: Kafka, url: str, folder: Path, events: int) -> None:
    """Measure and print. Memory is what a process holds by itself (RssAnon); PostgreSQL's is that of all backends."""
    alone(filled, kafka, events, 5)
    migrate(url)
    forget_group(kafka)
    marks, highest = [int(share * events) for share in _MARKS], {"worker": 0, "PostgreSQL": 0, "Kafka": 0}
    broker = next(_java(folder))
    with working(kafka, url, folder, 1) as workers, psycopg.connect(url, autocommit=True) as connection:
        began = time.perf_counter()
        while marks:
            if workers[0].poll() is not None:
                raise RuntimeError("the worker ended; worker.log says why")
            now = {"worker": _own(workers[0].pid), "Kafka": _own(broker), "PostgreSQL": _backends(connection)}
            highest = {name: max(highest[name], size) for name, size in now.items()}
            if (done := applied(connection)) >= marks[0]:
                told = ", ".join(f"{name} {size / 1e6:,.0f} MB" for name, size in highest.items())
                rate = done / (time.perf_counter() - began)
                print(f"   {done:>12,} events, {rate:>7,.0f}/s so far; most memory so far: {told}", flush=True)
                marks.pop(0)
            time.sleep(_LOOK_EVERY)


def _backends(connection: psycopg.Connection) -> int:
    return sum(_own(pid) for (pid,) in connection.execute(_BACKENDS))


def _own(pid: int) -> int:
    """Bytes that a process holds by itself; 0 where it is gone."""
    try:
        found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def _java(folder: Path) -> Iterator[int]:
    """The broker's process: the Java that was started with a file in our folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            program, *arguments = (process / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if program.endswith("java") and any(one.startswith(str(folder)) for one in arguments):
            yield int(process.name)
