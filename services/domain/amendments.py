"""Corrections and withdrawals: what has effectively been said (RULES.md section 1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from schemas.codec import replaced
from schemas.corrections import EventCorrected, EventWithdrawn
from schemas.envelope import Event
from services.domain.units import AMENDMENTS

AnyEvent = Event[Any]


class Key(NamedTuple):
    """The identity of an event."""

    source: str
    id: str


class Standing(StrEnum):
    """How an amendment stands."""

    HOLDS = "holds"
    WAITS = "waits"
    VOID = "void"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Resolved:
    """What has effectively been said, and how each amendment stands."""

    events: tuple[AnyEvent, ...]
    standings: dict[Key, Standing]


def target_of(amendment: AnyEvent) -> Key:
    """The identity of the event that an amendment is about."""
    return Key(amendment.data.target_source, amendment.data.target_id)


def resolve(events: Iterable[AnyEvent]) -> Resolved:
    """The effective events of one subject, from any order of its accepted events.

    May be given a part of a subject, if that part holds every event together with all amendments of it and all
    amendments of those.
    """
    said = {Key(*event.key): event for event in events}
    amendments = [event for event in said.values() if event.type in AMENDMENTS]
    withdrawals = [event for event in amendments if isinstance(event.data, EventWithdrawn)]
    corrections = [event for event in amendments if isinstance(event.data, EventCorrected)]

    standings = {Key(*event.key): _withdrawal_standing(event, said) for event in withdrawals}
    gone = {target_of(event) for event in withdrawals if standings[Key(*event.key)] is Standing.HOLDS}
    standings |= {Key(*event.key): _correction_standing(event, said, gone) for event in corrections}

    best: dict[Key, AnyEvent] = {}
    for event in corrections:
        if standings[Key(*event.key)] is Standing.HOLDS:
            best[target_of(event)] = max(best.get(target_of(event), event), event, key=_precedence)
    plain = (event for key, event in said.items() if event.type not in AMENDMENTS and key not in gone)
    effective = (replaced(best[Key(*event.key)]) if Key(*event.key) in best else event for event in plain)
    return Resolved(tuple(effective), standings)


def _precedence(correction: AnyEvent) -> tuple[int, str, str]:
    return correction.data.revision, *correction.key


def _withdrawal_standing(event: AnyEvent, said: dict[Key, AnyEvent]) -> Standing:
    target = said.get(target_of(event))
    if target is None:
        return Standing.WAITS
    allowed = not isinstance(target.data, EventWithdrawn) and _may_amend(event, target)
    return Standing.HOLDS if allowed else Standing.VOID


def _correction_standing(event: AnyEvent, said: dict[Key, AnyEvent], gone: set[Key]) -> Standing:
    target = said.get(target_of(event))
    if Key(*event.key) in gone:
        return Standing.WITHDRAWN
    if target is None:
        return Standing.WAITS
    allowed = target.type not in AMENDMENTS and _may_amend(event, target)
    return Standing.HOLDS if allowed else Standing.VOID


def _may_amend(amendment: AnyEvent, target: AnyEvent) -> bool:
    return amendment.organisation in {target.organisation, target.data.on_behalf_of}
