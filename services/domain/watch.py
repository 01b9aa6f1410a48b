"""Watches a tender as its figures are added up, and says what somebody must look at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from schemas.secretariat import (
    AgreementTerms,
    ContractAwarded,
    ContractorEngaged,
    ContractorSucceeded,
    ContractSigned,
)
from schemas.vocabulary import AgreementKind, ContractKind, EndReason, PlacementKind, Spread
from services.domain.amendments import Standing as AmendmentStanding
from services.domain.courses import Placed, Standing
from services.domain.expectation import has_plan
from services.domain.figures import Due
from services.domain.findings import Finding, finding
from services.domain.frame import Frame
from services.domain.hours import Period
from services.domain.procurement import (
    LONGEST_WEEKS,
    known_on,
    most_dkk,
    training_terms_required,
    unrewarded_hours,
)
from services.domain.retention import WorkAnswer, check_day, found_in_work
from services.domain.site import Action
from services.domain.spans import held_on
from services.domain.targets import TRAINING

SILENT_AFTER = timedelta(days=21)
_MANY_EVENTS = 200
_FOLLOW_UP_ASKED_FOR = timedelta(days=90)
_STANDING_CODES = {
    Standing.WAITS: "placement_waits",
    Standing.HELD_BACK: "possible_double",
    Standing.DISPUTED: "disputed",
}


@dataclass
class _Heard:
    """What has been heard from, and of, one contractor."""

    last: date = date.min
    not_engaged: int = 0
    on_behalf: int = 0


@dataclass
class Watch:
    """Looks at every person of a tender once, then at the tender itself."""

    frame: Frame
    due: Sequence[Due]
    on: date
    found: list[Finding] = field(default_factory=list)
    heard: dict[str, _Heard] = field(default_factory=dict)
    unregistered: int = 0

    def add(self, person: Sequence[Placed]) -> None:
        """Look at all courses of one person."""
        counting = [one for one in person if one.standing is Standing.COUNTS]
        for one in person:
            self._hear(one)
            self.found.extend(self._of_any(one))
            if one.standing is Standing.COUNTS:
                self.found.extend(self._of_counting(one))
                self.found.extend(self._of_follow_up(one, counting))
                self.found.extend(self._of_ended_contractor(one, person))

    def _contractor(self, cvr: str) -> _Heard:
        return self.heard.setdefault(cvr, _Heard())

    def _hear(self, one: Placed) -> None:
        contractor = one.placement.contractor
        if contractor is None:
            return
        self._hear_days(one)
        self._contractor(contractor).not_engaged += one.standing is Standing.CONTRACTOR_NOT_ENGAGED
        self._contractor(contractor).on_behalf += one.standing is Standing.COUNTS and not one.own_word
        self.unregistered += one.standing is Standing.TENDER_UNKNOWN

    def _hear_days(self, one: Placed) -> None:
        """Whoever the placement was with on a day told of has been heard then."""
        start = None if one.placement.only_job_centre else one.placement.start
        days = (one.placement.last_told, start, *(period.to_on for period in one.periods))
        told = [day for day in days if day is not None and day <= self.on]
        if len(one.workplaces) == 1:
            told = [max(told, default=date.min)]
        for day in told:
            heard = self._contractor(held_on(one.workplaces, day.toordinal()).contractor)
            heard.last = max(heard.last, day)

    def _of_any(self, one: Placed) -> Iterator[Finding]:
        placement = one.placement
        about, contractor = placement.placement, placement.contractor
        if one.standing in _STANDING_CODES:
            yield finding(_STANDING_CODES[one.standing], about, contractor, placement.start)
        if one.standing is Standing.AGREED and placement.planned_start and placement.planned_start < self.on:
            yield finding("start_overdue", about, contractor, placement.planned_start)
        if placement.contradictions:
            yield finding("contradiction", about, contractor, facts=", ".join(placement.contradictions))
        if overlapping := sum(not period.holds for period in one.periods):
            yield finding("overlapping_hours", about, contractor, count=overlapping)
        if placement.events > _MANY_EVENTS:
            yield finding("many_events", about, contractor, count=placement.events)

    def _of_counting(self, one: Placed) -> Iterator[Finding]:
        placement = one.placement
        about, contractor = placement.placement, placement.contractor
        outside = sum(p.holds and p.to_on <= self.on for p in one.periods) - len(one.counted_periods)
        if outside:
            yield finding("hours_outside", about, contractor, count=outside)
        if one.end is None and placement.planned_end is not None and placement.planned_end < self.on:
            yield finding("planned_end_passed", about, contractor, placement.planned_end)
        for stay in one.stays:
            if any(day.toordinal() < stay.first for day in self.frame.cut_off.get(stay.contractor, ())):
                yield finding("left_before", about, stay.contractor, date.fromordinal(stay.first))
                break
        yield from self._of_length(one)

    def _of_length(self, one: Placed) -> Iterator[Finding]:
        placement, start, until = one.placement, one.start, date.fromordinal(one.until)
        about, referred_by = placement.placement, placement.referred_by
        rule = known_on(LONGEST_WEEKS.get(placement.kind, ()), start) if placement.kind and start else None
        if placement.authorised_until is not None:
            if until > placement.authorised_until:
                yield finding("grant_ran_out", about, referred_by, placement.authorised_until)
        elif rule is not None and start is not None and until >= (over_since := start + timedelta(weeks=rule.value)):
            yield finding("longer_than_usual", about, referred_by, over_since, weeks=rule.value)
        if placement.kind is PlacementKind.OPERATIONS_ASSISTANT and (hours := unrewarded_hours(one.counted_periods)):
            yield finding("unrewarded_hours", about, placement.contractor, hours=hours)

    def _of_follow_up(self, one: Placed, counting: Sequence[Placed]) -> Iterator[Finding]:
        for weeks in sorted({due.target.after_weeks for due in self.due if due.target.after_weeks}):
            day = check_day(one, weeks)
            if day is None or not day <= self.on <= day + _FOLLOW_UP_ASKED_FOR:
                continue
            if found_in_work(one, counting, weeks, self.on) is WorkAnswer.UNKNOWN:
                about = f"{one.placement.placement} {weeks}"
                yield finding("follow_up_due", about, one.placement.referred_by, day, weeks=weeks)

    def _of_ended_contractor(self, one: Placed, person: Sequence[Placed]) -> Iterator[Finding]:
        placement, end = one.placement, one.end
        if one.end_reason is not EndReason.CONTRACTOR_ENDED or placement.kind not in TRAINING or end is None:
            return
        if end <= self.on and not any(_goes_on(other, end) for other in person):
            yield finding("new_place_needed", placement.placement, None, end)

    def findings(
        self,
        site_hours: Iterable[Period],
        actions: Iterable[Action],
        amendments: Iterable[AmendmentStanding],
    ) -> list[Finding]:
        """Everything found, once everybody has been looked at."""
        for period in site_hours:
            if period.to_on <= self.on:
                heard = self._contractor(period.of)
                heard.last = max(heard.last, period.to_on)
        self.found.extend(self._of_contractors())
        self.found.extend(self._of_tender(list(amendments)))
        for action in actions:
            if days := action.overdue_days(self.on):
                facts = {"owner": action.owner, "what": action.what, "days": days}
                self.found.append(
                    finding("action_overdue", action.action, action.owner_organisation, action.due_on, **facts)
                )
        return self.found

    def _of_contractors(self) -> Iterator[Finding]:
        for cvr, heard in sorted(self.heard.items()):
            if heard.not_engaged:
                yield finding("contractor_not_engaged", cvr, cvr, count=heard.not_engaged)
            if heard.on_behalf:
                yield finding("say_yes", cvr, cvr, count=heard.on_behalf)
        for cvr, since in sorted(self.silent().items()):
            days = (self.on - since).days
            yield finding("silent", cvr, cvr, since, company=self.frame.companies.get(cvr, cvr), days=days)

    def silent(self) -> dict[str, date]:
        """Contractors at work that have told nothing for too long, and since when: silence has a name and a number."""
        schedule = self.frame.schedule(self.on)
        if schedule.start is None or self.on < schedule.start or (schedule.end is not None and self.on > schedule.end):
            return {}
        since = {}
        for contractor, engaged_on in self._engaged_on().items():
            if self.frame.left_by(contractor, self.on):
                continue
            heard = self.heard.get(contractor, _Heard()).last
            quiet = max(heard, engaged_on, schedule.start)
            if self.on - quiet > SILENT_AFTER:
                since[contractor] = quiet
        return since

    def _engaged_on(self) -> dict[str, date]:
        """Since when each contractor is there to report."""
        since = {d.successor: d.succeeded_on for d in self.frame.of(ContractorSucceeded)}
        return since | {d.contractor: d.engaged_on for d in self.frame.of(ContractorEngaged)}

    def _of_tender(self, amendments: Sequence[AmendmentStanding]) -> Iterator[Finding]:
        if self.unregistered:
            yield finding("tender_unknown", "", None, count=self.unregistered)
        for standing, code in (
            (AmendmentStanding.WAITS, "amendment_waits"),
            (AmendmentStanding.VOID, "amendment_void"),
        ):
            if count := sum(one is standing for one in amendments):
                yield finding(code, "", None, count=count)
        yield from self._of_agreements(self.frame.terms(self.on))
        yield from self._of_procurement()

    def _of_agreements(self, terms: Sequence[AgreementTerms]) -> Iterator[Finding]:
        seen: set[str] = set()
        for target in (target for agreement in terms for target in agreement.targets):
            if target.target in seen:
                yield finding("target_twice", target.target)
            seen.add(target.target)
            if target.spread is Spread.TRAINING_PLAN and not has_plan(target, self.frame, self.on):
                yield finding("plan_missing", target.target)

    def _of_procurement(self) -> Iterator[Finding]:
        tender = self.frame.registered
        if tender is None:
            return
        if tender.route and tender.published_on and tender.contract_sum_dkk:
            limit = most_dkk(tender.route, tender.published_on)
            if limit and tender.contract_sum_dkk > limit.value:
                yield finding("route_over_threshold", "", tender.client, tender.published_on, limit=limit.value)
        if tender.contract_kind is ContractKind.WORKS and not self._has_training_terms():
            sums = {c.contract: c.contract_sum_dkk for c in self.frame.of(ContractAwarded)}
            for signed in self.frame.of(ContractSigned):
                amount, delivery = sums.get(signed.contract), signed.delivery_on
                if amount and delivery and training_terms_required(amount, signed.signed_on, delivery):
                    yield finding("training_terms_missing", signed.contract, tender.client, signed.signed_on)

    def _has_training_terms(self) -> bool:
        return any(
            terms.kind is AgreementKind.TRAINING_CLAUSE or any(TRAINING & set(t.kinds) for t in terms.targets)
            for terms in self.frame.terms(self.on)
        )


def _goes_on(other: Placed, end: date) -> bool:
    """Whether a person has a place after a day, be it agreed only."""
    begins = other.start or other.placement.planned_start
    has_place = other.standing in {Standing.COUNTS, Standing.AGREED} and begins is not None
    return has_place and (other.end is None or other.end > end)
