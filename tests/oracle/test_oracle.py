"""The oracle's own proof, what is said and when it counts: numbers are worked out by hand in the comments."""

from __future__ import annotations

import ast
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from tests.oracle import placements
from tests.oracle.saying import (
    CIRCLE,
    CLIENT,
    JOB_CENTRE,
    MAIN,
    OTHER,
    TENDER,
    Event,
    about,
    agreement,
    correcting,
    figure,
    parts,
    place,
    saying,
    started,
    target,
    tender,
    view,
    withdrawing,
)

ORACLE = [path for path in sorted(Path(__file__).parent.glob("*.py")) if not path.stem.startswith(("test_", "saying"))]
FTE = agreement(target("fte", 2))
START = started("a", "2025-03-03")  # a Monday


@pytest.mark.parametrize("path", ORACLE, ids=lambda path: path.stem)
def test_the_oracle_borrows_nothing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        assert [name for name in names if name.split(".")[0] in {"services", "schemas"}] == []


def test_a_correction_may_come_first_and_the_highest_revision_holds() -> None:
    second = correcting(START, 2, started_on="2025-03-10")
    third = correcting(START, 3, started_on="2025-03-17")
    assert view([third, *tender(), second, START], "2025-04-01").start == date(2025, 3, 17)
    assert view([*tender(), second, START, third, withdrawing(third)], "2025-04-01").start == date(2025, 3, 10)
    both = [withdrawing(second), withdrawing(third)]
    assert view([*tender(), second, START, third, *both], "2025-04-01").start == date(2025, 3, 3)


def test_withdrawing_is_final() -> None:
    gone = withdrawing(START)
    told = [*tender(), START, correcting(START, 2, started_on="2025-03-10"), gone, withdrawing(gone)]
    assert place("a") not in placements(told, TENDER, date(2025, 4, 1))


def test_only_the_sender_or_the_one_it_was_sent_for_amends() -> None:
    for_main = started("a", "2025-03-03", by=CLIENT, behalf=MAIN, contractor=MAIN)
    assert view([*tender(), START, withdrawing(START, by=CLIENT)], "2025-04-01").counts
    assert place("a") not in placements([*tender(), for_main, withdrawing(for_main, by=MAIN)], TENDER, date(2025, 4, 1))


def test_fte_without_pause_and_school() -> None:
    told = [
        *tender(),
        START,
        about("placement.paused", "a", paused_on="2025-03-10", reason="no_work"),
        about("placement.resumed", "a", resumed_on="2025-03-17"),
        about("school_period.reported", "a", from_on="2025-03-24", to_on="2025-03-30"),
    ]
    # 3 to 30 March is 28 days; 7 of them paused and 7 at school leave 14 days of 37/7 hours: 74 hours, 74/1924 = 1/26.
    of_work = figure([*told, FTE], "2025-03-30")
    assert parts(of_work, "computed_hours", "measured_hours", "delivered") == (74, 0, Fraction(1, 26))
    # With school 21 days: 111 hours, 111/1924 = 3/52.
    with_school = figure([*told, agreement(target("fte", 2), school_counts=True)], "2025-03-30")
    assert parts(with_school, "computed_hours", "delivered") == (111, Fraction(3, 52))
    # 30 March is day 31 + 28 + 30 = 89 of 365.
    assert of_work.expected == Fraction(2 * 89, 365)
    # Person-weeks: 14 days at 37 hours are 2.
    assert figure([*told, agreement(target("person_weeks"))], "2025-03-30").delivered == 2


def test_a_holiday_counts_unless_the_agreement_says_no() -> None:
    told = [*tender(), START, about("placement.paused", "a", paused_on="2025-03-05", reason="holiday")]
    assert figure([*told, FTE], "2025-03-09").computed_hours == 37
    # Without the holiday only 3 and 4 March are left: 2 x 37/7.
    strict = agreement(target("fte", 2), holiday_counts=False)
    assert figure([*told, strict], "2025-03-09").computed_hours == Fraction(74, 7)


def test_time_on_another_site_does_not_count() -> None:
    told = [
        *tender(),
        START,
        about("placement.released", "a", released_on="2025-03-05"),
        about("placement.allocated", "a", allocated_on="2025-03-08"),
    ]
    # 3, 4, 5 and 8, 9 March: 5 days.
    assert figure([*told, FTE], "2025-03-09").computed_hours == Fraction(5 * 37, 7)
    # Released on the day it was allocated: 3, 4, 5 and 8 March.
    one_day = about("placement.released", "a", released_on="2025-03-08")
    assert figure([*told, FTE, one_day], "2025-03-09").computed_hours == Fraction(4 * 37, 7)


