"""Organisations that may come in: what they are, where, and whether they still may."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import errors

from services.domain.rights import Kind
from services.errors import BadInput
from services.store.access.room import Room, check_cvr, unknown

_COLUMNS = b"cvr, name, kinds, municipality, active, created_at"
_ADD = (
    b"""
INSERT INTO access.organisation (cvr, name, kinds, municipality, active, created_at)
VALUES (%%s, %%s, %%s, %%s, true, %%s) RETURNING %s"""
    % _COLUMNS
)
_CHANGE = (
    b"""
UPDATE access.organisation SET name = coalesce(%%s, name), kinds = coalesce(%%s, kinds),
       municipality = coalesce(%%s, municipality), active = coalesce(%%s, active)
WHERE cvr = %%s RETURNING %s"""
    % _COLUMNS
)
_GET = b"SELECT %s FROM access.organisation WHERE cvr = %%s" % _COLUMNS
_LIST = b"SELECT %s FROM access.organisation ORDER BY cvr" % _COLUMNS


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation. `municipality` is the code of a job centre's municipality, None where it has none."""

    cvr: str
    name: str
    kinds: frozenset[Kind]
    municipality: int | None
    active: bool
    created_at: datetime


class Organisations:
    """The register of organisations."""

    def __init__(self, room: Room, on_change: Callable[[], None]) -> None:
        self._room, self._on_change = room, on_change

    def register(self, cvr: str, name: str, kinds: Iterable[Kind], municipality: int | None = None) -> Organisation:
        """Let an organisation in. Raises BadInput where the number is none, is known, or nothing says what it is."""
        found = _checked(kinds)
        if Kind.JOB_CENTRE in found and municipality is None:
            raise BadInput(
                "organisation.municipality",
                "A job centre needs the code of its municipality.",
                "It sees that municipality's tenders: add --municipality, for example 461 for Odense.",
            )
        values = [check_cvr(cvr), _named(name), _values(found), municipality, self._room.now()]
        try:
            with self._room.transaction() as connection:
                return _read(connection.execute(_ADD, values).fetchone())
        except errors.UniqueViolation:
            hint = "Change it with: bygspor org change"
            raise BadInput("organisation.known", f"{cvr} is registered already.", hint) from None

    def change(
        self,
        cvr: str,
        *,
        name: str | None = None,
        kinds: Iterable[Kind] | None = None,
        municipality: int | None = None,
        active: bool | None = None,
    ) -> Organisation:
        """Change what is given and leave the rest. An organisation that is not active may neither read nor report."""
        told = _values(_checked(kinds)) if kinds is not None else None
        values = [_named(name) if name is not None else None, told, municipality, active, cvr]
        with self._room.transaction() as connection:
            row = connection.execute(_CHANGE, values).fetchone()
        if row is None:
            raise unknown("org", cvr)
        self._on_change()
        return _read(row)

    def get(self, cvr: str) -> Organisation | None:
        """An organisation by its CVR number."""
        with self._room.transaction() as connection:
            row = connection.execute(_GET, [cvr]).fetchone()
        return _read(row) if row else None

    def list(self) -> list[Organisation]:
        """All organisations, by CVR number."""
        with self._room.transaction() as connection:
            return [_read(row) for row in connection.execute(_LIST)]


def _checked(kinds: Iterable[Kind]) -> frozenset[Kind]:
    found = frozenset(kinds)
    if not found:
        known = ", ".join(kind.value for kind in Kind)
        raise BadInput(
            "organisation.kinds", "Nothing says what the organisation is.", f"Give one or several of {known}."
        )
    return found


def _named(name: str) -> str:
    if not name.strip():
        raise BadInput("organisation.name", "The organisation has no name.", "Give the name that its partners know.")
    return name.strip()


def _values(kinds: frozenset[Kind]) -> list[str]:
    return sorted(kind.value for kind in kinds)


def _read(row: tuple[Any, ...] | None) -> Organisation:
    cvr, name, kinds, *rest = row or ()
    return Organisation(cvr, name, frozenset(map(Kind.of, kinds)), *rest)
