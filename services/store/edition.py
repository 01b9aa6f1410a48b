"""Which edition of the program the state was folded by: another edition may fold, read or count otherwise.

An edition is known by the event types it understands, the fields of its state rows, and two numbers that are raised by
hand when a rule changes what is folded or counted. State of another edition is rebuilt before anybody reads it; what
waited in the log for this edition is folded with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields
from functools import cache

from schemas.codec import EVENT_TYPES
from services.domain.figures import RULES_VERSION
from services.domain.folding import FOLD_VERSION
from services.store.connections import Connection, Database
from services.store.shapes import SHAPES

_READ = b"SELECT name FROM state.edition"
_ANY = b"SELECT EXISTS (SELECT FROM log.applied_batch)"
_WRITE = b"INSERT INTO state.edition (one, name) VALUES (true, %s) ON CONFLICT (one) DO UPDATE SET name = excluded.name"
_MARK_ALL = b"""
INSERT INTO state.dirty_tender (subject_no, since_position)
SELECT subject_no, (SELECT coalesce(max(position), 0) FROM log.applied_batch) FROM state.tender
ON CONFLICT (subject_no) DO UPDATE SET since_position = excluded.since_position"""


@cache
def edition() -> str:
    """The name of this edition."""
    rows = sorted({shape.row_type for shape in SHAPES.values()}, key=lambda row: row.__name__)
    shapes = [(row.__name__, [(field.name, str(field.type)) for field in fields(row)]) for row in rows]
    said = repr((FOLD_VERSION, RULES_VERSION, sorted(EVENT_TYPES), shapes))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def is_of_another(database: Database) -> bool:
    """Whether there is state, and another edition folded it. Where nothing was told yet, it will be of this one."""
    with database.transaction() as connection:
        (told,) = connection.execute(_ANY).fetchone() or (False,)
        if not told:
            sign(connection)
        row = connection.execute(_READ).fetchone()
    return row is None or row[0] != edition()


def sign(connection: Connection) -> None:
    """Say that the state is of this edition now; where it was of another, all figures are computed anew."""
    row = connection.execute(_READ).fetchone()
    if row is None or row[0] != edition():
        connection.execute(_WRITE, [edition()])
        connection.execute(_MARK_ALL)
