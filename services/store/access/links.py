"""Personal links that expire: one question by mail, answered without logging in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import errors

from services.domain.rights import Caller, Role
from services.errors import BadInput
from services.store.access.room import WRITTEN_AT_MOST, Room, caller_of, digest_of, new_secret, unknown

_COLUMNS = b"no, organisation, tender, label, created_by, created_at, expires_at, revoked_at, last_used_at"
_ADD = (
    b"""
INSERT INTO access.link (token_hash, organisation, tender, label, created_by, created_at, expires_at)
VALUES (%%s, %%s, %%s, %%s, %%s, %%s, %%s) RETURNING %s"""
    % _COLUMNS
)
_LIST = b"SELECT %s FROM access.link WHERE %%s::text IS NULL OR organisation = %%s ORDER BY no" % _COLUMNS
_REVOKE = b"UPDATE access.link SET revoked_at = coalesce(revoked_at, %s) WHERE no = %s"
_READ = b"""
SELECT %s, o.kinds, o.municipality FROM access.link l JOIN access.organisation o ON o.cvr = l.organisation
WHERE l.token_hash = %%s AND l.expires_at > %%s AND l.revoked_at IS NULL AND o.active""" % b", ".join(
    b"l." + name.strip() for name in _COLUMNS.split(b",")
)
_USED = b"UPDATE access.link SET last_used_at = %s WHERE no = %s"


@dataclass(frozen=True, slots=True)
class Link:
    """A link without its token. `tender` is None where it asks about all of the organisation's tenders."""

    no: int
    organisation: str
    tender: str | None
    label: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class Links:
    """The register of links."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def create(
        self, organisation: str, label: str, created_by: str, expires_at: datetime, tender: str | None = None
    ) -> tuple[Link, str]:
        """A new link and its token, which is told here and never again. Raises BadInput."""
        now = self._room.now()
        if expires_at <= now:
            raise BadInput("link.expired", "The link would have expired already.", "Give a day to come.")
        token = new_secret()
        values = [digest_of(token), organisation, tender, label, created_by, now, expires_at]
        try:
            with self._room.transaction() as connection:
                return _read(connection.execute(_ADD, values).fetchone()), token
        except errors.ForeignKeyViolation:
            raise unknown("org", organisation) from None

    def caller_of_link(self, token: str) -> tuple[Caller, Link] | None:
        """Who comes by this link and what it is for; None where it opens nothing, whatever the reason."""
        now = self._room.now()
        with self._room.transaction() as connection:
            row = connection.execute(_READ, [digest_of(token), now]).fetchone()
            if row is None:
                return None
            *columns, kinds, municipality = row
            link = _read(tuple(columns))
            if link.last_used_at is None or now - link.last_used_at >= WRITTEN_AT_MOST:
                connection.execute(_USED, [now, link.no])
        role = Role.REPORTER.value
        return caller_of(link.organisation, kinds, municipality, role, f"link:{link.no}"), link

    def revoke(self, no: int) -> None:
        """The link opens nothing any more."""
        with self._room.transaction() as connection:
            if connection.execute(_REVOKE, [self._room.now(), no]).rowcount == 0:
                raise unknown("link", no)

    def list(self, organisation: str | None = None) -> list[Link]:
        """The links of an organisation, or all, also those that are over, in the order they were made."""
        with self._room.transaction() as connection:
            return [_read(row) for row in connection.execute(_LIST, [organisation, organisation])]


def _read(row: tuple[object, ...] | None) -> Link:
    return Link(*(row or ()))  # type: ignore[arg-type]
