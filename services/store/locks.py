"""Work that one process does at a time, by locks that PostgreSQL keeps and takes back from a holder that is gone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from services.store.connections import Connection, Database

KEEPER, TENDER = 0x6B656570, 0x74656E64
"""What is locked: computing figures at all, and the figures of one tender."""

# A process that is killed gives its locks back at once. One that is paused, or whose machine is gone, says nothing.
_SILENT_SECONDS = {KEEPER: 30, TENDER: 600}

_TRY = b"SELECT pg_try_advisory_xact_lock(%s, %s)"
_WAIT = b"SELECT true FROM pg_advisory_xact_lock(%s, %s)"


@contextlib.contextmanager
def held(database: Database, lock: int, number: int = 0, *, wait: bool) -> Iterator[Lock | None]:
    """Hold a lock within the block, on a connection of its own; None where somebody else has it and we do not wait.

    Raises DatabaseUnavailable, also at the end of a block in which the lock was lost.
    """
    with database.transaction(f"SET LOCAL idle_in_transaction_session_timeout = '{_SILENT_SECONDS[lock]}s'") as holding:
        row = holding.execute(_WAIT if wait else _TRY, [lock, number]).fetchone()
        yield Lock(holding) if row and row[0] else None


class Lock:
    """A lock that is held. Holding it takes no snapshot, so nothing is kept from being cleaned up."""

    def __init__(self, holding: Connection) -> None:
        self._holding = holding

    def renew(self) -> None:
        """Say that we are still at it. Raises DatabaseUnavailable where the lock was lost."""
        self._holding.execute(b"SELECT")
