"""Reading as somebody: PostgreSQL itself decides what is seen (row-level security, migration 0002)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date

from services.clock import today
from services.domain.rights import Caller
from services.store.connections import Connection, Database

_BEGIN = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off"
# Who asks is said before the role is put on, which may not say it any more.
_AS = b"""
SELECT set_config('bygspor.organisation', %s, true), set_config('bygspor.kinds', %s, true),
       set_config('bygspor.municipality', %s, true), set_config('bygspor.today', %s, true)"""
_ROLE = b"SET LOCAL ROLE bygspor_gateway"


@contextlib.contextmanager
def seen_by(database: Database, caller: Caller, on: date | None = None) -> Iterator[Connection]:
    """A connection on which a caller's part of the data is all there is, in one snapshot, read only.

    `on` is the day on which consents and mandates must hold: today in Copenhagen, unless given.
    """
    kinds = ",".join(sorted(kind.value for kind in caller.kinds))
    with database.transaction(_BEGIN) as connection:
        # Who belongs to no organisation sees nothing, whatever else is said of it.
        municipality = str(caller.municipality) if caller.organisation and caller.municipality else ""
        connection.execute(_AS, [caller.organisation or "", kinds, municipality, (on or today()).isoformat()])
        connection.execute(_ROLE)
        yield connection
