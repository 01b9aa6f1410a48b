"""The hours of a month for all people in one table: what is asked, and what the answers become."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from schemas.contractor import HoursReported
from schemas.vocabulary import Language
from services.domain.placements import Placement
from services.gateway.reporting.fields import Entry, Field, Said, read, typed_as
from services.gateway.reporting.forms import Told
from services.gateway.reporting.people import Names
from services.gateway.reporting.sending import sentence
from services.reports.words import number
from services.sheets.outcomes import Text
from services.sheets.values import Wrong
from services.store.retold import Told as ToldHours

_HOURS = Field("hours", Entry.HOURS, Text("Timer", "Hours"), required=False)
_CLEARED = Text(
    "der er meldt timer; træk dem tilbage under Egne indberetninger, hvis de skal slettes",
    "hours were reported; withdraw them under Own reports to delete them",
)
_TOO_MANY = Text("en måned har højst 744 timer", "a month has at most 744 hours")
_NEGATIVE = Text("timer kan ikke være under 0", "hours cannot be below 0")
_MOST = 744
MUCH = 200
"""More hours of one person in a month than anybody is expected to work."""


class Month(NamedTuple):
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str, on: date) -> Month:
        """A month written as 2026-10; the last one that is over, where it is none or not over yet."""
        try:
            found = cls.of(date.fromisoformat(f"{text}-01"))
        except ValueError:
            found = None
        ok = found is not None and (1990, 1) <= found < cls.of(on)
        return found if found and ok else cls.of(on.replace(day=1) - timedelta(days=1))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def key(self) -> str:
        """As 2026-10."""
        return f"{self.year}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Row:
    """One person's line. `told` are the hours of just this period; `others` those of other periods in the month.

    Where others are told, the month is reported in another way, and the line asks nothing.
    """

    tender: str
    placement: Placement
    from_on: date
    to_on: date
    told: Decimal | None = None
    revision: int = 0
    others: Decimal | None = None

    @property
    def field(self) -> str:
        """The name of its field."""
        return f"h-{_short(self.tender, self.placement.placement)}"

    @property
    def sure(self) -> str:
        """The name of the box by which many hours are said to be right."""
        return f"sure-{self.field}"

    @property
    def filled(self) -> str:
        """What its field holds at first."""
        held = typed_as(_HOURS, None if self.told is None else float(self.told))
        return held if isinstance(held, str) else ""


def rows(placements: Iterable[tuple[str, Placement]], month: Month, told: Sequence[ToldHours] = ()) -> list[Row]:
    """A line for everybody who was there in the month."""
    by_placement: dict[tuple[str, str], list[ToldHours]] = {}
    for period in told:
        by_placement.setdefault((period.tender, period.placement), []).append(period)
    found = []
    for tender, placement in placements:
        span = _there(placement, month)
        if span is not None:
            found.append(_row(tender, placement, span, by_placement.get((tender, placement.placement), [])))
    return found


def reported(
    lines: Sequence[Row], names: Names, typed: Mapping[str, str], language: Language
) -> tuple[list[tuple[Row, Told]], dict[str, list[str]]]:
    """The hours that were typed, and what is wrong with those that cannot be; an empty field tells nothing.

    More than MUCH hours of one person are asked about first: the answer comes in the row's `sure` field.
    """
    read_of = {row.field: _read(row, typed.get(row.field, "")) for row in lines}
    together = _together(lines, read_of)
    told: list[tuple[Row, Told]] = []
    errors: dict[str, list[str]] = {}
    for row in lines:
        hours, name = read_of[row.field], names.of_person(row.placement.person)
        if isinstance(hours, Text):
            errors[row.field] = [sentence(Text(name, name), hours, language)]
        elif hours is not None and (row.told is None or Decimal(str(hours)) != row.told):
            if together[_whose(row)] > MUCH and typed.get(row.sure) != "yes":
                errors[row.sure] = [sentence(Text(name, name), _asked(together[_whose(row)]), language)]
            told.append(
                (row, Told(HoursReported, dict(_data(row, hours)), _short(row.tender, row.placement.placement)))
            )
    return told, errors


def _together(lines: Sequence[Row], read_of: Mapping[str, float | Text | None]) -> Mapping[str, Decimal]:
    """The hours of each person in the month, on whatever tenders and in whatever periods."""
    hours: dict[str, Decimal] = defaultdict(Decimal)
    for row in lines:
        said = read_of[row.field]
        hours[_whose(row)] += row.others or 0
        hours[_whose(row)] += Decimal(str(said)) if isinstance(said, int | float) else 0
    return hours


def _whose(row: Row) -> str:
    return row.placement.person or row.placement.placement


def _read(row: Row, typed: str) -> float | Text | None:
    if row.others is not None:
        return None
    said = read(_HOURS, [typed], {})
    if isinstance(said, Wrong):
        return Text(said.da, said.en)
    if said is None:
        return _CLEARED if row.told is not None else None
    hours = float(str(said))
    if hours > _MOST:
        return _TOO_MANY
    return _NEGATIVE if hours < 0 else hours


def _asked(hours: Decimal) -> Text:
    da, en = number(hours, "da"), number(hours, "en")
    return Text(f"{da} timer på en måned er mange. Er det rigtigt?", f"{en} hours in a month is a lot. Is that right?")


def _data(row: Row, hours: float) -> Iterator[tuple[str, Said]]:
    yield "placement", row.placement.placement
    yield "from_on", row.from_on.isoformat()
    yield "to_on", row.to_on.isoformat()
    yield "hours", hours
    yield "revision", row.revision + 1


def _there(placement: Placement, month: Month) -> tuple[date, date] | None:
    """The days of the month on which the placement was going on."""
    if placement.start is None:
        return None
    first = max(month.first, placement.start)
    last = min(day for day in (month.last, placement.end) if day is not None)
    return (first, last) if first <= last else None


def _row(tender: str, placement: Placement, span: tuple[date, date], told: Sequence[ToldHours]) -> Row:
    same = [period for period in told if (period.from_on, period.to_on) == span]
    others = [period for period in told if period not in same]
    exact = same[0] if same else None
    return Row(
        tender,
        placement,
        *span,
        told=exact.hours if exact else None,
        revision=exact.revision if exact else 0,
        others=sum((p.hours for p in others if p.holds), Decimal(0)) if others else None,
    )


def _short(tender: str, placement: str) -> str:
    return hashlib.sha256(f"{tender} {placement}".encode()).hexdigest()[:12]
