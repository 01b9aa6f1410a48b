"""A worker of a test's own, in this process, and what it takes to feed it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence

import msgspec
from kafka import KafkaProducer
from kafka.admin import NewTopic
from psycopg import sql

from services.metrics import WorkerMetrics
from services.settings import Kafka
from services.store.keeper import Keeper
from services.store.store import Store
from services.stream.clients import begun, client
from services.stream.names import TopicNames
from services.stream.running import Work, Worker
from services.stream.standing import admin
from services.stream.work import work_of
from tests.store.told import Said
from tests.waiting import WITHIN_SECONDS


def make_topics(kafka: Kafka, organisations: Sequence[str] = (), partitions: int = 4) -> TopicNames:
    """The topics of an installation, empty."""
    names = TopicNames(kafka.prefix)
    wanted = [names.events, names.dead_letters, *(names.of_organisation(one) for one in organisations)]
    with admin(kafka) as opened:
        opened.create_topics([NewTopic(name, partitions, 1) for name in wanted])
        opened.wait_for_topics(wanted)
    return names


def produce(kafka: Kafka, topic: str, values: Sequence[bytes | None], *, partition: int | None = None) -> None:
    """Records into a topic, all acknowledged."""
    with begun(KafkaProducer, client(kafka) | {"acks": "all"}) as producer:
        sent = [producer.send(topic, value, key=str(n).encode(), partition=partition) for n, value in enumerate(values)]
        for one in sent:
            one.get(timeout=WITHIN_SECONDS)


def batch(*events: Said | bytes) -> bytes:
    """The value of a record that holds these events."""
    return b"[" + b",".join(one if isinstance(one, bytes) else msgspec.json.encode(one) for one in events) + b"]"


@contextlib.contextmanager
def working(store: Store, kafka: Kafka, change: Callable[[Work], Work] = lambda work: work) -> Iterator[Worker]:
    """A worker while the block runs; what ends it by itself is raised at the end."""
    keeper, metrics = Keeper(store), WorkerMetrics()
    worker = Worker(kafka, change(work_of(store, kafka, keeper, metrics)), session_seconds=6)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(worker.run())
        except BaseException as error:  # noqa: BLE001 -- told in the thread of the test
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(WITHIN_SECONDS)
        assert not thread.is_alive()
    if failed:
        raise failed[0]


def count(store: Store, table: str) -> int:
    """How many rows a table has."""
    with store.database.transaction() as connection:
        counting = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*table.split(".")))
        (rows,) = connection.execute(counting).fetchone() or (0,)
    return int(rows)
