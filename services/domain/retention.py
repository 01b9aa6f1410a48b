"""Who is still in work 13, 26 or 52 weeks later, and who is too young to be asked (RULES.md section 5)."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from schemas.vocabulary import EndReason, PlacementKind, YesNoUnknown
from services.domain.courses import Placed

_FROM_START = frozenset({PlacementKind.ORDINARY_EMPLOYMENT, PlacementKind.APPRENTICESHIP})
_WORKING = _FROM_START | {PlacementKind.OTHER_TRAINING, PlacementKind.FLEX_JOB, PlacementKind.SHELTERED_JOB}
_ANSWERS_WITHIN = timedelta(days=28)


class WorkAnswer(StrEnum):
    """What is known of a placement on its check day."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    TOO_YOUNG = "too_young"
    CONTRACTOR_ENDED = "contractor_ended"


def check_day(one: Placed, after_weeks: int) -> date | None:
    """The day asked about: so many weeks after the start or, for internships and the like, after the end."""
    base = one.start if one.placement.kind in _FROM_START else one.end
    return base + timedelta(weeks=after_weeks) if base is not None else None


def found_in_work(one: Placed, person: Sequence[Placed], after_weeks: int, on: date) -> WorkAnswer:
    """Whether the person was in work or training, with any employer, on the check day; never a guess."""
    day = check_day(one, after_weeks)
    if day is None or day > on:
        return WorkAnswer.TOO_YOUNG
    if any(_works(other, day) for other in person):
        return WorkAnswer.YES
    answer = _followed_up(one, day, on)
    if answer is YesNoUnknown.YES:
        return WorkAnswer.YES
    if one.end_reason is EndReason.CONTRACTOR_ENDED and one.end is not None and one.end < day:
        return WorkAnswer.CONTRACTOR_ENDED
    return WorkAnswer.NO if answer is YesNoUnknown.NO else WorkAnswer.UNKNOWN


def _works(other: Placed, day: date) -> bool:
    if other.placement.kind not in _WORKING or other.start is None:
        return False
    return other.start <= day and (other.end is None or day <= other.end)


def _followed_up(one: Placed, day: date, on: date) -> YesNoUnknown:
    answers = [
        (abs(f.on - day), -f.on.toordinal(), index, f.in_work)
        for index, f in enumerate(reversed(one.placement.follow_ups))
        if f.on <= on and abs(f.on - day) <= _ANSWERS_WITHIN and f.in_work is not YesNoUnknown.UNKNOWN
    ]
    return min(answers)[-1] if answers else YesNoUnknown.UNKNOWN
