"""What the caller's organisation knows, as far as a sheet needs it: handed in, for this room reads no database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from schemas.vocabulary import Party


@dataclass(frozen=True, slots=True)
class Named:
    """A person, tender or contractor: its id (a contractor's is its CVR number), its name, and what else it is called.

    What else: an employee number, a tender's own number, a spelling that somebody has said is the same.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Saying:
    """What one part of a row was last told as: the event as sent first, with the data that hold now.

    `revision` is that of the latest correction, 0 without one. `withdrawn` parts are over; the next one is told anew.
    """

    source: str
    id: str
    type: str
    subject: str
    data: Mapping[str, Any]
    revision: int = 0
    withdrawn: bool = False


Told = Mapping[str, Saying]
"""What was told of a row, by part (``started``, ``ended``, …; hours: empty, or ``2`` after a month's end)."""


@dataclass(frozen=True, slots=True)
class KnownPlacement:
    """A placement the organisation may report on. `told` is what it was told as, where by this organisation."""

    id: str
    tender: str
    person: str
    contractor: str
    kind: str
    started_on: date | None = None
    ended_on: date | None = None
    told: Told = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownPeriod:
    """Hours already reported for a period, by whatever way."""

    from_on: date
    to_on: date
    saying: Saying


class Book(Protocol):
    """What the organisation knows. All answers must hold still while one sheet is looked at."""

    @property
    def organisation(self) -> str:
        """The CVR number of the organisation that sends the sheet."""

    @property
    def party(self) -> Party:
        """As what it sends: a secretariat reports on behalf of the contractor, a job centre gives its own view."""

    @property
    def linking_circle(self) -> str | None:
        """The circle that candidates belong to; only for candidates."""

    @property
    def person_of_cpr(self) -> Callable[[str], str] | None:
        """From a CPR number (10 digits) to a person's id, where a rule allows CPR numbers; else None."""

    def people(self) -> Sequence[Named]:
        """Own people under the names the organisation gave them."""

    def tenders(self) -> Sequence[Named]:
        """Tenders it may report on."""

    def contractors(self) -> Sequence[Named]:
        """Contractors on those tenders, itself included where it is one."""

    def contracts(self, tenders: Collection[str]) -> Mapping[tuple[str, str], Sequence[Named]]:
        """By (tender, contractor) the contracts it works under there; nothing where none is known."""

    def new_person(self, name: str, number: str) -> str:
        """An id for somebody not known yet; `number` is the employee number, often empty.

        The same name and number get the same id for good, even where nothing was posted: a repeat must be a repeat.
        """

    def placements(self, people: Collection[str]) -> Sequence[KnownPlacement]:
        """Placements of these persons that it may report on."""

    def periods(self, owners: Collection[str]) -> Mapping[str, Sequence[KnownPeriod]]:
        """Hours already reported, by owner: a placement's id, or for site hours ``tender contractor``."""

    def known(self, layout: str, rows: Collection[str]) -> Mapping[str, Told]:
        """What was told before of these rows, by row key (see `telling.told`)."""
