"""What an organisation knows, as sheets ask for it: names from the vault, all else as the caller may see it.

Works on one `seen_by` connection, so that nothing changes while one sheet is looked at. Each question is asked once for
the whole sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from schemas.codec import decode
from schemas.contractor import ApprenticeshipAgreed, PlacementAgreed, PlacementEnded, PlacementStarted
from schemas.envelope import Event
from schemas.facts import Fact
from schemas.job_centre import PlacementReported
from schemas.vocabulary import Party
from services.domain.rights import Caller, Kind
from services.reports.words import local, tender_called
from services.sheets.book import KnownPeriod, KnownPlacement, Named, Saying, Told
from services.sheets.layouts import CANDIDATES, HOURS, PLACEMENTS, SITE_HOURS
from services.sheets.telling import sheet_source
from services.sheets.telling import told as told_of_row
from services.sheets.texts import folded
from services.store import seen
from services.store.connections import Connection
from services.store.contracts import Contract
from services.store.uploads import told
from services.store.vault import Vault

PARTIES: Mapping[str, tuple[Kind, ...]] = {
    PLACEMENTS.key: (Kind.CONTRACTOR, Kind.SECRETARIAT, Kind.JOB_CENTRE),
    HOURS.key: (Kind.CONTRACTOR, Kind.SECRETARIAT),
    SITE_HOURS.key: (Kind.SITE, Kind.CONTRACTOR, Kind.SECRETARIAT, Kind.CLIENT),
    CANDIDATES.key: (Kind.JOB_CENTRE, Kind.SECRETARIAT),
}
"""As what an organisation sends each kind of sheet: the first that it is."""

_PARTS = {
    PlacementAgreed.type(): "agreed",
    PlacementStarted.type(): "started",
    ApprenticeshipAgreed.type(): "agreement",
    PlacementEnded.type(): "ended",
    PlacementReported.type(): "reported",
}
_MOST_TENDERS = 2_000
_EVENTS_OF_ROWS = {
    PLACEMENTS.key: tuple(_PARTS.values()),
    HOURS.key: ("", "2"),
    SITE_HOURS.key: ("", "2"),
    CANDIDATES.key: ("identified", "assessed", "consent"),
}
"""The parts of a row's ids (`services.sheets.telling`): of hours the second is what lies after a month's end."""


def layouts_of(caller: Caller) -> list[str]:
    """The kinds of sheet that a caller may send, by key."""
    return [layout for layout, kinds in PARTIES.items() if not caller.kinds.isdisjoint(kinds)]


def party_of(caller: Caller, layout: str, on_behalf_of: str | None) -> Party:
    """As what a caller sends a kind of sheet. Raises LookupError where it may not send it."""
    kinds = PARTIES[layout]
    if on_behalf_of is not None and Kind.SECRETARIAT in caller.kinds & set(kinds):
        return Party.SECRETARIAT
    return Party.of(next(kind for kind in kinds if kind in caller.kinds).value)


class Room(NamedTuple):
    """What all books of a gateway are read from. `cpr` says whether CPR numbers may be sent here."""

    vault: Vault
    companies: Mapping[str, str]
    cpr: bool = False
    contracts: Callable[[Collection[str]], Mapping[tuple[str, str], Sequence[Contract]]] = lambda _: {}


class Numbers(NamedTuple):
    """What stand-ins for CPR numbers stand for: `given` numbers as they were just sent, or people `known` by now."""

    given: Mapping[str, str]
    known: Mapping[str, str]


NO_NUMBERS = Numbers({}, {})


class StoredBook:
    """A book (`services.sheets.book.Book`) over vault, state and log, for one caller and one kind of sheet.

    `newcomers` collects everybody who was met for the first time: (name, number) by id.
    """

    def __init__(
        self, connection: Connection, room: Room, caller: Caller, party: Party, numbers: Numbers = NO_NUMBERS
    ) -> None:
        if caller.organisation is None:
            raise TypeError("the operator of an installation reports nothing")
        told.look_up_by_index(connection)
        self._connection, self._room, self._caller, self._numbers = connection, room, caller, numbers
        self.organisation = caller.organisation
        self.party = party
        self.newcomers: dict[str, tuple[str, str]] = {}

    @cached_property
    def linking_circle(self) -> str | None:
        """The circle of the caller's tenders, where they have one in common."""
        circles = told.circles(self._connection)
        return circles[0] if len(circles) == 1 else None

    @cached_property
    def persons(self) -> Mapping[str, str]:
        """People by the stand-ins for their CPR numbers, where the installation takes any; else nobody."""
        circle = self.linking_circle if self._room.cpr else None
        if circle is None:
            return {}
        met = {stand_in: self._room.vault.subject_of(circle, n) for stand_in, n in self._numbers.given.items()}
        return {**self._numbers.known, **met}

    @property
    def person_of_cpr(self) -> Callable[[str], str] | None:
        """From a stand-in to a person's id; None where no CPR number may be sent."""
        return self.persons.__getitem__ if self.persons else None

    @cache  # noqa: B019 -- lives as long as one look at one sheet
    def people(self) -> Sequence[Named]:
        """Own people under the names the organisation gave them."""
        return [Named(person, name) for person, name in sorted(self._room.vault.all_names(self.organisation).items())]

    @cached_property
    def _tender_rows(self) -> list[seen.TenderRow]:
        rows = seen.tenders(self._connection, limit=_MOST_TENDERS)
        return [row for row in rows if row.is_any({self.party.value})]

    @cache  # noqa: B019
    def tenders(self) -> Sequence[Named]:
        """Tenders it may report on."""
        return [Named(row.tender, tender_called(row.title, row.tender)) for row in self._tender_rows]

    @cache  # noqa: B019
    def contractors(self) -> Sequence[Named]:
        """Contractors on those tenders, itself included where it is one."""
        numbers = {contractor for row in self._tender_rows for contractor in row.contractors}
        if Kind.CONTRACTOR in self._caller.kinds:
            numbers.add(self.organisation)
        return [Named(cvr, self._room.companies.get(cvr, cvr)) for cvr in sorted(numbers)]

    def contracts(self, tenders: Collection[str]) -> Mapping[tuple[str, str], Sequence[Named]]:
        """The contracts of contractors on those of these tenders that it may report on."""
        own = sorted(set(tenders) & {named.id for named in self.tenders()})
        return {where: [_named(one) for one in found] for where, found in self._room.contracts(own).items()}

    @cached_property
    def _code(self) -> Callable[[str], str]:
        return self._room.vault.coder(self.organisation)

    def new_person(self, name: str, number: str) -> str:
        """An id that follows from name and number alone, and tells nothing of them without the vault."""
        person = f"{self.organisation}:{self._code(f'{folded(name)}/{folded(number)}')}"
        self.newcomers.setdefault(person, (name, number))
        return person

    def placements(self, people: Collection[str]) -> Sequence[KnownPlacement]:
        """Placements of these persons, with what this organisation said of them by whatever way."""
        placed = told.placements(self._connection, people)
        said: dict[tuple[str, str], dict[str, Saying]] = {}
        for word in told.of_placements(self._connection, placed):
            saying = _saying(word)
            part = _PARTS.get(saying.type)
            if part is None:
                continue
            of_placement = said.setdefault((saying.subject, str(saying.data.get("placement"))), {})
            if part not in of_placement or of_placement[part].withdrawn:
                of_placement[part] = saying
        return [
            KnownPlacement(
                one.placement, one.tender, one.person, one.contractor, one.kind, one.started_on, one.ended_on,
                said.get((one.tender, one.placement), {}),
            )
            for one in self._remembered(placed)
        ]  # fmt: skip

    def _remembered(self, placed: Iterable[told.Placed]) -> Iterable[told.Placed]:
        for one in placed:
            self._subject_of[one.placement] = one.subject_no
            yield one

    @cached_property
    def _subject_of(self) -> dict[str, int]:
        """Under which subject each placement stands that was asked for: hours are asked for by it next."""
        return {}

    def periods(self, owners: Collection[str]) -> Mapping[str, Sequence[KnownPeriod]]:
        """Hours already reported, by owner."""
        of_site = [owner.split(" ") for owner in owners if " " in owner]
        of_placements = [
            told.Owner(owner, self._subject_of[owner], owner) for owner in owners if owner in self._subject_of
        ]
        numbers = told.subjects(self._connection, {tender for tender, _ in of_site}) if of_site else {}
        of_contractors = [
            told.Owner(f"{tender} {contractor}", numbers[tender], contractor)
            for tender, contractor in of_site
            if tender in numbers
        ]
        measured = told.hours(self._connection, of_placements) if of_placements else []
        measured += told.site_hours(self._connection, of_contractors) if of_contractors else []
        found: dict[str, list[KnownPeriod]] = {}
        for one in measured:
            found.setdefault(one.owner, []).append(KnownPeriod(one.from_on, one.to_on, _saying_of_hours(one)))
        return found

    def known(self, layout: str, rows: Collection[str]) -> Mapping[str, Told]:
        """What was told before of these rows by sheets, with corrections that came by any way."""
        if not rows:
            return {}
        words = told.of_rows(self._connection, sheet_source(self.organisation), layout, rows, _EVENTS_OF_ROWS[layout])
        return {row: told_of_row(layout, row, _events(said)) for row, said in words.items()}


def _events(words: Iterable[told.Word]) -> Iterable[Event[Fact]]:
    for word in words:
        for body in (word.body, *word.amendments):
            event = decode(body)
            if isinstance(event, Event):
                yield event


def _named(contract: Contract) -> Named:
    name, trade = local(contract.contract), contract.trade
    return (
        Named(contract.contract, f"{trade.da} ({name})", (name, trade.da, trade.en))
        if trade
        else Named(contract.contract, name)
    )


def _saying(word: told.Word) -> Saying:
    return Saying(*told.reading(word))


def _saying_of_hours(one: told.Measured) -> Saying:
    if one.word.body:
        return _saying(one.word)
    # Another's event, which may not be seen; that there are hours may.
    data = {"from_on": one.from_on.isoformat(), "to_on": one.to_on.isoformat(), "revision": one.revision}
    return Saying(one.source, one.word.id, "", one.subject, data)
