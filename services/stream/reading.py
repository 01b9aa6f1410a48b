"""Reading from here to there: exactly the offsets that are asked for, outside the workers' group."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from services.errors import BrokerUnavailable
from services.settings import Kafka
from services.stream import clients
from services.stream.messages import Message, message_of

# What is taken in at once: larger is faster, smaller takes less memory. A record may be larger, and then goes alone.
BATCH_BYTES = 8_000_000
BATCH_RECORDS = 12_000
_POLL_MS = 250
_SILENT_SECONDS = 30.0


class Chunk(NamedTuple):
    """Records in the order they were read, and up to where each partition has been read that was read further."""

    messages: list[Message]
    reached: dict[TopicPartition, int]


@contextlib.contextmanager
def reader(kafka: Kafka) -> Iterator[KafkaConsumer]:
    """A consumer of no group, closed afterwards. Within it Kafka's errors are BrokerUnavailable."""
    # Where an offset is not there any more it must say so: what it would go on with is not what was asked for.
    settings = clients.consumer(kafka) | {
        "group_id": None,
        "auto_offset_reset": "none",
        "fetch_max_bytes": 2 * BATCH_BYTES,
        "max_partition_fetch_bytes": BATCH_BYTES // 2,
    }
    with clients.translated():
        opened = clients.begun(KafkaConsumer, settings)
        try:
            yield opened
        finally:
            opened.close(autocommit=False)


def read(consumer: KafkaConsumer, spans: Mapping[TopicPartition, tuple[int, int]]) -> Iterator[Chunk]:
    """Everything from the first up to the second offset of each partition, piece by piece, in flat memory.

    An offset that holds no record (marks of transactions, what was compacted) is passed over: only `reached` tells.
    Raises Kafka's OffsetOutOfRangeError where a first offset is not there, and BrokerUnavailable after a long silence.
    """
    left = {one: end for one, (start, end) in spans.items() if start < end}
    _go_to(consumer, {one: spans[one][0] for one in left})
    at = {one: spans[one][0] for one in left}
    heard = time.monotonic()
    while left:
        polled = consumer.poll(timeout_ms=_POLL_MS, max_records=BATCH_RECORDS)
        reached = _reached(consumer, {one: left[one] for one in polled or left if one in left}, at)
        if not reached:
            _give_up_after(heard)
            continue
        heard = time.monotonic()
        at |= reached
        found = (got for one in reached for got in polled.get(one, ()) if got.offset < left[one])
        yield Chunk([message_of(got, got.timestamp) for got in found], reached)
        left = {one: end for one, end in left.items() if at[one] < end}
        consumer.pause(*(one for one in reached if one not in left))


def batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Messages in pieces that are not too large to be taken in at once."""
    batch: list[Message] = []
    size = 0
    for message in messages:
        length = len(message.value or b"")
        if batch and size + length > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch


def _go_to(consumer: KafkaConsumer, starts: Mapping[TopicPartition, int]) -> None:
    consumer.assign(list(starts))
    # A partition that is assigned again stays as it was.
    consumer.resume(*starts)
    for one, offset in starts.items():
        consumer.seek(one, offset)


def _reached(
    consumer: KafkaConsumer, ends: Mapping[TopicPartition, int], at: Mapping[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """The partitions that were read further, each up to where, but not beyond its end."""
    positions = {one: min(consumer.position(one) or 0, end) for one, end in ends.items()}
    return {one: position for one, position in positions.items() if position > at[one]}


def _give_up_after(heard: float) -> None:
    if time.monotonic() - heard > _SILENT_SECONDS:
        raise BrokerUnavailable(
            "kafka.silent",
            f"Kafka has sent nothing for {_SILENT_SECONDS:.0f} seconds.",
            "It can be tried again.",
            retriable=True,
        )
