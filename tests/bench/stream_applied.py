"""The worker's own work without the worker: a bare loop of kafka-python that takes in as it does."""

from __future__ import annotations

from collections.abc import Iterator

from services.settings import Kafka
from services.store.migrate import migrate
from services.store.pace import in_bulk
from services.store.store import Store
from services.stream.messages import Message
from services.stream.parts import Reader
from services.stream.worker import BATCH_RECORDS
from tests.bench.measure import timed
from tests.bench.stream_topic import Read


def taken(kafka: Kafka, url: str) -> tuple[int, float]:
    """The topic of events by `Taking.take`, in batches as large as the worker's."""
    migrate(url)
    store = Store(url)
    taking, read = Reader(store, kafka), Read(kafka)
    taking.topics()

    def work() -> int:
        return sum(taking.take(batch).events for batch in batches(read))

    with in_bulk():
        found, seconds = timed(work)
    store.close()
    return int(found), seconds


def batches(read: Read) -> Iterator[list[Message]]:
    """Records as the worker hands them over."""
    for records in read.polls(BATCH_RECORDS):
        yield [Message(one.topic, one.partition, one.offset, one.value, one.timestamp) for one in records]
