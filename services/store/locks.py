"""Work that one process does at a time, by locks that PostgreSQL keeps and takes back from a holder that is gone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from services.store.connections import Connection, Database

KEEPER, TENDER = 0x6B656570, 0x74656E64
"""What is locked: computing figures at all, and the figures of one tender."""

# A process that is killed gives its locks back at once. One that is paused, or whose machine is gone, says nothing.
_SILENT_SECONDS = {KEEPER: 30, TENDER: 600}

_SILENT_IN_COPY = "30 seconds"

_END_SILENT = b"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND state = 'active' AND wait_event = 'ClientRead'
  AND query ~ '^COPY (incoming|new_)' AND query_start < clock_timestamp() - %s::interval"""
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


def free(database: Database) -> int:
    """End whoever stopped amid sending a batch, and so holds locks for as long as it hangs; how many there were.

    PostgreSQL ends one that is idle in a transaction by itself, but waits for the rows of a COPY for ever. Batches are
    sent in a second or two; a rebuild, which sends for minutes, is not meant.
    """
    with database.transaction() as connection:
        return len(connection.execute(_END_SILENT, [_SILENT_IN_COPY]).fetchall())
