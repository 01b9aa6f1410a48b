"""Who looked at what is held of persons: "the person can see what is held and who looked" (domain.md section 12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.domain.rights import Caller
from services.store.access.room import Room

_ADD = b"INSERT INTO access.look (at, who, organisation, what, tender) VALUES (%s, %s, %s, %s, %s)"
_LIST = b"SELECT at, who, organisation, what, tender FROM access.look WHERE tender = %s ORDER BY at, no"


@dataclass(frozen=True, slots=True)
class Look:
    """One look: by which credential, of which organisation, at what."""

    at: datetime
    who: str
    organisation: str | None
    what: str
    tender: str | None


class Looks:
    """The record of looks: it only grows."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def add(self, caller: Caller, what: str, tender: str | None = None) -> None:
        """Note that a caller looked. `what` names a kind of answer, or a pseudonym; never a name."""
        with self._room.transaction() as connection:
            connection.execute(_ADD, [self._room.now(), caller.who, caller.organisation, what, tender])

    def of(self, tender: str) -> list[Look]:
        """Who looked at a tender's persons, oldest first."""
        with self._room.transaction() as connection:
            return [Look(*row) for row in connection.execute(_LIST, [tender])]
