"""The register of uploads: what was handed in, how far it has come, and what waits for a yes.

Everything works as the role `bygspor_desk` for one organisation, whose rows are all there is. What holds people's
names comes here sealed; it goes when the upload is confirmed, put away, or a day old.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from zlib import crc32

from psycopg.types.json import Jsonb

from services.store.access.room import utc_now
from services.store.connections import Connection, Database

KEPT_FOR = timedelta(hours=24)
_MOST_MAPPINGS = 200

# Who asks is said before the role is put on, which may not say it any more.
_AS = b"SELECT set_config('bygspor.organisation', %s, true)"
_ROLE = b"SET LOCAL ROLE bygspor_desk"
# The first number, which spells "desk", parts these locks from all others of this database.
_LOCK = b"SELECT pg_advisory_xact_lock(1684370283, %s)"

_COLUMNS = b"""id, organisation, on_behalf_of, layout, file_name, state, counts, edition, note, events, created_at,
created_by, confirmed_at, marked IS NOT NULL"""
_ADD = b"""
INSERT INTO desk.upload (id, organisation, on_behalf_of, layout, file_name, digest, state, created_at, created_by)
VALUES (%s, %s, %s, %s, %s, %s, 'reading', %s, %s)"""
_GET = b"SELECT %s FROM desk.upload WHERE id = %%s" % _COLUMNS
_LATEST = b"SELECT %s FROM desk.upload ORDER BY created_at DESC, id LIMIT %%s" % _COLUMNS
_KEPT = b"SELECT rows, preview, marked FROM desk.upload WHERE id = %s"
_PREVIEW = b"""
UPDATE desk.upload SET state = %(state)s, layout = %(layout)s, counts = coalesce(%(counts)s, counts), note = %(note)s,
       rows = coalesce(%(rows)s, rows), preview = %(preview)s, marked = NULL, edition = edition + 1
WHERE id = %(id)s AND state IN ('reading', 'previewed', 'confirming') RETURNING edition"""
_MARKED = b"UPDATE desk.upload SET marked = %s WHERE id = %s AND edition = %s AND state IN ('previewed', 'confirming')"
_MOVE = b"""
UPDATE desk.upload SET state = %(to)s, note = %(note)s WHERE id = %(id)s AND state = ANY(%(states)s)
AND (%(edition)s::integer IS NULL OR edition = %(edition)s)"""
_END = b"""
UPDATE desk.upload SET state = %(to)s, note = %(note)s, events = %(events)s, confirmed_at = %(at)s,
       rows = NULL, preview = NULL, marked = NULL
