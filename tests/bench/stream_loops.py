"""Bare loops over the topic: what any consumer pays, and what any consumer pays that keeps the events."""

from __future__ import annotations

import asyncio

import msgspec
import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.settings import Kafka
from tests.bench.measure import timed
from tests.bench.stream_topic import Read, partitions_of
from tests.bench.work import Identity, copy_into_floor, make_floor

_BATCH = 12_000


def counted(kafka: Kafka, events: int) -> tuple[int, float]:
    """A loop of kafka-python that counts bytes and does nothing else."""
    read = Read(kafka)

    def work() -> int:
        return sum(len(record.value) for records in read.polls() for record in records)

    _, seconds = timed(work)
    return events, seconds


def counted_by_aiokafka(kafka: Kafka, events: int) -> tuple[int, float]:
    """The same with aiokafka, which is what Faust reads with."""
    return events, asyncio.run(_aiokafka(kafka))


async def _aiokafka(kafka: Kafka) -> float:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=list(kafka.servers),
        enable_auto_commit=False,
        fetch_max_bytes=64_000_000,
        max_partition_fetch_bytes=8_000_000,
    )
    await consumer.start()
    partitions = [TopicPartition(*one) for one in partitions_of(kafka)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning()
    left = {one: end for one, end in (await consumer.end_offsets(partitions)).items() if end}
    loop = asyncio.get_running_loop()
    began, size = loop.time(), 0
    while left:
        for partition, records in (await consumer.getmany(timeout_ms=1_000)).items():
            size += sum(len(record.value) for record in records)
            if records[-1].offset + 1 >= left.get(partition, 0):
                left.pop(partition, None)
    seconds = loop.time() - began
    await consumer.stop()
    return seconds


def copied_from_topic(kafka: Kafka, url: str) -> tuple[int, float]:
    """The floor: that loop, and the events by binary COPY into a table with the key (source, id).

    It leaves out what it has seen, by a set in memory: an event that comes twice would end the COPY.
    """
    read, split, identity = Read(kafka), msgspec.json.Decoder(list[msgspec.Raw]), msgspec.json.Decoder(Identity)
    seen: set[tuple[str, str]] = set()
    with psycopg.connect(url) as connection:
        make_floor(connection, keyed=True)

        def work() -> int:
            events, rows = 0, list[tuple[str, str, bytes]]()
            for records in read.polls():
                for raw in (raw for record in records for raw in split.decode(record.value)):
                    one, events = identity.decode(raw), events + 1
                    if (key := (one.source, one.id)) not in seen:
                        seen.add(key)
                        rows.append((*key, bytes(raw)))
                if len(rows) >= _BATCH:
                    copy_into_floor(connection, rows)
                    rows.clear()
            copy_into_floor(connection, rows)
            return events

        events, seconds = timed(work)
    return events, seconds
