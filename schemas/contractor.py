"""What contractors report: plans, openings, placements and hours (domain.md section 11)."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.facts import (
    Amount,
    Day,
    Fact,
    ManDays,
    PeriodHours,
    Value,
    WeeklyHours,
    check_order,
    check_period,
)
from schemas.identifiers import Cvr, Id
from schemas.vocabulary import (
    AgeBand,
    ApprenticeshipForm,
    EndReason,
    Novelty,
    Outcome,
    Party,
    Pathway,
    PauseReason,
    PlacementKind,
    Trade,
    WaiverReason,
    YesNoUnknown,
)

_CONTRACTOR = (Party.CONTRACTOR, Party.SECRETARIAT)

Revision = Annotated[int, Field(ge=1, le=10_000, description="a later report of the same period has a higher one")]


class PlannedStart(Value):
    """One line of a training plan: so many persons of a trade start on a day and stay so many weeks."""

    kind: PlacementKind = PlacementKind.APPRENTICESHIP
    trade: Trade | None = None
    starts_on: Day
    weeks: int = Field(ge=1, le=260)
    persons: int = Field(ge=1, le=500)
    weekly_hours: WeeklyHours = Decimal("37")


class TrainingPlanSubmitted(
    Fact, name="training_plan.submitted", da="Lærlingeplan afleveret", en="Training plan submitted", senders=_CONTRACTOR
):
    """Who starts when, by trade: the milestones behind "expected by today"."""

    plan: Id
    contractor: Cvr
    contract: Id | None = None
    submitted_on: Day
    starts: tuple[PlannedStart, ...] = Field(min_length=1, max_length=500)


class TrainingPlanRevised(
    Fact, name="training_plan.revised", da="Lærlingeplan revideret", en="Training plan revised", senders=_CONTRACTOR
):
    """The plan reads like this from a date: all of its lines, not a difference."""

    plan: Id
    revised_on: Day
    starts: tuple[PlannedStart, ...] = Field(min_length=1, max_length=500)


class WaiverRequested(
    Fact, name="waiver.requested", da="Dispensation søgt", en="Waiver requested", senders=_CONTRACTOR
):
    """A contractor asks for a target to be lowered."""

    waiver: Id
    target: Id
    contractor: Cvr
    lower_by: Amount
    requested_on: Day
    reason: WaiverReason


class OpeningPosted(Fact, name="opening.posted", da="Åben plads slået op", en="Opening posted", senders=_CONTRACTOR):
    """A contractor has places to fill."""

    opening: Id
    contractor: Cvr
    contract: Id | None = None
    kind: PlacementKind
    trade: Trade
    places: int = Field(default=1, ge=1, le=100)
    starts_on: Day
    weekly_hours: WeeklyHours = Decimal("37")
    posted_on: Day


class OpeningFilled(Fact, name="opening.filled", da="Åben plads besat", en="Opening filled", senders=_CONTRACTOR):
    """One place of an opening is taken."""

    opening: Id
    placement: Id | None = None
    filled_on: Day


class OpeningWithdrawn(
    Fact, name="opening.withdrawn", da="Åben plads trukket tilbage", en="Opening withdrawn", senders=_CONTRACTOR
):
    """What is left of an opening is no longer offered."""

    opening: Id
    withdrawn_on: Day


class PlacementFact(Fact):
    """Base of all that is said of one placement: one course of one person at one contractor. Subject: the tender."""

    placement: Id


class PlacementTerms(PlacementFact):
    """What a placement is: who, where, what kind, and since when with which hours.

    `resident` is heard only from the housing organisation, the secretariat or the municipality, never from the
    contractor (domain.md section 6).
    """

    person: Id = Field(description="a pseudonym within the tender's linking circle, never a CPR number")
    contractor: Cvr
    contract: Id | None = None
    kind: PlacementKind
    trade: Trade | None = None
    weekly_hours: WeeklyHours | None = None
    planned_end: Day | None = None
    pathway: Pathway | None = None
    age_band: AgeBand | None = None
    resident: YesNoUnknown | None = None
    referred_by: Cvr | None = None
    opening: Id | None = None
    continues: Id | None = Field(default=None, description="the placement this one follows from, same person")
    authorised_until: Day | None = None


class PlacementAgreed(
    PlacementTerms, name="placement.agreed", da="Forløb aftalt", en="Placement agreed", senders=_CONTRACTOR
):
    """A placement is agreed and starts later."""

    agreed_on: Day
    planned_start: Day

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        """planned_end is not before planned_start."""
        check_order(self.planned_start, self.planned_end)
        return self


class PlacementStarted(
    PlacementTerms, name="placement.started", da="Forløb startet", en="Placement started", senders=_CONTRACTOR
):
    """The person began."""

    started_on: Day

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        """planned_end is not before started_on."""
        check_order(self.started_on, self.planned_end)
        return self


class PlacementNotStarted(
    PlacementFact,
    name="placement.not_started",
    da="Forløb ikke startet",
    en="Placement not started",
    senders=_CONTRACTOR,
):
    """An agreed placement came to nothing."""

    decided_on: Day
    reason: EndReason = EndReason.UNKNOWN


class PlacementPaused(
    PlacementFact, name="placement.paused", da="Forløb sat på pause", en="Placement paused", senders=_CONTRACTOR
):
    """The placement rests from this day (included)."""

    paused_on: Day
    reason: PauseReason = PauseReason.OTHER


class PlacementResumed(
    PlacementFact, name="placement.resumed", da="Forløb genoptaget", en="Placement resumed", senders=_CONTRACTOR
):
    """The placement goes on from this day (included)."""

    resumed_on: Day


class PlacementExtended(
    PlacementFact, name="placement.extended", da="Forløb forlænget", en="Placement extended", senders=_CONTRACTOR
):
    """From a date: a new planned end, other weekly hours, another pathway, or several of these."""

    extended_on: Day
    planned_end: Day | None = None
    weekly_hours: WeeklyHours | None = None
    pathway: Pathway | None = None

    @model_validator(mode="after")
    def _ends_after_extension(self) -> Self:
        """planned_end is not before extended_on."""
        check_order(self.extended_on, self.planned_end)
        return self

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        """At least one of planned_end, weekly_hours and pathway is given."""
        if self.planned_end is None and self.weekly_hours is None and self.pathway is None:
            raise PydanticCustomError("nothing_changed", "a planned_end, weekly_hours or a pathway")
        return self


class PlacementMoved(
    PlacementFact, name="placement.moved", da="Forløb flyttet", en="Placement moved", senders=_CONTRACTOR
):
    """The person goes on with another contractor or under another contract, from a date."""

    moved_on: Day
    contractor: Cvr
    contract: Id | None = None


class PlacementTradeChanged(
    PlacementFact, name="placement.trade_changed", da="Fag skiftet", en="Trade changed", senders=_CONTRACTOR
):
    """The placement is in another trade from a date."""

    changed_on: Day
    trade: Trade


class PlacementEnded(
    PlacementFact, name="placement.ended", da="Forløb slut", en="Placement ended", senders=_CONTRACTOR
):
    """The placement's last day was this one (included)."""

    ended_on: Day
    reason: EndReason = EndReason.UNKNOWN
    outcome: Outcome = Outcome.PENDING


