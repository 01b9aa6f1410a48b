"""Events on their way into the topics while faults are made, and what their sender was told about each of them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import TypeAlias

import msgspec

from services.domain.rights import Kind
from services.errors import BrokerUnavailable
from services.sample.portfolio import portfolio
from services.settings import Kafka
from services.store.access import Access
from services.store.batches import Decoded, read
from services.store.store import Store
from services.stream.delivery import Delivery, Parcel
from services.stream.names import TopicNames
from services.stream.producer import Producer
from tests.bench.load import BATCH, events

OWN = "10000319"
"""The organisation that produces to a topic of its own."""

Identity: TypeAlias = tuple[str, str]


@dataclass
class Told:
    """What was sent, by what its sender was told: taken for good, or nothing that can be relied on."""

    acknowledged: set[Identity] = field(default_factory=set)
    unknown: set[Identity] = field(default_factory=set)
    bad_acknowledged: set[bytes] = field(default_factory=set)
    bad_unknown: set[bytes] = field(default_factory=set)
    failures: int = 0


def welcome(store: Store) -> None:
    """Register the organisation that has a topic of its own."""
    Access(store.database).organisations.register(OWN, "Fejlprøvet ApS", [Kind.CONTRACTOR])


class Flow:
    """Sends until told to stop: made-up events as the gateway does, and an organisation's own, good and bad."""

    def __init__(self, kafka: Kafka, seed: int, pause: float = 0.05) -> None:
        self.told = Told()
        self._pause, self._rng = pause, Random(seed)  # noqa: S311
        self._gateway, self._own = Producer(kafka), Delivery(kafka)
        self._topic = TopicNames(kafka.prefix).of_organisation(OWN)
        self._lines = portfolio(400, 3, seed)
        self._reports = events(OWN, 10_000_000, f"s{seed}")
        self._sent: list[list[Decoded]] = []
        self._bad = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flow")
        self._failed: BaseException | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[Told]:
        """Send while the block runs."""
        self._thread.start()
        try:
            yield self.told
        finally:
            self._ended.set()
            self._thread.join()
            self._gateway.close()
            self._own.close()
        if self._failed is not None:
            raise self._failed

    def _run(self) -> None:
        try:
            while not self._ended.is_set():
                self._from_gateway()
                if self._rng.random() < 0.3:
                    self._from_its_own()
                self._ended.wait(self._rng.uniform(0, 2 * self._pause))
        except BaseException as error:  # noqa: BLE001 -- told in the thread of the test
            self._failed = error

    def _from_gateway(self) -> None:
        """A batch nobody has sent yet or, now and then, one that was sent before."""
        if self._sent and self._rng.random() < 0.15:
            batch = self._rng.choice(self._sent)
        else:
            raws = islice(self._lines, self._rng.randint(1, 40))
            batch = [item for item in map(read, raws) if isinstance(item, Decoded)]
            self._sent.append(batch)
        told = {(item.event.source, item.event.id) for item in batch}
        while not self._ended.is_set():
            try:
                self._gateway.send(batch)
            except BrokerUnavailable:
                self.told.failures += 1
                self.told.unknown |= told
                # Two in three senders try again, as they should.
                if self._rng.random() < 0.67:
                    continue
            else:
                self.told.acknowledged |= told
            return

    def _from_its_own(self) -> None:
        good = list(islice(self._reports, self._rng.randint(1, 5)))
        told = {_identity(raw) for raw in good}
        bad: set[bytes] = set()
        if self._rng.random() < 0.2:
            self._bad += 1
            bad.add(b'{"nonsense":"%s"}' % _letters(self._bad))
        value = b"[" + b",".join([*good, *bad]) + b"]"
        try:
            self._own.deliver([Parcel(self._topic, b"own", value, BATCH)])
        except BrokerUnavailable:
            self.told.failures += 1
            self.told.unknown |= told
            self.told.bad_unknown |= bad
        else:
            self.told.acknowledged |= told
            self.told.bad_acknowledged |= bad


def _identity(raw: bytes) -> Identity:
    event = msgspec.json.decode(raw)
    return event["source"], event["id"]


def _letters(number: int) -> bytes:
    """A number without digits, which a scrubber of what is rejected might take for somebody's."""
    return str(number).translate(str.maketrans("0123456789", "abcdefghij")).encode()
