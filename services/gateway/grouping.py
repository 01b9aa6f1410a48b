"""Group commit: what many small requests bring is taken on together, and each hears of its own.

What arrives while a group is being taken on forms the next one, so that a hundred senders cost few round trips.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from schemas.faults import Fault
from services.errors import BygSporError
from services.store.batches import Decoded, Outcome
from services.store.receipts import Receipt
from services.store.stream.records import Place

MOST_IN_A_GROUP = 4_000
MOST_WAITING = 20_000
# Events are a few hundred bytes, but one may be as large as a request: memory is bounded by both.
MOST_BYTES_IN_A_GROUP = 16_000_000
MOST_BYTES_WAITING = 64_000_000
# Who waited through a failure that took so long would only wait as long once more.
PATIENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of one event. `faults` empty means that it is taken on, and will not be lost.

    It is in the log then, and has its `receipt`; or it is on its way there, from its `place`.
    """

    outcome: Outcome | None
    receipt: Receipt | None = None
    faults: tuple[Fault, ...] = ()
    forbidden: bool = False
    place: Place | None = None


class _Group:
    def __init__(self, batch: Sequence[Decoded]) -> None:
        self.batch, self.size = batch, sum(len(item.raw) for item in batch)
        self.answer: asyncio.Future[list[Admitted]] = asyncio.get_running_loop().create_future()

    # A sender that hung up waits no longer.
    def tell(self, results: list[Admitted]) -> None:
        if not self.answer.done():
            self.answer.set_result(results)

    def refuse(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Grouping(ABC):
    """A way in. `admit` is for requests that wait in the event loop, `admit_now` for work in a thread."""

    def __init__(self, name: str) -> None:
        """Begin with nothing; `name` is what its thread is called."""
        self._waiting: list[_Group] = []
        self._events_waiting = self._bytes_waiting = 0
        self._working: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, name)

    @abstractmethod
    def admit_now(self, batch: Sequence[Decoded]) -> list[Admitted]:
        """Take a batch on by itself. Raises a retriable BygSporError where it is unknown whether it was."""

    @property
    def events_waiting(self) -> int:
        """How many events wait for the next group."""
        return self._events_waiting

    def close(self) -> None:
        """Let what is being taken on end."""
        self._thread.shutdown()

    async def admit(self, batch: Sequence[Decoded]) -> list[Admitted]:
        """Take events on that were `checked`, together with whatever else waits; the result of each.

        Raises what `admit_now` raises, and a retriable BygSporError where too much waits already.
        """
        group = _Group(batch)
        events, size = self._events_waiting + len(batch), self._bytes_waiting + group.size
        if events > MOST_WAITING or size > MOST_BYTES_WAITING:
            raise BygSporError(
                "gateway.busy", "Too many events are waiting.", "Send them again shortly.", retriable=True
            )
        self._waiting.append(group)
        self._events_waiting, self._bytes_waiting = events, size
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await group.answer

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            groups, began = self._next(), time.monotonic()
            whole = [item for group in groups for item in group.batch]
            try:
                results = await loop.run_in_executor(self._thread, self.admit_now, whole)
            except Exception as error:  # noqa: BLE001 -- whoever waits must hear of it, whatever it is
                await self._fail(groups, error, time.monotonic() - began)
                continue
            for group in groups:
                mine, results = results[: len(group.batch)], results[len(group.batch) :]
                group.tell(mine)

    def _next(self) -> list[_Group]:
        taken = events = size = 0
        for group in self._waiting:
            events, size = events + len(group.batch), size + group.size
            if taken and (events > MOST_IN_A_GROUP or size > MOST_BYTES_IN_A_GROUP):
                break
            taken += 1
        return self._take(taken)

    def _take(self, number: int) -> list[_Group]:
        groups, self._waiting = self._waiting[:number], self._waiting[number:]
        self._events_waiting -= sum(len(group.batch) for group in groups)
        self._bytes_waiting -= sum(group.size for group in groups)
        return groups

    async def _fail(self, groups: Sequence[_Group], error: Exception, seconds: float) -> None:
        """What is away: all hear of it. Anything else may be one sender's doing: each is tried by itself."""
        away = isinstance(error, BygSporError) and error.retriable
        if away and seconds > PATIENCE_SECONDS:
            groups = [*groups, *self._take(len(self._waiting))]
        if len(groups) == 1 or away:
            for group in groups:
                group.refuse(error)
            return
        for group in groups:
            try:
                group.tell(await asyncio.to_thread(self.admit_now, group.batch))
            except Exception as own:  # noqa: BLE001 -- as above
                group.refuse(own)
