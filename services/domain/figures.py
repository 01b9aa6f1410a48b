"""The figures of a tender on a day: agreed, delivered, expected, forecast and status per target (RULES.md).

A function of the tender's state, the day and these rules, and nothing else (architecture.md, invariant 5).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from schemas.secretariat import AgreementTerms, CountingRules, Target
from schemas.vocabulary import Metric, PlacementKind, Spread
from services.domain.courses import Course, Placed, Standing, Standpoint
from services.domain.expectation import Expectation, expected_by, last_date, schedule_of
from services.domain.frame import Frame, Schedule
from services.domain.hours import Period
from services.domain.retention import WorkAnswer
from services.domain.status import Judgement, Reason, Status, judge
from services.domain.status import Standing as Numbers
from services.domain.tally import Sum, Tally
from services.domain.targets import Narrowing
from services.domain.ties import Ties
from services.domain.timeline import TICKS_PER_HOUR, Counting, Piece, pieces, put_together

RULES_VERSION = 1
"""Raised when a change of these rules changes a figure: stored with each figure."""

_AS_DELIVERED = frozenset({Metric.SHARE_OF_HOURS, Metric.SHARE_IN_WORK, Metric.CONVERSIONS, Metric.IN_WORK})


@dataclass(frozen=True)
class Due:
    """One target as it is agreed on a day."""

    target: Target
    terms: AgreementTerms
    agreed: Fraction
    waived: Fraction
    required: Fraction
    phase_triggered: bool
    schedule: Schedule
    narrowing: Narrowing


@dataclass(frozen=True)
class Figure:
    """One target of one tender on a day, with what it was computed from."""

    target: str
    title: str | None
    agreement: str
    metric: Metric
    on: date
    agreed: Fraction
    waived: Fraction
    required: Fraction
    delivered: Fraction | None
    expected: Fraction | None
    spread: Spread
    forecast: Fraction | None
    last_date: date | None
    status: Status
    reason: Reason
    follow_up_owner: str
    schedule: Schedule
    rules: CountingRules
    fits: Sum
    substituted: Sum
    by_kind: dict[PlacementKind, Sum]
    by_contractor: dict[str, Sum]
    site_ticks: int
    share_ticks: int
    attempts: int
    in_work: dict[WorkAnswer, int]
    on_behalf: int
    unknown: dict[str, int]
    members: dict[str, Sum] | None


def due_on(frame: Frame, on: date) -> list[Due]:
    """Every target that is agreed on a day, each once (RULES.md section 6)."""
    found: dict[str, Due] = {}
    for terms in frame.terms(on):
        for target in terms.targets:
            if target.target not in found:
                found[target.target] = _due(frame, terms, target, on)
    return list(found.values())


def _due(frame: Frame, terms: AgreementTerms, target: Target, on: date) -> Due:
    taken, given = frame.transferred(target.target, on)
    moved = sum(Fraction(t.amount) for t in given) - sum(Fraction(t.amount) for t in taken)
    agreed = max(Fraction(0), Fraction(target.amount) + moved)
    waived = sum((Fraction(w.lowered_by) for w in frame.waivers(target.target, on)), Fraction(0))
    triggered = target.phase is None or frame.phase(target.phase, on) is not None
    required = max(Fraction(0), agreed - waived) if triggered else Fraction(0)
    new_since = frame.agreement_signed(terms.agreement)
    substitutions = tuple(frame.substitutions(target.target, on))
    narrowing = Narrowing(target, terms.rules, new_since, substitutions, frame)
    return Due(target, terms, agreed, waived, required, triggered, schedule_of(target, frame, on), narrowing)


class Reckoning:
    """Adds up all targets of a tender over its people, today and as forecast: one pass, flat memory."""

    def __init__(
        self, frame: Frame, ties: Ties, site_hours: Iterable[Period], on: date, detailed: str | None = None
    ) -> None:
        """Make ready for a day; of the target that is `detailed` each placement behind it is kept."""
        self.frame, self.on = frame, on
        self.due = due_on(frame, on) if frame.registered else []
        self.site_hours = [p for p in site_hours if p.holds and p.to_on <= on]
        self.now = [self._tally(due, on) for due in self.due]
        for due, tally in zip(self.due, self.now, strict=True):
            tally.members = {} if due.target.target == detailed else None
        self.later = [self._tally(due, self._horizon(due)) for due in self.due]
        self.reported = [False] * len(self.due)
        self._here = Standpoint(frame, ties, on)
        horizons = {self._horizon(due) for due in self.due}
        self._there = {day: Standpoint(frame, ties, day, agreed_from=on) for day in horizons}

    def _horizon(self, due: Due) -> date:
        return max(self.on, due.schedule.end) if due.schedule.end else self.on

    def _tally(self, due: Due, on: date) -> Tally:
        site_hours = self._site_hours(due.narrowing) if due.target.metric is Metric.SHARE_OF_HOURS else ()
        return Tally(due.narrowing, on, frozenset((p.of, p.from_on.year, p.from_on.month) for p in site_hours))

    def _site_hours(self, narrowing: Narrowing) -> list[Period]:
        """The site hours that a target is a share of."""
        contractors = {c for c in {p.of for p in self.site_hours} if narrowing.site_fits(c)}
        return [p for p in self.site_hours if p.of in contractors]

    def add(self, person: Sequence[Course]) -> list[Placed]:
        """Add all courses of one person; gives them back as placed today."""
        placed = self._here.placed(person)
        for index, due in enumerate(self.due):
            self.reported[index] |= any(self._is_report(one, due.target) for one in placed)
        self._count(placed, self.now, self.due)
        for day, there in self._there.items():
            chosen = [i for i, due in enumerate(self.due) if self._forecasts(due) and self._horizon(due) == day]
            if chosen:
                self._count(there.placed(person), [self.later[i] for i in chosen], [self.due[i] for i in chosen])
        return placed

    def _forecasts(self, due: Due) -> bool:
        return due.target.metric not in _AS_DELIVERED and due.schedule.end is not None

    def _is_report(self, one: Placed, target: Target) -> bool:
        if one.gone:
            return False
        return not target.contractors or any(
            self.frame.hangs_under(contractor, target.contractors) for contractor in one.contractors
        )

    def _count(self, placed: Sequence[Placed], tallies: Sequence[Tally], due: Sequence[Due]) -> None:
        done: dict[int, tuple[list[Placed], list[Piece], list[Piece]]] = {}
        counting = [one for one in placed if one.standing is Standing.COUNTS]
        if not counting:
            return
        for tally, one in zip(tallies, due, strict=True):
            rules = one.terms.rules
            if id(rules) not in done:
                lasting = [p for p in counting if p.lasted(rules.min_weeks)]
                found = pieces(lasting, self._counting(rules))
                done[id(rules)] = (lasting, found, put_together(found))
            lasting, by_month, together = done[id(rules)]
            tally.add(lasting, by_month if tally.known_months else together)

    def _counting(self, rules: CountingRules) -> Counting:
        return Counting(rules, date.min if rules.computed_hours_count else self.on + timedelta(days=1))

    def figures(self) -> list[Figure]:
        """The figures, once everybody has been added."""
        rows = zip(self.due, self.now, self.later, self.reported, strict=True)
        return [self._figure(due, now, later, reported=reported) for due, now, later, reported in rows]

    def _figure(self, due: Due, now: Tally, later: Tally, *, reported: bool) -> Figure:
        site_ticks = int(sum(p.hours for p in self._site_hours(due.narrowing)) * TICKS_PER_HOUR)
        delivered = now.delivered(site_ticks) if reported else None
        forecast = self._forecast(due, delivered, later)
        expectation = expected_by(due.target, due.terms.rules, due.required, self.frame, self.on)
        last = last_date(due.target, due.terms.rules, due.required, forecast, due.schedule)
        status, reason = self._judge(due, delivered, expectation, forecast, reported=reported)
        return Figure(
            target=due.target.target,
            title=due.target.title,
            agreement=due.terms.agreement,
            metric=due.target.metric,
            on=self.on,
            agreed=due.agreed,
            waived=due.waived,
            required=due.required,
            delivered=delivered,
            expected=expectation.amount,
            spread=expectation.spread,
            forecast=forecast,
            last_date=last,
            status=status,
            reason=reason,
            follow_up_owner=due.terms.follow_up_owner,
            schedule=due.schedule,
            rules=due.terms.rules,
            fits=now.base,
            substituted=now.also,
            by_kind=now.by_kind,
            by_contractor=now.by_contractor,
            site_ticks=site_ticks,
            share_ticks=now.share_ticks,
            attempts=now.attempts,
            in_work=now.in_work,
            on_behalf=now.on_behalf,
            unknown=now.unknown,
            members=now.members,
        )

    def _forecast(self, due: Due, delivered: Fraction | None, later: Tally) -> Fraction | None:
        if due.schedule.end is None:
            return None
        return later.delivered(0) if self._forecasts(due) else delivered

    def _judge(
        self,
        due: Due,
        delivered: Fraction | None,
        expectation: Expectation,
        forecast: Fraction | None,
        *,
        reported: bool,
    ) -> Judgement:
        def numbers(required: Fraction, expected: Fraction | None) -> Numbers:
            last = last_date(due.target, due.terms.rules, required, forecast, due.schedule)
            parts = (self.on, due.schedule, required, delivered, expected, forecast, last, due.phase_triggered)
            return Numbers(due.target.metric, *parts, reported)

        unwaived = None
        if due.waived:
            expected = expected_by(due.target, due.terms.rules, due.agreed, self.frame, self.on).amount
            unwaived = numbers(due.agreed, expected)
        return judge(numbers(due.required, expectation.amount), unwaived)
