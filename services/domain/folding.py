"""From the effective events of a unit to its state, whatever order they come in."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from services.domain.amendments import AnyEvent
from services.domain.areas import AreaIndicator, fold_indicator
from services.domain.candidates import Candidate, fold_candidate
from services.domain.hours import Period, fold_hours
from services.domain.persons import Match, PersonLink, fold_match, fold_persons
from services.domain.placement_reports import fold_placement
from services.domain.placements import Placement
from services.domain.site import Action, Meeting, Opening, fold_action, fold_meeting, fold_opening
from services.domain.tenders import Tender, fold_tender
from services.domain.units import Family, Unit

StateRow: TypeAlias = (
    Tender | Placement | Period | Match | Opening | Meeting | Action | Candidate | PersonLink | AreaIndicator
)


FOLD_VERSION = 2
"""Raised when the same events come to be folded otherwise: stored state is then rebuilt."""

_Fold: TypeAlias = Callable[[str, str, Sequence[AnyEvent]], tuple[StateRow, ...]]

# By family: from the subject, the unit's key and its effective events.
_FOLDS: Mapping[Family, _Fold] = {
    Family.TENDER: lambda subject, _key, events: (fold_tender(subject, events),),
    Family.PLACEMENT: lambda _subject, key, events: (fold_placement(key, events),),
    Family.HOURS: lambda _subject, _key, events: fold_hours(events),
    Family.SITE_HOURS: lambda _subject, _key, events: fold_hours(events),
    Family.MATCH: lambda _subject, _key, events: fold_match(events),
    Family.OPENING: lambda _subject, _key, events: fold_opening(events),
    Family.MEETING: lambda _subject, key, events: fold_meeting(key, events),
    Family.ACTION: lambda _subject, _key, events: fold_action(events),
    Family.CANDIDATE: lambda subject, _key, events: fold_candidate(subject, events),
    Family.PERSONS: lambda _subject, _key, events: fold_persons(events),
    Family.INDICATOR: lambda _subject, _key, events: fold_indicator(events),
}


def fold(subject: str, unit: Unit, events: Sequence[AnyEvent]) -> tuple[StateRow, ...]:
    """The state of one unit: a function of the set of its effective events. No events, no state."""
    return _FOLDS[unit.family](subject, unit.key, events) if events else ()
