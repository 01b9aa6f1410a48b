"""Where events stand in the log: the receipt that a sender gets, the first time and every time after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.store.connections import Connection

_PLACES = b"""
SELECT s.name, e.id, b.position, e.nr, b.known_at
FROM unnest(%s::text[], %s::text[]) AS k (source, id)
JOIN log.source s ON s.name = k.source
JOIN log.event e ON e.source_no = s.no AND e.id = k.id
JOIN log.applied_batch b USING (batch)"""


class Receipt(NamedTuple):
    """An event's place in the log (position of its batch, then its number in it), and when it was known."""

    position: int
    nr: int
    known_at: datetime


def receipts(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Receipt]:
    """The receipts of the events with these (source, id), of those that are in the log."""
    wanted = list(keys)
    sources, ids = [source for source, _ in wanted], [event_id for _, event_id in wanted]
    rows = connection.execute(_PLACES, [sources, ids])
    return {(source, event_id): Receipt(*place) for source, event_id, *place in rows}
