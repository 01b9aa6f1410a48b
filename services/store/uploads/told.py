"""What an organisation has told by sheets and otherwise, read on a `seen_by` connection for whole sheets at once.

A sheet of 50,000 rows asks as many questions as one of five: row-level security decides what there is to answer with.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from services.store.cells import numbers_named
from services.store.connections import BY_INDEX, Connection

_CIRCLES = b"""
SELECT DISTINCT t.linking_circle FROM state.tender t
WHERE t.linking_circle IS NOT NULL AND t.subject_no IN (SELECT m.subject_no FROM access.my_tender m)"""

# By equality only: under row-level security no other comparison of texts may use an index (none is leakproof).
_EVENTS = b"""
SELECT e.source_no, e.id, e.body FROM unnest(%(sources)s::int[], %(ids)s::text[]) AS w (source_no, id)
JOIN log.event e ON e.source_no = w.source_no AND e.id = w.id COLLATE "C"
"""
_SOURCE = b"SELECT no FROM log.source WHERE name = %s"
_PLACEMENTS = b"""
SELECT p.subject_no, s.name, p.unit_hash, p.placement, p.person, p.contractor, p.kind,
       coalesce(p.started_on, p.planned_start), p.ended_on
FROM state.placement p JOIN log.subject s ON s.no = p.subject_no
WHERE p.person = ANY(%s) AND p.kind IS NOT NULL AND p.contractor IS NOT NULL
  AND NOT (p.not_started AND p.started_on IS NULL)
ORDER BY s.name, p.placement"""
_OF_UNITS = b"""
SELECT e.source_no, e.id, e.body
FROM (SELECT DISTINCT * FROM unnest(%s::int[], %s::bigint[]) AS w (subject_no, unit_hash)) AS w
JOIN log.event e ON e.subject_no = w.subject_no AND e.unit_hash = w.unit_hash
WHERE e.source_no IN (SELECT m.source_no FROM access.my_source m) ORDER BY e.source_no, e.id"""
# Hours that were corrected stand under their correction; what it corrects is what is corrected again.
_PERIODS = """
SELECT w.owner, h.from_on, h.to_on, h.revision, o.name, s.name, coalesce(d.source_no, h.source_no), coalesce(d.id, h.id)
FROM unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::text[])
     AS w (owner, subject_no, first, last, name)
JOIN {table} h ON h.subject_no = w.subject_no AND h.unit_hash BETWEEN w.first AND w.last AND h.{name} = w.name
JOIN log.subject s ON s.no = h.subject_no
JOIN log.source o ON o.no = h.source_no
LEFT JOIN state.amended d ON d.subject_no = h.subject_no AND d.unit_hash = h.unit_hash
     AND d.by_source_no = h.source_no AND d.by_id = h.id
ORDER BY w.owner, h.from_on, h.to_on, o.name, h.id"""
_OF_PLACEMENTS = _PERIODS.format(table="state.hours", name="placement").encode()
_OF_CONTRACTORS = _PERIODS.format(table="state.site_hours", name="contractor").encode()
_SUBJECTS = b"SELECT name, no FROM log.subject WHERE name = ANY(%s)"
# Those that do not hold were refused by the rules of amending, as when their target is about something else.
_AMENDMENTS = b"""
SELECT a.target_source_no, a.target_id, c.body
FROM (SELECT DISTINCT * FROM unnest(%s::int[], %s::text[]) AS w (source_no, id)) AS w
JOIN state.amendment a ON a.target_source_no = w.source_no AND a.target_id = w.id COLLATE "C"
JOIN log.event c ON c.source_no = a.source_no AND c.id = a.id
WHERE a.standing = 'holds' ORDER BY c.source_no, c.id"""

_GENERATION = re.compile(r"/g\d+$")


class Word(NamedTuple):
    """An event of the log as it was sent, with the amendments of it that hold, in the order of (source, id)."""

    source_no: int
    id: str
    body: bytes
    amendments: Sequence[bytes]


class Placed(NamedTuple):
    """A placement that may be reported on. `started_on` is the planned day where it has not begun."""

    subject_no: int
    tender: str
    unit_hash: int
    placement: str
    person: str
    contractor: str
    kind: str
    started_on: date | None
    ended_on: date | None


class Measured(NamedTuple):
    """Hours that were reported of an owner's period. `word` has no body where another's event may not be seen."""

    owner: str
    from_on: date
    to_on: date
    revision: int
    source: str
    subject: str
    word: Word


class Owner(NamedTuple):
    """Whose hours: a placement or a contractor, by name, within a tender. `key` is how the asker calls it."""

    key: str
    subject_no: int
    name: str


def look_up_by_index(connection: Connection) -> None:
    """For the rest of the transaction: what is asked here are few rows of large tables, by arrays."""
    connection.execute(BY_INDEX.encode())


def circles(connection: Connection) -> list[str]:
    """The linking circles of the caller's tenders."""
    return sorted(circle for (circle,) in connection.execute(_CIRCLES))