class SchoolPeriodReported(
    PlacementFact, name="school_period.reported", da="Skoleperiode", en="School period reported", senders=_CONTRACTOR
):
    """The apprentice is at school from one day to another, both included."""

    from_on: Day
    to_on: Day

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        """to_on is not before from_on."""
        check_order(self.from_on, self.to_on)
        return self


class PlacementAllocated(
    PlacementFact, name="placement.allocated", da="Tilknyttet pladsen", en="Placement allocated", senders=_CONTRACTOR
):
    """From this day (included) the placement's time belongs to this site; before and after, elsewhere."""

    allocated_on: Day


class PlacementReleased(
    PlacementFact, name="placement.released", da="Frigjort fra pladsen", en="Placement released", senders=_CONTRACTOR
):
    """The placement's last day on this site was this one (included)."""

    released_on: Day


class ApprenticeshipAgreed(
    PlacementFact, name="apprenticeship.agreed", da="Uddannelsesaftale", en="Apprenticeship agreed", senders=_CONTRACTOR
):
    """The training agreement behind a placement: when it was signed is one thing, time on site another."""

    signed_on: Day
    employed_since: Day | None = None
    on_site_from: Day | None = Field(default=None, description="time before this day is not on this site")
    form: ApprenticeshipForm = ApprenticeshipForm.ORDINARY
    trade: Trade | None = None
    novelty: Novelty | None = Field(default=None, description="heard only where the dates do not tell")


class HoursReported(Fact, name="hours.reported", da="Timer", en="Hours reported", senders=_CONTRACTOR):
    """Measured hours of one placement in one period within a calendar month; or man-days, taken as 7.4 hours each."""

    placement: Id
    from_on: Day
    to_on: Day
    hours: PeriodHours | None = Field(default=None, description="hours worked, school left out")
    man_days: ManDays | None = Field(default=None, description="days, where hours are not known")
    school_hours: PeriodHours = Decimal("0")
    revision: Revision = 1

    @model_validator(mode="after")
    def _one_period_one_measure(self) -> Self:
        """to_on is not before from_on, and in the same calendar month; either hours or man_days, not both."""
        check_period(self.from_on, self.to_on)
        check_one_measure(self.hours, self.man_days)
        return self


def check_one_measure(hours: Decimal | None, man_days: Decimal | None) -> None:
    """Refuse a report that gives both hours and man-days, or neither."""
    if (hours is None) == (man_days is None):
        raise PydanticCustomError("one_measure", "either hours or man_days, and not both")
