"""What the job centre reports: candidates, consent, grants, and its own view of placements (domain.md section 11)."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.contractor import PlacementFact, PlacementTerms
from schemas.facts import Day, Fact, IndicatorValue, Title, check_order
from schemas.identifiers import Cvr, Id
from schemas.vocabulary import (
    AgeBand,
    Assessment,
    ComparedWith,
    DeclinedBy,
    DisputeReason,
    GrantKind,
    Indicator,
    IndicatorUnit,
    Outcome,
    Party,
    Subject,
    Trade,
    YesNoUnknown,
)

_JOB_CENTRE = (Party.JOB_CENTRE, Party.SECRETARIAT)
_VIEW = (Party.JOB_CENTRE, Party.SECRETARIAT, Party.CONTRACTOR)

Year = Annotated[int, Field(ge=1990, le=2099)]


class CandidateIdentified(
    Fact,
    name="candidate.identified",
    da="Kandidat fundet",
    en="Candidate identified",
    senders=_JOB_CENTRE,
    about=Subject.CANDIDATE,
):
    """Somebody may be a candidate. Subject of all candidate events: the candidate."""

    person: Id
    linking_circle: Id
    identified_on: Day
    age_band: AgeBand | None = None
    resident: YesNoUnknown = YesNoUnknown.UNKNOWN
    trades: tuple[Trade, ...] = ()


class CandidateAssessed(
    Fact,
    name="candidate.assessed",
    da="Kandidat vurderet",
    en="Candidate assessed",
    senders=_JOB_CENTRE,
    about=Subject.CANDIDATE,
):
    """Ready for a site, not yet, or with the social plan for now."""

    assessed_on: Day
    result: Assessment


class MatchFact(Fact, about=Subject.CANDIDATE):
    """Base of a step between a candidate (the subject) and an opening of a tender."""

    tender: Id
    opening: Id
    contractor: Cvr


class CandidatePresented(
    MatchFact, name="candidate.presented", da="Kandidat præsenteret", en="Candidate presented", senders=_JOB_CENTRE
):
    """The candidate was presented to a contractor for an opening, after consent."""

    presented_on: Day


class CandidateInterviewed(
    MatchFact, name="candidate.interviewed", da="Kandidat til samtale", en="Candidate interviewed", senders=_VIEW
):
    """The contractor and the candidate met."""

    interviewed_on: Day


class CandidateAccepted(
    MatchFact, name="candidate.accepted", da="Kandidat antaget", en="Candidate accepted", senders=_VIEW
):
    """The candidate gets the place."""

    accepted_on: Day
    placement: Id | None = None


class CandidateDeclined(
    MatchFact, name="candidate.declined", da="Match afslået", en="Candidate declined", senders=_VIEW
):
    """The match came to nothing; by whom, never why."""

    declined_on: Day
    by: DeclinedBy


class ConsentGiven(
    Fact, name="consent.given", da="Samtykke givet", en="Consent given", senders=_JOB_CENTRE, about=Subject.CANDIDATE
):
    """The candidate consented in writing that these organisations may be told, until a day."""

    given_on: Day
    expires_on: Day
    to: tuple[Cvr, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _expires_after_given(self) -> Self:
        """expires_on is not before given_on."""
        check_order(self.given_on, self.expires_on)
        return self


class ConsentWithdrawn(
    Fact,
    name="consent.withdrawn",
    da="Samtykke trukket tilbage",
    en="Consent withdrawn",
    senders=_JOB_CENTRE,
    about=Subject.CANDIDATE,
):
    """The candidate's consent no longer holds."""

    withdrawn_on: Day


class MentorAssigned(
    PlacementFact, name="mentor.assigned", da="Mentor tilknyttet", en="Mentor assigned", senders=_JOB_CENTRE
):
    """The placement has a mentor from a day."""

    assigned_on: Day
    until_on: Day | None = None

    @model_validator(mode="after")
    def _until_after_start(self) -> Self:
        """until_on is not before assigned_on."""
        check_order(self.assigned_on, self.until_on)
        return self


class GrantGiven(PlacementFact, name="grant.given", da="Bevilling givet", en="Grant given", senders=_JOB_CENTRE):
    """The municipality granted something for the placement, until a day."""

    kind: GrantKind
    given_on: Day
    authorised_until: Day

    @model_validator(mode="after")
    def _until_after_given(self) -> Self:
        """authorised_until is not before given_on."""
        check_order(self.given_on, self.authorised_until)
        return self


class PlacementReported(
    PlacementTerms,
    name="placement.reported",
    da="Forløb indberettet af jobcenter",
    en="Placement reported by the job centre",
    senders=_JOB_CENTRE,
):
    """The job centre's own view of a placement, under its own id; tied to the contractor's by placement.matched."""

    started_on: Day
    ended_on: Day | None = None
    outcome: Outcome | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        """ended_on is not before started_on."""
        check_order(self.started_on, self.ended_on)
        return self


class PlacementConfirmed(
    PlacementFact, name="placement.confirmed", da="Forløb bekræftet", en="Placement confirmed", senders=_VIEW
):
    """The job centre confirms a contractor's placement, or a contractor says yes to what was reported for it."""

    confirmed_on: Day
    resident: YesNoUnknown | None = None


class PlacementDisputed(
    PlacementFact, name="placement.disputed", da="Forløb bestridt", en="Placement disputed", senders=_VIEW
):
    """The placement did not happen as reported; it is held back until a later confirmation."""

    disputed_on: Day
    reason: DisputeReason


class PlacementFollowedUp(
    PlacementFact, name="placement.followed_up", da="Forløb fulgt op", en="Placement followed up", senders=_VIEW
):
    """Whether the person was in work or training, with any employer, on a day."""

    followed_up_on: Day
    in_work: YesNoUnknown
    outcome: Outcome | None = None


class AreaIndicatorReported(
    Fact,
    name="area_indicator.reported",
    da="Områdetal",
    en="Area indicator reported",
    senders=(*_JOB_CENTRE, Party.CLIENT),
    about=Subject.AREA,
):
    """A figure about an area beside its own comparison; nothing is claimed about causes. Subject: the area."""

    indicator: Indicator
    year: Year
    value: IndicatorValue
    unit: IndicatorUnit = IndicatorUnit.PERCENT
    compared_with: ComparedWith | None = None
    comparison_value: IndicatorValue | None = None
    comparison_year: Year | None = None
    published_by: Title

    @model_validator(mode="after")
    def _comparison_is_whole(self) -> Self:
        """compared_with and comparison_value go together."""
        if (self.compared_with is None) != (self.comparison_value is None):
            raise PydanticCustomError("comparison", "compared_with and comparison_value together, or neither")
        return self