def test_what_ended_before_it_began_never_was() -> None:
    ended = about("placement.ended", "a", ended_on="2025-03-02")
    assert view([*tender(), START, ended], "2025-04-30").why_not == "too_short"


def hours(name: str, first: str, last: str, amount: float, revision: int = 1) -> Event:
    return about("hours.reported", name, from_on=first, to_on=last, hours=amount, revision=revision)


MEASURED = agreement(target("fte", 2), computed_hours_count=False)
MARCH = started("a", "2025-03-01")


def test_of_overlapping_periods_the_longer_holds_and_a_revision_beats_length() -> None:
    month, half = hours("a", "2025-03-01", "2025-03-31", 100), hours("a", "2025-03-01", "2025-03-15", 60)
    assert figure([*tender(), MEASURED, MARCH, month, half], "2025-03-31").measured_hours == 100
    revised = hours("a", "2025-03-01", "2025-03-15", 61, revision=2)
    assert figure([*tender(), MEASURED, MARCH, month, half, revised], "2025-03-31").measured_hours == 61


def test_a_period_that_fell_pushes_out_no_other() -> None:
    first, middle = hours("a", "2025-03-01", "2025-03-10", 40, 3), hours("a", "2025-03-05", "2025-03-20", 50, 2)
    third = hours("a", "2025-03-15", "2025-03-31", 70)
    # The first holds, the middle one overlaps it and falls, the third overlaps only what fell: 40 + 70.
    assert figure([*tender(), MEASURED, MARCH, third, middle, first], "2025-03-31").measured_hours == 110


def test_hours_are_measured_where_reported_and_computed_elsewhere() -> None:
    told = [*tender(), FTE, MARCH, hours("a", "2025-03-01", "2025-03-15", 60)]
    now = figure(told, "2025-03-31")
    # 16 to 31 March: 16 days of 37/7 hours.
    assert parts(now, "measured_hours", "computed_hours") == (60, Fraction(16 * 37, 7))
    # On the 14th the period has not ended: 14 computed days.
    assert figure(told, "2025-03-14").measured_hours == 0
    assert figure(told, "2025-03-14").computed_hours == 74


def test_man_days_are_seven_hours_and_four_tenths() -> None:
    days = about("hours.reported", "a", from_on="2025-03-01", to_on="2025-03-31", man_days=10)
    assert figure([*tender(), MEASURED, MARCH, days], "2025-03-31").measured_hours == 74


def test_one_person_gives_at_most_a_full_week() -> None:
    twice = [*tender(), FTE, START, started("b", "2025-03-03", by=OTHER)]
    one_week = figure(twice, "2025-03-09")
    assert parts(one_week, "computed_hours", "persons", "placements") == (37, 1, 2)
    # 20 and 30 hours a week: the first in order gives its 20, the second the 17 that are left.
    part = [started("a", "2025-03-03", weekly_hours=20), started("b", "2025-03-03", by=OTHER, weekly_hours=30)]
    of_second = agreement(target("fte", 2, contractors=[OTHER]))
    assert figure([*tender(), FTE, *part], "2025-03-09").computed_hours == 37
    assert figure([*tender(), of_second, *part], "2025-03-09").computed_hours == 17
    # Measured in the one: the week is full, nothing is computed in the other.
    measured = figure([*twice, hours("a", "2025-03-03", "2025-03-09", 25)], "2025-03-09")
    assert parts(measured, "measured_hours", "computed_hours") == (25, 0)


def test_two_ids_are_one_person_until_somebody_parts_them() -> None:
    two = [*tender(), agreement(target("persons")), START, started("b", "2025-03-03", person="q")]
    ids = {"person": f"{MAIN}:p", "decided_on": "2025-03-10", "subject": CIRCLE}
    same, apart = (saying(name, **ids, **{name[7:]: f"{MAIN}:q"}) for name in ("person.same_as", "person.not_same_as"))
    assert figure(two, "2025-03-31").delivered == 2
    assert figure([*two, same], "2025-03-31").delivered == 1
    assert figure([*two, apart, same], "2025-03-31").delivered == 2
    assert view([*two, same], "2025-03-31", "b").person == f"{MAIN}:p"


