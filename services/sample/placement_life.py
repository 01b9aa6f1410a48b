"""The life of one placement of a portfolio, from the opening to the question who is still in work a year later."""

from dataclasses import dataclass
from typing import Any

from services.sample.candidate_life import bring_in
from services.sample.days import ISO, Span
from services.sample.hours import course_of
from services.sample.proportions import (
    AGES,
    DISPUTES,
    END_REASONS,
    FORMS,
    KINDS,
    LASTING,
    OTHER_OUTCOMES,
    OUTCOMES,
    PATHWAYS,
    PAUSES,
    RESIDENT,
    WEEKLY_HOURS,
    WEEKS,
    pick,
)
from services.sample.tender import Firm, Tender

_TRAINING = frozenset({"apprenticeship", "other_training"})
_ON_GRANT = frozenset({"work_placement", "wage_subsidy"})
_LEADS_ON = {"d": "apprenticeship", "e": "ordinary_employment"}
_SHARED_PERSONS = 60
_HOURS_NEVER_REPORTED = 0.08


@dataclass(slots=True)
class Placement:
    """One placement while its life is told."""

    id: str
    person: str
    firm: Firm
    kind: str
    start: int
    planned_end: int
    weekly_hours: float
    pathway: str | None
    continues: str | None = None
    opening: str | None = None
    referred: bool = False


def begin_placement(tender: Tender, day: int, kind: str | None = None, before: Placement | None = None) -> None:
    """Tell a placement that starts on a day; it may lead on to another (`before` is the one that led here)."""
    random = tender.rng.random
    placement = _plan(tender, day, kind or pick(tender.rng, KINDS), before)
    if before is None:
        bring_in(tender, placement)
    if random() < 0.45:
        _agree(tender, placement)
        if random() < 0.06:
            data = {"placement": placement.id, "decided_on": ISO[day], "reason": "did_not_turn_up"}
            tender.say(placement.firm.office, "placement.not_started", day, data)
            return
    _start(tender, placement)
    span = day, _last_day(tender, placement)
    school = _school(tender, placement, span)
    if placement.kind != "course" and random() > _HOURS_NEVER_REPORTED:
        course = course_of(placement.firm, tender.id, placement.id, span, placement.weekly_hours)
        course.school = school
        tender.courses.append(course)
    _on_the_way(tender, placement, span)
    _authorities(tender, placement, span)
    _end(tender, placement, span)


def _plan(tender: Tender, day: int, kind: str, before: Placement | None) -> Placement:
    rng = tender.rng
    shortest, longest = WEEKS[kind]
    planned_end = min(tender.after(day, shortest * 7, longest * 7), max(tender.dates.handover, day + 14))
    firm = before.firm if before else tender.firm_on(day)
    placement = tender.new_id("forloeb", firm.office.cvr)
    pathway = pick(rng, PATHWAYS[kind]) if kind in PATHWAYS else None
    person = before.person if before else _person(tender, day)
    continues = before.id if before else None
    hours = pick(rng, WEEKLY_HOURS[kind])
    return Placement(placement, person, firm, kind, day, planned_end, hours, pathway, continues)


def _person(tender: Tender, day: int) -> str:
    """Somebody new; now and then somebody who has been here, or who is on other tenders of the circle too."""
    chance = tender.rng.random()
    if chance < 0.15 and tender.past_persons:
        return pick(tender.rng, tender.past_persons[-50:])
    if chance < 0.25:
        return f"{tender.secretariat.cvr}:p-{int(tender.rng.random() ** 2 * _SHARED_PERSONS):04d}"
    person = tender.new_id("p", tender.secretariat.cvr)
    tender.past_persons.append(person)
    if chance > 0.99 and len(tender.past_persons) > 1:
        link = {"person": person, "same_as": tender.past_persons[-2], "decided_on": ISO[day]}
        tender.say_of(tender.municipality.linking_circle, tender.secretariat, "person.same_as", day, link)
    return person


