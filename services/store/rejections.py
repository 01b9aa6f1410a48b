"""What could not be accepted, kept with its reasons until somebody mends it. Nothing that came in is lost."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from schemas.codec import without_cpr
from schemas.faults import Fault
from schemas.identifiers import BLOT, EVENT_ID_FORM, organisation_of
from services.store.batches import Decoded, Refused
from services.store.connections import Connection

_LONGEST_FIELD = 200

_KEEP = b"""
INSERT INTO log.rejected (origin, line, received_at, payload, digest, faults, times, organisation)
VALUES (%s, %s, now(), %s, %s, %s, %s, coalesce(%s, (SELECT organisation FROM log.source WHERE name = %s)))
ON CONFLICT (digest) DO UPDATE SET times = rejected.times + excluded.times, received_at = now(),
    organisation = coalesce(rejected.organisation, excluded.organisation)"""

# The digest stays: the line it was first sent as is still known by it.
_STILL_WRONG = b"""
UPDATE log.rejected SET payload = %s, faults = %s, times = times + 1, received_at = now()
WHERE no = %s AND resolved_at IS NULL"""

_RESOLVE = b"""
UPDATE log.rejected SET resolved_at = now(), resolved_source = %s, resolved_id = %s
WHERE no = %s AND resolved_at IS NULL"""

_MENDED = b"SELECT digest FROM log.rejected WHERE digest = ANY(%s) AND resolved_at IS NOT NULL"

_LIST = b"""
SELECT no, origin, line, received_at, payload, faults, times, resolved_at FROM log.rejected
WHERE resolved_at IS NULL OR %s ORDER BY origin, line, no"""


class _Peek(msgspec.Struct):
    source: str = ""


class _PeekId(msgspec.Struct):
    id: str = ""


_PEEK = msgspec.json.Decoder(_Peek)
_PEEK_ID = msgspec.json.Decoder(_PeekId)
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Rejection:
    """One kept line: what it was (scrubbed), what is wrong with it, how often it came, and when it was mended."""

    no: int
    origin: str
    line: int
    received_at: datetime
    payload: bytes
    faults: tuple[Fault, ...]
    times: int
    resolved_at: datetime | None

    @property
    def blotted(self) -> bool:
        """Whether something like a CPR number was blotted out: then it is no longer what was sent."""
        return BLOT.encode() in self.payload

    @property
    def event_id(self) -> str | None:
        """The id of the event, where it can be told."""
        try:
            found = _PEEK_ID.decode(self.payload).id
        except _UNREADABLE:
            return None
        return found if re.search(EVENT_ID_FORM, found) else None


def conflict(item: Decoded) -> Refused:
    """An event whose identity is taken by another body, as something refused."""
    fault = conflict_fault(item)
    return Refused(item.raw, (fault,), item.origin, item.line, item.resolves, organisation_of(item.event.source))


def conflict_fault(item: Decoded) -> Fault:
    """That the identity of an event is taken by another body."""
    return Fault(
        "conflict",
        "id",
        item.event.id,
        "en anden hændelse med samme source og id er allerede modtaget; send en rettelse (event.corrected) i stedet",
        "another event with the same source and id is here already; send a correction (event.corrected) instead",
    )


def keep(connection: Connection, refused: Sequence[Refused]) -> None:
    """Keep refused lines, each once however often and wherever it comes; a mended line still wrong, in place."""
    again = [item for item in refused if item.resolves is not None]
    first = [item for item in refused if item.resolves is None]
    with connection.cursor() as cursor:
        if first:
            cursor.executemany(_KEEP, _rows(first))
        if again:
            cursor.executemany(
                _STILL_WRONG,
                [(without_cpr(i.raw), _faults(i.faults), i.resolves) for i in sorted(again, key=_resolves)],
            )


def already_mended(connection: Connection, refused: Sequence[Refused]) -> list[bool]:
    """Of each refused line whether it was mended before: then it is known, and needs nobody again."""
    digests = [digest_of(item.raw) for item in refused if item.resolves is None]
    if not digests:
        return [False] * len(refused)
    found = {bytes(digest) for (digest,) in connection.execute(_MENDED, [digests])}
    return [item.resolves is None and digest_of(item.raw) in found for item in refused]


def resolve(connection: Connection, landed: Iterable[Decoded]) -> None:
    """Mark the rejected lines resolved that these events mend."""
    mended = sorted((item for item in landed if item.resolves is not None), key=_resolves)
    if mended:
        with connection.cursor() as cursor:
            cursor.executemany(_RESOLVE, [(item.event.source, item.event.id, item.resolves) for item in mended])


def kept(connection: Connection, *, resolved_too: bool = False) -> Iterator[Rejection]:
    """The rejected lines, by origin and line."""
    for no, origin, line, at, payload, faults, times, resolved_at in connection.execute(_LIST, [resolved_too]):
        found = tuple(Fault(**fault) for fault in faults)
        yield Rejection(no, origin, line, at, payload, found, times, resolved_at)


def _rows(refused: Sequence[Refused]) -> list[tuple[object, ...]]:
    """In order of the key, so that two who keep the same lines never wait for each other in a circle."""
    payloads = [without_cpr(item.raw) for item in refused]
    digests = [_digest(payload) for payload in payloads]
    times = Counter(digests)
    firsts = {digest: place for place, digest in reversed(list(enumerate(digests)))}
    return [
        (
            refused[n].origin,
            refused[n].line,
            payloads[n],
            digest,
            _faults(refused[n].faults),
            times[digest],
            refused[n].organisation,
            _source(payloads[n]),
        )
        for digest, n in sorted(firsts.items())
    ]


def _source(payload: bytes) -> str:
    """The source that a line names, however wrong the rest of it is; empty where it names none."""
    try:
        return _PEEK.decode(payload).source.replace("\x00", "")
    except _UNREADABLE:
        return ""


def holds_number(raw: bytes) -> bool:
    """Whether a line holds something like a CPR number, which is blotted out where it is kept."""
    return BLOT.encode() in without_cpr(raw)


def digest_of(raw: bytes) -> bytes:
    """What a line is known by: of the scrubbed bytes, or else a CPR number could be found by trying them all."""
    return _digest(without_cpr(raw))


def _digest(payload: bytes) -> bytes:
    return hashlib.sha256(payload).digest()


def _faults(faults: Iterable[Fault]) -> Jsonb:
    return Jsonb([{name: _keepable(text) for name, text in asdict(fault).items()} for fault in faults], _dumped)


def _keepable(text: str) -> str:
    """Text as PostgreSQL can keep it: what was sent wrongly may hold anything, even in the names of its fields."""
    return text[:_LONGEST_FIELD].replace("\x00", "\ufffd").encode(errors="replace").decode()


def _dumped(faults: object) -> bytes:
    return msgspec.json.encode(faults)


def _resolves(item: Decoded | Refused) -> int:
    """What to sort by, so that two who mend the same lines never wait for each other in a circle."""
    return item.resolves or 0
