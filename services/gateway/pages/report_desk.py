"""What every page of reporting works with: who reports, for whom, where, under which names, and how it is sent."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, NamedTuple

from fastapi import Depends, Request
from starlette.datastructures import FormData

from schemas.vocabulary import Language, Trade
from services.clock import today
from services.domain.placements import Placement
from services.domain.rights import Caller, Kind
from services.gateway.languages import language_of
from services.gateway.pages.rendering import Form
from services.gateway.pages.sessions import ReportingPageCaller
from services.gateway.pages.stops import not_there
from services.gateway.pages.texts import marked, say
from services.gateway.parts import Parts, PartsOf
from services.gateway.reporting.drawn import Drawn
from services.gateway.reporting.people import Names
from services.gateway.reporting.sending import Errors, Ready, Sender
from services.reports.words import tender_called
from services.sheets.texts import is_cpr
from services.store import retold, seen
from services.store.access import seen_by
from services.store.batches import Outcome
from services.store.companies import companies_of
from services.store.connections import Connection

MOST_PEOPLE = 5_000
NUMBER_FIELD = "drawn"
_SENT_BEFORE = marked(
    "Denne side er allerede sendt med noget andet. Se Egne indberetninger: der kan du rette det, der blev gemt."
)


class Place(NamedTuple):
    """Where a report belongs: a contractor on a tender. `text` is how it reads in a list."""

    tender: str
    contractor: str
    text: str

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.tender} {self.contractor}"


class Posted(NamedTuple):
    """A form that came back: what was typed by field, and the number it was drawn with (or a new one)."""

    typed: Mapping[str, Sequence[str]]
    drawn: Drawn

    def one(self, name: str) -> str:
        """The answer of one field."""
        return next(iter(self.typed.get(name, ())), "")

    def form(self, errors: Errors | None = None) -> Form:
        """What was typed, to be shown again; nothing that looks like a CPR number is."""
        safe = {name: ["" if is_cpr(text) else text for text in answers] for name, answers in self.typed.items()}
        return Form({**safe, NUMBER_FIELD: self.drawn.number}, errors or {})


def posted_of(posted: FormData) -> Posted:
    """What was typed, without signs that nobody types."""
    typed = {
        name: ["".join(filter(str.isprintable, text)) for text in posted.getlist(name) if isinstance(text, str)]
        for name in posted
    }
    number = next(iter(typed.get(NUMBER_FIELD, ())), "")
    return Posted(typed, Drawn.read(number) or Drawn.now())


@dataclass
class Desk:
    """Somebody who reports. Everything is read as what the caller may see."""

    parts: Parts
    caller: Caller
    language: Language
    on: date

    @property
    def sender(self) -> Sender:
        """Who sends what is reported here."""
        return Sender(self.caller, self.language)

    @property
    def organisation(self) -> str:
        """The CVR number that reports."""
        return self.sender.organisation

    @contextlib.contextmanager
    def looking(self) -> Iterator[Connection]:
        """What the caller may see."""
        with seen_by(self.parts.store.database, self.caller) as connection:
            yield connection

    @cached_property
    def companies(self) -> Mapping[str, str]:
        """What organisations are called, by CVR number."""
        return {one.cvr: one.name for one in self.parts.access.organisations.list()}

    @cached_property
    def tenders(self) -> Mapping[str, seen.TenderRow]:
        """The caller's tenders, by id."""
        with self.looking() as connection:
            return {row.tender: row for row in seen.tenders(connection, limit=MOST_PEOPLE)}

    def company(self, cvr: str | None) -> str:
        """What an organisation is called: by itself, else by who engaged it, else by its number."""
        if cvr is None:
            return "–"
        return self.companies.get(cvr) or self._engaged.get(cvr, cvr)

    @cached_property
    def _engaged(self) -> Mapping[str, str]:
        """What those are called who have no account here; asked for only where one of them is shown."""
        rows = self.tenders.values()
        return companies_of(
            self.parts.store, [row.tender for row in rows if set(row.contractors) - self.companies.keys()]
        )

    def title(self, tender: str) -> str:
        """What a tender is called."""
        row = self.tenders.get(tender)
        return tender_called(row.title if row else None, tender)

    def places(self, kinds: frozenset[Kind]) -> list[Place]:
        """Where the caller may report as one of these kinds, by name."""
        found = [place for row in self.tenders.values() if not self._over(row) for place in self._on(row, kinds)]
        return sorted(found, key=lambda place: place.text.casefold())

    def names(self, persons: Sequence[str | None]) -> Names:
        """What the caller's organisation calls people."""
        return Names.of(self.parts.vault, self.organisation, sorted({person for person in persons if person}))

    def placement(self, name: str, tender: str = "") -> retold.OwnPlacement:
        """One of the caller's own people, under a tender where the id is known under several. Raises Stop 404."""
        with self.looking() as connection:
            found = retold.own_placement(connection, name, tender)
        if found is None:
            raise not_there()
        return found

    def people(self, tender: str | None = None) -> list[seen.PlacementRow]:
        """All the caller's own people, of a tender or of all."""
        with self.looking() as connection:
            return seen.placements(connection, tender, limit=MOST_PEOPLE)

    def courses(self, tender: str | None = None) -> list[tuple[str, Placement]]:
        """Their placements, each with its tender."""
        return [(row.tender, row.placement) for row in self.people(tender)]

    def hints(self, persons: Sequence[str]) -> dict[str, str]:
        """What tells people of one name apart: what they do and where."""
        wanted = set(persons)
        return {
            placement.person: f"{self.what(placement)}, {self.title(tender)}"
            for tender, placement in self.courses()
            if placement.person in wanted
        }

    def what(self, placement: Placement) -> str:
        """What a placement is, as: Lærling/elev, tømrer."""
        trade = placement.trades[-1][1] if placement.trades else None
        kind = placement.kind.label(self.language) if placement.kind else "–"
        return f"{kind}, {self.trade(trade)}" if trade else kind

    def trade(self, trade: Trade) -> str:
        """A trade within a sentence."""
        label = trade.label(self.language)
        return label if label.isupper() else label[0].lower() + label[1:]

    def on_behalf_of(self, contractor: str | None) -> str | None:
        """Whom a contractor's word is said for: another than the caller, where the caller is a secretariat."""
        is_other = contractor is not None and contractor != self.organisation
        return contractor if is_other and Kind.SECRETARIAT in self.caller.kinds else None

    def send(self, ready: Ready) -> Errors:
        """Commit events together; what is wrong where they cannot be. Raises DatabaseUnavailable."""
        results = self.parts.admission.admit_now(ready.batch)
        if any(result.outcome is Outcome.CONFLICT for result in results):
            return {"": [self.say(_SENT_BEFORE)]}
        return {}

    def say(self, text: str, **values: object) -> str:
        """A marked text in the reader's language."""
        return say(self.language, text, **values)

    def _over(self, row: seen.TenderRow) -> bool:
        return row.closed_on is not None and row.closed_on < self.on

    def _on(self, row: seen.TenderRow, kinds: frozenset[Kind]) -> Iterator[Place]:
        mine = kinds & self.caller.kinds
        own_only = not {kind.value for kind in mine - {Kind.CONTRACTOR}} & set(row.relations)
        for contractor in row.contractors:
            if own_only and contractor == self.organisation and Kind.CONTRACTOR in mine:
                yield Place(row.tender, contractor, self.title(row.tender))
            elif not own_only:
                yield Place(row.tender, contractor, f"{self.title(row.tender)} – {self.company(contractor)}")


def _desk(request: Request, parts: PartsOf, caller: ReportingPageCaller) -> Desk:
    return Desk(parts, caller, language_of(request), today())


DeskOf = Annotated[Desk, Depends(_desk)]
"""Whoever is logged in and may report."""
