"""All that was said of one placement, as one placement (RULES.md section 3)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeVar

from schemas.contractor import (
    ApprenticeshipAgreed,
    PlacementAgreed,
    PlacementAllocated,
    PlacementEnded,
    PlacementExtended,
    PlacementMoved,
    PlacementNotStarted,
    PlacementPaused,
    PlacementReleased,
    PlacementResumed,
    PlacementStarted,
    PlacementTerms,
    PlacementTradeChanged,
    SchoolPeriodReported,
)
from schemas.facts import Fact
from schemas.job_centre import (
    GrantGiven,
    MentorAssigned,
    PlacementConfirmed,
    PlacementDisputed,
    PlacementFollowedUp,
    PlacementReported,
)
from schemas.vocabulary import (
    EndReason,
    GrantKind,
    Outcome,
    Pathway,
    Trade,
    YesNoUnknown,
)
from services.domain.amendments import AnyEvent
from services.domain.placements import FULL_WEEK, FollowUp, Pause, Placement, Span, Verdict, Workplace

_DAY = timedelta(days=1)
_JOB_CENTRES_WORD = (
    PlacementReported,
    PlacementConfirmed,
    PlacementDisputed,
    PlacementFollowedUp,
    GrantGiven,
    MentorAssigned,
)
_TELLING = (
    "started_on",
    "ended_on",
    "paused_on",
    "resumed_on",
    "moved_on",
    "changed_on",
    "confirmed_on",
    "agreed_on",
)
_SUBSIDISED = frozenset({GrantKind.WORK_PLACEMENT, GrantKind.WAGE_SUBSIDY})
T = TypeVar("T")


class _Told:
    """The effective events of one placement in order of trust, asked by class."""

    def __init__(self, events: Iterable[AnyEvent]) -> None:
        self.events = sorted(events, key=lambda e: (e.data.on_behalf_of is not None, e.source, e.id))
        self._by_class: dict[type, list[AnyEvent]] = defaultdict(list)
        for event in self.events:
            self._by_class[type(event.data)].append(event)
        terms = (*self.of(PlacementStarted), *self.of(PlacementReported), *self.of(PlacementAgreed))
        self.terms: tuple[PlacementTerms, ...] = terms

    def of(self, cls: type[T]) -> tuple[T, ...]:
        return tuple(event.data for event in self._events_of(cls))

    def dated(self, cls: type[T], on: Callable[[T], date]) -> list[T]:
        """All of a class by date, then (source, id): the last of those on one date holds."""
        found = sorted(self._events_of(cls), key=lambda e: (on(e.data), e.source, e.id))
        return [event.data for event in found]

    def _events_of(self, cls: type[Any]) -> Sequence[AnyEvent]:
        if cls.__subclasses__():
            return [event for event in self.events if isinstance(event.data, cls)]
        return self._by_class.get(cls, ())

    def term(self, field: str) -> Any:
        """A field of the terms: the first one given."""
        return next((value for terms in self.terms if (value := getattr(terms, field)) is not None), None)


def fold_placement(placement: str, events: Sequence[AnyEvent]) -> Placement:
    """One placement from all its effective events, in whatever order they are given."""
    told = _Told(events)
    apprenticeship = next(iter(told.dated(ApprenticeshipAgreed, lambda _: date.min)[-1:]), None)
    start, starts = _start(told, apprenticeship)
    end, end_reason, outcome, ends = _end(told)
    contractor = told.term("contractor")
    resident, heard_both = _resident(told, contractor)
    contradictions = [
        name
        for name, is_one in (("start", len(starts) > 1), ("end", len(ends) > 1), ("resident", heard_both))
        if is_one
    ]
    weekly_hours = told.term("weekly_hours")
    return Placement(
        placement=placement,
        person=told.term("person"),
        kind=told.term("kind"),
        contractor=contractor,
        contract=told.term("contract"),
        planned_start=_planned_start(told),
        start=start,
        planned_end=_planned_end(told),
        end=end,
        end_reason=end_reason,
        outcome=outcome,
        not_started=start is None and bool(told.of(PlacementNotStarted)),
        workplaces=_workplaces(told, contractor),
        weekly_hours=_changes(weekly_hours or FULL_WEEK, _extensions(told, "weekly_hours")),
        weekly_hours_assumed=weekly_hours is None,
        trades=_trades(told, apprenticeship),
        pathways=_pathways(told),
        pauses=_pauses(told),
        school=tuple(sorted(Span(s.from_on, s.to_on) for s in told.of(SchoolPeriodReported))),
        allocations=_allocations(told),
        on_site_from=apprenticeship.on_site_from if apprenticeship else None,
        age_band=told.term("age_band"),
        resident=resident,
        referred_by=told.term("referred_by"),
        continues=told.term("continues"),
        opening=told.term("opening"),
        authorised_until=_authorised_until(told),
        signed_on=apprenticeship.signed_on if apprenticeship else None,
        form=apprenticeship.form if apprenticeship else None,
        novelty=apprenticeship.novelty if apprenticeship else None,
        mentor_until=max((m.until_on or date.max for m in told.of(MentorAssigned)), default=None),
        verdicts=_verdicts(told),
        follow_ups=_follow_ups(told),
        own_word=any(e.data.on_behalf_of is None and e.data.reported_by == contractor for e in told.events),
        only_job_centre=bool(told.terms) and all(isinstance(t, PlacementReported) for t in told.terms),
        contradictions=tuple(contradictions),
        last_told=max((day for e in told.events for day in _told_by_contractor(e.data, contractor)), default=None),
        events=len(told.events),
        handled_by=tuple(sorted({_speaker(e.data) for e in told.events if isinstance(e.data, _JOB_CENTRES_WORD)})),
    )


def _planned_start(told: _Told) -> date | None:
    return next((agreed.planned_start for agreed in told.of(PlacementAgreed)), None)


def _start(told: _Told, apprenticeship: ApprenticeshipAgreed | None) -> tuple[date | None, set[date]]:
    started = [report.started_on for report in told.of(PlacementStarted)]
    starts = started + [report.started_on for report in told.of(PlacementReported)]
    announced = apprenticeship.on_site_from if apprenticeship and not told.of(PlacementNotStarted) else None
    return (starts[0] if starts else announced), set(starts)


def _end(told: _Told) -> tuple[date | None, EndReason | None, Outcome | None, set[date]]:
    ended = told.of(PlacementEnded)
    reported = [report for report in told.of(PlacementReported) if report.ended_on]
    days = {e.ended_on for e in ended} | {r.ended_on for r in reported if r.ended_on}
    if ended:
        return ended[0].ended_on, ended[0].reason, ended[0].outcome, days
    if reported:
        return reported[0].ended_on, EndReason.AS_PLANNED, reported[0].outcome or Outcome.PENDING, days
    return None, None, None, days


def _planned_end(told: _Told) -> date | None:
    extended = _extensions(told, "planned_end")
    planned: date | None = extended[-1][1] if extended else told.term("planned_end")
    return planned


def _changes(first: T, changes: Iterable[tuple[date, T]]) -> tuple[tuple[date, T], ...]:
    """What held since ever, then each change in order of its day; of several on one day the last."""
    return tuple({date.min: first, **dict(changes)}.items())


def _extensions(told: _Told, field: str) -> list[tuple[date, Any]]:
    extensions = told.dated(PlacementExtended, lambda e: e.extended_on)
    return [(e.extended_on, getattr(e, field)) for e in extensions if getattr(e, field) is not None]


def _workplaces(told: _Told, contractor: str | None) -> tuple[Workplace, ...]:
    if contractor is None:
        return ()
    moves = told.dated(PlacementMoved, lambda m: m.moved_on)
    changes = _changes((contractor, told.term("contract")), [(m.moved_on, (m.contractor, m.contract)) for m in moves])
    return tuple(Workplace(day, *where) for day, where in changes)


def _trades(told: _Told, apprenticeship: ApprenticeshipAgreed | None) -> tuple[tuple[date, Trade | None], ...]:
    first: Trade | None = told.term("trade") or (apprenticeship.trade if apprenticeship else None)
    changes = told.dated(PlacementTradeChanged, lambda c: c.changed_on)
    return _changes(first, [(change.changed_on, change.trade) for change in changes])


def _pathways(told: _Told) -> tuple[tuple[date, Pathway], ...]:
    changes = _changes(told.term("pathway"), _extensions(told, "pathway"))
    return tuple((day, pathway) for day, pathway in changes if pathway is not None)


def _pauses(told: _Told) -> tuple[Pause, ...]:
    resumed = sorted(r.resumed_on for r in told.of(PlacementResumed))
    pauses = []
    for paused in told.of(PlacementPaused):
        back = next((day for day in resumed if day >= paused.paused_on), None)
        pauses.append(Pause(paused.paused_on, back - _DAY if back else None, paused.reason))
    return tuple(sorted(pauses, key=lambda p: (p.from_on, p.to_on or date.max, p.reason)))


def _allocations(told: _Told) -> tuple[Span, ...] | None:
    allocated = sorted(a.allocated_on for a in told.of(PlacementAllocated))
    released = sorted(r.released_on for r in told.of(PlacementReleased))
    if not allocated and not released:
        return None
    spans = {Span(day, next((r for r in released if r >= day), None)) for day in allocated}
    if released and not any(day <= released[0] for day in allocated):
        spans.add(Span(date.min, released[0]))
    return tuple(sorted(spans, key=lambda s: (s.from_on, s.to_on or date.max)))


def _resident(told: _Told, contractor: str | None) -> tuple[YesNoUnknown, bool]:
    sayers = (data for data in told.of(Fact) if isinstance(data, PlacementTerms | PlacementConfirmed))
    heard = {
        data.resident
        for data in sayers
        if data.resident in {YesNoUnknown.YES, YesNoUnknown.NO}
        and contractor not in {data.reported_by, data.on_behalf_of}
    }
    return (heard.pop(), False) if len(heard) == 1 else (YesNoUnknown.UNKNOWN, len(heard) == 2)


def _authorised_until(told: _Told) -> date | None:
    granted = [grant.authorised_until for grant in told.of(GrantGiven) if grant.kind in _SUBSIDISED]
    until: date | None = max(granted) if granted else told.term("authorised_until")
    return until


def _speaker(data: Fact) -> str:
    """Whose word it is."""
    return data.on_behalf_of or data.reported_by


def _verdicts(told: _Told) -> tuple[Verdict, ...]:
    confirmed = {Verdict(c.confirmed_on, _speaker(c), disputed=False) for c in told.of(PlacementConfirmed)}
    disputed = {Verdict(d.disputed_on, _speaker(d), disputed=True) for d in told.of(PlacementDisputed)}
    return tuple(sorted(confirmed | disputed))


def _follow_ups(told: _Told) -> tuple[FollowUp, ...]:
    found = ((e, e.data) for e in told.events if isinstance(e.data, PlacementFollowedUp))
    return tuple(sorted(FollowUp(d.followed_up_on, e.source, e.id, d.in_work, d.outcome) for e, d in found))


def _told_by_contractor(data: Fact, contractor: str | None) -> Iterable[date]:
    """The days a contractor's word tells of, plans and permissions for the future left out.

    What the job centre says of a placement breaks nobody's silence but its own.
    """
    if isinstance(data, _JOB_CENTRES_WORD) and _speaker(data) != contractor:
        return ()
    return (day for field in _telling(type(data)) if (day := getattr(data, field)))


@cache
def _telling(cls: type[Fact]) -> tuple[str, ...]:
    """Those of a class: asking an event for a field that it does not have is slow, and every event is asked."""
    return tuple(field for field in _TELLING if field in cls.model_fields)
