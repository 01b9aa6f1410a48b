"""Corrections and withdrawals: which events do not stand as they were sent, kept so that folding a unit can tell.

The rule is `services.domain.amendments.resolve`. It needs every event together with all amendments of it and of those;
here that set is found (amendments are few, so it is small) and the outcome is kept by event.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from schemas.codec import kept
from schemas.corrections import EventWithdrawn
from schemas.envelope import Event
from services.domain.amendments import AnyEvent, resolve, target_of
from services.domain.units import AMENDMENTS
from services.store.cells import number_of_event
from services.store.connections import Connection, columns
from services.store.log import Key, Row
from services.store.names import Names

Cell: TypeAlias = tuple[int, int]
Node: TypeAlias = tuple[int, int, str]
"""An event's identity within its subject: (subject_no, source_no, id)."""

_RECORD = b"""
INSERT INTO state.amendment (subject_no, source_no, id, target_source_no, target_id, withdraws, standing)
SELECT *, 'waits' FROM unnest(%s::int[], %s::int[], %s::text[], %s::int[], %s::text[], %s::boolean[])"""

# An amendment reaches only what stands under its own subject.
_AWAITED = b"""
SELECT i.subject_no, i.source_no, i.id FROM incoming i JOIN state.amendment a
ON a.target_source_no = i.source_no AND a.target_id = i.id AND a.subject_no = i.subject_no"""

_NEIGHBOURS = b"""
WITH here AS (SELECT * FROM unnest(%s::int[], %s::int[], %s::text[]) AS n (subject_no, source_no, id))
SELECT a.subject_no, a.source_no, a.id, a.target_source_no, a.target_id FROM here n JOIN state.amendment a
ON a.source_no = n.source_no AND a.id = n.id AND a.subject_no = n.subject_no
UNION ALL
SELECT a.subject_no, a.source_no, a.id, a.target_source_no, a.target_id FROM here n JOIN state.amendment a
ON a.target_source_no = n.source_no AND a.target_id = n.id AND a.subject_no = n.subject_no"""

_BODIES = b"""
SELECT e.subject_no, e.source_no, e.id, e.unit_hash, e.body
FROM unnest(%s::int[], %s::int[], %s::text[]) AS n (subject_no, source_no, id)
JOIN log.event e ON e.source_no = n.source_no AND e.id = n.id AND e.subject_no = n.subject_no"""

_STAND = b"""
UPDATE state.amendment a SET standing = n.standing
FROM unnest(%s::int[], %s::text[], %s::text[]) AS n (source_no, id, standing)
WHERE a.source_no = n.source_no AND a.id = n.id AND a.standing <> n.standing"""

_FORGET = b"""
DELETE FROM state.amended a USING unnest(%s::int[], %s::text[]) AS n (source_no, id)
WHERE a.source_no = n.source_no AND a.id = n.id RETURNING a.subject_no, a.unit_hash"""

_KEEP = b"""
INSERT INTO state.amended (subject_no, source_no, id, unit_hash, by_source_no, by_id)
SELECT * FROM unnest(%s::int[], %s::int[], %s::text[], %s::bigint[], %s::int[], %s::text[])"""


class Outcome(NamedTuple):
    """An event that does not stand as sent: where it lands and by which correction, or None and None: withdrawn."""

    subject_no: int
    source_no: int
    id: str
    unit_hash: int | None
    by_source_no: int | None
    by_id: str | None


@dataclass(slots=True)
class Settled:
    """What a batch's amendments came to: events to leave out, cells to fold anew, subjects they are of."""

    amended: set[Key] = field(default_factory=set)
    cells: set[Cell] = field(default_factory=set)
    subjects: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Component:
    """Events that hang together through amendments, and what `resolve` says of them."""

    plain: dict[Key, Cell] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    standings: list[tuple[int, str, str]] = field(default_factory=list)


