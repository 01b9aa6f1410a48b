"""What the client and its secretariat report: the tender, its contractors and its agreements (domain.md section 11)."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.facts import Amount, Day, Fact, HoursPerFte, Phase, PublicName, Title, Value, check_order, check_two
from schemas.identifiers import Cvr, Id, MunicipalityCode
from schemas.vocabulary import (
    AgeBand,
    AgreementKind,
    ContractKind,
    ContractorRole,
    LeftReason,
    Metric,
    Party,
    Pathway,
    PlacementKind,
    ProcurementRoute,
    ResidenceOn,
    ScheduleReason,
    Spread,
    Subject,
    Trade,
    WaiverReason,
)

_CLIENT = (Party.CLIENT, Party.SECRETARIAT)
_SHARES = frozenset({Metric.SHARE_OF_HOURS, Metric.SHARE_IN_WORK})
_AFTER_WEEKS = frozenset({Metric.IN_WORK, Metric.SHARE_IN_WORK})

Dkk = Annotated[int, Field(ge=0, le=100_000_000_000, description="whole DKK excluding VAT")]


class TenderRegistered(Fact, name="tender.registered", da="Udbud registreret", en="Tender registered", senders=_CLIENT):
    """A tender exists: who buys, where, and which linking circle its people belong to. Subject: the tender."""

    title: Title
    client: Cvr
    secretariat: Cvr | None = None
    municipality: MunicipalityCode
    linking_circle: Id = Field(description="the circle (one data controller) within which a person is one person")
    project: Id | None = None
    area: Id | None = None
    contract_kind: ContractKind = ContractKind.WORKS
    route: ProcurementRoute | None = None
    published_on: Day | None = None
    contract_sum_dkk: Dkk | None = None
    starts_on: Day | None = Field(default=None, description="planned first day of work")
    handover_on: Day | None = Field(default=None, description="planned handover")

    @model_validator(mode="after")
    def _starts_before_handover(self) -> Self:
        """handover_on is not before starts_on."""
        check_order(self.starts_on, self.handover_on)
        return self


class ContractAwarded(Fact, name="contract.awarded", da="Kontrakt tildelt", en="Contract awarded", senders=_CLIENT):
    """A contract under the tender goes to one contractor."""

    contract: Id
    contractor: Cvr
    awarded_on: Day
    trade: Trade | None = None
    contract_sum_dkk: Dkk | None = None


class ContractSigned(Fact, name="contract.signed", da="Kontrakt underskrevet", en="Contract signed", senders=_CLIENT):
    """A contract is signed; training agreements made from this day on are new."""

    contract: Id
    signed_on: Day
    delivery_on: Day | None = None


class ContractSumChanged(
    Fact, name="contract_sum.changed", da="Kontraktsum ændret", en="Contract sum changed", senders=_CLIENT
):
    """The sum of a contract, or of the tender where no contract is named, is another from a date."""

    contract: Id | None = None
    contract_sum_dkk: Dkk
    changed_on: Day


class WorksStarted(Fact, name="works.started", da="Arbejdet startet", en="Works started", senders=_CLIENT):
    """Work on site began: this is the schedule's true first day."""

    started_on: Day


class ScheduleChanged(Fact, name="schedule.changed", da="Tidsplan ændret", en="Schedule changed", senders=_CLIENT):
    """A new schedule was decided; figures are held against the current one, never against the first."""

    decided_on: Day
    starts_on: Day
    handover_on: Day
    reason: ScheduleReason = ScheduleReason.OTHER

    @model_validator(mode="after")
    def _starts_before_handover(self) -> Self:
        """handover_on is not before starts_on."""
        check_order(self.starts_on, self.handover_on)
        return self


class PhaseTriggered(Fact, name="phase.triggered", da="Etape udløst", en="Phase triggered", senders=_CLIENT):
    """A phase, part-lot or option is triggered: its obligations exist from now on, over its own dates if given."""

    phase: Phase
    triggered_on: Day
    title: Title | None = None
    starts_on: Day | None = None
    handover_on: Day | None = None

    @model_validator(mode="after")
    def _starts_before_handover(self) -> Self:
        """handover_on is not before starts_on."""
        check_order(self.starts_on, self.handover_on)
        return self


class WorksHandedOver(Fact, name="works.handed_over", da="Arbejdet afleveret", en="Works handed over", senders=_CLIENT):
    """The works were handed over: this is the schedule's true last day."""

    handed_over_on: Day


class TenderClosed(Fact, name="tender.closed", da="Udbud lukket", en="Tender closed", senders=_CLIENT):
    """The follow-up of the tender ends."""

    closed_on: Day


