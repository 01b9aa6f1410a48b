"""The topics read anew into the log: after a backup was restored, or whenever nobody is sure.

What is in the log already is a duplicate there, so it may be done again and interrupted at any moment. It reads beside
the workers' group, up to where the topics end when it begins, and acknowledges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from kafka import KafkaAdminClient, TopicPartition

from services.errors import BadInput
from services.settings import Kafka
from services.stream.messages import Message
from services.stream.names import TopicNames
from services.stream.reading import BATCH_BYTES, BATCH_RECORDS, Chunk, read, reader
from services.stream.standing import Topic, admin, standing, taken_from
from services.stream.taking import Taken

Take = Callable[[Sequence[Message]], Taken]
OnProgress = Callable[[int, int], None]


def replay(
    kafka: Kafka,
    take: Take,
    *,
    since: datetime | None = None,
    only: Sequence[str] | None = None,
    on_progress: OnProgress = lambda _done, _total: None,
) -> Taken:
    """Read the topics again, from their beginning or from a moment, into the log; `only` some of them.

    `take` is told to take in what is known, too. `on_progress` is told how many offsets of how many were gone through.
    Raises BadInput where there is no such topic, BrokerUnavailable and DatabaseUnavailable; the same may be done again.
    """
    names = TopicNames(kafka.prefix)
    with admin(kafka) as opened:
        spans = _spans(opened, names.group, _chosen(taken_from(opened, names), only), since)
    total, done = sum(end - start for start, end in spans.values()), 0
    at = {one: start for one, (start, _) in spans.items()}
    replayed = Taken()
    with reader(kafka) as consumer:
        for batch, reached in _batches(read(consumer, spans)):
            replayed += take(batch)
            done += sum(to - at[one] for one, to in reached.items())
            at |= reached
            on_progress(done, total)
    return replayed


def _chosen(there: Mapping[str, Topic], only: Sequence[str] | None) -> dict[str, Topic]:
    for name in only or ():
        if name not in there:
            known = ", ".join(sorted(there))
            raise BadInput("topics.unknown", f"There is no topic {name} that is taken in from.", f"There are: {known}")
    return {name: topic for name, topic in there.items() if only is None or name in only}


def _spans(
    opened: KafkaAdminClient, group: str, topics: Mapping[str, Topic], since: datetime | None
) -> dict[TopicPartition, tuple[int, int]]:
    stands = standing(opened, group, topics)
    starts = {one: at.start for one, at in stands.items()}
    if since is not None and stands:
        found = opened.list_partition_offsets(dict.fromkeys(stands, int(since.timestamp() * 1000)))
        # None since then: nothing of it.
        starts = {one: found[one].offset if found[one].offset >= 0 else at.readable for one, at in stands.items()}
    return {one: (min(starts[one], at.readable), at.readable) for one, at in stands.items()}


def _batches(chunks: Iterator[Chunk]) -> Iterator[tuple[list[Message], dict[TopicPartition, int]]]:
    """What was read in pieces as large as is quick and as small as memory wants them, and how far it was read by then.

    A chunk may be larger than a piece: it counts as read with the first piece behind its last record.
    """
    batch: list[Message] = []
    reached: dict[TopicPartition, int] = {}
    size = 0
    for chunk in chunks:
        for message in chunk.messages:
            batch.append(message)
            size += len(message.value or b"")
            if size >= BATCH_BYTES or len(batch) >= BATCH_RECORDS:
                yield batch, reached
                batch, reached, size = [], {}, 0
        reached |= chunk.reached
    if reached:
        yield batch, reached
