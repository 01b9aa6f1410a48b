"""Which offsets of a topic have no record in the log: looked for only where nobody has looked before.

A partition's offsets up to `checked` are known to be in; what is read grows with what came since, not with the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from services.store.connections import BY_INDEX, Database, columns

_CHECKED = b"SELECT topic_no, partition, up_to FROM stream.checked"
_EDGES = b"""
SELECT k.topic_no, k.partition,
    (SELECT min(r."offset") FROM stream.applied_record r WHERE r.topic_no = k.topic_no AND r.partition = k.partition),
    (SELECT max(r."offset") FROM stream.applied_record r WHERE r.topic_no = k.topic_no AND r.partition = k.partition)
FROM unnest(%s::int[], %s::int[]) AS k (topic_no, partition)"""

# Counting an index is a third of the work of walking it row by row, and nearly always nothing is missing.
_INCOMPLETE = b"""
SELECT * FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::bigint[]) AS s (topic_no, partition, "from", "to")
WHERE s."to" - s."from" > (
    SELECT count(*) FROM stream.applied_record r
    WHERE r.topic_no = s.topic_no AND r.partition = s.partition AND r."offset" >= s."from" AND r."offset" < s."to")"""
_MISSING = b"""
SELECT before + 1, "offset" FROM (
    SELECT "offset", lag("offset", 1, %(from)s::bigint - 1) OVER (ORDER BY "offset") AS before
    FROM (SELECT "offset" FROM stream.applied_record
          WHERE topic_no = %(topic)s AND partition = %(partition)s AND "offset" >= %(from)s AND "offset" < %(to)s
          UNION ALL SELECT %(to)s) AS there
) AS steps WHERE "offset" > before + 1 ORDER BY 1"""

_MOVE = b"""
INSERT INTO stream.checked (topic_no, partition, up_to) SELECT * FROM unnest(%s::int[], %s::int[], %s::bigint[])
ON CONFLICT (topic_no, partition) DO UPDATE SET up_to = greatest(checked.up_to, excluded.up_to)"""
_EMPTY = b"""
INSERT INTO stream.applied_record (topic_no, partition, "offset", events, new, duplicate, rejected)
SELECT %s, %s, o, 0, 0, 0, 0 FROM generate_series(%s::bigint, %s::bigint - 1) AS o ON CONFLICT DO NOTHING"""
_LOSE = b"""
INSERT INTO stream.lost (topic_no, partition, "from", "to") VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"""
_LOST = b"""
SELECT t.name, l.partition, l."from", l."to" FROM stream.lost l JOIN stream.topic t ON t.no = l.topic_no
WHERE l.noted_at > now() - interval '90 days' ORDER BY l.noted_at, t.name, l.partition, l."from" """

_KNOWN = b"SELECT count(*) FROM stream.applied_record"
_FORGET = (
    b'DELETE FROM stream.applied_record WHERE topic_no = %s AND partition = %s AND "offset" BETWEEN %s AND %s',
    b'DELETE FROM stream.dead_letter WHERE topic_no = %s AND partition = %s AND "offset" BETWEEN %s AND %s',
)
_STEP_BACK = b"UPDATE stream.checked SET up_to = least(up_to, %s) WHERE topic_no = %s AND partition = %s"


class Partition(NamedTuple):
    """One partition: the number of its topic (`topics.numbered`), and its own."""

    topic_no: int
    number: int


class Span(NamedTuple):
    """Offsets of a partition, from one up to another that is not among them."""

    partition: Partition
    start: int
    end: int


class Edges(NamedTuple):
    """The first and the last offset of a partition that are in the log."""

    first: int
    last: int


class Lost(NamedTuple):
    """Offsets that were never taken in and that the topic holds no longer."""

    topic: str
    partition: int
    start: int
    end: int


def checked(database: Database) -> dict[Partition, int]:
    """Up to which offset nothing is missing, of each partition that was looked at."""
    with database.transaction() as connection:
        return {Partition(no, number): up_to for no, number, up_to in connection.execute(_CHECKED)}


def edges(database: Database, partitions: Iterable[Partition]) -> dict[Partition, Edges]:
    """The first and the last offset in the log, of each partition of which there is any."""
    with database.transaction(BY_INDEX) as connection:
        rows = connection.execute(_EDGES, columns(partitions, 2)).fetchall()
    return {Partition(no, number): Edges(first, last) for no, number, first, last in rows if last is not None}


def missing(database: Database, spans: Iterable[Span]) -> list[Span]:
    """Those parts of the spans that are not in the log, in their order."""
    asked = [(*span.partition, span.start, span.end) for span in spans if span.start < span.end]
    with database.transaction(BY_INDEX) as connection:
        found = []
        for no, number, start, end in connection.execute(_INCOMPLETE, columns(asked, 4)).fetchall():
            named = {"topic": no, "partition": number, "from": start, "to": end}
            found += [Span(Partition(no, number), *part) for part in connection.execute(_MISSING, named)]
    return found


def move_on(database: Database, up_to: Mapping[Partition, int]) -> None:
    """Nothing is missing up to these offsets: the next look begins there. Never moves back."""
    rows = sorted((*partition, offset) for partition, offset in up_to.items())
    with database.transaction() as connection:
        connection.execute(_MOVE, columns(rows, 3))


def note_empty(database: Database, spans: Iterable[Span]) -> None:
    """At these offsets the topic holds no record (marks of transactions take one each): known from now on."""
    with database.transaction() as connection:
        for (no, number), start, end in spans:
            connection.execute(_EMPTY, [no, number, start, end])


def note_lost(database: Database, spans: Iterable[Span]) -> None:
    """Remember what can never be taken in any more; the same again changes nothing."""
    with database.transaction() as connection:
        for (no, number), start, end in spans:
            connection.execute(_LOSE, [no, number, start, end])


def lost(database: Database) -> list[Lost]:
    """What was lost in the last 90 days, as long as a receipt can be asked for."""
    with database.transaction() as connection:
        return [Lost(*row) for row in connection.execute(_LOST)]


def known(database: Database) -> int:
    """How many records are in the log, those included that held nothing. Counts all of them."""
    with database.transaction() as connection:
        return int(connection.execute(_KNOWN).fetchall()[0][0])


def forget(database: Database, partition: Partition, first: int, last: int) -> None:
    """Forget that these offsets were taken in: the topic lost them, and will give them to other records.

    Their events stay where they are, in the log or among the rejected.
    """
    with database.transaction() as connection:
        for statement in _FORGET:
            connection.execute(statement, [*partition, first, last])
        connection.execute(_STEP_BACK, [first, *partition])
