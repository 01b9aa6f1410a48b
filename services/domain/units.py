"""What an event is about, as finely as state can be recomputed: its unit within its subject.

State is folded per unit, always from all effective events of the unit, so order and repeats cannot matter and the cost
of an event does not grow with its tender (architecture.md, invariants 3, 4 and 11).
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from schemas import contractor, corrections, job_centre, secretariat, site
from schemas.codec import EVENT_TYPES
from schemas.envelope import Event
from schemas.facts import Fact


class Family(StrEnum):
    """The kinds of unit."""

    TENDER = "tender"
    PLACEMENT = "placement"
    HOURS = "hours"
    SITE_HOURS = "site_hours"
    MATCH = "match"
    OPENING = "opening"
    MEETING = "meeting"
    ACTION = "action"
    CANDIDATE = "candidate"
    PERSONS = "persons"
    INDICATOR = "indicator"


class Unit(NamedTuple):
    """One unit of a subject: a placement, a placement's month of hours, an opening, all that frames the tender."""

    family: Family
    key: str


_Of = Callable[[Event[Any]], Unit]


def _by(family: Family, field: str) -> _Of:
    return lambda event: Unit(family, getattr(event.data, field))


def _month(family: Family, field: str) -> _Of:
    return lambda event: Unit(family, f"{getattr(event.data, field)}/{event.data.from_on:%Y-%m}")


def _pair(event: Event[Any]) -> Unit:
    return Unit(Family.MATCH, " ".join(sorted((event.data.placement, event.data.other))))


def _whole(family: Family) -> _Of:
    unit = Unit(family, "")
    return lambda _: unit


_BY_CLASS: tuple[tuple[type[Fact], _Of], ...] = (
    (contractor.HoursReported, _month(Family.HOURS, "placement")),
    (site.SiteHoursReported, _month(Family.SITE_HOURS, "contractor")),
    (contractor.PlacementFact, _by(Family.PLACEMENT, "placement")),
    (corrections.PlacementMatched, _pair),
    (contractor.OpeningPosted, _by(Family.OPENING, "opening")),
    (contractor.OpeningFilled, _by(Family.OPENING, "opening")),
    (contractor.OpeningWithdrawn, _by(Family.OPENING, "opening")),
    (site.MeetingFact, _by(Family.MEETING, "meeting")),
    (site.ActionFact, _by(Family.ACTION, "action")),
    (secretariat.PersonSameAs, _whole(Family.PERSONS)),
    (secretariat.PersonNotSameAs, _whole(Family.PERSONS)),
    (job_centre.AreaIndicatorReported, _by(Family.INDICATOR, "indicator")),
    (job_centre.MatchFact, _whole(Family.CANDIDATE)),
    (job_centre.CandidateIdentified, _whole(Family.CANDIDATE)),
    (job_centre.CandidateAssessed, _whole(Family.CANDIDATE)),
    (job_centre.ConsentGiven, _whole(Family.CANDIDATE)),
    (job_centre.ConsentWithdrawn, _whole(Family.CANDIDATE)),
)

AMENDMENTS = frozenset({corrections.EventCorrected.type(), corrections.EventWithdrawn.type()})
"""The types that change other events and have no unit of their own."""


def _resolver(cls: type[Fact]) -> _Of:
    return next((of for base, of in _BY_CLASS if issubclass(cls, base)), _whole(Family.TENDER))


_RESOLVERS = {name: _resolver(cls) for name, cls in EVENT_TYPES.items() if name not in AMENDMENTS}


def unit_of(event: Event[Any]) -> Unit:
    """The unit an event belongs to. Amendments have none (KeyError): ask for that of what they put in place."""
    return _RESOLVERS[event.type](event)
