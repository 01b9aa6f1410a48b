"""The log: events in, each (source, id) once, and the bodies out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from schemas.codec import Waiting, canonical
from schemas.corrections import EventCorrected
from schemas.envelope import Event
from services.domain.units import AMENDMENTS
from services.store.batches import Decoded
from services.store.cells import number_of_event
from services.store.connections import Connection
from services.store.names import Names

# COPY goes into a temporary table, because only an INSERT can leave out what is there already.
INCOMING = """
CREATE TEMP TABLE IF NOT EXISTS incoming (
    nr integer, source_no integer, id text COLLATE "C", subject_no integer, unit_hash bigint, type_no smallint,
    body bytea, on_behalf_of text COLLATE "C"
) ON COMMIT DELETE ROWS"""

COPY = b"COPY incoming FROM STDIN (FORMAT BINARY)"
TYPES = ("int4", "int4", "text", "int4", "int8", "int2", "bytea", "text")

# In order of the key: two that insert the same events wait for each other, and never in a circle.
_INSERT = b"""
WITH new AS (
    INSERT INTO log.event (batch, nr, source_no, id, subject_no, unit_hash, type_no, body, on_behalf_of)
    SELECT %s, nr, source_no, id, subject_no, unit_hash, type_no, body, on_behalf_of FROM incoming
    ORDER BY source_no, id
    ON CONFLICT DO NOTHING RETURNING nr
)
SELECT nr FROM incoming WHERE nr NOT IN (SELECT nr FROM new)"""

_STORED = b"""
SELECT i.nr, e.body FROM incoming i JOIN log.event e ON e.source_no = i.source_no AND e.id = i.id
WHERE i.nr = ANY(%s)"""


class Key(NamedTuple):
    """The identity of an event, with its source as a number."""

    source_no: int
    id: str


class Row(NamedTuple):
    """An event as it lies in the log, before its batch has a number."""

    nr: int
    source_no: int
    id: str
    subject_no: int
    unit_hash: int | None
    type_no: int
    body: bytes
    on_behalf_of: str | None = None

    @property
    def key(self) -> Key:
        """Its identity."""
        return Key(self.source_no, self.id)


def rows_of(batch: Sequence[Decoded], names: Names) -> list[Row]:
    """The batch as rows of the log, numbered by index."""
    events = [item.event for item in batch]
    sources = names.sources.numbers({event.source for event in events})
    subjects = names.subjects.numbers({event.subject for event in events})
    types = names.types.numbers({event.type for event in events})
    return [
        Row(
            nr,
            sources[event.source],
            event.id,
            subjects[event.subject],
            unit_hash(event),
            types[event.type],
            item[0],
            on_behalf_of(event),
        )
        for nr, (item, event) in enumerate(zip(batch, events, strict=True))
    ]


def unit_hash(event: Event[Any] | Waiting) -> int | None:
    """Where an event lies within its subject; None for amendments, and for what is not understood yet."""
    return None if type(event) is Waiting or event.type in AMENDMENTS else number_of_event(event)  # type: ignore[arg-type]


def on_behalf_of(event: Event[Any] | Waiting) -> str | None:
    """Whom an event was sent for, who may see it therefore; None where it is not understood yet."""
    if type(event) is Waiting:
        return None
    data = event.data  # type: ignore[union-attr]
    if type(data) is EventCorrected and data.on_behalf_of is None:
        named = data.replacement.data.get("on_behalf_of")
        return named if isinstance(named, str) else None
    return data.on_behalf_of  # type: ignore[no-any-return]


def insert(connection: Connection, batch_no: int, rows: Iterable[Row]) -> set[int]:
    """Write rows with distinct keys; the numbers of those whose key was there already, which are left out."""
    with connection.cursor() as cursor:
        with cursor.copy(COPY) as copy:
            copy.set_types(TYPES)
            for row in rows:
                copy.write_row(row)
        return {nr for (nr,) in cursor.execute(_INSERT, [batch_no])}


def stored(connection: Connection, numbers: Iterable[int]) -> dict[int, bytes]:
    """The bodies in the log under the keys of incoming rows."""
    return dict(connection.execute(_STORED, [list(numbers)]).fetchall())


def same(one: bytes, other: bytes) -> bool:
    """Whether two bodies say the same."""
    return one == other or canonical(one) == canonical(other)
