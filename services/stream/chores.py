"""What a worker does beside its work, at the start and every minute: gaps, letters, telling how far behind it is."""

from __future__ import annotations

import structlog

from services.metrics import WorkerMetrics
from services.settings import Kafka
from services.store.locks import free
from services.store.store import Store
from services.store.stream import letters
from services.stream import gaps
from services.stream.deadletters import send_unsent
from services.stream.delivery import Delivery
from services.stream.lag import lag
from services.stream.names import TopicNames
from services.stream.parts import Reader

_log = structlog.get_logger("bygspor.worker")


class Chores:
    """The chores of one worker. Each may raise a retriable BygSporError, and is done again at the next turn."""

    def __init__(self, store: Store, kafka: Kafka, metrics: WorkerMetrics) -> None:
        self._store, self._kafka, self._metrics = store, kafka, metrics
        # Of its own: what is taken in here must not meet what the worker takes in at the same time.
        self._reader, self._delivery = Reader(store, kafka), Delivery(kafka)

    def look_for_gaps(self) -> None:
        """Take in what was acknowledged and is not in the log, and say so. Raises Recreated."""
        self._reader.topics()
        found = gaps.check(self._kafka, self._store.database, self._reader.take)
        gaps.tell(found)
        for gap in found:
            if gap.fate is not gaps.Fate.EMPTY:
                self._metrics.gaps_found.inc(gap.end - gap.start)
            if gap.fate is gaps.Fate.HEALED:
                self._metrics.gaps_healed.inc(gap.records)

    def send_letters(self) -> None:
        """Send the dead letters that their topic does not have yet."""
        database = self._store.database
        try:
            self._metrics.letters_sent.inc(send_unsent(database, self._delivery, TopicNames(self._kafka.prefix)))
        finally:
            self._metrics.letters_unsent.set(letters.count_unsent(database))

    def free_locks(self) -> None:
        """Take the locks from who hangs."""
        if freed := free(self._store.database):
            _log.warning("locks_freed", connections=freed)

    def tell_lag(self) -> None:
        """Say how far the workers are behind."""
        behind = lag(self._kafka)
        self._metrics.lag.clear()
        for one in behind.partitions:
            self._metrics.lag.labels(one.topic, str(one.partition)).set(one.lag)
        self._metrics.last_look.set_to_current_time()

    def close(self) -> None:
        """Close the connections."""
        self._delivery.close()
