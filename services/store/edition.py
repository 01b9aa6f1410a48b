"""Which edition of the program the state was folded by: another edition may fold, read or count otherwise.

An edition is known by the event types it understands, the fields of its state rows, and two numbers that are raised by
hand when a rule changes what is folded or counted. State of an older edition is rebuilt before anybody reads it; what
waited in the log for this edition is folded with it. From then on programs of the older one that still run write
nothing more, and none that is started folds the state back by itself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import fields
from functools import cache

from schemas.codec import EVENT_TYPES
from services.domain.figures import RULES_VERSION
from services.domain.folding import FOLD_VERSION
from services.errors import DatabaseUnavailable
from services.store.connections import Connection, Database
from services.store.shapes import SHAPES

READ = b"SELECT name FROM state.edition"
_ANY = b"SELECT EXISTS (SELECT FROM log.applied_batch)"
_WRITE = b"INSERT INTO state.edition (one, name) VALUES (true, %s) ON CONFLICT (one) DO UPDATE SET name = excluded.name"
_MARK_ALL = b"""
INSERT INTO state.dirty_tender (subject_no, since_position)
SELECT subject_no, (SELECT coalesce(max(position), 0) FROM log.applied_batch) FROM state.tender
ON CONFLICT (subject_no) DO UPDATE SET since_position = excluded.since_position"""


_VERSION = re.compile(r"\.v([0-9]+)$")
_RANK = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)-")


@cache
def edition() -> str:
    """The name of this edition; it begins with what tells older from newer."""
    rows = sorted({shape.row_type for shape in SHAPES.values()}, key=lambda row: row.__name__)
    shapes = [(row.__name__, [(field.name, str(field.type)) for field in fields(row)]) for row in rows]
    said = repr((FOLD_VERSION, RULES_VERSION, sorted(EVENT_TYPES), shapes))
    # Grows with every type and every version of a type.
    types = sum(int(version[1]) for name in EVENT_TYPES if (version := _VERSION.search(name)))
    return f"{FOLD_VERSION}.{RULES_VERSION}.{types}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def is_of_another(database: Database) -> bool:
    """Whether there is state, and another edition folded it. Where nothing was told yet, it will be of this one.

    Raises DatabaseUnavailable where a newer one did.
    """
    with database.transaction() as connection:
        found = _of(connection)
        if found is not None and _rank(found) > _rank(edition()):
            raise DatabaseUnavailable(
                "edition.newer",
                "A newer edition of BygSpor has folded the state; this one would undo that.",
                "Install the newer one here. To go back to this one for good, stop all others and run: bygspor rebuild",
            )
        (told,) = connection.execute(_ANY).fetchone() or (False,)
        if not told:
            sign(connection)
            return False
    return found != edition()


def is_of_this(connection: Connection) -> bool:
    """Whether the state is of this edition."""
    return _of(connection) == edition()


def refuse_another(found: str | None) -> None:
    """Where the state is of an edition that is not this one, raise DatabaseUnavailable: we must not write into it."""
    if found not in {None, edition()}:
        raise DatabaseUnavailable(
            "edition.superseded",
            "Another edition of BygSpor has taken the state over since this program was started.",
            "Nothing was taken in or changed. Install that edition here, and start the program again.",
        )


def sign(connection: Connection) -> None:
    """Say that the state is of this edition now; where it was of another, all figures are computed anew."""
    if not is_of_this(connection):
        connection.execute(_WRITE, [edition()])
        connection.execute(_MARK_ALL)


def _of(connection: Connection) -> str | None:
    row = connection.execute(READ).fetchone()
    return row[0] if row else None


def _rank(name: str) -> tuple[int, ...]:
    """Higher for a newer edition. Those that were named before names had ranks are older than any."""
    match = _RANK.match(name)
    return tuple(map(int, match.groups())) if match else ()
