"""What fits a target, added up person by person (RULES.md section 5)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from schemas.vocabulary import Metric, Outcome, Pathway, PlacementKind
from services.domain.courses import Placed
from services.domain.retention import WorkAnswer, found_in_work
from services.domain.spans import months
from services.domain.targets import Narrowing, pathways
from services.domain.timeline import TICKS_PER_HOUR, Piece, hours_of

_LED_ON = {
    Pathway.D: (PlacementKind.APPRENTICESHIP, frozenset({Outcome.APPRENTICESHIP})),
    Pathway.E: (
        PlacementKind.ORDINARY_EMPLOYMENT,
        frozenset({Outcome.JOB_SAME_EMPLOYER, Outcome.JOB_OTHER_EMPLOYER}),
    ),
}
_DAY_WEEKS_PER_PERSON_WEEK = 7 * 100 * 37


@dataclass
class Sum:
    """What fits one target, added up: three different counts and the hours, side by side."""

    persons: int = 0
    placements: int = 0
    measured: int = 0
    computed: int = 0
    day_weeks: int = 0

    @property
    def ticks(self) -> int:
        """All hours, in ticks."""
        return self.measured + self.computed

    @property
    def person_weeks(self) -> Fraction:
        """Counted days / 7 x weekly hours / 37."""
        return Fraction(self.day_weeks, _DAY_WEEKS_PER_PERSON_WEEK)

    @property
    def measured_hours(self) -> Fraction:
        """Hours that were reported."""
        return hours_of(self.measured)

    @property
    def computed_hours(self) -> Fraction:
        """Hours computed from weekly hours where none were reported."""
        return hours_of(self.computed)


@dataclass
class Tally:
    """Adds up one target over the persons of a tender."""

    narrowing: Narrowing
    on: date
    known_months: frozenset[tuple[str, int, int]] = frozenset()
    members: dict[str, Sum] | None = None  # by placement, where somebody asks what is behind the figure
    base: Sum = field(default_factory=Sum)
    also: Sum = field(default_factory=Sum)
    by_kind: dict[PlacementKind, Sum] = field(default_factory=dict)
    by_contractor: dict[str, Sum] = field(default_factory=dict)
    share_ticks: int = 0
    attempts: int = 0
    conversions: int = 0
    in_work: dict[WorkAnswer, int] = field(default_factory=dict)
    on_behalf: int = 0
    unknown: dict[str, int] = field(default_factory=dict)

    def add(self, person: Sequence[Placed], found: Iterable[Piece]) -> None:
        """Add one person: the courses that count (and have lasted long enough), and the pieces of their time."""
        target = self.narrowing.target
        self._note_gaps(person)
        fitting = {i: one for i, one in enumerate(person) if self._fits(one)}
        own = {i for i, one in fitting.items() if not target.kinds or one.placement.kind in target.kinds}
        for index, one in fitting.items():
            self._add_placement(one, self.base if index in own else self.also)
        self.base.persons += bool(own)
        self.also.persons += bool(fitting) and not own
        self._add_persons_apart([fitting[i] for i in own])
        for piece in found:
            if piece.course in fitting and self.narrowing.stay_fits(piece.stay):
                self._add_piece(piece, fitting[piece.course], own=piece.course in own)
        if target.metric is Metric.CONVERSIONS:
            self._add_conversions([fitting[i] for i in own], person)
        if target.after_weeks is not None:
            self._add_in_work([fitting[i] for i in own], person, target.after_weeks)

    def _fits(self, one: Placed) -> bool:
        return self._kind_fits(one) and self.narrowing.person_fits(one) and self._is_there(one)

    def _kind_fits(self, one: Placed) -> bool:
        kinds, kind = self.narrowing.target.kinds, one.placement.kind
        return not kinds or kind in kinds or kind in self.narrowing.also

    def _is_there(self, one: Placed) -> bool:
        return any(map(self.narrowing.stay_fits, one.stays))

    def _add_placement(self, one: Placed, total: Sum) -> None:
        total.placements += 1
        if self.members is not None:
            self.members[one.placement.placement] = Sum(persons=1, placements=1)
        if total is self.base:
            self._apart(one).placements += 1
            self.by_contractor.setdefault(one.placement.contractor or "", Sum()).placements += 1
            self.on_behalf += not one.own_word

    def _apart(self, one: Placed) -> Sum:
        return self.by_kind.setdefault(_kind(one), Sum())

    def _add_persons_apart(self, own: Sequence[Placed]) -> None:
        for kind in {_kind(one) for one in own}:
            self.by_kind[kind].persons += 1
        for contractor in {one.placement.contractor or "" for one in own}:
            self.by_contractor[contractor].persons += 1

    def _add_piece(self, piece: Piece, one: Placed, *, own: bool) -> None:
        totals = [self.base if own else self.also]
        if own:
            totals += [self._apart(one), self.by_contractor.setdefault(piece.stay.contractor, Sum())]
        if self.members is not None:
            totals.append(self.members[one.placement.placement])
        for total in totals:
            total.day_weeks += piece.day_weeks
            if piece.measured:
                total.measured += piece.ticks
            else:
                total.computed += piece.ticks
        if own and self.known_months and piece.ticks:
            self.share_ticks += self._in_known_months(piece)

    def _in_known_months(self, piece: Piece) -> int:
        if piece.measured:
            return piece.ticks if self._known(piece.stay.contractor, piece.first) else 0
        per_day = piece.ticks // (piece.last - piece.first + 1)
        spans = months(piece.first, piece.last)
        return sum(per_day * (b - a + 1) for a, b in spans if self._known(piece.stay.contractor, a))

    def _known(self, contractor: str, day: int) -> bool:
        on = date.fromordinal(day)
        return (contractor, on.year, on.month) in self.known_months

    def _add_conversions(self, own: Sequence[Placed], person: Sequence[Placed]) -> None:
        for one in own:
            wanted = self.narrowing.target.pathways or tuple(_LED_ON)
            asked = [p for p in _LED_ON if p in wanted and p in pathways(one)]
            self.attempts += bool(asked)
            self.conversions += any(_led_on(one, pathway, person, self.on) for pathway in asked)

    def _add_in_work(self, own: Sequence[Placed], person: Sequence[Placed], after_weeks: int) -> None:
        for one in own:
            answer = found_in_work(one, person, after_weeks, self.on)
            self.in_work[answer] = self.in_work.get(answer, 0) + 1

    def _note_gaps(self, person: Iterable[Placed]) -> None:
        """Note what would fit, were it known."""
        for one in person:
            gaps = dict(self.narrowing.gaps(one))
            if gaps and all(gaps.values()) and self._kind_fits(one) and self._is_there(one):
                for name in gaps:
                    self.unknown[name] = self.unknown.get(name, 0) + 1

    def delivered(self, site_ticks: int) -> Fraction | None:
        """What counts towards the target, in its own unit; None where it cannot be known."""
        return _DELIVERED[self.narrowing.target.metric](self, site_ticks)

    def with_also(self, measure: Callable[[Sum], Fraction]) -> Fraction:
        """What fits, and what counts by an agreed substitution, up to its amount."""
        up_to = sum((Fraction(s.up_to) for s in self.narrowing.substitutions), Fraction(0))
        return measure(self.base) + min(measure(self.also), up_to)

    @property
    def known_answers(self) -> int:
        """How many placements are known to have been in work, or not, on their check day."""
        return self.in_work.get(WorkAnswer.YES, 0) + self.in_work.get(WorkAnswer.NO, 0)

    @property
    def ticks_per_fte(self) -> Fraction:
        """Ticks in one full-time equivalent, by the agreement's rules."""
        return Fraction(self.narrowing.rules.hours_per_fte) * TICKS_PER_HOUR


