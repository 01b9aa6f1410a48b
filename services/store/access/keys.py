"""API keys: `bsk_<prefix>_<secret>`. The prefix finds the key, the secret proves it; only its hash is kept.

A request asks for its key's caller, so the answer is remembered for at most 30 seconds. In the process that revokes a
key it is forgotten at once. While the database does not answer, what it said last holds a while longer, so that events
come in over Kafka; in the meantime only an operator's list stops a key (BYGSPOR_DENY).
"""

from __future__ import annotations

import contextlib
import hmac
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import errors

from services.domain.rights import Caller, Role
from services.errors import BadInput, DatabaseUnavailable
from services.store.access.room import WRITTEN_AT_MOST, Room, caller_of, digest_of, new_secret, unknown
from services.store.connections import Connection

REMEMBERED = timedelta(seconds=30)
HOLDS_WHILE_AWAY = timedelta(minutes=15)
"""How long a key holds that the database cannot be asked about (architecture.md, Kafka and Faust)."""
# Nobody who has an answer waits for the database longer, or asks one again that was away just now.
_PATIENCE = timedelta(seconds=2)
_AT_MOST = 10_000
_LIVE_AT_ONCE = 2
_PREFIX_BYTES = 5

_COLUMNS = b"no, organisation, label, role, prefix, created_at, created_by, expires_at, revoked_at, last_used_at"
_LIVE = b"revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %s)"
_ADD = (
    b"""
INSERT INTO access.api_key (organisation, label, role, prefix, hash, created_at, created_by, expires_at)
VALUES (%%s, %%s, %%s, %%s, %%s, %%s, %%s, %%s) RETURNING %s"""
    % _COLUMNS
)
_ORGANISATION = b"SELECT FROM access.organisation WHERE cvr = %s FOR UPDATE"
_COUNT = b"SELECT count(*) FROM access.api_key WHERE organisation = %s AND label = %s AND " + _LIVE
_GET = b"SELECT %s FROM access.api_key WHERE no = %%s" % _COLUMNS
_LIST = b"SELECT %s FROM access.api_key WHERE %%s::text IS NULL OR organisation = %%s ORDER BY no" % _COLUMNS
_REVOKE = b"UPDATE access.api_key SET revoked_at = coalesce(revoked_at, %s) WHERE no = %s RETURNING prefix"
_CALLER = b"""
SELECT k.no, k.hash, k.role, k.expires_at, o.cvr, o.kinds, o.municipality
FROM access.api_key k JOIN access.organisation o ON o.cvr = k.organisation
WHERE k.prefix = %s AND k.revoked_at IS NULL AND o.active"""
_USED = b"""
UPDATE access.api_key SET last_used_at = %s WHERE no = %s AND (last_used_at IS NULL OR last_used_at <= %s)"""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret. `prefix` is what people tell it by."""

    no: int
    organisation: str
    label: str
    role: Role
    prefix: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_live(self, at: datetime) -> bool:
        """Whether it opens at a moment."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


@dataclass(slots=True)
class _Known:
    hash: bytes
    caller: Caller
    expires_at: datetime | None
    no: int
    read_at: datetime


