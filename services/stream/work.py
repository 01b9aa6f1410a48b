"""All that a worker does, put together."""

from __future__ import annotations

from collections.abc import Sequence

from services.metrics import WorkerMetrics
from services.settings import Kafka
from services.store.keeper import Keeper
from services.store.store import Store
from services.stream.chores import Chores
from services.stream.keeping import KeeperProcess
from services.stream.messages import Message
from services.stream.parts import Reader
from services.stream.running import Work
from services.stream.taking import Taken


def work_of(store: Store, kafka: Kafka, keeper: Keeper | KeeperProcess, metrics: WorkerMetrics) -> Work:
    """All that a worker does."""
    reader, chores = Reader(store, kafka), Chores(store, kafka, metrics)

    def after(messages: Sequence[Message], taken: Taken, seconds: float) -> None:
        _count(metrics, messages, taken, seconds)
        if taken.position is not None:
            # A record that is played again was accepted long ago, and is no measure of how late we are.
            keeper.changed(min((m.timestamp_ms / 1000 for m in messages if not m.replay), default=None))
        if taken.rejected:
            chores.send_letters()

    return Work(
        topics=reader.topics,
        # Of its own: it looks while the other takes in.
        look=Reader(store, kafka).topics,
        begin=reader.start_over,
        take=reader.take,
        after=after,
        waits=metrics.retries.inc,
        chores=(chores.free_locks, chores.look_for_gaps, chores.send_letters, chores.tell_lag),
        close=chores.close,
    )


def _count(metrics: WorkerMetrics, messages: Sequence[Message], taken: Taken, seconds: float) -> None:
    for message in messages:
        metrics.records.labels(message.topic).inc()
    new = taken.new - taken.waiting
    outcomes = {"new": new, "duplicate": taken.duplicate, "rejected": taken.rejected, "waiting": taken.waiting}
    for outcome, events in outcomes.items():
        metrics.events.labels(outcome).inc(events)
    metrics.batch_events.observe(taken.events)
    metrics.batch_seconds.observe(seconds)
    metrics.last_commit.set_to_current_time()
