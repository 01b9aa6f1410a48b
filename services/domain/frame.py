"""All that frames a tender: contractors, agreements, schedule, plans (RULES.md sections 3 and 6 to 8).

What holds depends on the date asked, so the state keeps every dated word and answers by date.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    TenderRegistered,
    WaiverGranted,
    WorksHandedOver,
    WorksStarted,
)
from schemas.vocabulary import LeftReason
from services.domain.amendments import AnyEvent

T = TypeVar("T", bound=Fact)


@dataclass(frozen=True, slots=True)
class Schedule:
    """First and last day; either may be unknown."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A training plan as last stated; whose it is, is unknown while only a revision has been told."""

    plan: str
    contractor: str | None
    contract: str | None
    stated_on: date
    starts: tuple[PlannedStart, ...]


class Frame:
    """The effective events that frame one tender, asked by class and by date."""

    def __init__(self, events: Iterable[AnyEvent]) -> None:
        """Keep the events in order of (source, id)."""
        self.events: Sequence[AnyEvent] = sorted(events, key=lambda e: (e.source, e.id))

    @cached_property
    def _by_class(self) -> Mapping[type[Fact], list[Any]]:
        by_class: dict[type[Fact], list[Any]] = defaultdict(list)
        for event in self.events:
            by_class[type(event.data)].append(event.data)
        return by_class

    def of(self, cls: type[T]) -> list[T]:
        """What was said of a class, in order of (source, id)."""
        return self._by_class.get(cls, [])

    @cached_property
    def registered(self) -> TenderRegistered | None:
        """The registration: the smallest (source, id) where there are several."""
        return next(iter(self.of(TenderRegistered)), None)

    @cached_property
    def engaged(self) -> frozenset[str]:
        """Every engaged contractor (RULES.md section 3)."""
        awarded = {data.contractor for data in self.of(ContractAwarded)}
        succeeded = {data.successor for data in self.of(ContractorSucceeded)}
        return frozenset(awarded | succeeded | {data.contractor for data in self.of(ContractorEngaged)})

    @cached_property
    def companies(self) -> dict[str, str]:
        """The names of the contractors."""
        names = {data.successor: data.company for data in self.of(ContractorSucceeded)}
        return names | {data.contractor: data.company for data in self.of(ContractorEngaged)}

    @cached_property
    def _above(self) -> Mapping[str, set[str]]:
        """The contractors each one hangs under; a successor nobody engaged hangs where its predecessors did."""
        above: dict[str, set[str]] = defaultdict(set)
        for data in self.of(ContractorEngaged):
            above[data.contractor] |= {data.under} if data.under else set()
        engaged = frozenset(above)
        for contractor in self._successions:
            for successor in self.successors(contractor) - engaged:
                above[successor] |= above.get(contractor, set())
        return above

    def above(self, contractor: str) -> list[str]:
        """The contractors that one hangs directly under; several where reports differ."""
        return sorted(self._above.get(contractor, ()))

    def hangs_under(self, contractor: str, any_of: Collection[str]) -> bool:
        """Whether a contractor is one of some, or a subcontractor below one of them, however deep."""
        if contractor in any_of:
            return True
        seen, left = {contractor}, [contractor]
        while left:
            found = self._above.get(left.pop(), set()) - seen
            if not found.isdisjoint(any_of):
                return True
            seen |= found
            left.extend(found)
        return False

    @cached_property
    def _successions(self) -> Mapping[str, list[tuple[date, str]]]:
        """Who took over from a contractor and when, by day, then (source, id)."""
        successions: dict[str, list[tuple[date, str]]] = defaultdict(list)
        for data in sorted(self.of(ContractorSucceeded), key=lambda d: d.succeeded_on):
            successions[data.contractor].append((data.succeeded_on, data.successor))
        return successions

    def heir(self, contractor: str, on: date) -> str:
        """Whose the time of a contractor is on a day: its own, or that of who took over, and so on."""
        met = [contractor]
        while True:
            taken_over = [successor for day, successor in self._successions.get(met[-1], ()) if day <= on]
            if not taken_over or taken_over[-1] in met:
                return met[-1]
            met.append(taken_over[-1])

    @cached_property
    def heirs(self) -> Mapping[str, list[tuple[date, str]]]:
        """Of every contractor that was succeeded: whose its time is, from which day on."""
        days = [date.min, *sorted({data.succeeded_on for data in self.of(ContractorSucceeded)})]
        return {contractor: [(day, self.heir(contractor, day)) for day in days] for contractor in self._successions}

    def successors(self, contractor: str) -> frozenset[str]:
        """All who ever took over from a contractor, and from those."""
        found: set[str] = set()
        left = [contractor]
        while left:
            new = {successor for _, successor in self._successions.get(left.pop(), ())} - found
            found |= new
            left.extend(new)
        return frozenset(found)

    @cached_property
    def cut_off(self) -> Mapping[str, list[date]]:
        """The last days of contractors that were terminated or went bankrupt, in order."""
        cut_off: dict[str, list[date]] = defaultdict(list)
        for data in sorted(self.of(ContractorLeft), key=lambda d: d.left_on):
            if data.reason is not LeftReason.FINISHED:
                cut_off[data.contractor].append(data.left_on)
        return cut_off

    def holders(self, contracts: Collection[str]) -> frozenset[str]:
        """The contractors named with some contracts, and their successors."""
        named = {d.contractor for d in self.of(ContractAwarded) if d.contract in contracts}
        named |= {d.contractor for d in self.of(ContractorEngaged) if d.contract in contracts}
        return frozenset(named).union(*map(self.successors, named))

    def left_by(self, contractor: str, on: date) -> bool:
        """Whether a contractor has left the tender by a day, for whatever reason, or was succeeded."""
        left = any(d.contractor == contractor and d.left_on <= on for d in self.of(ContractorLeft))
        return left or self.heir(contractor, on) != contractor

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
        """The waivers of a target granted by a day, each id once: the smallest (source, id)."""
        granted = {d.waiver: d for d in reversed(self.of(WaiverGranted))}
        return [d for d in granted.values() if d.target == target and d.granted_on <= on]

    def substitutions(self, target: str, on: date) -> list[SubstitutionAgreed]:
        """The substitutions of a target agreed by a day, each id once: the smallest (source, id)."""
        agreed = {d.substitution: d for d in reversed(self.of(SubstitutionAgreed))}
        return [d for d in agreed.values() if d.target == target and d.agreed_on <= on]

    def phase(self, phase: str, on: date) -> PhaseTriggered | None:
        """The triggering of a phase, if it is triggered on a day: the smallest (source, id) where there are several."""
        told = next((d for d in self.of(PhaseTriggered) if d.phase == phase), None)
        return told if told is not None and told.triggered_on <= on else None

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
        """The training plans as last stated by a day; whose they are, their last submission says."""
        whose: dict[str, tuple[str | None, str | None]] = {}
        stated: dict[str, tuple[date, TrainingPlanSubmitted | TrainingPlanRevised]] = {}
        for day, data in self._statements:
            if day <= on:
                stated[data.plan] = day, data
                if isinstance(data, TrainingPlanSubmitted):
                    whose[data.plan] = data.contractor, data.contract
        unknown = None, None
        return [Plan(plan, *whose.get(plan, unknown), day, data.starts) for plan, (day, data) in sorted(stated.items())]

    @cached_property
    def _statements(self) -> list[tuple[date, TrainingPlanSubmitted | TrainingPlanRevised]]:
        """All statements of training plans by day, then (source, id)."""
        statements = [
            (day, event.data)
            for event in self.events
            if isinstance(event.data, TrainingPlanSubmitted | TrainingPlanRevised)
            and (day := _stated_on(event.data)) is not None
        ]
        return sorted(statements, key=lambda statement: statement[0])


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