def settle(connection: Connection, names: Names, new: Iterable[tuple[Row, AnyEvent]]) -> Settled:
    """Record a batch's amendments and settle all that they, or the events they waited for, change."""
    nodes = _record(connection, names, [(row, event) for row, event in new if event.type in AMENDMENTS])
    nodes |= {(subject_no, *key) for subject_no, *key in connection.execute(_AWAITED)}
    if not nodes:
        return Settled()
    found = examine(names, _bodies(connection, _connected(connection, nodes)))
    settled = Settled(
        amended={Key(outcome.source_no, outcome.id) for outcome in found.outcomes},
        cells=set(found.plain.values()) | cells_of(found.outcomes),
        subjects={subject_no for subject_no, *_ in nodes},
    )
    before = connection.execute(_FORGET, columns(found.plain, 2))
    settled.cells |= {(subject_no, number) for subject_no, number in before if number is not None}
    if found.outcomes:
        connection.execute(_KEEP, columns(found.outcomes, 6))
    connection.execute(_STAND, columns(found.standings, 3))
    return settled


def examine(names: Names, bodies: Iterable[tuple[int, int, str, int | None, bytes]]) -> Component:
    """What holds of events (subject_no, source_no, id, unit_hash, body) given with all that amends them."""
    found = Component()
    by_subject: dict[int, list[AnyEvent]] = defaultdict(list)
    for subject_no, source_no, id_, number, body in bodies:
        event = kept(body)
        if isinstance(event, Event):  # what is in a version to come neither amends nor is amended yet
            by_subject[subject_no].append(event)
            if number is not None:
                found.plain[Key(source_no, id_)] = (subject_no, number)
    for subject_no, events in by_subject.items():
        _examine_subject(found, names, subject_no, events)
    return found


def cells_of(outcomes: Iterable[Outcome]) -> set[Cell]:
    """The cells that amended events land in."""
    return {(outcome.subject_no, outcome.unit_hash) for outcome in outcomes if outcome.unit_hash is not None}


def _examine_subject(found: Component, names: Names, subject_no: int, events: Sequence[AnyEvent]) -> None:
    resolved = resolve(events)
    numbers = names.sources.numbers({event.source for event in events})
    found.standings += [(numbers[key.source], key.id, standing.value) for key, standing in resolved.standings.items()]
    corrections = {event.key: event for event in events if event.type in AMENDMENTS}
    stands: set[tuple[str, str]] = set()
    for effective in resolved.events:
        correction = corrections.get(effective.key)
        if correction is None:
            stands.add(effective.key)
            continue
        slot = target_of(correction)
        stands.add(slot)
        by = (numbers[effective.source], effective.id)
        found.outcomes.append(Outcome(subject_no, numbers[slot.source], slot.id, number_of_event(effective), *by))
    plain = (event for event in events if event.type not in AMENDMENTS)
    found.outcomes += [
        Outcome(subject_no, numbers[event.source], event.id, None, None, None)
        for event in plain
        if event.key not in stands
    ]


def recorded(names: Names, rows: Sequence[tuple[Row, AnyEvent]]) -> list[tuple[int, int, str, int, str, bool]]:
    """Amendments as rows of their table, but for how they stand."""
    targets = names.sources.numbers({event.data.target_source for _, event in rows})
    return [
        (
            row.subject_no,
            row.source_no,
            row.id,
            targets[event.data.target_source],
            event.data.target_id,
            isinstance(event.data, EventWithdrawn),
        )
        for row, event in rows
    ]


def _record(connection: Connection, names: Names, amendments: Sequence[tuple[Row, AnyEvent]]) -> set[Node]:
    if amendments:
        connection.execute(_RECORD, columns(recorded(names, amendments), 6))
    return {(row.subject_no, row.source_no, row.id) for row, _ in amendments}


def _connected(connection: Connection, nodes: set[Node]) -> set[Node]:
    """These and all that hang together with them, link by link: the chains are short."""
    reached, edge = set(nodes), nodes
    while edge:
        links = connection.execute(_NEIGHBOURS, columns(edge, 3)).fetchall()
        ends = {(subject_no, *key) for subject_no, *ids in links for key in (ids[:2], ids[2:])}
        edge = ends - reached
        reached |= edge
    return reached


def _bodies(connection: Connection, nodes: Iterable[Node]) -> list[tuple[int, int, str, int | None, bytes]]:
    return connection.execute(_BODIES, columns(nodes, 3)).fetchall()
