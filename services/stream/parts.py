"""A worker's work, put together from the store and Kafka."""

from __future__ import annotations

from collections.abc import Sequence

from services.domain.rights import Caller, Role
from services.errors import BadInput
from services.metrics import WorkerMetrics
from services.settings import Kafka
from services.store.access import Access
from services.store.keeper import Keeper
from services.store.store import Store
from services.store.stream import numbered
from services.stream.messages import Message, WhoIs
from services.stream.names import TopicNames
from services.stream.running import Work
from services.stream.standing import admin, taken_from
from services.stream.taking import Taken, Taking


def caller_of_topic(access: Access) -> WhoIs:
    """The caller that stands behind an organisation's topic: its systems may report, and only as it."""

    def who_is(organisation: str) -> Caller | None:
        found = access.organisations.get(organisation)
        if found is None or not found.active:
            return None
        return Caller(organisation, found.kinds, Role.REPORTER, f"topic:{organisation}", found.municipality)

    return who_is


class Reader:
    """Which topics there are to read, and the taking in of what is in them."""

    def __init__(self, store: Store, kafka: Kafka) -> None:
        self._store, self._kafka, self._names = store, kafka, TopicNames(kafka.prefix)
        self._numbers: dict[str, int] = {}
        self._taking = Taking(store, self._names, self._numbers, caller_of_topic(Access(store.database)))
        self.take = self._taking.take

    def topics(self) -> list[str]:
        """The topics to read now: the gateway's, and those of organisations that there are.

        Raises Recreated where one was deleted and made anew, and a retriable BygSporError where somebody is away.
        """
        with admin(self._kafka) as opened:
            found = taken_from(opened, self._names)
        if self._names.events not in found:
            raise BadInput(
                "stream.no_topic", f"There is no topic {self._names.events} at the brokers.", "bygspor topics apply"
            )
        for name, topic in found.items():
            self._numbers[name] = numbered(self._store.database, name, topic.id)
        return sorted(found)


def work_of(store: Store, kafka: Kafka, keeper: Keeper, metrics: WorkerMetrics) -> Work:
    """All that a worker does."""
    reader = Reader(store, kafka)

    def after(messages: Sequence[Message], taken: Taken, seconds: float) -> None:
        _count(metrics, messages, taken, seconds)
        if taken.position is not None:
            # A record that is played again was accepted long ago, and is no measure of how late we are.
            keeper.changed(min((m.timestamp_ms / 1000 for m in messages if not m.replay), default=None))

    return Work(topics=reader.topics, take=reader.take, after=after, waits=metrics.retries.inc)


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
