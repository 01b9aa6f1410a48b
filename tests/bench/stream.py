"""The worker against bare loops, the COPY floor and quixstreams: one broker, one topic, one server, one after another.

e/b is the worker of the floor, e/d of a bare loop that takes in as it does, e/c of quixstreams.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.kafka.broker import running
from services.settings import Kafka
from services.stream.names import TopicNames
from tests.bench.databases import database
from tests.bench.measure import Measured, alone
from tests.bench.stream_applied import taken
from tests.bench.stream_delay import delayed
from tests.bench.stream_loops import copied_from_topic, counted, counted_by_aiokafka
from tests.bench.stream_profile import profiled
from tests.bench.stream_replay import replayed
from tests.bench.stream_topic import filled
from tests.bench.stream_workers import worked

_QUIX = ("quixstreams==3.28.1", "psycopg[binary]==3.3.2")
_WAYS = {
    "each": "(c) quixstreams, event by event",
    "record": "    the same, record by record",
    "deduped": "    that, and duplicates passed over",
}
_QUIX_WITHIN = 300

Show = Callable[[str, Measured], Measured]


def over_stream(url: str, files: Path, events: int, show: Show) -> None:
    """Measure and print."""
    print(f"== {events:,} events of a portfolio over Kafka")
    with _broker(files) as kafka:
        show("producing them, a record per tender and batch", alone(filled, kafka, events, 4))
        show("(a) kafka-python, bytes counted", alone(counted, kafka, events))
        show("    aiokafka, bytes counted", alone(counted_by_aiokafka, kafka, events))
        with database(url, "stream_floor") as own:
            floor = show("(b) the floor: kafka-python and keyed COPY", alone(copied_from_topic, kafka, own))
        peers = _peers(url, files, kafka, events, show)
        with database(url, "stream_bare") as own:
            bare = show("(d) kafka-python and the worker's Taking", alone(taken, kafka, own))
        with database(url, "stream_worker") as own:
            one = show("(e) bygspor worker", worked(kafka, own, files, events, 1))
        with database(url, "stream_workers") as own:
            two = show("    two of them", worked(kafka, own, files, events, 2))
        with database(url, "stream_profile") as own:
            print("   where the time of one goes:")
            show("one worker with clocks around its steps", alone(profiled, kafka, own, events))
        with database(url, "stream_delay") as own:
            delayed(kafka, own, files)
    for name, found in (("one worker", one), ("two workers", two)):
        against = {"b": floor, "d": bare} | {f"c {how}": peer for how, peer in peers.items()}
        ratios = (f"e/{letter} {found.per_second / other.per_second:.2f}" for letter, other in against.items())
        print(f"   {name}: {', '.join(ratios)}")


def over_many(url: str, files: Path, events: int) -> None:
    """Measure and print what a long replay takes."""
    print(f"== {events:,} events over Kafka, from the first to the last, one worker")
    with _broker(files) as kafka, database(url, "stream_replay") as own:
        replayed(kafka, own, files, events)


@contextmanager
def _broker(files: Path) -> Iterator[Kafka]:
    with running(files / "kafka") as broker:
        yield Kafka(tuple(broker.servers.split(",")))


def _peers(url: str, files: Path, kafka: Kafka, events: int, show: Show) -> dict[str, Measured]:
    """quixstreams, in an environment of its own; told why where that cannot be had."""
    found = {}
    for how, name in _WAYS.items():
        with database(url, f"quix_{how}") as own:
            source = ",".join(kafka.servers), TopicNames(kafka.prefix).events
            told = {"source": source, "url": own, "folder": str(files / "quix"), "events": events, "how": how}
            command = [*_quix_python(), Path(__file__).with_name("quix_peer.py"), json.dumps(told)]
            ended = subprocess.run(
                command, cwd=files, capture_output=True, text=True, timeout=_QUIX_WITHIN, check=False
            )
        if ended.returncode:
            last = (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]
            print(f"   {name}: SKIPPED, {last}")
            continue
        found[how] = show(name, Measured(**json.loads(ended.stdout)))
    return found


def _quix_python() -> list[str | Path]:
    beside = [part for package in _QUIX for part in ("--with", package)]
    # Isolated, or it would see what is installed here; -P, or it would see the modules beside the script.
    options = ["run", "-q", "--isolated", "--no-project", "--python", sys.executable]
    return [Path(sys.executable).with_name("uv"), *options, *beside, "python", "-P"]