class Keys:
    """The register of API keys. May be used from several threads."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._known: dict[str, _Known] = {}
        self._used: dict[int, datetime] = {}
        self._asking = threading.Lock()
        self._away_at: datetime | None = None

    def create(
        self, organisation: str, label: str, role: Role, created_by: str, expires_at: datetime | None = None
    ) -> tuple[Key, str]:
        """A new key and its text, which is told here and never again.

        Of an organisation and a label two keys may live at once, so that a system can change from one to the other.
        """
        if role not in {Role.REPORTER, Role.READER}:
            raise BadInput("key.role", f"A key cannot be {role.value}.", "Use reporter or reader.")
        with self._room.transaction() as connection:
            self._refuse_third(connection, organisation, label)
            secret, prefix, now = new_secret(), secrets.token_hex(_PREFIX_BYTES), self._room.now()
            values = [organisation, label, role.value, prefix, digest_of(secret), now, created_by, expires_at]
            try:
                key = _read(connection.execute(_ADD, values).fetchone())
            except errors.ForeignKeyViolation:
                raise unknown("org", organisation) from None
        return key, f"bsk_{prefix}_{secret}"

    def rotate(self, no: int, created_by: str, expires_at: datetime | None = None) -> tuple[Key, str]:
        """A second key beside this one; revoke this one once its system has changed over. Raises BadInput."""
        key = self._must(no)
        return self.create(key.organisation, key.label, key.role, created_by, expires_at)

    def revoke(self, no: int) -> None:
        """The key opens nothing any more: here at once, in other processes within half a minute."""
        with self._room.transaction() as connection:
            row = connection.execute(_REVOKE, [self._room.now(), no]).fetchone()
        if row is None:
            raise unknown("key", no)
        self._known.pop(row[0], None)

    def forget(self) -> None:
        """Ask the database again for every key: an organisation or a key was changed here."""
        self._known = {}

    def get(self, no: int) -> Key | None:
        """A key by number."""
        with self._room.transaction() as connection:
            row = connection.execute(_GET, [no]).fetchone()
        return _read(row) if row else None

    def list(self, organisation: str | None = None) -> list[Key]:
        """The keys of an organisation, or all, revoked ones too, in the order they were made."""
        with self._room.transaction() as connection:
            return [_read(row) for row in connection.execute(_LIST, [organisation, organisation])]

    def caller_of_key(self, text: str) -> Caller | None:
        """Who calls with this key; None where it opens nothing, whatever the reason.

        Raises DatabaseUnavailable where the database is away, and has said nothing of this key in the last 15 minutes.
        """
        scheme, _, rest = text.partition("_")
        prefix, _, secret = rest.partition("_")
        known = self._lookup(prefix) if scheme == "bsk" and secret else None
        if known is None or not hmac.compare_digest(known.hash, digest_of(secret)):
            return None
        now = self._room.now()
        if known.expires_at is not None and known.expires_at <= now:
            return None
        self._note_use(known.no, now)
        return known.caller

    def _lookup(self, prefix: str) -> _Known | None:
        known, now = self._known.get(prefix), self._room.now()
        if known is not None and now - known.read_at < REMEMBERED:
            return known
        if known is None or now - known.read_at >= HOLDS_WHILE_AWAY:
            return self._asked(prefix, now)
        try:
            with self._patiently(now):
                meanwhile = self._known.get(prefix)
                # Somebody who waited for the same may have been told already.
                return self._asked(prefix, now) if meanwhile is None or meanwhile is known else meanwhile
        except DatabaseUnavailable:
            return known

    @contextlib.contextmanager
    def _patiently(self, now: datetime) -> Iterator[None]:
        """For one thread at a time: a database that hangs must hang no more than one. Raises DatabaseUnavailable."""
        if self._away_at is not None and now - self._away_at < _PATIENCE:
            raise _away()
        if not self._asking.acquire(timeout=_PATIENCE.total_seconds()):
            self._away_at = self._room.now()
            raise _away()
        try:
            yield
            self._away_at = None
        except DatabaseUnavailable:
            self._away_at = self._room.now()
            raise
        finally:
            self._asking.release()

    def _asked(self, prefix: str, now: datetime) -> _Known | None:
        registry = self._known
        found = self._read_known(prefix, now)
        if found is None:
            registry.pop(prefix, None)
        else:
            if len(registry) >= _AT_MOST:
                registry.clear()
            registry[prefix] = found
        return found

    def _read_known(self, prefix: str, now: datetime) -> _Known | None:
        if not prefix.isalnum() or not prefix.isascii():
            return None
        with self._room.transaction() as connection:
            row = connection.execute(_CALLER, [prefix]).fetchone()
        if row is None:
            return None
        no, kept, role, expires_at, cvr, kinds, municipality = row
        return _Known(bytes(kept), caller_of(cvr, kinds, municipality, role, f"key:{no}"), expires_at, no, now)

    def _note_use(self, no: int, now: datetime) -> None:
        if now - self._used.get(no, datetime.min.replace(tzinfo=now.tzinfo)) < WRITTEN_AT_MOST:
            return
        self._used[no] = now
        with contextlib.suppress(DatabaseUnavailable), self._patiently(now), self._room.transaction() as connection:
            connection.execute(_USED, [now, no, now - WRITTEN_AT_MOST])

    def _refuse_third(self, connection: Connection, organisation: str, label: str) -> None:
        """Counted while nobody else makes one for the same organisation."""
        connection.execute(_ORGANISATION, [organisation])
        (live,) = connection.execute(_COUNT, [organisation, label, self._room.now()]).fetchone() or (0,)
        if live >= _LIVE_AT_ONCE:
            raise BadInput(
                "key.too_many",
                f"Two keys of {organisation} called {label!r} are in use.",
                "Revoke the one that is not used any more: bygspor key list, bygspor key revoke NO",
            )

    def _must(self, no: int) -> Key:
        found = self.get(no)
        if found is None:
            raise unknown("key", no)
        return found


def _away() -> DatabaseUnavailable:
    return DatabaseUnavailable("database.unavailable", "PostgreSQL did not answer just now.", retriable=True)


def _read(row: tuple[object, ...] | None) -> Key:
    no, organisation, label, role, *rest = row or ()
    return Key(no, organisation, label, Role.of(str(role)), *rest)  # type: ignore[arg-type]