WHERE id = %(id)s AND state = ANY(%(states)s)"""
_SWEEP = b"""
UPDATE desk.upload SET state = 'expired', rows = NULL, preview = NULL, marked = NULL
WHERE created_at < %s AND (rows IS NOT NULL OR preview IS NOT NULL OR state = 'reading')"""
_REMEMBER = b"""
INSERT INTO desk.mapping (organisation, signature, mapping, used_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (organisation, signature) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at"""
_MAPPINGS = b"SELECT signature, mapping FROM desk.mapping ORDER BY used_at DESC LIMIT %s"


class State(StrEnum):
    """How far an upload has come. READING and CONFIRMING are being worked on; the last three keep no content."""

    READING = "reading"
    REFUSED = "refused"
    PREVIEWED = "previewed"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"
    EXPIRED = "expired"


OPEN = (State.READING, State.REFUSED, State.PREVIEWED)


@dataclass(frozen=True, slots=True)
class Upload:
    """One sheet that was handed in. `counts` are of its rows by what they come to; `note` why it is as it is."""

    id: str
    organisation: str
    on_behalf_of: str | None
    layout: str | None
    file_name: str
    state: State
    counts: Mapping[str, int]
    edition: int
    note: str | None
    events: int | None
    created_at: datetime
    created_by: str
    confirmed_at: datetime | None
    is_marked: bool


class Kept(NamedTuple):
    """What is kept of an upload until it is confirmed, sealed."""

    rows: bytes | None
    preview: bytes | None
    marked: bytes | None


class Previewed(NamedTuple):
    """What a look at a sheet came to. `counts` and `rows` are None where they are kept already."""

    state: State
    layout: str | None
    counts: Mapping[str, int] | None
    note: str | None
    rows: bytes | None
    preview: bytes | None


class Register:
    """The uploads of all organisations, one organisation at a time. May be used from several threads."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database, self._now = database, now

    def add(self, organisation: str, by: str, file_name: str, digest: bytes, on_behalf_of: str | None = None) -> str:
        """Note that a sheet is being read; its id, which nobody can guess."""
        upload = secrets.token_hex(16)
        values = [upload, organisation, on_behalf_of, None, file_name, digest, self._now(), by]
        with self._for(organisation) as connection:
            connection.execute(_ADD, values)
        return upload

    def get(self, organisation: str, upload: str) -> Upload | None:
        """One upload; None where there is none, or none of this organisation's."""
        with self._for(organisation) as connection:
            row = connection.execute(_GET, [upload]).fetchone()
        return _read(row) if row else None

    def latest(self, organisation: str, limit: int = 10) -> list[Upload]:
        """What was handed in last, the newest first."""
        with self._for(organisation) as connection:
            return [_read(row) for row in connection.execute(_LATEST, [limit])]

    def kept(self, organisation: str, upload: str) -> Kept:
        """What is kept of an upload; nothing of one that is over."""
        with self._for(organisation) as connection:
            row = connection.execute(_KEPT, [upload]).fetchone()
        return Kept(*row) if row else Kept(None, None, None)

    def previewed(self, organisation: str, upload: str, found: Previewed) -> int | None:
        """Keep what was found; the number of this preview, or None where the upload waits for none any more."""
        counts = None if found.counts is None else Jsonb(dict(found.counts))
        values = {**found._asdict(), "counts": counts, "id": upload}
        with self._for(organisation) as connection:
            row = connection.execute(_PREVIEW, values).fetchone()
        return int(row[0]) if row else None

    def mark(self, organisation: str, upload: str, edition: int, marked: bytes) -> None:
        """Keep the marked sheet that belongs to one preview."""
        with self._for(organisation) as connection:
            connection.execute(_MARKED, [marked, upload, edition])

    def move(  # noqa: PLR0913, PLR0917 -- whose, which, from where to where, and why
        self,
        organisation: str,
        upload: str,
        states: Collection[State],
        to: State,
        edition: int | None = None,
        note: str | None = None,
    ) -> bool:
        """Move an upload on; whether it was in one of these states, and at this preview where one is named."""
        values = {"to": to, "id": upload, "states": list(states), "edition": edition, "note": note}
        with self._for(organisation) as connection:
            return connection.execute(_MOVE, values).rowcount == 1

    def confirmed(self, organisation: str, upload: str, events: int) -> bool:
        """All of it is in the log, `events` of them new; its content goes."""
        return self._end(organisation, upload, [State.CONFIRMING], State.CONFIRMED, events)

    def known(self, organisation: str, upload: str) -> bool:
        """All of it was in the log before it was handed in; its content goes."""
        return self._end(organisation, upload, [State.PREVIEWED], State.CONFIRMED, 0)

    def discarded(self, organisation: str, upload: str) -> bool:
        """Nobody wants it any more; its content goes."""
        return self._end(organisation, upload, OPEN, State.DISCARDED, None)

    def sweep(self) -> int:
        """Let go of all that is older than a day, whosever it is; how many uploads that were."""
        # The owner of the tables is held to no policy: this is the one thing done for all organisations at once.
        with self._database.transaction() as connection:
            return connection.execute(_SWEEP, [self._now() - KEPT_FOR]).rowcount

    def remember(self, organisation: str, signature: str, mapping: Mapping[str, Any]) -> None:
        """Read sheets of this form so from now on."""
        with self._for(organisation) as connection:
            connection.execute(_REMEMBER, [organisation, signature, Jsonb(dict(mapping)), self._now()])

    def mappings(self, organisation: str) -> dict[str, Any]:
        """How sheets are read, by signature; the latest 200."""
        with self._for(organisation) as connection:
            return dict(connection.execute(_MAPPINGS, [_MOST_MAPPINGS]).fetchall())

    @contextlib.contextmanager
    def alone(self, organisation: str) -> Iterator[None]:
        """Within it nobody else confirms a sheet of this organisation, in whichever process."""
        with self._database.transaction() as connection:
            connection.execute(_LOCK, [crc32(organisation.encode()) - 2**31])
            yield

    def _end(self, organisation: str, upload: str, states: Collection[State], to: State, events: int | None) -> bool:
        at = self._now() if to is State.CONFIRMED else None
        values = {"to": to, "note": None, "events": events, "at": at, "id": upload, "states": list(states)}
        with self._for(organisation) as connection:
            return connection.execute(_END, values).rowcount == 1

    @contextlib.contextmanager
    def _for(self, organisation: str) -> Iterator[Connection]:
        with self._database.transaction() as connection:
            connection.execute(_AS, [organisation])
            connection.execute(_ROLE)
            yield connection


def _read(row: tuple[Any, ...]) -> Upload:
    upload, organisation, on_behalf_of, layout, file_name, state, *rest = row
    return Upload(upload, organisation, on_behalf_of, layout, file_name, State(state), *rest)
