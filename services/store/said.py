"""What a caller has said itself, and what others said on its behalf, read on a `seen_by` connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from schemas.faults import Fault
from services.domain.findings import NOT_COUNTED
from services.store.connections import Connection
from services.store.receipts import Receipt
from services.store.rejections import Rejection

NOT_A_PARTY = "not_a_party"
"""Why a placement does not count yet, told to who is no party: the tender is not registered, or engaged others."""

# The placement of a month of hours lies right before it (services/store/cells.py).
_EVENTS = b"""
SELECT e.body, b.position, e.nr, b.known_at, y.name, coalesce(e.on_behalf_of = (SELECT access.me()), false),
       CASE WHEN w.id IS NOT NULL THEN 'waiting' WHEN a.id IS NULL THEN 'stands'
            WHEN a.by_id IS NULL THEN 'withdrawn' ELSE 'corrected' END,
       CASE WHEN coalesce(e.unit_hash & 15, 0) NOT IN (1, 2) THEN '{}'
            WHEN e.subject_no NOT IN (SELECT m.subject_no FROM access.my_tender m) THEN ARRAY[%(not_a_party)s]
            ELSE ARRAY(SELECT DISTINCT f.code FROM state.placement p
                       JOIN figures.finding f ON f.subject_no = p.subject_no
                        AND (split_part(f.about, ' ', 1) IN (p.placement, p.contractor) OR f.code = 'tender_unknown')
                       WHERE p.subject_no = e.subject_no AND p.unit_hash = (e.unit_hash >> 20 << 20 | 1)
                         AND f.code = ANY(%(not_counted)s) ORDER BY 1) END
FROM log.event e
JOIN log.applied_batch b USING (batch)
JOIN log.event_type y ON y.no = e.type_no
LEFT JOIN state.amended a ON a.source_no = e.source_no AND a.id = e.id
LEFT JOIN state.waiting w ON w.source_no = e.source_no AND w.id = e.id
WHERE (%(tender)s::text IS NULL OR e.subject_no = (SELECT no FROM log.subject WHERE name = %(tender)s))
  AND (%(type)s::text IS NULL OR y.name = %(type)s)
  AND (%(source)s::text IS NULL OR e.source_no = (SELECT no FROM log.source WHERE name = %(source)s))
  AND (%(id)s::text IS NULL OR e.id = %(id)s) AND """
_OLDEST_FIRST = _EVENTS + b"(b.position, e.nr) > (%(position)s, %(nr)s) ORDER BY b.position, e.nr LIMIT %(limit)s"
_NEWEST_FIRST = (
    _EVENTS
    + b"""(%(position)s = 0 OR (b.position, e.nr) < (%(position)s, %(nr)s))
ORDER BY b.position DESC, e.nr DESC LIMIT %(limit)s"""
)

_REJECTED = b"""
SELECT no, origin, line, received_at, payload, faults, times, resolved_at FROM log.rejected
WHERE no > %s AND (resolved_at IS NULL OR %s) ORDER BY no LIMIT %s"""
_POSITION = b"SELECT coalesce(max(position), 0) FROM log.applied_batch"


class Fate(StrEnum):
    """What became of an event since: it stands, a later one corrected or withdrew it, or it is not understood yet."""

    STANDS = "stands"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    WAITING = "waiting"


class EventFilter(NamedTuple):
    """Which events are asked for: None does not narrow. `type` is whole, as ``dk.bygspor.placement.started.v1``."""

    tender: str | None = None
    type: str | None = None
    source: str | None = None
    id: str | None = None


class _Envelope(msgspec.Struct):
    source: str
    id: str
    subject: str


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """An event of the log with its receipt. `on_behalf` where another sent it for the caller.

    `waits_for` tells why the placement it is about does not count yet: codes of findings as of the figures last
    computed, or NOT_A_PARTY; empty where it counts, and for events about anything else.
    """

    receipt: Receipt
    source: str
    id: str
    type: str
    subject: str
    body: bytes
    on_behalf: bool
    fate: Fate
    waits_for: tuple[str, ...]


def events(
    connection: Connection,
    wanted: EventFilter = EventFilter(),  # noqa: B008 -- it cannot change
    *,
    after: tuple[int, int] = (0, 0),
    limit: int = 100,
    newest_first: bool = False,
) -> list[OwnEvent]:
    """The caller's events and those sent on its behalf, in the order of the log, those after a (position, nr)."""
    values = {
        **wanted._asdict(),
        "position": after[0],
        "nr": after[1] if after[0] else -1,
        "limit": limit,
        "not_a_party": NOT_A_PARTY,
        "not_counted": sorted(NOT_COUNTED),
    }
    return [_event(*row) for row in connection.execute(_NEWEST_FIRST if newest_first else _OLDEST_FIRST, values)]


def event(connection: Connection, source: str, event_id: str) -> OwnEvent | None:
    """One event of the caller's by its identity; None where there is none, or none of the caller's."""
    return next(iter(events(connection, EventFilter(source=source, id=event_id), limit=1)), None)


def rejected(
    connection: Connection, *, after: int = 0, limit: int = 100, resolved_too: bool = False
) -> list[Rejection]:
    """The caller's lines that could not be accepted, by number."""
    return [
        Rejection(no, origin, line, at, bytes(payload), tuple(Fault(**fault) for fault in faults), times, resolved_at)
        for no, origin, line, at, payload, faults, times, resolved_at in connection.execute(
            _REJECTED, [after, resolved_too, limit]
        )
    ]


def position(connection: Connection) -> int:
    """How far the log has come, in the connection's snapshot."""
    row = connection.execute(_POSITION).fetchone()
    return int(row[0]) if row else 0


def _event(  # noqa: PLR0913, PLR0917 -- the columns of a row
    body: bytes, position: int, nr: int, known_at: datetime, kind: str, on_behalf: bool, fate: str, waits_for: list[str]
) -> OwnEvent:
    said = msgspec.json.decode(body, type=_Envelope)
    receipt = Receipt(position, nr, known_at)
    known = (said.source, said.id, kind, said.subject)
    return OwnEvent(receipt, *known, bytes(body), on_behalf, Fate(fate), tuple(waits_for))
