"""Laws that hold for every portfolio whatever it tells (architecture.md, invariants 2, 3 and 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.domain.assessment import Assessment, assess
from services.domain.courses import Course
from services.domain.figures import Figure, Reckoning
from tests.domain.comparison import Answers, our_figures, our_placements, replay
from tests.domain.story import Story, identifier, target
from tests.portfolio import CLIENT, CONTRACTORS, JOB_CENTRE
from tests.strategies import TENDERS, Event, days, portfolios, shuffled

TENDER = TENDERS[0]
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of a portfolio that fails
UNHURRIED = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)
AMENDMENTS = {"dk.bygspor.event.corrected.v1", "dk.bygspor.event.withdrawn.v1"}


def said(name: str, about: str = "law", by: str = CLIENT, subject: str = TENDER, **data: Any) -> Event:
    return {
        "specversion": "1.0",
        "id": about,
        "source": f"urn:bygspor:{by}:laws",
        "type": f"dk.bygspor.{name}.v1",
        "subject": subject,
        "time": "2026-01-01T12:00:00Z",
        "data": {"reported_by": by, **data},
    }


def amending(name: str, body: Event, about: str = "law", **data: Any) -> Event:
    """An amendment by the sender of what it amends."""
    named = {"target_source": body["source"], "target_id": body["id"]}
    return said(name, about, body["data"]["reported_by"], body["subject"], **named, **data)


def assessed(told: list[Event], on: date) -> Assessment:
    return assess(replay(told, TENDER), on)


def state(told: list[Event]) -> list[object]:
    source = replay(told, TENDER)
    return [
        [list(person) for person in source.people()],
        source.ties().stands_for,
        source.frame().events,
        *(source.site_hours(), source.openings(), source.meetings(), source.actions(), source.candidates()),
    ]


def pick(data: st.DataObject, told: list[Event], amendments: bool = False) -> Event:
    """One event of the tender."""
    pool = [e for e in told if e["subject"] == TENDER and (amendments or e["type"] not in AMENDMENTS)]
    assume(pool)
    return data.draw(st.sampled_from(pool))


@given(told=portfolios(), on=days(), data=st.data())
@UNHURRIED
def test_order_and_repetition_change_neither_state_nor_figures_nor_findings(
    told: list[Event], on: date, data: st.DataObject
) -> None:
    other = data.draw(shuffled(told))
    assert state(other) == state(told)
    assert assessed(other, on) == assessed(told, on)


@given(told=portfolios(), on=days(), data=st.data())
@UNHURRIED
def test_what_is_withdrawn_is_as_if_never_sent(told: list[Event], on: date, data: st.DataObject) -> None:
    gone = pick(data, told)
    without = [body for body in told if body is not gone]
    told = [*told, amending("event.withdrawn", gone)]
    assert our_figures(told, TENDER, on) == our_figures(without, TENDER, on)
    assert our_placements(told, TENDER, on) == our_placements(without, TENDER, on)


@given(told=portfolios(amended=False), on=days(), data=st.data())
@UNHURRIED
def test_the_highest_revision_is_what_was_said_in_whatever_order(
    told: list[Event], on: date, data: st.DataObject
) -> None:
    wrong = pick(data, told)
    right, other = (pick(data, [e for e in told if e["type"] == wrong["type"]]) for _ in range(2))
    behalf = wrong["data"]["reported_by"]
    first, second = (
        amending("event.corrected", wrong, f"law{revision}", revision=revision, replacement=replacement(body, behalf))
        for revision, body in ((1, other), (2, right))
    )
    plain = [body for body in told if body is not wrong]
    instead = {**second, "type": right["type"], "data": replacement(right, behalf)["data"]}
    for amended in ([first, second, *told], [*told, second, first]):
        assert our_figures(amended, TENDER, on) == our_figures([*plain, instead], TENDER, on)


def replacement(body: Event, sender: str) -> dict[str, Any]:
    """What an organisation says instead, in its own name."""
    data = {key: value for key, value in body["data"].items() if key != "on_behalf_of"}
    return {"type": body["type"], "data": {**data, "reported_by": sender}}


@given(told=portfolios(), on=days(), data=st.data())
@UNHURRIED
def test_a_correction_taken_back_restores_what_stood(told: list[Event], on: date, data: st.DataObject) -> None:
    wrong = pick(data, told)
    body = pick(data, [e for e in told if e["type"] == wrong["type"]])
    said_anew = replacement(body, wrong["data"]["reported_by"])
    correction = amending("event.corrected", wrong, revision=9, replacement=said_anew)
    taken_back = amending("event.withdrawn", {**correction}, "law2")
    assert state([taken_back, *told, correction]) == state(told)


@given(told=portfolios(), on=days())
@UNHURRIED
def test_the_parts_of_a_figure_are_the_figure(told: list[Event], on: date) -> None:
    for figure in assessed(told, on).figures:
        assert figure.required <= figure.agreed
        assert min(figure.delivered or 0, figure.expected or 0, figure.forecast or 0) >= 0
        assert figure.fits.persons <= figure.fits.placements
        assert figure.fits.ticks == figure.fits.measured + figure.fits.computed
        for parts in (figure.by_kind.values(), figure.by_contractor.values()):
            assert sum(part.ticks for part in parts) == figure.fits.ticks
            assert sum(part.placements for part in parts) >= figure.fits.placements
        assert sum(figure.by_kind[kind].placements for kind in figure.by_kind) == figure.fits.placements
        assert sum(figure.in_work.values()) in {0, figure.fits.placements}


@given(told=portfolios(), on=days())
@UNHURRIED
def test_apprentices_and_other_training_together_are_the_two_apart(told: list[Event], on: date) -> None:
    kinds = ["apprenticeship", "other_training"]
    targets: list[dict[str, Any]] = [{"target": f"{CLIENT}:law{n}", "metric": "fte", "amount": 1} for n in range(3)]
    asked = [{**t, "kinds": k} for t, k in zip(targets, (kinds, kinds[:1], kinds[1:]), strict=True)]
    terms = {"agreement": f"{CLIENT}:law", "kind": "training_clause", "follow_up_owner": "KL"}
    told = [*told, said("agreement.signed", signed_on="2000-01-01", targets=asked, **terms)]
    both, one, other = (fits(told, on, t["target"]) for t in asked)
    assert both == (one[0] + other[0], one[1] + other[1])


def fits(told: list[Event], on: date, name: str) -> tuple[int, int]:
    found = next((f for f in assessed(told, on).figures if f.target == name), None)
    return (found.fits.ticks, found.fits.placements) if found else (0, 0)


@given(told=portfolios(), on=days())
@UNHURRIED
def test_people_may_come_in_any_order(told: list[Event], on: date) -> None:
    source = replay(told, TENDER)

    def figures(people: list[list[Course]]) -> list[Figure]:
        reckoning = Reckoning(source.frame(), source.ties(), source.site_hours(), on)
        for person in people:
            reckoning.add(person)
        return reckoning.figures()

    people = [list(person) for person in source.people()]
    assert figures(people) == figures([person[::-1] for person in people[::-1]])


Later = Callable[[str, str], Event]
LATER: dict[str, Later] = {
    "hours": lambda p, day: said("hours.reported", by=CONTRACTORS[0], placement=p, from_on=day, to_on=day, hours=7),
    "dispute": lambda p, day: said(
        "placement.disputed", by=JOB_CENTRE, placement=p, disputed_on=day, reason="other_kind"
    ),
    "confirmation": lambda p, day: said("placement.confirmed", by=JOB_CENTRE, placement=p, confirmed_on=day),
    "follow-up": lambda p, day: said(
        "placement.followed_up", by=JOB_CENTRE, placement=p, followed_up_on=day, in_work="no", outcome="apprenticeship"
    ),
    "schedule": lambda _, day: said("schedule.changed", decided_on=day, starts_on=day, handover_on=day),
    "site hours": lambda _, day: said(
        "site_hours.reported", contractor=CONTRACTORS[0], from_on=day, to_on=day, hours=99
    ),
    "agreement": lambda _, day: said(
        "agreement.signed",
        agreement=f"{CLIENT}:law",
        kind="social_clause",
        targets=[{"target": f"{CLIENT}:law", "metric": "persons", "amount": 1}],
        follow_up_owner="KL",
        signed_on=day,
    ),
}


@pytest.mark.parametrize("later", LATER)
@given(told=portfolios(amended=False), on=days(), days_later=st.integers(1, 60))
@settings(UNHURRIED, max_examples=8)
def test_what_is_dated_later_changes_no_figure(told: list[Event], on: date, later: str, days_later: int) -> None:
    courses = (course for person in replay(told, TENDER).people() for course in person)
    known = [course.placement.placement for course in courses if course.placement.contractor]
    placement = known[0] if known else f"{CLIENT}:nobody"
    assume(known or later in {"schedule", "site hours", "agreement"})
    more = LATER[later](placement, (on + timedelta(days=days_later)).isoformat())
    assert our_figures([*told, more], TENDER, on) == our_figures(told, TENDER, on)


@given(told=portfolios(), on=days(), granted_on=days(), lowered_by=st.integers(0, 20))
@UNHURRIED
def test_a_waiver_never_raises_what_is_required(told: list[Event], on: date, granted_on: date, lowered_by: int) -> None:
    before = our_figures(told, TENDER, on)
    for name in before:
        granted: dict[str, Any] = {"lowered_by": lowered_by, "granted_on": granted_on.isoformat(), "reason": "other"}
        waiver = said("waiver.granted", waiver=f"{CLIENT}:law", target=name, **granted)
        after = our_figures([*told, waiver], TENDER, on)
        assert after[name]["required"] <= before[name]["required"]
        assert all(after[other] == before[other] for other in before if other != name)


@given(
    works=st.tuples(st.integers(0, 300), st.integers(0, 600)),
    lines=st.lists(st.tuples(st.integers(0, 500), st.integers(1, 50), st.integers(1, 9)), min_size=1, max_size=4),
    on=st.lists(st.integers(0, 900), min_size=2, max_size=2).map(sorted),
    asked=st.sampled_from(list(product(["persons", "fte", "share_of_hours"], ["linear", "training_plan"]))),
)
@settings(UNHURRIED, max_examples=40)
def test_what_is_expected_never_falls_while_nothing_is_changed(
    works: tuple[int, int], lines: list[tuple[int, int, int]], on: list[int], asked: tuple[str, str]
) -> None:
    def day(number: int) -> str:
        return (date(2026, 1, 1) + timedelta(days=number)).isoformat()

    (starts, length), (metric, spread) = works, asked
    story = Story().tender(day(starts), day(starts + length)).agreement(target(metric, 10, spread=spread))
    planned = [{"starts_on": day(start), "weeks": weeks, "persons": persons} for start, weeks, persons in lines]
    story.says("training_plan.submitted", plan="PL", contractor="10000017", submitted_on=day(0), starts=planned)
    first, second = (story.figure(on=day(number)).expected for number in on)
    assert first is not None
    assert second is not None
    assert 0 <= first <= second <= 10


def test_a_figure_of_one_tender_needs_no_event_of_another() -> None:
    story = Story().tender().agreement(target("persons", 1))
    story.starts("P1", "2026-01-05")
    answers: Answers = our_figures(story.bodies, story.bodies[0]["subject"], date(2026, 2, 1))
    elsewhere = [{**body, "subject": TENDERS[2], "id": f"x{body['id']}"} for body in story.bodies]
    assert our_figures([*elsewhere, *story.bodies], story.bodies[0]["subject"], date(2026, 2, 1)) == answers
    assert answers[identifier("T1")]["delivered"] == 1