def _terms(tender: Tender, placement: Placement) -> dict[str, Any]:
    rng = tender.rng
    told_by_contractor = placement.firm.office.on_behalf_of is None
    terms = {
        "placement": placement.id,
        "person": placement.person,
        "contractor": placement.firm.cvr,
        "contract": placement.firm.contract,
        "kind": placement.kind,
        "trade": placement.firm.company.trade,
        "weekly_hours": placement.weekly_hours,
        "planned_end": ISO[placement.planned_end],
        "pathway": placement.pathway,
        "age_band": "under_18" if placement.kind == "after_school_job" else pick(rng, AGES),
        "resident": None if told_by_contractor else pick(rng, RESIDENT),
        "referred_by": tender.job_centre.cvr if placement.referred else None,
        "opening": placement.opening,
        "continues": placement.continues,
    }
    return {name: value for name, value in terms.items() if value is not None}


def _agree(tender: Tender, placement: Placement) -> None:
    day = placement.start - 7 - int(tender.rng.random() * 30)
    data = {**_terms(tender, placement), "agreed_on": ISO[day], "planned_start": ISO[placement.start]}
    tender.say(placement.firm.office, "placement.agreed", day, data)


def _start(tender: Tender, placement: Placement) -> None:
    """The start, some of them corrected and a few taken back; training with its agreement."""
    office, day, random = placement.firm.office, placement.start, tender.rng.random
    own, data = office.next_id(), {**_terms(tender, placement), "started_on": ISO[placement.start]}
    tender.post.put(day, office.line("placement.started", tender.id, day, data, own))
    chance = random()
    if chance < 0.05:
        right = {**data, "trade": "labourer", "age_band": "25_29"}
        correction = office.correction(own, "placement.started", right)
        tender.say(office, "event.corrected", tender.after(day, -2, 40), correction)
    elif chance < 0.06:
        back = {"target_source": office.source, "target_id": own}
        tender.say(office, "event.withdrawn", tender.after(day, 5, 40), back)
    if placement.kind in _TRAINING:
        signed = day - int(random() * 60) if random() < 0.8 else day - 400
        data = {"placement": placement.id, "signed_on": ISO[signed], "employed_since": ISO[signed]}
        form = {"on_site_from": ISO[day], "form": pick(tender.rng, FORMS), "trade": placement.firm.company.trade}
        tender.say(office, "apprenticeship.agreed", day, {**data, **form})


def _last_day(tender: Tender, placement: Placement) -> int:
    """The planned end for most; those who leave early do so at any time, and more often in the beginning."""
    if tender.rng.random() < 0.7:
        return placement.planned_end
    return placement.start + int((placement.planned_end - placement.start) * tender.rng.random() ** 1.5)


def _school(tender: Tender, placement: Placement, span: Span) -> tuple[Span, ...]:
    """Five weeks at school about twice a year, for apprentices."""
    if placement.kind != "apprenticeship":
        return ()
    first = tender.after(span[0], 40, 150)
    periods = tuple((day, min(day + 34, span[1])) for day in range(first, span[1] - 7, 182))
    for begin, end in periods:
        data = {"placement": placement.id, "from_on": ISO[begin], "to_on": ISO[end]}
        tender.say(placement.firm.office, "school_period.reported", begin, data)
    return periods


def _on_the_way(tender: Tender, placement: Placement, span: Span) -> None:
    """What may happen in between: a pause, a change, time on another site."""
    random, office, name = tender.rng.random, placement.firm.office, {"placement": placement.id}
    middle = (span[0] + span[1]) // 2
    if random() < 0.1:
        pause = {**name, "paused_on": ISO[middle], "reason": pick(tender.rng, PAUSES)}
        tender.say(office, "placement.paused", middle, pause)
        tender.say(office, "placement.resumed", middle + 14, {**name, "resumed_on": ISO[middle + 14]})
    if random() < 0.12:
        data = {**name, "extended_on": ISO[middle], "planned_end": ISO[max(span[1], middle) + 28]}
        hours = {"weekly_hours": 37} if random() < 0.3 else {}
        tender.say(office, "placement.extended", middle, {**data, **hours})
    if random() < 0.03:
        other = tender.firm_on(middle)
        data = {**name, "moved_on": ISO[middle], "contractor": other.cvr, "contract": other.contract}
        tender.say(office, "placement.moved", middle, data)
    if random() < 0.03:
        tender.say(office, "placement.trade_changed", middle, {**name, "changed_on": ISO[middle], "trade": "labourer"})
    if placement.kind == "apprenticeship" and random() < 0.15:
        tender.say(office, "placement.allocated", span[0], {**name, "allocated_on": ISO[span[0]]})
        tender.say(office, "placement.released", middle, {**name, "released_on": ISO[middle]})
        tender.say(office, "placement.allocated", middle + 30, {**name, "allocated_on": ISO[middle + 30]})


