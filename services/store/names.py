"""Sources, subjects and event types as small numbers.

Numbers are given in transactions of their own, before the events that need them are written: a number that nothing
refers to harms nobody, and no applier waits for another's new names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.store.connections import Database

# Names are remembered; a process that has seen so many begins anew rather than growing for ever.
_REMEMBERED = 200_000

_FIND = b"SELECT name, no FROM log.%s WHERE name = ANY(%%s)"
_ADD = b"INSERT INTO log.%s (name) SELECT unnest(%%s::text[]) ON CONFLICT DO NOTHING"


class Register:
    """The numbers of one kind of name."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._find, self._add = _FIND % table.encode(), _ADD % table.encode()
        self._known: dict[str, int] = {}

    def numbers(self, names: Iterable[str]) -> Mapping[str, int]:
        """The numbers of at least these names, given now where there were none."""
        known = self._known
        wanted = set(names)
        if not wanted <= known.keys():
            if len(known) > _REMEMBERED:
                known = self._known = {}
            self._look_up(known, wanted)
        return known

    def find(self, name: str) -> int | None:
        """The number of a name, None where it never had one."""
        if name not in self._known:
            with self._database.transaction() as connection:
                self._known.update(connection.execute(self._find, [[name]]).fetchall())
        return self._known.get(name)

    def _look_up(self, known: dict[str, int], names: set[str]) -> None:
        with self._database.transaction() as connection:
            known.update(connection.execute(self._find, [list(names - known.keys())]).fetchall())
        # In order, so that two who add the same names wait for each other and never in a circle.
        new = sorted(names - known.keys())
        if new:
            with self._database.transaction() as connection:
                connection.execute(self._add, [new])
                known.update(connection.execute(self._find, [new]).fetchall())


class Names:
    """The three registers of one database."""

    def __init__(self, database: Database) -> None:
        self.sources = Register(database, "source")
        self.subjects = Register(database, "subject")
        self.types = Register(database, "event_type")
