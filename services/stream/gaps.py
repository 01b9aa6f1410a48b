"""The gap check: every offset that the workers acknowledged is in the log, or else it is taken in now.

It promises to find what nobody knows of: a worker that acknowledged before it had committed, a backup of the database
that is older than the group's offsets, a record that expired before anybody read it. To heal twice, or while workers
work, does no harm: the log takes each event once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import OffsetOutOfRangeError

from services.settings import Kafka
from services.store.connections import Database
from services.store.stream import gaps as stored
from services.store.stream import numbered
from services.store.stream.gaps import Edges, Partition, Span
from services.stream.messages import Message
from services.stream.names import TopicNames
from services.stream.reading import batches, read, reader
from services.stream.standing import Standing, admin, standing, taken_from

Take: TypeAlias = Callable[[Sequence[Message]], object]

_log = structlog.get_logger("bygspor.stream")


class Fate(StrEnum):
    """What became of offsets that the log knew nothing of.

    `healed`: their records are taken in. `empty`: they hold no record. `lost`: the topic holds them no longer.
    `rewound`: the log knew them, but the topic ends before them and will give them to other records.
    """

    HEALED = "healed"
    EMPTY = "empty"
    LOST = "lost"
    REWOUND = "rewound"


class Gap(NamedTuple):
    """Offsets of a partition from `start` up to before `end`, and how many records were found there."""

    topic: str
    partition: int
    start: int
    end: int
    fate: Fate
    records: int = 0


def check(kafka: Kafka, database: Database, take: Take, *, whole: bool = False) -> list[Gap]:
    """Find the gaps below what the group acknowledged, take in what is missing, and say what became of each; blocking.

    From where the last look ended, or, with `whole`, in all that the topics still hold. What can never be taken in is
    remembered, and told once. Raises BrokerUnavailable, DatabaseUnavailable and, where a topic was deleted and made
    anew, Recreated.
    """
    names = TopicNames(kafka.prefix)
    with admin(kafka) as opened:
        topics = taken_from(opened, names)
        numbers = {name: numbered(database, name, topic.id) for name, topic in topics.items()}
        named = {
            Partition(numbers[name], number): TopicPartition(name, number)
            for name, topic in topics.items()
            for number in range(topic.partitions)
        }
        # Before the topics' ends are asked for: what workers take in meanwhile must not seem to lie beyond them.
        edges = stored.edges(database, named)
        now = standing(opened, names.group, topics)
    stands = {partition: now[one] for partition, one in named.items()}
    found = list(_rewound(database, stands, edges))
    spans = _spans(stands, edges, stored.checked(database))
    if whole:
        spans = [span._replace(start=min(span.start, stands[span.partition].start)) for span in spans]
    found += _filled(kafka, database, take, _Asked(named, stands, spans))
    return [_gap(named[span.partition], span, fate, records) for span, fate, records in found]


def tell(gaps: Iterable[Gap]) -> None:
    """Write into the program's log what was missing; marks of transactions are nothing to tell."""
    for gap in gaps:
        told = {**gap._asdict(), "fate": gap.fate.value}
        if gap.fate is Fate.HEALED:
            _log.warning("records_were_missing", **told)
        elif gap.fate is not Fate.EMPTY:
            _log.error("records_are_missing", **told)


_Found: TypeAlias = tuple[Span, Fate, int]


class _Asked(NamedTuple):
    named: Mapping[Partition, TopicPartition]
    stands: Mapping[Partition, Standing]
    spans: Sequence[Span]


def _spans(
    stands: Mapping[Partition, Standing], edges: Mapping[Partition, Edges], checked: Mapping[Partition, int]
) -> list[Span]:
    """From where the last look ended up to what is acknowledged or has expired, as far as it can be read yet."""
    return [
        Span(partition, _start(partition, at, edges, checked), min(at.readable, max(at.committed or 0, at.start)))
        for partition, at in stands.items()
    ]


def _start(
    partition: Partition, at: Standing, edges: Mapping[Partition, Edges], checked: Mapping[Partition, int]
) -> int:
    """Seen for the first time, a partition begins where it begins now: what had expired before was never ours."""
    known = checked.get(partition)
    if known is not None:
        return known
    return min(at.start, edges[partition].first) if partition in edges else at.start


def _rewound(
    database: Database, stands: Mapping[Partition, Standing], edges: Mapping[Partition, Edges]
) -> Iterator[_Found]:
    """Partitions that the cluster cut: records there to come would be taken for those that are known."""
    for partition, (_, last) in edges.items():
        end = stands[partition].end
        if last >= end:
            stored.forget(database, partition, end, last)
            yield Span(partition, end, last + 1), Fate.REWOUND, 0


def _filled(kafka: Kafka, database: Database, take: Take, asked: _Asked) -> Iterator[_Found]:
    missing = stored.missing(database, asked.spans)
    lost = [span._replace(end=min(span.end, asked.stands[span.partition].start)) for span in missing]
    lost = [span for span in lost if span.start < span.end]
    stored.note_lost(database, lost)
    yield from ((span, Fate.LOST, 0) for span in lost)
    held = [span._replace(start=max(span.start, asked.stands[span.partition].start)) for span in missing]
    held = [span for span in held if span.start < span.end]
    unfinished: set[Partition] = set()
    if held:
        with reader(kafka) as consumer:
            for span in held:
                records = _healed(consumer, database, take, span, asked.named[span.partition])
                if records is None:
                    unfinished.add(span.partition)
                else:
                    yield span, Fate.HEALED if records else Fate.EMPTY, records
    moved = {span.partition: max(span.start, span.end) for span in asked.spans}
    stored.move_on(database, {one: up_to for one, up_to in moved.items() if one not in unfinished})


def _healed(consumer: KafkaConsumer, database: Database, take: Take, span: Span, one: TopicPartition) -> int | None:
    """How many records were taken in; None where they expired meanwhile, which the next look will tell."""
    records, at = 0, span.start
    try:
        for chunk in read(consumer, {one: (span.start, span.end)}):
            for batch in batches(chunk.messages):
                take(batch)
            there = [message.offset for message in chunk.messages]
            stored.note_empty(database, _between(span.partition, at, there, chunk.reached[one]))
            records, at = records + len(there), chunk.reached[one]
    except OffsetOutOfRangeError:
        return None
    return records


def _between(partition: Partition, start: int, there: Iterable[int], end: int) -> Iterator[Span]:
    """The offsets from start up to end that hold no record."""
    for offset in (*there, end):
        if start < offset:
            yield Span(partition, start, offset)
        start = offset + 1


def _gap(one: TopicPartition, span: Span, fate: Fate, records: int) -> Gap:
    return Gap(one.topic, one.partition, span.start, span.end, fate, records)