def _authorities(tender: Tender, placement: Placement, span: Span) -> None:
    """What the job centre says of it: grant, mentor, confirmation or dispute, its own report."""
    random, job_centre, name = tender.rng.random, tender.job_centre, {"placement": placement.id}
    day = span[0]
    if placement.kind in _ON_GRANT and random() < 0.7:
        grant = {**name, "kind": placement.kind, "given_on": ISO[day], "authorised_until": ISO[day + 91]}
        tender.say(job_centre, "grant.given", day, grant)
    if random() < 0.08:
        tender.say(job_centre, "mentor.assigned", day, {**name, "assigned_on": ISO[day], "until_on": ISO[day + 180]})
    if random() < 0.03:
        disputed = {**name, "disputed_on": ISO[day + 20], "reason": pick(tender.rng, DISPUTES)}
        tender.say(job_centre, "placement.disputed", day + 20, disputed)
        if random() < 0.7:
            tender.say(job_centre, "placement.confirmed", day + 41, {**name, "confirmed_on": ISO[day + 41]})
    elif random() < 0.3:
        confirmed = {**name, "confirmed_on": ISO[day + 12], "resident": pick(tender.rng, RESIDENT)}
        tender.say(job_centre, "placement.confirmed", day + 12, confirmed)
    if random() < 0.06:
        _report_twice(tender, placement, span)


def _report_twice(tender: Tender, placement: Placement, span: Span) -> None:
    """The job centre reports the placement under an id of its own; mostly somebody ties the two."""
    day, other = span[0] + 9, tender.new_id("forloeb", tender.job_centre.cvr)
    data = {**_terms(tender, placement), "placement": other, "started_on": ISO[span[0]]}
    data.pop("continues", None)
    tender.say(tender.job_centre, "placement.reported", day, {**data, "resident": pick(tender.rng, RESIDENT)})
    if tender.rng.random() < 0.85:
        pair = {"placement": placement.id, "other": other, "same": tender.rng.random() < 0.9}
        tender.say(tender.secretariat, "placement.matched", day + 20, {**pair, "decided_on": ISO[day + 20]})


def _end(tender: Tender, placement: Placement, span: Span) -> None:
    """The end with its reason and outcome, the questions afterwards, and what it led to."""
    random, end, name = tender.rng.random, span[1], {"placement": placement.id}
    stayed = end >= placement.planned_end
    reason = pick(tender.rng, END_REASONS)
    if stayed and reason not in LASTING:
        reason = "as_planned"
    outcome = pick(tender.rng, OUTCOMES.get(placement.kind, OTHER_OUTCOMES)) if stayed else "unknown"
    data = {**name, "ended_on": ISO[end], "reason": reason, "outcome": outcome}
    tender.say(placement.firm.office, "placement.ended", end, data)
    base = span[0] if placement.kind in _TRAINING or placement.kind == "ordinary_employment" else end
    for weeks in (13, 26, 52):
        day = base + weeks * 7
        if random() < 0.35 and day < len(ISO):
            answer = ("yes", "yes", "yes", "no", "unknown")[int(random() * 5)]
            asked = {**name, "followed_up_on": ISO[day], "in_work": answer}
            tender.say(tender.job_centre, "placement.followed_up", day, asked)
    following = _LEADS_ON.get(placement.pathway or "")
    if stayed and following and random() < 0.3 and end + 30 < tender.dates.handover:
        begin_placement(tender, end + 3, following, placement)
