"""Events in from HTTP: checked against the credential, committed in groups, each answered with its own result.

A 2xx means committed: nobody is answered before PostgreSQL has said so. Singles that arrive while a group is being
committed form the next one, so that a hundred senders cost few commits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from schemas.codec import Waiting, decode
from schemas.faults import Fault, InvalidEventError
from schemas.identifiers import organisation_of
from services.domain.rights import Caller, refusals
from services.errors import BygSporError
from services.store.batches import Decoded, Outcome
from services.store.receipts import Receipt, receipts
from services.store.store import Store

MOST_IN_A_GROUP = 4_000
MOST_WAITING = 20_000


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of one event: its receipt, or why it has none. `faults` empty means that it is in the log."""

    outcome: Outcome | None
    receipt: Receipt | None = None
    faults: tuple[Fault, ...] = ()
    forbidden: bool = False


@dataclass(slots=True)
class _Group:
    batch: Sequence[Decoded]
    answer: asyncio.Future[list[Admitted]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


def checked(raw: bytes, caller: Caller, *, own_system: bool = False) -> Decoded | Admitted:
    """One event that this caller may send, or why it is not accepted; nothing is stored."""
    try:
        event = decode(raw)
        if isinstance(event, Waiting):
            foreign = organisation_of(event.source) != caller.organisation
            found = [] if caller.may_report and not foreign else [_FOREIGN]
        else:
            found = refusals(caller, event, own_system=own_system)
    except InvalidEventError as error:
        return Admitted(None, faults=error.faults)
    return Admitted(None, faults=tuple(found), forbidden=True) if found else Decoded(raw, event)


_FOREIGN = Fault(
    "foreign_source",
    "source",
    "",
    "source skal være jeres egen organisation: en adgang kan kun indberette som sig selv",
    "source must be your own organisation: a credential can only report as itself",
)
_CONFLICT = Fault(
    "conflict",
    "id",
    "",
    "en anden hændelse med samme source og id er allerede modtaget; send en rettelse (event.corrected) i stedet",
    "another event with the same source and id is here already; send a correction (event.corrected) instead",
)


class Admission:
    """The one way in. `admit` is for requests that wait in the event loop, `admit_now` for work in a thread."""

    def __init__(
        self,
        store: Store,
        on_change: Callable[[], None] = lambda: None,
        on_commit: Callable[[int], None] = lambda _events: None,
    ) -> None:
        """Commit into a store. `on_commit` is told how many events each commit held, `on_change` of something new."""
        self._store, self._on_change, self._on_commit = store, on_change, on_commit
        self._waiting: list[_Group] = []
        self._events_waiting = 0
        self._committing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "admission")

    @property
    def events_waiting(self) -> int:
        """How many events wait for the next commit."""
        return self._events_waiting

    def close(self) -> None:
        """Let what is being committed end."""
        self._thread.shutdown()

    async def admit(self, batch: Sequence[Decoded]) -> list[Admitted]:
        """Commit events that were `checked`, together with whatever else waits; the result of each.

        Raises DatabaseUnavailable (whether it was committed is then unknown, and the same may be sent again), and a
        retriable BygSporError where too many wait already.
        """
        if self._events_waiting + len(batch) > MOST_WAITING:
            raise BygSporError(
                "gateway.busy", "Too many events are waiting.", "Send them again shortly.", retriable=True
            )
        group = _Group(batch)
        self._waiting.append(group)
        self._events_waiting += len(batch)
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())
        return await group.answer

    def admit_now(self, batch: Sequence[Decoded]) -> list[Admitted]:
        """Commit a batch by itself: all of it in one transaction. Raises DatabaseUnavailable."""
        applied = self._store.apply(batch, keep_conflicts=False)
        self._on_commit(len(batch))
        if applied.position is not None:
            self._on_change()
        known = {n for n, outcome in enumerate(applied.outcomes) if outcome is Outcome.DUPLICATE}
        places = self._places([batch[n] for n in known]) if known else {}
        results = []
        for nr, (item, outcome) in enumerate(zip(batch, applied.outcomes, strict=True)):
            if outcome is Outcome.CONFLICT:
                results.append(Admitted(outcome, faults=(_CONFLICT,)))
            elif nr in known:
                results.append(Admitted(outcome, places[item.event.source, item.event.id]))
            else:
                assert applied.position is not None and applied.known_at is not None  # noqa: S101, PT018 -- it is new
                results.append(Admitted(outcome, Receipt(applied.position, nr, applied.known_at)))
        return results

    def _places(self, batch: Sequence[Decoded]) -> dict[tuple[str, str], Receipt]:
        with self._store.database.transaction() as connection:
            return receipts(connection, [(item.event.source, item.event.id) for item in batch])

    async def _commit(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            groups = self._next()
            whole = [item for group in groups for item in group.batch]
            try:
                results = await loop.run_in_executor(self._thread, self.admit_now, whole)
            except Exception as error:  # noqa: BLE001 -- whoever waits must hear of it, whatever it is
                await self._fail(groups, error)
                continue
            for group in groups:
                mine, results = results[: len(group.batch)], results[len(group.batch) :]
                _answer(group, mine)

    def _next(self) -> list[_Group]:
        taken, events = 0, 0
        for group in self._waiting:
            if taken and events + len(group.batch) > MOST_IN_A_GROUP:
                break
            taken, events = taken + 1, events + len(group.batch)
        groups, self._waiting = self._waiting[:taken], self._waiting[taken:]
        self._events_waiting -= events
        return groups

    async def _fail(self, groups: Sequence[_Group], error: Exception) -> None:
        """The database away: all hear of it. Anything else may be one sender's doing: each is tried by itself."""
        if len(groups) == 1 or (isinstance(error, BygSporError) and error.retriable):
            for group in groups:
                _refuse(group, error)
            return
        for group in groups:
            try:
                _answer(group, await asyncio.to_thread(self.admit_now, group.batch))
            except Exception as own:  # noqa: BLE001 -- as above
                _refuse(group, own)


def _answer(group: _Group, results: list[Admitted]) -> None:
    # A sender that hung up waits no longer.
    if not group.answer.done():
        group.answer.set_result(results)


def _refuse(group: _Group, error: Exception) -> None:
    if not group.answer.done():
        group.answer.set_exception(error)
