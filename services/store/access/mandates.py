"""Tenders given to an auditor, until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from psycopg import errors

from services.store.access.room import Room, unknown

_GIVE = b"""
INSERT INTO access.mandate (organisation, tender, given_by, given_at, until) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (organisation, tender)
DO UPDATE SET given_by = excluded.given_by, given_at = excluded.given_at, until = excluded.until"""
_TAKE = b"DELETE FROM access.mandate WHERE organisation = %s AND tender = %s"
_LIST = b"""
SELECT organisation, tender, given_by, given_at, until FROM access.mandate
WHERE %s::text IS NULL OR organisation = %s ORDER BY organisation, tender"""


@dataclass(frozen=True, slots=True)
class Mandate:
    """A tender that an auditor may see, until a day (included) or, with None, until it is taken back."""

    organisation: str
    tender: str
    given_by: str
    given_at: datetime
    until: date | None


class Mandates:
    """The register of mandates."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def give(self, organisation: str, tender: str, given_by: str, until: date | None = None) -> None:
        """Let an auditor see a tender; a second mandate takes the place of the first."""
        try:
            with self._room.transaction() as connection:
                connection.execute(_GIVE, [organisation, tender, given_by, self._room.now(), until])
        except errors.ForeignKeyViolation:
            raise unknown("org", organisation) from None

    def take_back(self, organisation: str, tender: str) -> None:
        """The auditor sees the tender no more; a mandate that is not there is fine."""
        with self._room.transaction() as connection:
            connection.execute(_TAKE, [organisation, tender])

    def list(self, organisation: str | None = None) -> list[Mandate]:
        """The mandates of an organisation, or all."""
        with self._room.transaction() as connection:
            return [Mandate(*row) for row in connection.execute(_LIST, [organisation, organisation])]
