"""The oracle's own proof, what targets make of it: numbers are worked out by hand in the comments."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests.oracle.saying import (
    CLIENT,
    JOB_CENTRE,
    MAIN,
    OTHER,
    SUB,
    Event,
    about,
    agreement,
    figure,
    parts,
    place,
    saying,
    started,
    target,
    tender,
)


def ended(name: str, on: str, **more: str) -> Event:
    return about("placement.ended", name, ended_on=on, **more)


def followed_up(name: str, on: str, in_work: str, **more: str) -> Event:
    return about("placement.followed_up", name, by=JOB_CENTRE, followed_up_on=on, in_work=in_work, **more)


def test_an_internship_leads_to_an_apprenticeship_directly_or_through_others() -> None:
    internship = started("a", "2025-01-06", kind="work_placement", pathway="d")
    between = started("b", "2025-02-03", kind="wage_subsidy", continues=place("a"))
    at_last = started("c", "2025-04-01", continues=place("b"))
    told = [*tender(), agreement(target("conversions")), internship, between, at_last]
    assert figure(told, "2025-03-31").delivered == 0
    assert figure(told, "2025-04-01").delivered == 1
    assert (
        figure([*told[:-1], started("c", "2025-04-01", person="q", continues=place("b"))], "2025-04-30").delivered == 0
    )


def test_unskilled_work_in_prospect_leads_to_a_job() -> None:
    internship = started("a", "2025-01-06", kind="work_placement", pathway="e")
    told = [*tender(), agreement(target("conversions")), internship]
    heard = followed_up("a", "2025-05-01", "yes", outcome="job_other_employer")
    assert figure([*told, heard], "2025-04-30").delivered == 0
    assert figure([*told, heard], "2025-05-01").delivered == 1
    assert figure([*told, ended("a", "2025-03-31", outcome="job_same_employer")], "2025-03-31").delivered == 1
    # An apprenticeship is what d leads to, not e.
    assert figure([*told, ended("a", "2025-03-31", outcome="apprenticeship")], "2025-03-31").delivered == 0
    of_d = agreement(target("conversions", pathways=["d"]))
    assert figure([*told, of_d, ended("a", "2025-03-31", outcome="job_same_employer")], "2025-03-31").delivered == 0


def test_retention_leaves_out_the_young_and_the_bankrupt_and_shows_the_unknown_as_unknown() -> None:
    internships = [
        started(name, "2025-01-06", person=name, kind="work_placement", by=OTHER if name == "broke" else MAIN)
        for name in ("kept", "lost", "silent", "young", "broke")
    ]
    told = [
        *tender(),
        *internships,
        *(ended(name, "2025-01-31") for name in ("kept", "lost", "silent")),
        # 13 weeks after 31 January is 2 May (28 + 31 + 30 + 2 = 91 days).
        followed_up("kept", "2025-05-10", "yes"),
        followed_up("lost", "2025-05-30", "no"),
        # 13 weeks after 31 March is 30 June: too young on 31 May.
        ended("young", "2025-03-31"),
        saying("contractor.left", contractor=OTHER, left_on="2025-01-31", reason="bankrupt"),
        followed_up("broke", "2025-05-02", "no"),
    ]
    share = figure([*told, agreement(target("share_in_work", 50, after_weeks=13))], "2025-05-31")
    assert parts(share, "delivered", "placements") == (50, 5)
    assert figure([*told, agreement(target("in_work", after_weeks=13))], "2025-05-31").delivered == 1
    # On 9 May nobody has answered yet.
    nobody = figure([*told, agreement(target("in_work", after_weeks=13))], "2025-05-09")
    assert parts(nobody, "delivered", "status", "reason") == (None, "unknown", "none_known")
    # A job on the site on the check day answers by itself.
    job = started("job", "2025-04-01", person="silent", kind="ordinary_employment")
    assert figure([*told, job, agreement(target("in_work", after_weeks=13))], "2025-05-31").delivered == 2


def test_a_month_without_site_hours_is_left_out_of_the_share() -> None:
    told = [*tender(), agreement(target("share_of_hours", 10)), started("a", "2025-01-01")]
    for first, last in (("2025-01-01", "2025-01-31"), ("2025-02-01", "2025-02-28"), ("2025-03-01", "2025-03-31")):
        told.append(about("hours.reported", "a", from_on=first, to_on=last, hours=100))
    unknown = figure(told, "2025-03-31")
    assert parts(unknown, "delivered", "status", "reason") == (None, "unknown", "no_site_hours")
    site = [
        saying("site_hours.reported", contractor=MAIN, from_on="2025-01-01", to_on="2025-01-31", hours=1000),
        saying("site_hours.reported", contractor=MAIN, from_on="2025-03-01", to_on="2025-03-31", hours=500),
        saying("site_hours.reported", contractor=MAIN, from_on="2025-04-01", to_on="2025-04-30", hours=1),
    ]
    # January and March: 100 x (100 + 100) / (1000 + 500) = 13 1/3; April is not over.
    share = figure([*told, *site], "2025-03-31")
    assert parts(share, "delivered", "measured_hours") == (Fraction(40, 3), 300)
    assert parts(share, "status", "reason", "expected") == ("on_track", "share_held", 10)


def plan(*starts: dict[str, object]) -> Event:
    return saying(
        "training_plan.submitted",
        by=MAIN,
        plan=f"{MAIN}:plan",
        contractor=MAIN,
        submitted_on="2024-12-15",
        starts=starts,
    )


def moved(starts_on: str, handover_on: str) -> Event:
    return saying("schedule.changed", decided_on="2025-02-01", starts_on=starts_on, handover_on=handover_on)


def test_the_training_plan_moves_with_the_schedule() -> None:
    lines = [
        {"starts_on": "2025-04-01", "weeks": 40, "persons": 2},
        {"starts_on": "2025-09-01", "weeks": 40, "persons": 9},
    ]
    told = [*tender(), agreement(target("persons", 4, spread="training_plan")), plan(*lines)]
    assert figure(told, "2025-03-31").expected == 0
    assert figure(told, "2025-04-01").expected == 2
    assert figure(told, "2025-09-01").expected == 4  # never more than required
    # As long as before (364 days), 59 days later: 1 April becomes 30 May.
    shifted = [*told, moved("2025-03-01", "2026-02-28")]
    assert [figure(shifted, on).expected for on in ("2025-05-29", "2025-05-30")] == [0, 2]
    # 670 days instead of 364: 90 x 670 / 364 = 165.7, so 165 days after 1 March: 13 August.
    stretched = [*told, moved("2025-03-01", "2026-12-31")]
    assert [figure(stretched, on).expected for on in ("2025-08-12", "2025-08-13")] == [0, 2]
    # In FTE: 2 persons, 28 days of 37/7 hours: 296 of 1,924 hours.
    of_fte = [*told, agreement(target("fte", 4, spread="training_plan"))]
    assert figure(of_fte, "2025-04-28").expected == Fraction(296, 1924)


def persons(count: int, **terms: str) -> list[Event]:
    return [started(f"x{n}", "2025-03-03", person=f"x{n}", **terms) for n in range(count)]


def test_a_waiver_turns_behind_into_an_agreed_deviation() -> None:
    told = [*tender(), agreement(target("persons", 10)), *persons(3)]
    # 1 July is day 182 of 365: 10 x 182 / 365 = 4.99, so 4 are expected, and 3 are there.
    behind = figure(told, "2025-07-01")
    assert parts(behind, "status", "reason", "delivered") == ("behind", "behind_plan", 3)
    assert behind.expected == Fraction(1820, 365)

    def waiver(lowered_by: int) -> Event:
        waived = {"waiver": f"{CLIENT}:w", "target": f"{CLIENT}:k", "granted_on": "2025-06-01", "reason": "other"}
        return saying("waiver.granted", lowered_by=lowered_by, **waived)

    # 6 x 182 / 365 = 2.99: 3 are enough by now, and only because of the waiver.
    waived = figure([*told, waiver(4)], "2025-07-01")
    assert parts(waived, "agreed", "waived", "required") == (10, 4, 6)
    assert parts(waived, "status", "reason") == ("agreed_deviation", "waived")
    assert figure([*told, waiver(10)], "2025-07-01").status == "agreed_deviation"
    # 9 x 182 / 365 = 4.49: 4 expected, still behind.
    assert figure([*told, waiver(1)], "2025-07-01").status == "behind"


def test_other_kinds_count_up_to_what_was_agreed() -> None:
    others = [started(f"o{n}", "2025-03-03", person=f"o{n}", kind="other_training") for n in range(3)]
    also = started("both", "2025-03-03", person="x0", kind="other_training")
    told = [*tender(), agreement(target("persons", 5, kinds=["apprenticeship"])), *persons(1)]
    instead = saying(
        "substitution.agreed",
        substitution=f"{CLIENT}:s",
        target=f"{CLIENT}:k",
        kinds=["other_training"],
        up_to=2,
        agreed_on="2025-04-01",
    )
    assert figure([*told, *others, instead], "2025-03-31").delivered == 1
    assert figure([*told, *others, instead], "2025-04-01").delivered == 3
    # The apprentice who is also in other training is there already.
    assert figure([*told, also, instead], "2025-04-01").delivered == 1
    assert figure([*told, *others, instead], "2025-04-01").persons == 1


def test_a_subcontractors_people_belong_to_its_main_contractor_too() -> None:
    told = [*tender(), *(started(by, "2025-03-03", person=by, by=by) for by in (MAIN, SUB, OTHER))]
    for contractors, count in (([MAIN], 2), ([SUB], 1), ([OTHER], 1), ([MAIN, OTHER], 3), ([], 3)):
        of_them = agreement(target("persons", contractors=contractors))
        assert figure([*told, of_them], "2025-03-31").delivered == count


def test_hours_follow_a_move_and_persons_are_in_both() -> None:
    told = [
        *tender(),
        started("a", "2025-03-03"),
        about("placement.moved", "a", moved_on="2025-03-08", contractor=OTHER),
        agreement(*(target("fte", 1, by, contractors=[by]) for by in (MAIN, OTHER))),
    ]
    # 3 to 7 March with the one (5 days), 8 and 9 March with the other (2 days).
    first, second = (figure(told, "2025-03-09", by) for by in (MAIN, OTHER))
    assert (first.computed_hours, second.computed_hours) == (Fraction(5 * 37, 7), Fraction(2 * 37, 7))
    assert (first.persons, second.persons) == (1, 1)


def test_the_last_date_minds_when_apprentices_come_out_of_school() -> None:
    fte = [*tender(), started("a", "2025-03-03")]
    now = figure([*fte, agreement(target("fte", 2, kinds=["apprenticeship"]))], "2025-03-30")
    # To 31 December it is 304 days: 304 x 37/7 = 11248/7 hours, over 1,924 that is 76/91. Missing: 106/91 FTE = 15688/7
    # hours. Needed on average 2 x 1924 / (37 x 365/7) = 1.99, twice that rounded up is 4 places, or 148/7 hours a day:
    # 106 days, from 17 September. The intake before that is 1 July.
    assert now.forecast == Fraction(76, 91)
    assert now.last_date == date(2025, 7, 1)
    any_kind = figure([*fte, agreement(target("fte", 2))], "2025-03-30")
    assert any_kind.last_date == date(2025, 9, 17)
    # With one place: 15688/7 / (37/7) = 424 days, which would have been last year.
    one_place = figure([*fte, agreement(target("fte", 2), places_at_once=1)], "2025-03-30")
    assert parts(one_place, "last_date", "reason") == (date(2024, 11, 3), "too_late")


def test_min_weeks_moves_the_last_start() -> None:
    # 13 weeks are 91 days: from 2 October to 31 December.
    told = [*tender(), *persons(1), agreement(target("persons", 2), min_weeks=13)]
    assert figure(told, "2025-03-30").last_date == date(2025, 10, 2)
    assert figure([*told, agreement(target("persons", 2))], "2025-03-30").last_date == date(2025, 12, 31)


def agreed(name: str, planned_start: str) -> Event:
    terms = {"person": place(name), "contractor": MAIN, "kind": "apprenticeship", "agreed_on": "2025-02-01"}
    return about("placement.agreed", name, planned_start=planned_start, **terms)


@pytest.mark.parametrize(
    ("planned_start", "forecast"), [("2025-03-30", 2), ("2025-03-29", 1), ("2025-12-31", 2), ("2026-01-01", 1)]
)
def test_the_forecast_believes_in_what_is_agreed_for_later(planned_start: str, forecast: int) -> None:
    told = [*tender(), *persons(1), agreed("later", planned_start), agreement(target("persons", 2))]
    now = figure(told, "2025-03-30")
    assert parts(now, "delivered", "forecast") == (1, forecast)
    called_off = about("placement.not_started", "later", decided_on="2025-03-01")
    assert figure([*told, called_off], "2025-03-30").forecast == 1


def test_silence_is_unknown_and_never_red() -> None:
    silent = figure([*tender(), agreement(target("persons", 2))], "2025-11-30")
    assert parts(silent, "status", "reason") == ("unknown", "nothing_reported")
    of_main = [*tender(), agreement(target("persons", 2, contractors=[MAIN]))]
    assert figure([*of_main, started("a", "2025-03-03", by=OTHER)], "2025-11-30").reason == "nothing_reported"
    # Expected 2 x 334 / 365 = 1.8, so 1; one more is missing, and 31 December is 31 days off.
    of_a_sub = figure([*of_main, started("a", "2025-03-03", by=SUB)], "2025-11-30")
    assert parts(of_a_sub, "status", "reason") == ("at_risk", "short_forecast")


@pytest.mark.parametrize(
    ("starts", "on", "reason"),
    [
        # Day 100: 100/365 expected, 93/364 there: 1.8 % short. Two days less, 91/364: 2.4 % short.
        (["2025-01-08"], "2025-04-10", "on_plan"),
        (["2025-01-10"], "2025-04-10", "behind_plan"),
        # Two at once: on day 36 72/364 - 36/365 is 9.9 % before the plan, on day 37 74/364 - 37/365 is 10.2 %.
        (["2025-01-01", "2025-01-01"], "2025-02-05", "on_plan"),
        (["2025-01-01", "2025-01-01"], "2025-02-06", "ahead_of_plan"),
    ],
)
def test_two_percent_behind_is_on_plan_and_ten_percent_before_is_ahead(starts: list[str], on: str, reason: str) -> None:
    # One full-time place gives 37/7 hours a day: 1/364 of 1,924.
    told = [started(f"x{n}", start, person=f"x{n}") for n, start in enumerate(starts)]
    assert figure([*tender(), agreement(target("fte", 1)), *told], on).reason == reason


def test_on_the_check_day_itself_one_is_old_enough() -> None:
    # 13 weeks after 3 March is 2 June (28 + 30 + 31 + 2 = 91 days).
    told = [*tender(), started("a", "2025-03-03"), agreement(target("in_work", after_weeks=13))]
    assert figure(told, "2025-06-01").delivered is None
    assert figure(told, "2025-06-02").delivered == 1
