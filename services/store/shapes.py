"""How each kind of state row lies in its table: one description per family, one writer for all.

Columns are read off the row by name; `doc` holds the whole row as JSON, so that it comes back exactly as it was folded.
Hours have no `doc`: they are nearly all rows there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import ARRAY

from services.domain.areas import AreaIndicator
from services.domain.candidates import Candidate
from services.domain.folding import StateRow
from services.domain.hours import Period
from services.domain.persons import Match, PersonLink
from services.domain.placements import Placement
from services.domain.site import Action, Meeting, Opening
from services.domain.tenders import Tender
from services.domain.units import Family
from services.store.tables import metadata

Values = tuple[Any, ...]
Sources = Mapping[str, int]

# Where a column does not bear the name of the field.
_FIELDS = {
    "started_on": "start",
    "ended_on": "end",
}


def _as_it_is(encoded: bytes) -> bytes:
    return encoded


def _json(value: Any) -> Jsonb:
    return Jsonb(msgspec.json.encode(value), _as_it_is)


# What is not a field but follows from some: mostly what decides who sees the row.
_DERIVED: Mapping[str, Callable[[Any], Any]] = {
    "doc": _json,
    "tenders": lambda row: sorted({step.tender for step in row.steps}),
    "presented": lambda row: sorted({step.contractor for step in row.steps}),
    "consents": lambda row: _json(dict(row.consents)),
    "told_by": lambda row: list(row.told_by),
    "parties": lambda row: _json(row.parties),
    "contractors": lambda row: sorted({workplace.contractor for workplace in row.workplaces}),
    "job_centres": lambda row: sorted({*row.handled_by, *([row.referred_by] if row.referred_by else [])}),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One table of state: the types of its columns, and a row's values for those after (subject_no, unit_hash)."""

    table: str
    row_type: type[StateRow]
    types: tuple[str, ...]
    values: Callable[[Any, Sources], Values]


def types_of(table: str) -> tuple[str, ...]:
    """The types of a state table's columns, as psycopg names them."""
    return tuple(_type(column.type) for column in metadata.tables[f"state.{table}"].columns)


def _shape(table: str, row_type: type[StateRow], values: Callable[[Any, Sources], Values] | None = None) -> Shape:
    columns = metadata.tables[f"state.{table}"].columns
    names = tuple(column.name for column in columns)
    return Shape(table, row_type, types_of(table), values or _reader(names[2:]))


def _type(kind: object) -> str:
    """The name by which psycopg knows a column's type."""
    return "text[]" if isinstance(kind, ARRAY) else str(kind).lower().split()[0]


def _reader(columns: tuple[str, ...]) -> Callable[[Any, Sources], Values]:
    getters = [_getter(column) for column in columns]
    return lambda row, _: tuple(get(row) for get in getters)


def _getter(column: str) -> Callable[[Any], Any]:
    if column in _DERIVED:
        return _DERIVED[column]
    field = _FIELDS.get(column, column)

    def get(row: Any) -> Any:
        value = getattr(row, field)
        return value.value if isinstance(value, Enum) else value

    return get


def _hours(row: Period, sources: Sources) -> Values:
    return (
        row.of,
        row.from_on,
        row.to_on,
        row.hours,
        row.school_hours,
        row.holds,
        row.revision,
        sources[row.source],
        row.id,
    )


SHAPES: Mapping[Family, Shape] = {
    Family.TENDER: _shape("tender", Tender),
    Family.PLACEMENT: _shape("placement", Placement),
    Family.HOURS: _shape("hours", Period, _hours),
    Family.SITE_HOURS: _shape("site_hours", Period, _hours),
    Family.MATCH: _shape("placement_match", Match),
    Family.OPENING: _shape("opening", Opening),
    Family.MEETING: _shape("meeting", Meeting),
    Family.ACTION: _shape("action", Action),
    Family.CANDIDATE: _shape("candidate", Candidate),
    Family.PERSONS: _shape("person_link", PersonLink),
    Family.INDICATOR: _shape("area_indicator", AreaIndicator),
}
