"""People of a story and what they went through: courses one after another, each told by whoever tells for the firm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.sample.courses import Course, Person
from services.sample.story import Said, Story, Teller, after, days_of, months

_GRANTS = {"wage_subsidy": 182, "work_placement": 91}
_COUNTED_FROM_START = frozenset({"ordinary_employment", "apprenticeship"})
_LED_TO = {"ordinary_employment": "job_same_employer", "apprenticeship": "apprenticeship"}
_IN_WORK = {
    "qualified": "yes",
    "apprenticeship": "yes",
    "job_same_employer": "yes",
    "job_other_employer": "yes",
    "back_to_job_centre": "no",
    "basic_course": "no",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class Slip:
    """What a start was first said to be, wrongly, and how long after it (or before) that was put right."""

    said: Mapping[str, Any]
    corrected_after: int


@dataclass(slots=True)
class People:
    """Tells the courses of a story's people; remembers what was said so that it can be corrected or taken back.

    `issuer` made the people's codes, `attests` where they live, and `asks` who is still in work. `slips` are the
    starts that were told wrongly, by person and course ("k19-1").
    """

    story: Story
    issuer: str
    attests: Teller
    asks: Teller
    until: date
    slips: Mapping[str, Slip] = field(default_factory=dict)
    starts: dict[str, Said] = field(default_factory=dict)
    ends: dict[str, Said] = field(default_factory=dict)
    hours: dict[str, list[Said]] = field(default_factory=dict)

    def person(self, code: str) -> str:
        """The person's id in the linking circle."""
        return f"{self.issuer}:{code}"

    def placement(self, code: str, number: int = 1) -> str:
        """The id of a person's placement, minted by whoever told it first."""
        return str(self.starts[f"{code}-{number}"].data["placement"])

    def tell(self, person: Person) -> None:
        """Everything that is said of a person's courses."""
        for number, course in enumerate(person.courses, 1):
            key = f"{person.code}-{number}"
            following = person.courses[number] if number < len(person.courses) else None
            before = str(self.starts[f"{person.code}-{number - 1}"].data["placement"]) if number > 1 else None
            self.starts[key] = self._start(key, person, course, before)
            self._attest(key, person, course)
            self._grant(key, course)
            self._school(key, course)
            self.hours[key] = list(self._hours(key, course))
            self._end(key, course, following)
            self._ask(key, course, following)

    def _terms(self, key: str, person: Person, course: Course, before: str | None) -> dict[str, Any]:
        firm = course.firm
        return {
            "placement": self.story.id(key, firm.teller_on(course.start).cvr),
            "person": self.person(person.code),
            "contractor": firm.cvr,
            "contract": firm.contract,
            "kind": course.kind,
            "trade": firm.trade,
            "weekly_hours": course.weekly_hours,
            "planned_end": course.planned_end,
            "pathway": course.pathway,
            "age_band": person.age,
            "continues": before,
        }

    def _start(self, key: str, person: Person, course: Course, before: str | None) -> Said:
        terms, teller = self._terms(key, person, course, before), course.firm.teller_on(course.start)
        if course.agreed:
            agreed_on = after(course.start, -17)
            agreed = {**terms, "agreed_on": agreed_on, "planned_start": course.start}
            self.story.say(teller, "placement.agreed", agreed_on, agreed)
        right = {**terms, "started_on": course.start}
        slip, heard_on = self.slips.get(key, _NO_SLIP), after(course.start, course.late)
        data = {**right, **slip.said}
        started = self.story.say(teller, "placement.started", course.start, data, heard_on=heard_on)
        if slip.said:
            self.story.correct(started, after(course.start, slip.corrected_after), **right)
        return started

    def _attest(self, key: str, person: Person, course: Course) -> None:
        """Where somebody lives is attested by the housing organisation, never by the contractor."""
        if person.resident != "unknown":
            on = after(course.start, 4)
            data = {"placement": self.starts[key].data["placement"], "confirmed_on": on, "resident": person.resident}
            self.story.say(self.attests, "placement.confirmed", on, data)

    def _grant(self, key: str, course: Course) -> None:
        """What the municipality pays for, it grants until a day."""
        if course.kind in _GRANTS:
            granted = {"kind": course.kind, "given_on": course.start}
            until = max(after(course.start, _GRANTS[course.kind]), course.end or course.start)
            data = {"placement": self.starts[key].data["placement"], **granted, "authorised_until": until}
            self.story.say(self.asks, "grant.given", course.start, data)

    def _hours(self, key: str, course: Course) -> Iterator[Said]:
        """What the firm's payroll says each month; now and then a month is missing, and computed."""
        if not course.firm.reports:
            return
        for month, (first, last) in enumerate(months(course.start, min(course.end or self.until, self.until))):
            if month % 7 == 5 or after(last, 4) > self.until:
                continue
            working_days = [on for on in days_of(first, last) if on.weekday() < 5]
            days = sum(not course.is_at_school(on) for on in working_days)
            hours = round(days * course.weekly_hours / 5 * (0.97 - month % 4 * 0.02), 1)
            worked: dict[str, float] = (
                {"hours": hours} if course.firm.reports == "hours" else {"man_days": days - month % 3 * (days > 4)}
            )
            if days < len(working_days):
                worked["school_hours"] = round((len(working_days) - days) * 7.4, 1)
            data = {"placement": self.starts[key].data["placement"], "from_on": first, "to_on": last, **worked}
            yield self.story.say(course.firm.teller_on(after(last, 4)), "hours.reported", after(last, 4), data)

    def _school(self, key: str, course: Course) -> None:
        for first, last in course.school_periods():
            data = {"placement": self.starts[key].data["placement"], "from_on": first, "to_on": last}
            self.story.say(course.firm.teller_on(first), "school_period.reported", first, data)

    def _end(self, key: str, course: Course, following: Course | None) -> None:
        if course.end is None or course.end > self.until:
            return
        data = {"placement": self.starts[key].data["placement"], "ended_on": course.end, "reason": course.reason}
        teller = course.firm.teller_on(course.end)
        if teller.on_behalf_of:
            # A contractor's own clerk does not fill in outcomes; a secretariat that reports for one does.
            data["outcome"] = outcome_of(course, following)
        self.ends[key] = self.story.say(teller, "placement.ended", course.end, data)

    def _ask(self, key: str, course: Course, following: Course | None) -> None:
        """Who is in work after 13, 26 and 52 weeks; the job centre asks where somebody knows."""
        outcome = outcome_of(course, following)
        since = course.start if course.kind in _COUNTED_FROM_START else course.end
        if outcome not in _IN_WORK or since is None:
            return
        for weeks in (13, 26, 52) if course.kind in _COUNTED_FROM_START else (26,):
            on = after(since, 7 * weeks)
            if after(on, 9) > self.until or (course.kind in _COUNTED_FROM_START and course.end and on <= course.end):
                continue
            placement = self.starts[key].data["placement"]
            data = {"placement": placement, "followed_up_on": on, "in_work": _IN_WORK[outcome], "outcome": outcome}
            self.story.say(self.asks, "placement.followed_up", on, data, heard_on=after(on, 9))


_NO_SLIP = Slip({}, 0)


def outcome_of(course: Course, following: Course | None) -> str:
    """What a course led to: what followed it here, else what is told of it."""
    if following is None:
        return course.outcome
    led_to = _LED_TO.get(following.kind, "new_placement")
    elsewhere = led_to == "job_same_employer" and following.firm is not course.firm
    return "job_other_employer" if elsewhere else led_to