class ContractorEngaged(
    Fact, name="contractor.engaged", da="Entreprenør tilknyttet", en="Contractor engaged", senders=_CLIENT
):
    """A contractor works under the tender: as main contractor, or as subcontractor under another."""

    contractor: Cvr
    company: Title
    role: ContractorRole = ContractorRole.MAIN
    under: Cvr | None = Field(default=None, description="the contractor a subcontractor hangs under")
    contract: Id | None = None
    engaged_on: Day

    @model_validator(mode="after")
    def _under_another(self) -> Self:
        """A subcontractor names another contractor in under; a main contractor names none."""
        if (self.role is ContractorRole.SUB) != (self.under is not None) or self.under == self.contractor:
            raise PydanticCustomError(
                "under", "a subcontractor hangs under another contractor, a main contractor under none"
            )
        return self


class ContractorLeft(Fact, name="contractor.left", da="Entreprenør udtrådt", en="Contractor left", senders=_CLIENT):
    """A contractor left the tender: finished, terminated or bankrupt. Never counts against a person."""

    contractor: Cvr
    left_on: Day
    reason: LeftReason


class ContractorSucceeded(
    Fact, name="contractor.succeeded", da="Entreprenør efterfulgt", en="Contractor succeeded", senders=_CLIENT
):
    """Another contractor takes over the work and the placements of one that left."""

    contractor: Cvr
    successor: Cvr
    company: Title
    succeeded_on: Day

    @model_validator(mode="after")
    def _by_another(self) -> Self:
        """successor is another contractor."""
        if self.successor == self.contractor:
            raise PydanticCustomError("successor", "a successor that is another contractor")
        return self


class CountingRules(Value):
    """How an agreement counts; every figure shows them (domain.md section 6).

    Hours that nobody reported are computed from the weekly hours; the four `..._counts` say whether such days are part
    of them, and `school_counts` also whether reported school hours are.
    """

    hours_per_fte: HoursPerFte = Decimal("1924")
    school_counts: bool = False
    holiday_counts: bool = True
    sickness_counts: bool = Field(default=True, description="pauses for personal circumstances")
    weather_counts: bool = True
    computed_hours_count: bool = Field(default=True, description="compute hours where nobody reported any")
    min_weeks: int = Field(default=0, ge=0, le=104, description="weeks a placement must last to count at all")
    residence_on: ResidenceOn = ResidenceOn.START
    residence_cut_off: Day | None = None
    new_since: Day | None = Field(
        default=None, description="agreements signed from this day are new; default: the contract signed"
    )
    places_at_once: int | None = Field(default=None, ge=1, le=1000, description="how many can be on site together")

    @model_validator(mode="after")
    def _cut_off_has_a_date(self) -> Self:
        """residence_cut_off goes with residence_on = cut_off, and only with it."""
        if (self.residence_on is ResidenceOn.CUT_OFF) != (self.residence_cut_off is not None):
            raise PydanticCustomError("cut_off", "residence_cut_off goes with residence_on = cut_off, and only with it")
        return self


class Target(Value):
    """One measurable obligation. A narrowing that is left out narrows nothing."""

    target: Id
    title: Title | None = None
    metric: Metric
    amount: Amount = Field(description="in the metric's own unit; percent for shares")
    kinds: tuple[PlacementKind, ...] = ()
    trades: tuple[Trade, ...] = ()
    new_only: bool = Field(default=False, description="only training agreements made for this contract")
    age_bands: tuple[AgeBand, ...] = ()
    residents_only: bool = Field(default=False, description="only in a partnership agreement")
    contractors: tuple[Cvr, ...] = Field(default=(), description="these, and the subcontractors under them")
    contracts: tuple[Id, ...] = ()
    phase: Phase | None = Field(default=None, description="the obligation exists only once this phase is triggered")
    pathways: tuple[Pathway, ...] = ()
    after_weeks: int | None = Field(default=None, ge=1, le=260, description="for in_work and share_in_work: 13, 26, 52")
    due_on: Day | None = Field(default=None, description="a deadline other than the handover")
    spread: Spread = Spread.LINEAR

    @model_validator(mode="after")
    def _weeks_and_percent(self) -> Self:
        """after_weeks goes with in_work and share_in_work, and only with them; a share is at most 100 percent."""
        if (self.metric in _AFTER_WEEKS) != (self.after_weeks is not None):
            raise PydanticCustomError(
                "after_weeks", "after_weeks goes with in_work and share_in_work, and only with them"
            )
        if self.metric in _SHARES and self.amount > 100:
            raise PydanticCustomError("percent", "a share of at most 100 percent")
        return self


