"""What an organisation needs to tell something anew: how its words read now, and which hours it has told of a month.

Read on a `seen_by` connection: row-level security decides what there is to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from services.domain.candidates import Candidate
from services.domain.placements import Placement
from services.store.connections import Connection

_AMENDMENTS = b"""
SELECT a.target_id, c.body, a.standing, a.withdraws FROM state.amendment a
JOIN log.source t ON t.no = a.target_source_no
JOIN log.event c ON c.source_no = a.source_no AND c.id = a.id
WHERE t.name = %s AND a.target_id = ANY(%s)"""
# In the log's own order of ids, so that the index finds them.
_UNDER = b"""
SELECT e.id, e.body FROM log.event e JOIN log.source s ON s.no = e.source_no
WHERE s.name = %s AND e.id >= %s AND e.id < %s ORDER BY e.id"""
_PLACEMENT = b"""
SELECT s.name, p.doc::text FROM state.placement p JOIN log.subject s ON s.no = p.subject_no
WHERE p.placement = %(placement)s AND p.unit_hash = access.cell_of_placement(%(placement)s)
  AND (%(tender)s = '' OR s.name = %(tender)s) ORDER BY s.name LIMIT 1"""
_CANDIDATES = b"SELECT doc::text FROM state.candidate ORDER BY candidate"
_CIRCLES = b"SELECT DISTINCT linking_circle FROM state.tender WHERE linking_circle IS NOT NULL ORDER BY 1"
_HOURS = b"""
SELECT s.name, h.placement, h.from_on, h.to_on, h.hours, h.school_hours, h.holds, h.revision
FROM state.hours h JOIN log.subject s ON s.no = h.subject_no
WHERE h.from_on BETWEEN %(first)s AND %(last)s
  AND (s.name, h.placement) IN (SELECT unnest(%(tenders)s::text[]), unnest(%(placements)s::text[]))
ORDER BY s.name, h.placement, h.from_on, h.to_on"""


class Reading(NamedTuple):
    """How an event reads with its corrections. `revision` is the highest there is; 0 where nothing was corrected."""

    type: str
    data: dict[str, Any]
    revision: int
    withdrawn: bool


class Told(NamedTuple):
    """Hours of a placement in a period, as reported. Those that do not hold are overlapped by a better report."""

    tender: str
    placement: str
    from_on: date
    to_on: date
    hours: Decimal
    school_hours: Decimal
    holds: bool
    revision: int


class OwnPlacement(NamedTuple):
    """One of the caller's own people, and on which tender."""

    tender: str
    placement: Placement


def own_placement(connection: Connection, placement: str, tender: str = "") -> OwnPlacement | None:
    """A placement of the caller's own people, of a tender where one is named; None where there is none."""
    row = connection.execute(_PLACEMENT, {"placement": placement, "tender": tender}).fetchone()
    return OwnPlacement(row[0], msgspec.json.decode(row[1], type=Placement)) if row else None


def candidates(connection: Connection) -> list[Candidate]:
    """The candidates that the caller may see, by id."""
    decoder = msgspec.json.Decoder(Candidate)
    return [decoder.decode(doc) for (doc,) in connection.execute(_CANDIDATES)]


def linking_circles(connection: Connection) -> list[str]:
    """The linking circles of the caller's tenders."""
    return [circle for (circle,) in connection.execute(_CIRCLES)]


def reading(connection: Connection, body: bytes) -> Reading:
    """How an event of the caller's reads now. Corrections that only others may see are not heard."""
    said = msgspec.json.decode(body)
    return _readings(connection, said["source"], {said["id"]: said})[said["id"]]


def told_under(connection: Connection, source: str, prefix: str) -> dict[str, Reading]:
    """How those events of a source read now whose ids begin with `prefix`, by id; amendments are heard, not told."""
    rows = connection.execute(_UNDER, [source, prefix, prefix + "\U0010ffff"])
    said = {name: msgspec.json.decode(bytes(body)) for name, body in rows}
    return _readings(connection, source, {name: one for name, one in said.items() if "target_id" not in one["data"]})


def _readings(connection: Connection, source: str, said: Mapping[str, Any]) -> dict[str, Reading]:
    found = {name: Reading(event["type"], event["data"], 0, withdrawn=False) for name, event in said.items()}
    for name, body, standing, withdraws in connection.execute(_AMENDMENTS, [source, list(said)]):
        found[name] = _amended(found[name], msgspec.json.decode(bytes(body))["data"], standing == "holds", withdraws)
    return found


def _amended(said: Reading, amendment: Mapping[str, Any], holds: bool, withdraws: bool) -> Reading:
    if withdraws:
        return said._replace(withdrawn=said.withdrawn or holds)
    revision = amendment.get("revision", 1)
    if holds and revision >= said.revision:
        replacement = amendment["replacement"]
        said = said._replace(type=replacement["type"], data=replacement["data"])
    return said._replace(revision=max(said.revision, revision))


def hours(connection: Connection, placements: list[tuple[str, str]], first: date, last: date) -> list[Told]:
    """The periods told of these (tender, placement) that begin between two days."""
    values = {
        "first": first,
        "last": last,
        "tenders": [tender for tender, _ in placements],
        "placements": [placement for _, placement in placements],
    }
    return [Told(*row) for row in connection.execute(_HOURS, values)]
