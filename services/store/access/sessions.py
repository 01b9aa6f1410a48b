"""Who is logged in. A session is a row, not a signed cookie, so it can be ended from here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from services.domain.rights import Caller
from services.store.access.room import WRITTEN_AT_MOST, Room, caller_of, digest_of, new_secret

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)

_OPEN = b"""
INSERT INTO access.session (token_hash, user_no, csrf, created_at, last_seen_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s)"""
_OLD = b"DELETE FROM access.session WHERE expires_at <= %s OR last_seen_at <= %s"
_READ = b"""
SELECT u.no, u.login, u.name, u.role, u.language, u.must_change, o.cvr, o.kinds, o.municipality, s.csrf, s.last_seen_at
FROM access.session s JOIN access.app_user u ON u.no = s.user_no
LEFT JOIN access.organisation o ON o.cvr = u.organisation
WHERE s.token_hash = %s AND s.expires_at > %s AND s.last_seen_at > %s AND u.active AND coalesce(o.active, true)"""
_SEEN = b"UPDATE access.session SET last_seen_at = %s WHERE token_hash = %s"
_CLOSE = b"DELETE FROM access.session WHERE token_hash = %s"
_CLOSE_ALL = b"DELETE FROM access.session WHERE user_no = %s"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in. `csrf` goes into every form; `must_change` allows a new password and nothing else."""

    caller: Caller
    user_no: int
    login: str
    name: str
    language: str
    csrf: str
    must_change: bool


class Sessions:
    """The register of sessions."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def open(self, user_no: int) -> str:
        """A new session of a user; its token, which is told here and never again. Takes old sessions away."""
        token, now = new_secret(), self._room.now()
        with self._room.transaction() as connection:
            connection.execute(_OLD, [now, now - IDLE])
            values = [digest_of(token), user_no, secrets.token_hex(16), now, now, now + LONGEST]
            connection.execute(_OPEN, values)
        return token

    def caller_of_session(self, token: str) -> Session | None:
        """Whose session it is: None after 8 hours without a word, after 7 days, or once the user may not come in."""
        now = self._room.now()
        with self._room.transaction() as connection:
            row = connection.execute(_READ, [digest_of(token), now, now - IDLE]).fetchone()
            if row is None:
                return None
            *rest, last_seen_at = row
            if now - last_seen_at >= WRITTEN_AT_MOST:
                connection.execute(_SEEN, [now, digest_of(token)])
        return _read(*rest)

    def close(self, token: str) -> None:
        """End a session; one that is not there is fine."""
        with self._room.transaction() as connection:
            connection.execute(_CLOSE, [digest_of(token)])

    def close_all(self, user_no: int) -> None:
        """End all sessions of a user."""
        with self._room.transaction() as connection:
            connection.execute(_CLOSE_ALL, [user_no])


def _read(  # noqa: PLR0913, PLR0917 -- one value per column of the query
    no: int,
    login: str,
    name: str,
    role: str,
    language: str,
    must_change: bool,
    cvr: str | None,
    kinds: list[str] | None,
    municipality: int | None,
    csrf: str,
) -> Session:
    caller = caller_of(cvr, kinds, municipality, role, f"user:{no}")
    return Session(caller, no, login, name, language, csrf, must_change)
