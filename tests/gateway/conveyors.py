"""A conveyor that keeps in memory what it is given, and what became of it on the other side."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from uuid import UUID

from services.errors import BrokerUnavailable
from services.store.batches import Decoded
from services.store.store import Store
from services.store.stream import Place, Record, RecordKey, apply_records, numbered

TOPIC, TOPIC_ID = "bygspor.events", UUID("6c1b0a0e-0000-4000-8000-000000000001")


class Belt:
    """Every call is a record of partition 0. Held while `moves` is not set, refused while `away`."""

    def __init__(self) -> None:
        self.records: list[Sequence[Decoded]] = []
        self.away = self.closed = False
        self.moves, self.reached = threading.Event(), threading.Event()
        self.moves.set()

    def send(self, batch: Sequence[Decoded]) -> list[Place]:
        self.reached.set()
        self.moves.wait()
        self.probe()
        self.records.append(list(batch))
        return [Place(str(TOPIC_ID), 0, len(self.records) - 1, nr) for nr in range(len(batch))]

    def probe(self) -> None:
        if self.away:
            raise BrokerUnavailable("kafka.unavailable", "Kafka does not answer.", "Wait.", retriable=True)

    def close(self) -> None:
        self.closed = True

    def apply_all(self, store: Store) -> None:
        """What the workers would do."""
        number = numbered(store.database, TOPIC, TOPIC_ID)
        apply_records(store, [Record(RecordKey(number, 0, n), batch) for n, batch in enumerate(self.records)])
