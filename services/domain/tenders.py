"""All that frames a tender: contractors, agreements, schedule, plans (RULES.md sections 3 and 6 to 8).

What holds depends on the date asked, so the state keeps every dated word and answers by date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from schemas.contractor import PlannedStart, TrainingPlanRevised, TrainingPlanSubmitted
from schemas.facts import Fact
from schemas.secretariat import (
    AgreementAmended,
    AgreementSigned,
    AgreementTerms,
    ContractAwarded,
    ContractorEngaged,
    ContractorLeft,
    ContractorSucceeded,
    ContractSigned,
    ObligationTransferred,
    PhaseTriggered,
    ScheduleChanged,
    SubstitutionAgreed,
    TenderClosed,
    TenderRegistered,
    WaiverGranted,
    WorksHandedOver,
    WorksStarted,
)
from schemas.vocabulary import ContractKind, LeftReason, ProcurementRoute
from services.domain.amendments import AnyEvent

T = TypeVar("T", bound=Fact)


@dataclass(frozen=True, slots=True)
class Schedule:
    """First and last day; either may be unknown."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A training plan as last stated."""

    plan: str
    contractor: str
    contract: str | None
    stated_on: date
    starts: tuple[PlannedStart, ...]


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


class Frame:
    """The effective events that frame one tender, asked by class and by date."""

    def __init__(self, events: Iterable[AnyEvent]) -> None:
        """Keep the events in order of (source, id)."""
        self.events: Sequence[AnyEvent] = sorted(events, key=lambda e: (e.source, e.id))

    def of(self, cls: type[T]) -> list[T]:
        """What was said of a class, in order of (source, id)."""
        return [event.data for event in self.events if isinstance(event.data, cls)]

    @cached_property
    def registered(self) -> TenderRegistered | None:
        """The registration: the smallest (source, id) where there are several."""
        return next(iter(self.of(TenderRegistered)), None)

    @cached_property
    def engaged(self) -> dict[str, str | None]:
        """Every engaged contractor, with the contractor it hangs under (RULES.md section 3)."""
        engaged: dict[str, str | None] = {data.contractor: None for data in self.of(ContractAwarded)}
        engaged |= {data.successor: engaged.get(data.contractor) for data in self.of(ContractorSucceeded)}
        return engaged | {data.contractor: data.under for data in self.of(ContractorEngaged)}

    @cached_property
    def companies(self) -> dict[str, str]:
        """The names of the contractors."""
        names = {data.successor: data.company for data in self.of(ContractorSucceeded)}
        return names | {data.contractor: data.company for data in self.of(ContractorEngaged)}

    def hangs_under(self, contractor: str, any_of: Sequence[str]) -> bool:
        """Whether a contractor is one of some, or a subcontractor below one of them, however deep."""
        seen: set[str] = set()
        above: str | None = contractor
        while above is not None and above not in seen:
            if above in any_of:
                return True
            seen.add(above)
            above = self.engaged.get(above)
        return False

    @cached_property
    def successors(self) -> dict[str, tuple[date, str]]:
        """Who took over from a contractor, and since when: the earliest succession."""
        found = sorted((d.succeeded_on, d.successor, d.contractor) for d in self.of(ContractorSucceeded))
        return {contractor: (day, successor) for day, successor, contractor in reversed(found)}

    @cached_property
    def cut_off(self) -> dict[str, date]:
        """The last day of contractors that were terminated or went bankrupt: the earliest such day."""
        left = [d for d in self.of(ContractorLeft) if d.reason is not LeftReason.FINISHED]
        return {d.contractor: d.left_on for d in sorted(left, key=lambda d: d.left_on, reverse=True)}

    def left_by(self, contractor: str, on: date) -> bool:
        """Whether a contractor has left the tender by a day, for whatever reason, or was succeeded."""
        left = any(d.contractor == contractor and d.left_on <= on for d in self.of(ContractorLeft))
        succession = self.successors.get(contractor)
        return left or (succession is not None and succession[0] <= on)

    @cached_property
    def contract_signed(self) -> dict[str, date]:
        """The day each contract was signed: the smallest (source, id) where there are several."""
        return {data.contract: data.signed_on for data in reversed(self.of(ContractSigned))}

    def agreement_signed(self, agreement: str) -> date:
        """The first signing of an agreement."""
        return min(d.signed_on for d in self.of(AgreementSigned) if d.agreement == agreement)

    def terms(self, on: date) -> list[AgreementTerms]:
        """The terms in force on a day, one per agreement, by agreement id."""
        signed = {data.agreement for data in self.of(AgreementSigned)}
        latest: dict[str, tuple[tuple[date, str, str], AgreementTerms]] = {}
        for event in self.events:
            day = _stated_on(event.data)
            if (
                not isinstance(event.data, AgreementTerms)
                or day is None
                or day > on
                or event.data.agreement not in signed
            ):
                continue
            version = ((day, event.source, event.id), event.data)
            latest[event.data.agreement] = max(latest.get(event.data.agreement, version), version, key=lambda v: v[0])
        return [terms for _, (_, terms) in sorted(latest.items())]

    def transferred(self, target: str, on: date) -> tuple[list[ObligationTransferred], list[ObligationTransferred]]:
        """What was taken from a target and what was given to it, by a day."""
        transfers = [d for d in self.of(ObligationTransferred) if d.transferred_on <= on]
        return [d for d in transfers if d.target == target], [d for d in transfers if d.to_target == target]

    def waivers(self, target: str, on: date) -> list[WaiverGranted]:
        """The waivers of a target granted by a day, each id once."""
        granted = {d.waiver: d for d in reversed(self.of(WaiverGranted)) if d.target == target and d.granted_on <= on}
        return list(granted.values())

    def substitutions(self, target: str, on: date) -> list[SubstitutionAgreed]:
        """The substitutions of a target agreed by a day."""
        return [d for d in self.of(SubstitutionAgreed) if d.target == target and d.agreed_on <= on]

    def phase(self, phase: str, on: date) -> PhaseTriggered | None:
        """The triggering of a phase, if it is triggered on a day."""
        return next((d for d in self.of(PhaseTriggered) if d.phase == phase and d.triggered_on <= on), None)

    def schedule(self, on: date) -> Schedule:
        """The schedule of the tender in force on a day (RULES.md section 7)."""
        changes = [e for e in self.events if isinstance(e.data, ScheduleChanged) and e.data.decided_on <= on]
        decided = max(changes, key=lambda e: (e.data.decided_on, e.source, e.id)).data if changes else self.registered
        started = next(iter(self.of(WorksStarted)), None)
        handed_over = next(iter(self.of(WorksHandedOver)), None)
        start = decided.starts_on if decided else None
        end = decided.handover_on if decided else None
        return Schedule(
            started.started_on if started and started.started_on <= on else start,
            handed_over.handed_over_on if handed_over and handed_over.handed_over_on <= on else end,
        )

    def plans(self, on: date) -> list[Plan]:
        """The training plans as last stated by a day."""
        submitted = {d.plan: d for d in reversed(self.of(TrainingPlanSubmitted))}
        return [
            Plan(plan, first.contractor, first.contract, day, stated.starts)
            for plan, first in sorted(submitted.items())
            if (stated := self._stated(plan, on)) is not None and (day := _stated_on(stated)) is not None
        ]

    def _stated(self, plan: str, on: date) -> TrainingPlanSubmitted | TrainingPlanRevised | None:
        said = [
            ((day, event.source, event.id), event.data)
            for event in self.events
            if isinstance(event.data, TrainingPlanSubmitted | TrainingPlanRevised)
            and event.data.plan == plan
            and (day := _stated_on(event.data)) is not None
            and day <= on
        ]
        return max(said, key=lambda item: item[0])[1] if said else None


def fold_tender(events: Sequence[AnyEvent]) -> Tender:
    """What is registered of the tender, from all that frames it."""
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
    )


def _stated_on(data: Fact) -> date | None:
    match data:
        case AgreementSigned():
            return data.signed_on
        case AgreementAmended():
            return data.amended_on
        case TrainingPlanSubmitted():
            return data.submitted_on
        case TrainingPlanRevised():
            return data.revised_on
        case _:
            return None
