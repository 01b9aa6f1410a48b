"""A tender as it is registered, with its latest dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.secretariat import (
    TenderClosed,
)
from schemas.vocabulary import ContractKind, ProcurementRoute
from services.domain.amendments import AnyEvent
from services.domain.frame import Frame
from services.domain.parties import Parties, parties_of


@dataclass(frozen=True, slots=True)
class Tender:
    """What is registered of a tender, with its latest dates; unregistered, all but the dates are None."""

    title: str | None
    client: str | None
    secretariat: str | None
    municipality: int | None
    linking_circle: str | None
    project: str | None
    area: str | None
    contract_kind: ContractKind | None
    route: ProcurementRoute | None
    published_on: date | None
    contract_sum_dkk: int | None
    starts_on: date | None
    handover_on: date | None
    closed_on: date | None
    parties: Parties


def fold_tender(tender: str, events: Sequence[AnyEvent]) -> Tender:
    """What is registered of the tender of this id, from all that frames it."""
    frame = Frame(events)
    registered, schedule = frame.registered, frame.schedule(date.max)

    def field(name: str) -> Any:
        return getattr(registered, name, None)

    return Tender(
        title=field("title"),
        client=field("client"),
        secretariat=field("secretariat"),
        municipality=field("municipality"),
        linking_circle=field("linking_circle"),
        project=field("project"),
        area=field("area"),
        contract_kind=field("contract_kind"),
        route=field("route"),
        published_on=field("published_on"),
        contract_sum_dkk=field("contract_sum_dkk"),
        starts_on=schedule.start,
        handover_on=schedule.end,
        closed_on=min((data.closed_on for data in frame.of(TenderClosed)), default=None),
        parties=parties_of(tender, events),
    )
