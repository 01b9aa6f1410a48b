"""How a target stands, and why (RULES.md section 11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from schemas.vocabulary import Metric, Word
from services.domain.expectation import SHARES, soon
from services.domain.frame import Schedule

_COUNTS = frozenset({Metric.PERSONS, Metric.PLACEMENTS, Metric.CONVERSIONS, Metric.IN_WORK})

# Our own choices (RULES.md section 11): how far behind is behind, how far ahead is ahead, how near is near.
_BEHIND = Fraction(2, 100)
_AHEAD = Fraction(10, 100)
_NEAR = timedelta(days=60)


class Status(Word):
    """How a target stands."""

    AHEAD = "ahead", "foran plan", "ahead"
    ON_TRACK = "on_track", "på plan", "on track"
    AT_RISK = "at_risk", "i fare", "at risk"
    BEHIND = "behind", "bag plan", "behind"
    CANNOT_BE_MET = "cannot_be_met", "kan ikke nås", "cannot be met any more"
    AGREED_DEVIATION = "agreed_deviation", "aftalt afvigelse", "agreed deviation"
    UNKNOWN = "unknown", "ukendt", "unknown"


class Reason(Word):
    """Why it stands so."""

    PHASE_NOT_TRIGGERED = "phase_not_triggered", "etapen er ikke udløst", "the phase is not triggered"
    WAIVED = "waived", "dispensation er givet", "a waiver was granted"
    NOTHING_REQUIRED = "nothing_required", "intet krav tilbage", "nothing is required"
    NO_SCHEDULE = "no_schedule", "tidsplanen kendes ikke", "the schedule is not known"
    BEFORE_START = "before_start", "arbejdet er ikke begyndt", "work has not begun"
    NOTHING_REPORTED = "nothing_reported", "intet er indberettet", "nothing has been reported"
    NO_SITE_HOURS = "no_site_hours", "pladsens timer mangler", "the site's hours are missing"
    NONE_KNOWN = "none_known", "ingen er gamle nok eller kendt", "none is old enough or known"
    MET = "met", "kravet er opfyldt", "the target is met"
    SHARE_HELD = "share_held", "andelen holdes", "the share is held"
    ENDED_SHORT = "ended_short", "sluttede uden at nå kravet", "ended short of the target"
    TOO_LATE = "too_late", "sidste frist er passeret", "the last date has passed"
    BEHIND_PLAN = "behind_plan", "mindre leveret end forventet i dag", "less delivered than expected by today"
    SHORT_FORECAST = (
        "short_forecast",
        "prognosen når ikke kravet, og fristen er nær",
        "the forecast falls short and the last date is near",
    )
    AHEAD_OF_PLAN = "ahead_of_plan", "mere leveret end forventet i dag", "more delivered than expected by today"
    ON_PLAN = "on_plan", "som forventet i dag", "as expected by today"


Judgement = tuple[Status, Reason]


@dataclass(frozen=True)
class Standing:
    """What a status is judged from: the numbers of one target on a day."""

    metric: Metric
    on: date
    schedule: Schedule
    required: Fraction
    delivered: Fraction | None
    expected: Fraction | None
    forecast: Fraction | None
    last_date: date | None
    phase_triggered: bool
    reported: bool


def judge(standing: Standing, unwaived: Standing | None) -> Judgement:
    """How a target stands; `unwaived` is the same without its waivers, where there are some."""
    if not standing.phase_triggered:
        return Status.ON_TRACK, Reason.PHASE_NOT_TRIGGERED
    if unwaived is not None and standing.required == 0:
        return Status.AGREED_DEVIATION, Reason.WAIVED
    judgement = _judge(standing)
    if unwaived is not None and judgement[0] in {Status.AHEAD, Status.ON_TRACK}:
        without = _judge(unwaived)[0]
        if without in {Status.BEHIND, Status.AT_RISK, Status.CANNOT_BE_MET}:
            return Status.AGREED_DEVIATION, Reason.WAIVED
    return judgement


def _judge(s: Standing) -> Judgement:
    if s.required == 0:
        return Status.ON_TRACK, Reason.NOTHING_REQUIRED
    if s.expected is None or s.schedule.start is None or s.schedule.end is None:
        return Status.UNKNOWN, Reason.NO_SCHEDULE
    if s.on < s.schedule.start and (s.delivered is None or s.delivered < s.required):
        return Status.ON_TRACK, Reason.BEFORE_START
    if not s.reported:
        return Status.UNKNOWN, Reason.NOTHING_REPORTED
    if s.delivered is None:
        missing = Reason.NO_SITE_HOURS if s.metric is Metric.SHARE_OF_HOURS else Reason.NONE_KNOWN
        return Status.UNKNOWN, missing
    return next(judgement for fits, judgement in _measured(s, s.delivered, s.expected, s.schedule.end) if fits)


def _measured(s: Standing, delivered: Fraction, expected: Fraction, end: date) -> Iterable[tuple[bool, Judgement]]:
    is_share = s.metric in SHARES
    yield delivered >= s.required, ((Status.ON_TRACK, Reason.SHARE_HELD) if is_share else (Status.AHEAD, Reason.MET))
    yield s.on > end, (Status.CANNOT_BE_MET, Reason.ENDED_SHORT)
    yield s.last_date is not None and s.last_date < s.on, (Status.CANNOT_BE_MET, Reason.TOO_LATE)
    behind = delivered < floor(expected) if s.metric in _COUNTS else delivered < expected - _BEHIND * s.required
    yield behind, (Status.BEHIND, Reason.BEHIND_PLAN)
    short = s.forecast is not None and s.forecast < s.required
    yield short and soon(s.last_date, s.on, _NEAR), (Status.AT_RISK, Reason.SHORT_FORECAST)
    yield delivered >= expected + _AHEAD * s.required, (Status.AHEAD, Reason.AHEAD_OF_PLAN)
    yield True, (Status.ON_TRACK, Reason.ON_PLAN)