def _in_work(tally: Tally, of_answers: int, factor: int) -> Fraction | None:
    return Fraction(factor * tally.in_work.get(WorkAnswer.YES, 0), of_answers) if tally.known_answers else None


_DELIVERED: Mapping[Metric, Callable[[Tally, int], Fraction | None]] = {
    Metric.PERSONS: lambda t, _: t.with_also(lambda s: Fraction(s.persons)),
    Metric.PLACEMENTS: lambda t, _: t.with_also(lambda s: Fraction(s.placements)),
    Metric.FTE: lambda t, _: t.with_also(lambda s: s.ticks / t.ticks_per_fte),
    Metric.PERSON_WEEKS: lambda t, _: t.with_also(lambda s: s.person_weeks),
    Metric.SHARE_OF_HOURS: lambda t, site: Fraction(100 * t.share_ticks, site) if site else None,
    Metric.CONVERSIONS: lambda t, _: Fraction(t.conversions),
    Metric.IN_WORK: lambda t, _: _in_work(t, 1, 1),
    Metric.SHARE_IN_WORK: lambda t, _: _in_work(t, t.known_answers, 100),
}


def _kind(one: Placed) -> PlacementKind:
    if one.placement.kind is None:
        raise ValueError(f"{one.placement.placement} counts without a kind")
    return one.placement.kind


def _led_on(one: Placed, pathway: Pathway, person: Sequence[Placed], on: date) -> bool:
    kind, outcomes = _LED_ON[pathway]
    if one.end is not None and one.end <= on and one.outcome in outcomes:
        return True
    if any(f.on <= on and f.outcome in outcomes for f in one.placement.follow_ups):
        return True
    return any(
        later is not one and later.placement.kind is kind and one.placement.placement in later.follows
        for later in person
    )
