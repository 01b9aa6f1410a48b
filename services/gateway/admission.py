"""Events in from HTTP: checked against the credential, committed in groups, each answered with its own result.

A 2xx means committed: nobody is answered before PostgreSQL has said so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemas.codec import decode
from schemas.faults import InvalidEventError
from services.domain.rights import Caller, refusals
from services.gateway.grouping import Admitted, Grouping
from services.store.batches import Decoded, Outcome
from services.store.receipts import Receipt, receipts
from services.store.rejections import conflict_fault
from services.store.store import Store


def checked(raw: bytes, caller: Caller, *, own_system: bool = False) -> Decoded | Admitted:
    """One event that this caller may send, or why it is not accepted; nothing is stored."""
    try:
        event = decode(raw)
        found = refusals(caller, event, own_system=own_system)
    except InvalidEventError as error:
        return Admitted(None, faults=error.faults)
    return Admitted(None, faults=tuple(found), forbidden=True) if found else Decoded(raw, event)


class Admission(Grouping):
    """The way straight into the log."""

    def __init__(
        self,
        store: Store,
        on_change: Callable[[], None] = lambda: None,
        on_commit: Callable[[int], None] = lambda _events: None,
    ) -> None:
        """Commit into a store. `on_commit` is told how many events each commit held, `on_change` of something new."""
        super().__init__("admission")
        self._store, self._on_change, self._on_commit = store, on_change, on_commit

    def admit_now(self, batch: Sequence[Decoded]) -> list[Admitted]:
        """Commit a batch by itself: all of it in one transaction.

        Raises DatabaseUnavailable: whether it was committed is then unknown, and the same may be sent again.
        """
        applied = self._store.apply(batch, keep_conflicts=False)
        self._on_commit(len(batch))
        if applied.position is not None:
            self._on_change()
        known = {n for n, outcome in enumerate(applied.outcomes) if outcome is Outcome.DUPLICATE}
        places = self._places([batch[n] for n in known]) if known else {}
        results = []
        for nr, (item, outcome) in enumerate(zip(batch, applied.outcomes, strict=True)):
            if outcome is Outcome.CONFLICT:
                results.append(Admitted(outcome, faults=(conflict_fault(item),)))
            elif nr in known:
                results.append(Admitted(outcome, places[item.event.source, item.event.id]))
            else:
                assert applied.position is not None and applied.known_at is not None  # noqa: S101, PT018 -- it is new
                results.append(Admitted(outcome, Receipt(applied.position, nr, applied.known_at)))
        return results

    def _places(self, batch: Sequence[Decoded]) -> dict[tuple[str, str], Receipt]:
        with self._store.database.transaction() as connection:
            return receipts(connection, [(item.event.source, item.event.id) for item in batch])
