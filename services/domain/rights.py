"""Who may say what: acceptance depends on the event and the credential alone (architecture.md, invariant 3).

Whether a tender exists or a contractor is engaged plays no part here: that decides whether a report counts, not
whether it is accepted. Who sees what is kept by the store (domain.md section 12).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from schemas.codec import Waiting, replaced
from schemas.corrections import EventCorrected
from schemas.envelope import Event
from schemas.facts import EVENT_TYPES, TYPE_PREFIX, Fact
from schemas.faults import Fault
from schemas.identifiers import organisation_of
from schemas.vocabulary import Party, Word

OWN_SYSTEMS = frozenset({"bygspor-web", "bygspor-sheet", "bygspor-link"})
"""The last part of the sources under which our own pages, spreadsheets and links post: nobody else may use them."""


class Kind(Word):
    """What an organisation is to the tenders it meets. One may be several, as a municipality often is."""

    CLIENT = "client", "Bygherre", "Client"
    SECRETARIAT = "secretariat", "Sekretariat", "Secretariat"
    CONTRACTOR = "contractor", "Entreprenør", "Contractor"
    SITE = "site", "Byggeplads", "Site"
    JOB_CENTRE = "job_centre", "Jobcenter", "Job centre"
    AUDITOR = "auditor", "Revisor", "Auditor"


class Role(Word):
    """What a person or a key may do within its organisation; each may what those below it may."""

    OPERATOR = "operator", "Driftsansvarlig", "Operator"
    ADMINISTRATOR = "administrator", "Administrator", "Administrator"
    REPORTER = "reporter", "Indberetter", "Reporter"
    READER = "reader", "Læser", "Reader"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: taken from the credential, never from what was sent.

    `organisation` is a CVR number, and None for the operator of the installation, who manages organisations and sees
    nobody's data. `who` names the credential in logs (``key:7``, ``user:12``, ``link:3``), never a person.
    """

    organisation: str | None
    kinds: frozenset[Kind]
    role: Role
    who: str
    municipality: int | None = None

    @property
    def may_report(self) -> bool:
        """Whether it may post events."""
        return self.organisation is not None and self.role in {Role.ADMINISTRATOR, Role.REPORTER}

    @property
    def may_administer(self) -> bool:
        """Whether it may manage people and keys of its own organisation; an operator, of all."""
        return self.role in {Role.OPERATOR, Role.ADMINISTRATOR}


def refusals(caller: Caller, event: Event[Any] | Waiting, *, own_system: bool = False) -> list[Fault]:
    """Why the caller may not send this event; nothing where it may.

    Of one in a version that is not known here yet only sender and type are judged: what it says cannot be read.
    `own_system` is for our own pages and sheets, which post under sources that are closed to others.
    """
    if not caller.may_report:
        return [_fault("may_not_report", "source")]
    if organisation_of(event.source) != caller.organisation:
        return [_fault("foreign_source", "source", event.source)]
    found = []
    if not own_system and event.source.rpartition(":")[2] in OWN_SYSTEMS:
        found.append(_fault("reserved_source", "source", event.source))
    return found + (_of_its_name(caller, event) if isinstance(event, Waiting) else _of_what_is_said(caller, event))


def _of_its_name(caller: Caller, event: Waiting) -> list[Fault]:
    """Who says such things is the same in every version."""
    of_that_name = (kind for kind in EVENT_TYPES.values() if event.type.startswith(f"{TYPE_PREFIX}{kind.name}.v"))
    if any(may_send(caller, kind) for kind in of_that_name):
        return []
    return [_fault("not_your_type", "type", event.type)]


def _of_what_is_said(caller: Caller, event: Event[Any]) -> list[Fault]:
    found = []
    if event.data.on_behalf_of is not None and Kind.SECRETARIAT not in caller.kinds:
        found.append(_fault("not_on_behalf", "data.on_behalf_of", event.data.on_behalf_of))
    if not may_send(caller, type(event.data)):
        found.append(_fault("not_your_type", "type", event.type))
    if isinstance(event.data, EventCorrected):
        found += _of_replacement(caller, event)
    return found


def _of_replacement(caller: Caller, event: Event[EventCorrected]) -> list[Fault]:
    told = replaced(event)
    if may_send(caller, type(told.data)):
        return []
    return [_fault("not_your_type", "data.replacement.type", event.data.replacement.type)]


def may_send(caller: Caller, kind: type[Fact]) -> bool:
    """Whether its organisation is of a kind that says such things."""
    return any(_kind_of(party) in caller.kinds for party in kind.senders)


def _kind_of(party: Party) -> Kind:
    return Kind.of(party.value)


_TEXTS = {
    "may_not_report": (
        "denne adgang må ikke indberette; den har en læserolle eller hører ikke til en organisation",
        "this credential may not report; it has a reader's role or belongs to no organisation",
    ),
    "foreign_source": (
        "source skal være jeres egen organisation: en adgang kan kun indberette som sig selv",
        "source must be your own organisation: a credential can only report as itself",
    ),
    "reserved_source": (
        "systemnavne, der begynder med bygspor-, er forbeholdt BygSpors egne sider; brug jeres eget systems navn",
        "system names that begin with bygspor- are kept for BygSpor's own pages; use your own system's name",
    ),
    "not_on_behalf": (
        "kun et sekretariat kan indberette på vegne af en anden organisation",
        "only a secretariat can report on behalf of another organisation",
    ),
    "not_your_type": (
        "jeres organisation kan ikke sende denne type hændelse",
        "your organisation cannot send this type of event",
    ),
}


def _fault(code: str, field: str, got: str = "") -> Fault:
    da, en = _TEXTS[code]
    return Fault(code, field, got, da, en)