class AgreementTerms(Fact):
    """What an agreement says: its kind, its targets, how they are counted and who follows up by name."""

    agreement: Id
    kind: AgreementKind
    contract: Id | None = Field(default=None, description="the contract that carries it, where it is not the tender's")
    targets: tuple[Target, ...] = Field(min_length=1, max_length=100)
    rules: CountingRules = CountingRules()
    follow_up_owner: PublicName

    @model_validator(mode="after")
    def _local_only_by_agreement(self) -> Self:
        """residents_only in a partnership agreement only, not in a clause; each target once."""
        if self.kind is not AgreementKind.PARTNERSHIP_AGREEMENT and any(t.residents_only for t in self.targets):
            raise PydanticCustomError("local_clause", "residents_only in a partnership agreement only, not in a clause")
        if len({t.target for t in self.targets}) != len(self.targets):
            raise PydanticCustomError("target_twice", "each target once")
        return self


class AgreementSigned(
    AgreementTerms, name="agreement.signed", da="Aftale underskrevet", en="Agreement signed", senders=_CLIENT
):
    """An agreement with its targets is in force."""

    signed_on: Day


class AgreementAmended(
    AgreementTerms, name="agreement.amended", da="Aftale ændret", en="Agreement amended", senders=_CLIENT
):
    """The agreement reads like this from a date: the full new terms, not a difference."""

    amended_on: Day


class ObligationTransferred(
    Fact, name="obligation.transferred", da="Krav overdraget", en="Obligation transferred", senders=_CLIENT
):
    """An amount of one target moves to another target of the tender, e.g. to the successor's contract."""

    target: Id
    to_target: Id
    amount: Amount
    transferred_on: Day

    @model_validator(mode="after")
    def _to_another(self) -> Self:
        """to_target is another target than target."""
        if self.to_target == self.target:
            raise PydanticCustomError("to_target", "a target other than the one it is taken from")
        return self


class SubstitutionAgreed(
    Fact, name="substitution.agreed", da="Alternativ opfyldelse aftalt", en="Substitution agreed", senders=_CLIENT
):
    """Where no apprentice can be found, other kinds count towards the target too, up to an amount."""

    substitution: Id
    target: Id
    kinds: tuple[PlacementKind, ...] = Field(min_length=1)
    up_to: Amount
    agreed_on: Day


class WaiverGranted(Fact, name="waiver.granted", da="Dispensation givet", en="Waiver granted", senders=_CLIENT):
    """The target is lowered by an amount: an agreed deviation."""

    waiver: Id
    target: Id
    lowered_by: Amount
    granted_on: Day
    reason: WaiverReason


class WaiverRefused(Fact, name="waiver.refused", da="Dispensation afslået", en="Waiver refused", senders=_CLIENT):
    """A waiver that was asked for is refused."""

    waiver: Id
    target: Id
    refused_on: Day


class NoticeGiven(Fact, name="notice.given", da="Påkrav afgivet", en="Notice given", senders=_CLIENT):
    """The formal demand to make good a target by a date."""

    target: Id
    contractor: Cvr
    given_on: Day
    due_on: Day

    @model_validator(mode="after")
    def _due_after_given(self) -> Self:
        """due_on is not before given_on."""
        check_order(self.given_on, self.due_on)
        return self


class PenaltyClaimed(Fact, name="penalty.claimed", da="Bod krævet", en="Penalty claimed", senders=_CLIENT):
    """The contractual fine for a target is claimed."""

    target: Id
    contractor: Cvr
    amount_dkk: Dkk
    claimed_on: Day


class PersonSameAs(
    Fact,
    name="person.same_as",
    da="Samme person",
    en="Person same as",
    senders=_CLIENT,
    about=Subject.LINKING_CIRCLE,
):
    """Two person ids are one person. Subject: the linking circle."""

    person: Id
    same_as: Id
    decided_on: Day

    @model_validator(mode="after")
    def _two_ids(self) -> Self:
        """same_as is another id than person."""
        check_two(self.person, self.same_as)
        return self


class PersonNotSameAs(
    Fact,
    name="person.not_same_as",
    da="Ikke samme person",
    en="Person not same as",
    senders=_CLIENT,
    about=Subject.LINKING_CIRCLE,
):
    """A link between two person ids is undone: they are not one person. Subject: the linking circle."""

    person: Id
    not_same_as: Id
    decided_on: Day

    @model_validator(mode="after")
    def _two_ids(self) -> Self:
        """not_same_as is another id than person."""
        check_two(self.person, self.not_same_as)
        return self
