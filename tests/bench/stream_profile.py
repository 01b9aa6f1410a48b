"""Where the time of a worker goes: CPU of its threads and of PostgreSQL, and the steps of taking in.

A worker in this process, with a clock around each step. Seconds of a step that are not its CPU are spent waiting for
PostgreSQL, for the interpreter's lock, or for a processor. Found on two cores that others used, too (CPU in
microseconds an event, of a topic with 58 events a record; it changes little with what else is running):

| where | CPU | of it |
|---|---|---|
| taking in, in Python | 45 | read and check 13, fold 12, siblings 5, rows of the log 4, COPY 4, amendments 2 |
| PostgreSQL for that | 16 | keyed rows of the log, state and what it replaces, a row a record |
| figures, in Python | 18 | in a thread beside, so it takes the interpreter's lock from taking in |
| PostgreSQL for that | 8 | |
| Faust and its client | 2 | at 58 events a record; a record of one event costs it some 80 |

The floor pays 6 an event: no check, no fold, no second index. So one worker cannot come near half of it: what it does
in Python alone is more. Garbage collection took 35 more before it was made seldom, and figures 29 and 15 of PostgreSQL
before the keeper rested as long as it worked.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from services.metrics import WorkerMetrics
from services.settings import Kafka
from services.store import amending, apply, log, refolding
from services.store.connections import Database
from services.store.keeper import Keeper
from services.store.migrate import migrate
from services.store.pace import in_bulk
from services.store.store import Store
from services.stream import taking
from services.stream.running import Worker
from services.stream.work import work_of
from tests.bench.stream_workers import applied, forget_group

_LOOK_EVERY = 0.05
_STEPS: tuple[tuple[str, Any, str], ...] = (
    ("records known already?", taking, "applied_among"),
    ("read and check events", taking, "items_of"),
    ("rows of the log", log, "rows_of"),
    ("into the log", log, "insert"),
    ("amendments", amending, "settle"),
    ("siblings from the log", refolding, "siblings"),
    ("fold", refolding, "rows_of"),
    ("old state away", refolding, "delete"),
    ("new state in", refolding, "write"),
    ("position", apply, "place"),
    ("all of a transaction", Database, "in_transaction"),
)
_THREADS = {"MainThread": "Faust and Kafka", "taking_0": "taking in", "keeper": "figures"}


@dataclass
class Steps:
    """Seconds and CPU seconds by step, of the thread that takes in."""

    spent: dict[str, tuple[float, float]] = field(default_factory=dict)

    def put_around(self, name: str, where: Any, what: str) -> None:
        """Measure a function wherever it is called by its name there."""
        inner: Callable[..., Any] = getattr(where, what)

        def measured(*arguments: Any, **options: Any) -> Any:
            if not threading.current_thread().name.startswith("taking"):
                return inner(*arguments, **options)
            wall, cpu = time.perf_counter(), time.thread_time()
            try:
                return inner(*arguments, **options)
            finally:
                before = self.spent.get(name, (0.0, 0.0))
                self.spent[name] = (before[0] + time.perf_counter() - wall, before[1] + time.thread_time() - cpu)

        setattr(where, what, measured)


def profiled(kafka: Kafka, url: str, events: int) -> tuple[int, float]:
    """Take in the whole topic, and print the table: microseconds an event."""
    migrate(url)
    forget_group(kafka)
    steps, store, metrics = Steps(), Store(url), WorkerMetrics()
    for step in _STEPS:
        steps.put_around(*step)
    keeper = Keeper(store)
    worker = Worker(kafka, work_of(store, kafka, keeper, metrics))
    threads: dict[str, float] = {}
    keeper.start()
    with in_bulk():
        seconds = asyncio.run(_until_taken(worker, url, events, threads))
    keeper.stop()
    store.close()
    rows = {f"{name}, in all": (seconds, cpu) for name, cpu in threads.items()} | steps.spent
    for name, (wall, cpu) in rows.items():
        print(f"      {name:<30} {wall / events * 1e6:>8.1f} us, CPU {cpu / events * 1e6:>6.1f} us an event")
    return events, seconds


async def _until_taken(worker: Worker, url: str, events: int, threads: dict[str, float]) -> float:
    running = asyncio.create_task(worker.run())
    seconds = await asyncio.to_thread(_watched, url, events, threads)
    worker.stop()
    await running
    return seconds


def _watched(url: str, events: int, threads: dict[str, float]) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        while not applied(connection):
            time.sleep(_LOOK_EVERY)
        began, before = time.perf_counter(), _clocks() | _backends(connection)
        while applied(connection) < events:
            time.sleep(_LOOK_EVERY)
        seconds, after = time.perf_counter() - began, _clocks() | _backends(connection)
    threads.update({name: cpu - before.get(name, 0.0) for name, cpu in after.items()})
    return seconds


def _backends(connection: psycopg.Connection) -> dict[str, float]:
    """CPU seconds so far of what serves the worker's connections; those stay open."""
    spent = 0
    for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"):
        # Behind the name in brackets: the 12th and 13th are the ticks in user and in system mode.
        spent += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return {"PostgreSQL": spent / os.sysconf("SC_CLK_TCK")}


def _clocks() -> dict[str, float]:
    """CPU seconds so far of each thread that is worth a name."""
    named = [one for one in threading.enumerate() if one.name in _THREADS]
    return {_THREADS[one.name]: time.clock_gettime(time.pthread_getcpuclockid(one.ident)) for one in named if one.ident}
