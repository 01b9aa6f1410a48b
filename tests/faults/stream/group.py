"""All that one group of workers has to itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from services.settings import Kafka
from services.store.store import Store
from services.stream.standing import admin, members
from tests.faults.stream.flow import OWN, Flow, Told, welcome
from tests.faults.stream.holds import all_holds
from tests.faults.stream.workers import Workers
from tests.faults.zygote import Zygote
from tests.stream.running import make_topics


class Group:
    """Topics, a migrated database without events, workers (none yet), and a flow of events (not yet)."""

    def __init__(self, zygote: Zygote, kafka: Kafka, store: Store, folder: Path, seed: int) -> None:
        self.kafka, self.store, self.seed = kafka, store, seed
        self.names = make_topics(kafka, [OWN])
        welcome(store)
        self.workers = Workers(zygote, kafka, store.url, folder)
        self.told = Told()

    @contextlib.contextmanager
    def flowing(self, pause: float = 0.05) -> Iterator[Told]:
        """Events come while the block runs."""
        flow = Flow(self.kafka, self.seed, pause)
        self.told = flow.told
        with flow.running() as told:
            yield told

    def members(self) -> int:
        """How many workers the brokers count among the group, and give partitions to."""
        with admin(self.kafka) as opened:
            return sum(bool(one.partitions) for one in members(opened, self.names.group))

    def holds(self) -> dict[str, object]:
        """All that must hold, with one worker more; what was counted."""
        # One that is told to stop before it listens to that just ends.
        self.workers.until_reading(self.workers.start())
        return all_holds(self.kafka, self.store, self.workers, self.told)

    def close(self) -> None:
        """End what still runs."""
        self.workers.end()
        self.store.close()
