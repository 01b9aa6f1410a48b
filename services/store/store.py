"""The store as everybody else sees it: events in, state out."""

from __future__ import annotations

from collections.abc import Sequence

from services.store import edition, rejections
from services.store.apply import Beside, apply
from services.store.batches import Applied, Decoded, Refused
from services.store.connections import Database
from services.store.names import Names
from services.store.rebuild import Check, Rebuilt, rebuild, verify
from services.store.recompute import OnProgress
from services.store.rejections import Rejection


class Store:
    """One migrated database. May be used from several threads; `close` gives its connections back."""

    def __init__(self, url: str, *, connections: int = 4) -> None:
        self.url = url
        self.database = Database(url, size=connections)
        self.names = Names(self.database)

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    def rejected(self, *, resolved_too: bool = False) -> list[Rejection]:
        """The lines that could not be accepted and are not mended yet, by origin and line."""
        with self.database.transaction() as connection:
            return list(rejections.kept(connection, resolved_too=resolved_too))

    def apply(
        self,
        batch: Sequence[Decoded],
        refused: Sequence[Refused] = (),
        *,
        keep_conflicts: bool = True,
        beside: Beside | None = None,
    ) -> Applied:
        """Apply a batch of events in one transaction, keeping what was refused beside it. See `apply.apply`."""
        return apply(self.database, self.names, batch, refused, keep_conflicts=keep_conflicts, beside=beside)

    def is_outdated(self) -> bool:
        """Whether an older edition of the program folded the state: then `renew` it before reading it.

        Raises DatabaseUnavailable where a newer one did.
        """
        return edition.is_of_another(self.database)

    def renew(self, on_progress: OnProgress = lambda _done, _total: None) -> None:
        """Make the state one of this edition, unless somebody else does just now. See `rebuild.rebuild`."""
        rebuild(self.database, self.names, on_progress, only_if_outdated=True)

    def rebuild(self, on_progress: OnProgress = lambda _done, _total: None) -> Rebuilt:
        """Recompute the state from the log and put right what differs. See `rebuild.rebuild`."""
        return rebuild(self.database, self.names, on_progress)

    def verify(self, on_progress: OnProgress = lambda _done, _total: None) -> list[Check]:
        """Check what must always hold, in one snapshot. See `rebuild.verify`."""
        return verify(self.database, self.names, on_progress)
