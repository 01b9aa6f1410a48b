"""A unit as one number, so that its rows lie together and one narrow index finds them.

A *cell* is (subject_no, number). Bits from the top: crc32 of the name | month | family. So all months of one placement
are neighbours, right behind the placement itself, and the family can be read off the number. Two units may share a
cell: whoever folds a cell groups its events by their exact unit, and always folds the whole cell.
"""

from typing import Any
from zlib import crc32

from schemas.contractor import HoursReported
from schemas.envelope import Event
from services.domain.units import Family, Unit, unit_of

# Kept in the log: new families go to the end.
FAMILIES = (
    Family.TENDER,
    Family.PLACEMENT,
    Family.HOURS,
    Family.SITE_HOURS,
    Family.MATCH,
    Family.OPENING,
    Family.MEETING,
    Family.ACTION,
    Family.CANDIDATE,
    Family.PERSONS,
    Family.INDICATOR,
)
_NUMBERS = {family: number for number, family in enumerate(FAMILIES)}
_MONTHLY = frozenset({Family.HOURS, Family.SITE_HOURS})
_NAME_BITS = 20
_HOURS = _NUMBERS[Family.HOURS]


def number_of(unit: Unit) -> int:
    """The number of a unit's cell."""
    name, months = unit.key, 0
    if unit.family in _MONTHLY:
        name, _, month = unit.key.rpartition("/")
        months = int(month[:4]) * 12 + int(month[5:])
    return crc32(name.encode()) << _NAME_BITS | months << 4 | _NUMBERS[unit.family]


def number_of_event(event: Event[Any]) -> int:
    """The number of the cell of an event that is no amendment. Hours, the great majority, take a short cut."""
    data = event.data
    if type(data) is HoursReported:
        day = data.from_on
        return crc32(data.placement.encode()) << _NAME_BITS | (day.year * 12 + day.month) << 4 | _HOURS
    return number_of(unit_of(event))


def family_of(number: int) -> Family:
    """The family of a cell."""
    return FAMILIES[number & 15]


def numbers_named(name: str) -> tuple[int, int]:
    """The first and the last number that cells of a name can have: a placement with all its months."""
    first = crc32(name.encode()) << _NAME_BITS
    return first, first | ((1 << _NAME_BITS) - 1)