def of_rows(
    connection: Connection, source: str, layout: str, rows: Collection[str], parts: Collection[str]
) -> dict[str, list[Word]]:
    """All that a sheet's rows said before under a source, by row; rows that said nothing are left out.

    `parts` are the names of the events a row may stand for, an empty one where the row's own id is the event's. What
    was taken back and told anew has ``/g2`` at its end, ``/g3`` the next time, and so on.
    """
    number = connection.execute(_SOURCE, [source]).fetchone()
    row_of = {f"{layout}/{row}/{part}".rstrip("/"): row for row in rows for part in parts}
    asked = dict(row_of) if number else {}
    by_row: dict[str, list[Word]] = {}
    generation = 1
    while asked and number:
        found = _events(connection, [(number[0], name) for name in asked])
        generation += 1
        told_anew: dict[str, str] = {}
        for word in _words(connection, found):
            row = asked[word.id]
            by_row.setdefault(row, []).append(word)
            told_anew[f"{_GENERATION.sub('', word.id)}/g{generation}"] = row
        asked = told_anew
    return by_row


def placements(connection: Connection, people: Collection[str]) -> list[Placed]:
    """The placements of persons, as far as they are the caller's own people."""
    return [Placed(*row) for row in connection.execute(_PLACEMENTS, [list(people)])]


def of_placements(connection: Connection, placed: Iterable[Placed]) -> list[Word]:
    """What the caller itself said of placements, by whatever way."""
    cells = [(one.subject_no, one.unit_hash) for one in placed]
    found = connection.execute(_OF_UNITS, [[no for no, _ in cells], [unit for _, unit in cells]])
    return _words(connection, [(source_no, name, bytes(body)) for source_no, name, body in found])


def subjects(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """The numbers of subjects by name, as far as the caller may see them."""
    return dict(connection.execute(_SUBJECTS, [list(names)]).fetchall())


def hours(connection: Connection, owners: Collection[Owner]) -> list[Measured]:
    """The hours reported of placements, by owner and day."""
    return _measured(connection, _OF_PLACEMENTS, owners)


def site_hours(connection: Connection, owners: Collection[Owner]) -> list[Measured]:
    """The hours reported of contractors on the site, by owner and day."""
    return _measured(connection, _OF_CONTRACTORS, owners)


def _measured(connection: Connection, query: bytes, owners: Collection[Owner]) -> list[Measured]:
    cells = [numbers_named(owner.name) for owner in owners]
    columns: list[Sequence[Any]] = [
        [owner.key for owner in owners],
        [owner.subject_no for owner in owners],
        [first for first, _ in cells],
        [last for _, last in cells],
        [owner.name for owner in owners],
    ]
    rows = [_MeasuredRow._make(row) for row in connection.execute(query, columns)]
    events = _events(connection, [(row.source_no, row.id) for row in rows])
    words = {(word.source_no, word.id): word for word in _words(connection, events)}
    return [
        Measured(
            row.owner, row.from_on, row.to_on, row.revision, row.source, row.subject,
            words.get((row.source_no, row.id)) or Word(row.source_no, row.id, b"", ()),
        )
        for row in rows
    ]  # fmt: skip


class _MeasuredRow(NamedTuple):
    owner: str
    from_on: date
    to_on: date
    revision: int
    source: str
    subject: str
    source_no: int
    id: str


def _events(connection: Connection, keys: Sequence[tuple[int, str]]) -> list[tuple[int, str, bytes]]:
    values = {"sources": [source_no for source_no, _ in keys], "ids": [name for _, name in keys]}
    return [(no, name, bytes(body)) for no, name, body in connection.execute(_EVENTS, values)] if keys else []


def _words(connection: Connection, events: Sequence[tuple[int, str, bytes]]) -> list[Word]:
    keys = [[source_no for source_no, _, _ in events], [name for _, name, _ in events]]
    amendments: dict[tuple[int, str], list[bytes]] = {}
    if events:
        for source_no, name, body in connection.execute(_AMENDMENTS, keys):
            amendments.setdefault((source_no, name), []).append(bytes(body))
    return [Word(*event, amendments.get(event[:2], ())) for event in events]


class Reading(NamedTuple):
    """How an event reads with its amendments. `revision` is that of the correction that holds, 0 without one."""

    source: str
    id: str
    type: str
    subject: str
    data: Mapping[str, Any]
    revision: int
    withdrawn: bool


def reading(word: Word) -> Reading:
    """How a word reads now: the highest revision, and of equals the later in the order of (source, id)."""
    said = msgspec.json.decode(word.body)
    found = Reading(said["source"], word.id, said["type"], said["subject"], said["data"], 0, withdrawn=False)
    for body in word.amendments:
        data = msgspec.json.decode(body)["data"]
        if "replacement" not in data:
            found = found._replace(withdrawn=True)
        elif data["revision"] >= found.revision:
            told = data["replacement"]
            found = found._replace(type=told["type"], data=told["data"], revision=data["revision"])
    return found