def reported(on: str, **more: str) -> Event:
    """The job centre's own view, under the id `j`."""
    terms = {"person": f"{MAIN}:p", "contractor": MAIN, "kind": "apprenticeship", "started_on": on, **more}
    return about("placement.reported", "j", by=JOB_CENTRE, **terms)


def deciding(same: bool) -> Event:
    return about("placement.matched", "j", by=CLIENT, other=place("a"), same=same, decided_on="2025-04-01")


def test_the_job_centres_view_of_the_same_is_held_back() -> None:
    told = [*tender(), agreement(target("placements")), START, reported("2025-03-05", resident="yes")]
    assert view(told, "2025-04-30", "j").why_not == "held_back"
    assert figure(told, "2025-04-30").delivered == 1
    assert figure([*told, deciding(same=False)], "2025-04-30").delivered == 2
    matched = [*told, deciding(same=True)]
    assert view(matched, "2025-04-30", "j").why_not == "matched"
    assert figure(matched, "2025-04-30").delivered == 1
    # Matched, the contractor's report knows of the job centre's answer.
    local = agreement(target("persons", residents_only=True))
    assert figure([*matched, local], "2025-04-30").delivered == 1
    assert figure([*told, local], "2025-04-30").delivered == 0


def test_more_than_31_days_apart_are_two() -> None:
    ended = about("placement.ended", "a", ended_on="2025-03-31")
    # 31 March and 31 days more is 1 May.
    assert view([*tender(), START, ended, reported("2025-05-01")], "2025-05-31", "j").why_not == "held_back"
    assert view([*tender(), START, ended, reported("2025-05-02")], "2025-05-31", "j").counts


@pytest.mark.parametrize(
    ("events", "why_not"),
    [
        ([about("placement.ended", "a", ended_on="2025-03-31"), *tender()], "waits"),
        ([START], "tender_unknown"),
        ([*tender(), started("a", "2025-03-03", by=CLIENT)], "contractor_not_engaged"),
        ([*tender(), started("a", "2025-07-01")], "future"),
        ([*tender(), started("a", "2025-06-01")], "too_short"),
        ([*tender(), START, about("placement.ended", "a", ended_on="2025-03-02")], "too_short"),
        ([*tender(), START], ""),
    ],
)
def test_why_a_placement_does_not_count(events: list[Event], why_not: str) -> None:
    # Four weeks asked for: from 1 June it has lasted 23 days on 23 June.
    assert placements(events, TENDER, date(2025, 6, 23), min_weeks=4)[place("a")].why_not == why_not


def test_a_dispute_holds_until_the_same_organisation_confirms() -> None:
    dispute = {"disputed_on": "2025-04-01", "reason": "did_not_start"}
    disputed = [*tender(), START, about("placement.disputed", "a", by=CLIENT, behalf=JOB_CENTRE, **dispute)]
    assert view(disputed, "2025-03-31").counts
    assert view(disputed, "2025-04-01").why_not == "disputed"
    other_voice = about("placement.confirmed", "a", by=CLIENT, behalf=MAIN, confirmed_on="2025-04-02")
    assert view([*disputed, other_voice], "2025-04-02").why_not == "disputed"
    own_voice = about("placement.confirmed", "a", by=JOB_CENTRE, confirmed_on="2025-04-02")
    assert view([*disputed, own_voice], "2025-04-02").counts


def test_bankruptcy_ends_what_nobody_takes_over() -> None:
    left = saying("contractor.left", contractor=MAIN, left_on="2025-03-10", reason="bankrupt")
    ended = view([*tender(), START, left], "2025-04-30")
    assert (ended.end, ended.end_reason, ended.outcome) == (date(2025, 3, 10), "contractor_ended", "pending")
    # 3 to 10 March: 8 days.
    assert figure([*tender(), FTE, START, left], "2025-04-30").computed_hours == Fraction(8 * 37, 7)
    heir = saying("contractor.succeeded", contractor=MAIN, successor=OTHER, company="Other", succeeded_on="2025-03-15")
    assert view([*tender(), START, left, heir], "2025-04-30").end is None
    # And 15 to 17 March with the successor: 11 days; 3 of them are the successor's own.
    assert figure([*tender(), FTE, START, left, heir], "2025-03-17").computed_hours == Fraction(11 * 37, 7)
    of_heir = agreement(target("fte", contractors=[OTHER]))
    assert figure([*tender(), of_heir, START, left, heir], "2025-03-17").computed_hours == Fraction(3 * 37, 7)
