"""The way into the log through Kafka: taken on when the brokers have said so, and applied by the workers.

PostgreSQL plays no part in it, so events come in while it is away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from services.gateway.grouping import Admitted, Grouping
from services.store.batches import Decoded
from services.store.stream.records import Place


class Conveyor(Protocol):
    """What carries events to the workers. May be used from several threads."""

    def send(self, batch: Sequence[Decoded]) -> list[Place]:
        """Where each event is, once none can be lost any more. Raises BrokerUnavailable."""

    def probe(self) -> None:
        """Whether events can be sent. Raises BrokerUnavailable."""

    def close(self) -> None:
        """Give the connections back."""


class Forwarding(Grouping):
    """The way onto a conveyor, for events that were `checked`."""

    def __init__(self, conveyor: Conveyor, on_sent: Callable[[int], None] = lambda _events: None) -> None:
        """Send on a conveyor. `on_sent` is told how many events went together."""
        super().__init__("forwarding")
        self._conveyor, self._on_sent = conveyor, on_sent

    def admit_now(self, batch: Sequence[Decoded]) -> list[Admitted]:
        """Send a batch by itself.

        Raises BrokerUnavailable: any of it may have been taken or not, and the same may be sent again.
        """
        places = self._conveyor.send(batch)
        self._on_sent(len(batch))
        return [Admitted(None, place=place) for place in places]

    def probe(self) -> None:
        """Whether events can be sent. Raises BrokerUnavailable."""
        self._conveyor.probe()

    def close(self) -> None:
        """Let what is being sent end, and close the conveyor."""
        super().close()
        self._conveyor.close()
