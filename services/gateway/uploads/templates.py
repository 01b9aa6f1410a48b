"""Templates filled with the caller's own people and tenders for the month that is over: a clerk types figures only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from schemas.vocabulary import Language, Party, Word
from services.domain.placements import Placement
from services.domain.rights import Caller
from services.gateway.uploads.book import StoredBook
from services.sheets.layouts import CANDIDATES, HOURS, LAYOUTS, PLACEMENTS, SITE_HOURS
from services.sheets.templates import Lists, TemplateRow, template
from services.store import retold, seen
from services.store.connections import Connection

_MOST_ROWS = 5_000
_SHEET_ROW = ":s-"
_OFFERED = 6
MONTH_FORM = r"^20\d\d-(0[1-9]|1[0-2])$"
"""How a month is named: 2026-10."""
_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "da": ("januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november",
           "december"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


class Month(NamedTuple):
    """The first and the last day of a calendar month."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """As: 2026-10."""
        return f"{self.first:%Y-%m}"

    def text(self, language: Language) -> str:
        """As: oktober 2026."""
        return f"{_MONTHS[language][self.first.month - 1]} {self.first.year}"


def month_of(day: date) -> Month:
    """The month that a day lies in."""
    first = day.replace(day=1)
    return Month(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def month_before(month: Month) -> Month:
    """The one before."""
    return month_of(month.first - timedelta(days=1))


def month_to_report(on: date, named: str | None = None) -> Month:
    """The month that is named, as 2026-10; without one the last that is over. ValueError: it is none."""
    if named is None:
        return month_before(month_of(on))
    if not re.match(MONTH_FORM, named):
        raise ValueError(named)
    return month_of(date.fromisoformat(f"{named}-01"))


def months_to_report(on: date) -> list[Month]:
    """The last six months that are over, the latest first."""
    months = [month_to_report(on)]
    while len(months) < _OFFERED:
        months.append(month_before(months[-1]))
    return months


class Wanted(NamedTuple):
    """What a template is to hold: hours of which `month`, filled in with those of the month before where `copied`."""

    month: str | None = None
    copied: bool = False


ANY = Wanted()


@dataclass(frozen=True, slots=True)
class Filling:
    """What a template is filled from."""

    connection: Connection
    book: StoredBook
    caller: Caller
    language: Language
    on: date
    wanted: Wanted = ANY

    @property
    def _month(self) -> Month:
        return month_to_report(self.on, self.wanted.month)

    def made(self, layout: str) -> bytes:
        """The workbook (XLSX) of a layout."""
        rows: Iterable[TemplateRow] = {
            PLACEMENTS.key: self._placements,
            HOURS.key: self._hours,
            SITE_HOURS.key: self._site_hours,
            CANDIDATES.key: list,
        }[layout]()
        lists = Lists(
            sorted(named.name for named in self.book.people()),
            sorted(named.name for named in self.book.tenders()),
            sorted(named.name for named in self.book.contractors()),
        )
        extra = {"contractor"} & LAYOUTS[layout].by_key.keys()
        if layout == PLACEMENTS.key and self._has_several_contracts():
            extra.add("contract")
        return template(layout, self.language, lists, rows, extra)

    def _has_several_contracts(self) -> bool:
        """Whether a contractor has several on a tender; others send sheets for many, and are asked where it matters."""
        if self.book.party is not Party.CONTRACTOR:
            return False
        found = self.book.contracts([named.id for named in self.book.tenders()])
        return any(len(own) > 1 for (_, contractor), own in found.items() if contractor == self.book.organisation)

    def _own(self) -> Iterable[tuple[str, str, Placement]]:
        """Who is there or may come, with the name and the tender as the template's lists call them."""
        names = {named.id: named.name for named in self.book.people()}
        titles = {named.id: named.name for named in self.book.tenders()}
        for row in seen.placements(self.connection, limit=_MOST_ROWS):
            one = row.placement
            if one.person in names and row.tender in titles and not one.not_started:
                yield names[one.person], row.tender, one

    def _titles(self) -> dict[str, str]:
        return {named.id: named.name for named in self.book.tenders()}

    def _placements(self) -> Iterable[TemplateRow]:
        titles, firms = self._titles(), {named.id: named.name for named in self.book.contractors()}
        for name, tender, one in self._own():
            if one.end is not None and one.end < month_before(month_of(self.on)).first:
                continue
            yield TemplateRow(
                {
                    "person": name,
                    "tender": titles[tender],
                    "contractor": firms.get(one.contractor or "", one.contractor),
                    "kind": self._word(one.kind),
                    "trade": self._word(one.trades[-1][1] if one.trades else None),
                    "started_on": one.start or one.planned_start,
                    "planned_end": one.planned_end,
                    "ended_on": one.end,
                    "reason": self._word(one.end_reason),
                    "weekly_hours": None if one.weekly_hours_assumed else one.weekly_hours[-1][1],
                    "age_band": self._word(one.age_band),
                    "signed_on": one.signed_on,
                },
                _row_of(one.placement, self.book.organisation),
            )

    def _hours(self) -> Iterable[TemplateRow]:
        month, titles = self._month, self._titles()
        own = [one for one in self._own() if _lasts(one[2], month)]
        told = self._told([(tender, one.placement) for _, tender, one in own], month_before(month))
        for name, tender, one in own:
            hours, school = told.get((tender, one.placement), (None, None)) if self.wanted.copied else (None, None)
            yield TemplateRow(
                {
                    "person": name,
                    "tender": titles[tender],
                    "period": month.text(self.language),
                    "hours": hours,
                    "school_hours": school or None,
                }
            )

    def _told(self, placements: list[tuple[str, str]], month: Month) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
        found: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
        for one in retold.hours(self.connection, placements, *month) if placements and self.wanted.copied else ():
            if one.holds:
                hours, school = found.get((one.tender, one.placement), (Decimal(0), Decimal(0)))
                found[one.tender, one.placement] = hours + one.hours, school + one.school_hours
        return found

    def _site_hours(self) -> Iterable[TemplateRow]:
        month = self._month.text(self.language)
        firms = {named.id: named.name for named in self.book.contractors()}
        for row in seen.tenders(self.connection, limit=_MOST_ROWS):
            title = self._titles().get(row.tender)
            if title is None or (row.closed_on is not None and row.closed_on < self.on):
                continue
            for contractor in row.contractors:
                yield TemplateRow({"contractor": firms.get(contractor, contractor), "tender": title, "period": month})

    def _word(self, word: Word | None) -> str | None:
        return None if word is None else word.label(self.language)


def _row_of(placement: str, organisation: str) -> str:
    """The row that a placement was told in by a sheet of the organisation's; empty where it was told otherwise."""
    owner, found, row = placement.partition(_SHEET_ROW)
    return row if found and owner == organisation else ""


def _lasts(placement: Placement, month: Month) -> bool:
    return (
        placement.start is not None
        and placement.start <= month.last
        and (placement.end is None or placement.end >= month.first)
    )
