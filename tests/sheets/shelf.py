"""A book of an invented contractor, and a store of events that remembers what was posted, for the tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from schemas.codec import decode
from schemas.envelope import Event
from schemas.facts import Fact
from schemas.vocabulary import Party
from services.sheets.book import KnownPeriod, KnownPlacement, Named, Told
from services.sheets.cells import Table
from services.sheets.mapping import recognise
from services.sheets.outcomes import Proposal
from services.sheets.proposing import propose
from services.sheets.reading import read
from services.sheets.telling import told

US, SUB, CLIENT = "10000319", "10000327", "10000270"
HAVNEGADE, SKOVPARKEN = f"{CLIENT}:havnegade", f"{CLIENT}:skovparken"
TODAY = date(2026, 11, 21)


@dataclass
class Shelf:
    """A book in memory. `post` takes in a proposal's events, as a confirmation would."""

    organisation: str = US
    party: Party = Party.CONTRACTOR
    linking_circle: str | None = f"{CLIENT}:kreds"
    person_of_cpr: Callable[[str], str] | None = None
    named: list[Named] = field(default_factory=list)
    tender_list: list[Named] = field(
        default_factory=lambda: [Named(HAVNEGADE, "Havnegade", ("4711",)), Named(SKOVPARKEN, "Skovparken etape 2")]
    )
    contractor_list: list[Named] = field(
        default_factory=lambda: [Named(US, "Birkebæk Byg A/S"), Named(SUB, "Egedal VVS ApS")]
    )
    placed: list[KnownPlacement] = field(default_factory=list)
    period_list: dict[str, list[KnownPeriod]] = field(default_factory=dict)
    contract_list: dict[tuple[str, str], list[Named]] = field(default_factory=dict)
    log: dict[str, Event[Fact]] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)

    def people(self) -> Sequence[Named]:
        return self.named

    def tenders(self) -> Sequence[Named]:
        return self.tender_list

    def contractors(self) -> Sequence[Named]:
        return self.contractor_list

    def contracts(self, tenders: Collection[str]) -> Mapping[tuple[str, str], Sequence[Named]]:
        return {where: found for where, found in self.contract_list.items() if where[0] in tenders}

    def new_person(self, name: str, number: str) -> str:
        letters = re.sub("[^0-9a-zæøå]", "", f"{name}{number}".lower())[:40]
        return f"{self.organisation}:{letters}"

    def placements(self, people: Collection[str]) -> Sequence[KnownPlacement]:
        return [one for one in self.placed if one.person in people]

    def periods(self, owners: Collection[str]) -> Mapping[str, Sequence[KnownPeriod]]:
        return {owner: self.period_list[owner] for owner in owners if owner in self.period_list}

    def known(self, layout: str, rows: Collection[str]) -> Mapping[str, Told]:
        wanted = set(rows)
        by_row: dict[str, list[Event[Fact]]] = {}
        for event in self.log.values():
            room, row, *_ = event.id.split("/")
            if room == layout and row in wanted:
                by_row.setdefault(row, []).append(event)
        return {row: told(layout, row, events) for row, events in by_row.items()}

    def post(self, proposal: Proposal) -> int:
        """How many events were not there before; an id with another body is a fault, as in the store."""
        new = 0
        for proposed in proposal.events:
            if proposed.id in self.raw:
                assert self.raw[proposed.id] == proposed.raw, f"{proposed.id} said otherwise"
                continue
            event = decode(proposed.raw)
            assert isinstance(event, Event)
            self.log[proposed.id], self.raw[proposed.id] = event, proposed.raw
            new += 1
        return new


def proposed(
    raw: bytes | Sequence[Table], book: Shelf, answers: Mapping[str, str] | None = None, layout: str | None = None
) -> Proposal:
    """A file's proposal, which must account for each of its rows."""
    tables = read(raw) if isinstance(raw, bytes) else raw
    proposal = propose(recognise(tables, layout), book, TODAY, answers or {})
    assert proposal.height == sum(proposal.counts.values()) + len(proposal.lines)
    return proposal
