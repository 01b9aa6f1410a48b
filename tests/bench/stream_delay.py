"""From the gateway's answer (202) to the log, and to figures that count the event: 200 events a second.

Over real processes: gateway, Kafka, worker, PostgreSQL. What is seen is looked up every few milliseconds by a
connection of our own, so it is as late as a reader would see it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import quantiles

import msgspec
import psycopg

from services.settings import Kafka
from services.store.migrate import migrate
from services.store.store import Store
from services.stream import topics
from tests.bench.http import served
from tests.bench.load import STRUCTURED, events, paced, requests
from tests.bench.served import CVR
from tests.bench.stream_workers import until_all_read, working
from tests.gateway.reporting import CLIENT, frame
from tests.store.told import read_all

RATE = 200
_SECONDS, _WARM = 20, 4
_TENDERS = 20
_LOOK_EVERY = 0.01
_WITHIN = 120.0
_IN_LOG = """
SELECT e.id, s.name, b.position FROM log.applied_batch b JOIN log.event e USING (batch)
JOIN log.subject s ON s.no = e.subject_no WHERE b.position > %s ORDER BY b.position"""
_COMPUTED = """
SELECT s.name, max(f.computed_at_position) FROM figures.figure f JOIN log.subject s ON s.no = f.subject_no GROUP BY 1"""


@dataclass
class Seen:
    """When each event was seen in the log, and counted in figures (seconds since 1970)."""

    in_log: dict[str, float] = field(default_factory=dict)
    counted: dict[str, float] = field(default_factory=dict)
    _waiting: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _position: int = 0

    def look(self, connection: psycopg.Connection) -> None:
        """See what is there now."""
        found = connection.execute(_IN_LOG, [self._position]).fetchall()
        now = time.time()
        for event, tender, position in found:
            self.in_log[event] = now
            self._waiting.setdefault(tender, []).append((position, event))
            self._position = position
        computed = connection.execute(_COMPUTED).fetchall()
        now = time.time()
        for tender, position in computed:
            waiting = self._waiting.get(tender, [])
            self.counted |= {event: now for at, event in waiting if at <= position}
            self._waiting[tender] = [(at, event) for at, event in waiting if at > position]


def delayed(kafka: Kafka, url: str, folder: Path) -> None:
    """Measure and print. On a topic of its own: a worker of a new database would first take in what another holds."""
    kafka = replace(kafka, prefix=f"{kafka.prefix}-calm")
    topics.apply(kafka)
    tenders = [f"{CLIENT}:havn-{number}" for number in range(_TENDERS)]
    _prepare(url, tenders)
    bodies = list(events(CVR, RATE * (_WARM + _SECONDS), "calm", tenders))
    with (
        working(kafka, url, folder, 1) as workers,
        served(url, folder, ",".join(kafka.servers), kafka.prefix) as (port, key),
    ):
        until_all_read(kafka, workers)
        seen, stop = Seen(), threading.Event()
        watching = threading.Thread(target=_watch, args=(url, seen, stop, len(bodies)))
        watching.start()
        answered = paced(port, requests("/v1/events", key, bodies, STRUCTURED), RATE)
        stop.set()
        watching.join()
    accepted = {f"calm-{number}": at for number, at in enumerate(answered.answered_at) if number >= RATE * _WARM}
    print(f"   {RATE} events a second over {_TENDERS} tenders, {_SECONDS} s, gateway and one worker")
    print(f"      until 202:           {_told(answered.latencies)}")
    print(f"      from 202 to the log: {_told([seen.in_log[one] - at for one, at in accepted.items()])}")
    print(f"      from 202 to figures: {_told([seen.counted[one] - at for one, at in accepted.items()])}")


def _prepare(url: str, tenders: Sequence[str]) -> None:
    migrate(url)
    store = Store(url)
    told = [one | {"id": f"{one['id']}-{tender}", "subject": tender} for tender in tenders for one in frame()]
    store.apply(read_all(map(msgspec.json.encode, told)))
    store.close()


def _watch(url: str, seen: Seen, stop: threading.Event, wanted: int) -> None:
    deadline = None
    with psycopg.connect(url, autocommit=True) as connection:
        while sum(one.startswith("calm-") for one in seen.counted) < wanted:
            seen.look(connection)
            time.sleep(_LOOK_EVERY)
            deadline = deadline or (time.monotonic() + _WITHIN if stop.is_set() else None)
            if deadline and time.monotonic() > deadline:
                raise RuntimeError("not every event has been counted; worker.log may say more")


def _told(seconds: Sequence[float]) -> str:
    cut = quantiles(seconds, n=100)
    return f"p50 {cut[49] * 1000:,.0f} ms, p99 {cut[98] * 1000:,.0f} ms"
