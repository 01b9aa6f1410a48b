"""What the site reports: all hours worked on it, its meetings and what they decide (domain.md sections 11 and 13)."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.contractor import Revision, check_one_measure
from schemas.facts import LINE_FORM, Day, Fact, PublicName, SiteHours, SiteManDays, check_period
from schemas.identifiers import Cvr, Id
from schemas.vocabulary import ActionResult, Party

_SITE = (Party.SITE, Party.CONTRACTOR, Party.CLIENT, Party.SECRETARIAT)

What = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=LINE_FORM),
    Field(description="what is to be done; no names, nothing personal"),
]


class SiteHoursReported(Fact, name="site_hours.reported", da="Pladsens timer", en="Site hours reported", senders=_SITE):
    """All hours a contractor worked on the tender in a period: the denominator of a share of hours."""

    contractor: Cvr
    from_on: Day
    to_on: Day
    hours: SiteHours | None = None
    man_days: SiteManDays | None = Field(default=None, description="days, where hours are not known; 7.4 hours each")
    revision: Revision = 1

    @model_validator(mode="after")
    def _one_period_one_measure(self) -> Self:
        """to_on is not before from_on, and in the same calendar month; either hours or man_days, not both."""
        check_period(self.from_on, self.to_on)
        check_one_measure(self.hours, self.man_days)
        return self


class MeetingFact(Fact):
    """Base of all that is said of one site meeting."""

    meeting: Id


class SiteMeetingPlanned(
    MeetingFact, name="site_meeting.planned", da="Byggemøde planlagt", en="Site meeting planned", senders=_SITE
):
    """A site meeting is called; a later report moves it."""

    number: int = Field(ge=1, le=9999)
    planned_on: Day


class SiteMeetingHeld(
    MeetingFact, name="site_meeting.held", da="Byggemøde afholdt", en="Site meeting held", senders=_SITE
):
    """The site meeting took place."""

    held_on: Day


class SiteMeetingCancelled(
    MeetingFact, name="site_meeting.cancelled", da="Byggemøde aflyst", en="Site meeting cancelled", senders=_SITE
):
    """The site meeting does not take place."""

    cancelled_on: Day


class MinutesApproved(
    MeetingFact, name="minutes.approved", da="Referat godkendt", en="Minutes approved", senders=_SITE
):
    """The minutes stand."""

    approved_on: Day


class ActionFact(Fact):
    """Base of all that is said of one action: one named owner, one due date."""

    action: Id


class ActionOpened(ActionFact, name="action.opened", da="Opgave aftalt", en="Action opened", senders=_SITE):
    """Something is decided: what, by whom, until when."""

    what: What
    owner: PublicName
    owner_organisation: Cvr
    opened_on: Day
    due_on: Day
    meeting: Id | None = None
    target: Id | None = None
    contractor: Cvr | None = None


class ActionChanged(ActionFact, name="action.changed", da="Opgave ændret", en="Action changed", senders=_SITE):
    """Another owner or another due date, from a date."""

    changed_on: Day
    owner: PublicName | None = None
    owner_organisation: Cvr | None = None
    due_on: Day | None = None


class ActionClosed(ActionFact, name="action.closed", da="Opgave lukket", en="Action closed", senders=_SITE):
    """Done, or dropped."""

    closed_on: Day
    result: ActionResult = ActionResult.DONE
