"""What became of an event that a topic took: read on a `seen_by` connection."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.faults import Fault
from services.store.connections import Connection
from services.store.receipts import Receipt, receipts
from services.store.stream.records import Place

_APPLIED = b"""
SELECT r.topic_no FROM stream.topic t JOIN stream.applied_record r ON r.topic_no = t.no
WHERE t.id = %s AND r.partition = %s AND r."offset" = %s"""
_LOST = b"""
SELECT FROM stream.topic t JOIN stream.lost l ON l.topic_no = t.no
WHERE t.id = %(topic)s AND l.partition = %(partition)s AND l."from" <= %(offset)s AND %(offset)s < l."to"
   OR t.id = %(topic)s AND t.retired_at IS NOT NULL LIMIT 1"""
_DEAD = b"""
SELECT d.digest, j.faults, j.resolved_at IS NOT NULL FROM stream.dead_letter d
LEFT JOIN log.rejected j ON j.digest = d.digest
WHERE d.topic_no = %s AND d.partition = %s AND d."offset" = %s AND d.nr = %s"""


class State(StrEnum):
    """Where an event stands: it waits in its topic, it is in the log, it could not be accepted, or it was lost."""

    WAITING = "waiting"
    APPLIED = "applied"
    REJECTED = "rejected"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Fate:
    """`receipt` where it was applied; `faults` where it was rejected, and whether it was `mended` since."""

    state: State
    receipt: Receipt | None = None
    faults: tuple[Fault, ...] = ()
    mended: bool = False


def fate_of(connection: Connection, place: Place, source: str, event_id: str) -> Fate:
    """The fate of the event with this identity that went to a place; whoever asks must be its sender."""
    topic_id, partition, offset, nr = place
    applied = connection.execute(_APPLIED, [topic_id, partition, offset]).fetchone()
    if applied is None:
        return _not_applied(connection, place, (source, event_id))
    dead = connection.execute(_DEAD, [applied[0], partition, offset, nr]).fetchone()
    if dead is not None:
        _, faults, mended = dead
        return Fate(State.REJECTED, faults=tuple(Fault(**one) for one in faults or ()), mended=bool(mended))
    found = receipts(connection, [(source, event_id)])
    return Fate(State.APPLIED, found.get((source, event_id)))


def _not_applied(connection: Connection, place: Place, identity: tuple[str, str]) -> Fate:
    """Of what a topic lost, or a topic that is gone held, only what was sent again is in the log."""
    where = {"topic": place.topic_id, "partition": place.partition, "offset": place.offset}
    if connection.execute(_LOST, where).fetchone() is None:
        return Fate(State.WAITING)
    receipt = receipts(connection, [identity]).get(identity)
    return Fate(State.APPLIED, receipt) if receipt else Fate(State.LOST)
