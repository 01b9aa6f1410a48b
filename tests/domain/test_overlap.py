"""One person in several placements: one person, several placements, and no hour twice (domain.md section 6)."""

from __future__ import annotations

from fractions import Fraction

from tests.domain.story import MAIN, OTHER, TENDER, Story, computed, measured, target

JANUARY = 31


def story() -> Story:
    told = Story().tender()
    return told.agreement(target("fte", 1), target("persons", 1, "T2"), target("placements", 1, "T3"))


def test_one_person_in_two_placements_is_one_person_and_two_placements() -> None:
    told = story()
    told.starts("P1", "2026-01-01")
    told.starts("P2", "2026-02-01", kind="ordinary_employment")
    assert (told.delivered("T2"), told.delivered("T3")) == (1, 2)


def test_two_half_jobs_beside_each_other_are_one_whole() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=18.5)
    told.starts("P2", "2026-01-01", weekly_hours=18.5, contractor=OTHER)
    assert computed(told.figure(on="2026-01-31")) == Fraction(37 * JANUARY, 7)


def test_two_full_jobs_beside_each_other_are_one_whole_too() -> None:
    told = story()
    told.starts("P1", "2026-01-01")
    told.starts("P2", "2026-01-11", contractor=OTHER)
    figure = told.figure(on="2026-01-31")
    assert computed(figure) == Fraction(37 * JANUARY, 7)
    assert set(figure.by_contractor) == {MAIN, OTHER}
    assert figure.by_contractor[OTHER].computed == 0  # the one that began first has the week


def test_a_second_job_gets_what_is_left_of_a_full_week() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=30)
    told.starts("P2", "2026-01-01", weekly_hours=20, contractor=OTHER)
    figure = told.figure(on="2026-01-31")
    assert computed(figure) == Fraction(37 * JANUARY, 7)  # 30 + 7
    assert figure.by_contractor[OTHER].computed == Fraction(7 * JANUARY, 7) * 7000  # in ticks


def test_more_than_a_full_week_agreed_in_one_job_is_not_cut() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=42)
    assert computed(told.figure(on="2026-01-31")) == Fraction(42 * JANUARY, 7)


def test_beside_measured_hours_only_the_rest_of_the_week_is_computed() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=30)
    told.starts("P2", "2026-01-01", weekly_hours=37, contractor=OTHER)
    told.hours("P1", "2026-01-01", "2026-01-31", 140)
    figure = told.figure(on="2026-01-31")
    # P1 is measured on every day and stands for its 30 hours a week there: 7 are left for P2.
    assert (measured(figure), computed(figure)) == (140, JANUARY)


def test_measured_hours_are_never_cut_even_beside_each_other() -> None:
    told = story()
    told.starts("P1", "2026-01-01")
    told.starts("P2", "2026-01-01", contractor=OTHER)
    told.hours("P1", "2026-01-01", "2026-01-31", 160)
    told.hours("P2", "2026-01-01", "2026-01-31", 20)
    figure = told.figure(on="2026-01-31")
    assert (measured(figure), computed(figure)) == (180, 0)


def test_a_pause_in_one_job_leaves_room_for_the_other() -> None:
    told = story()
    told.starts("P1", "2026-01-01")
    told.starts("P2", "2026-01-01", contractor=OTHER)
    told.says("placement.paused", placement="P1", paused_on="2026-01-11", reason="no_work")
    figure = told.figure(on="2026-01-31")
    assert computed(figure) == Fraction(37 * JANUARY, 7)
    assert figure.by_contractor[OTHER].computed == Fraction(37 * 21, 7) * 7000  # 11-31 January


def test_all_of_a_persons_jobs_share_the_week_whatever_the_target_asks_for() -> None:
    told = Story().tender().agreement(target("fte", 1, contractors=[OTHER]))
    told.starts("P1", "2026-01-01")
    told.starts("P2", "2026-01-01", contractor=OTHER)
    assert computed(told.figure(on="2026-01-31")) == 0  # the week was given to P1, outside the target


def test_two_people_do_not_share_a_week() -> None:
    told = story()
    told.starts("P1", "2026-01-01", "Kim")
    told.starts("P2", "2026-01-01", "Ali")
    assert computed(told.figure(on="2026-01-31")) == 2 * Fraction(37 * JANUARY, 7)


def test_a_person_on_two_tenders_is_attributed_by_hours_to_each() -> None:
    told = story()
    other = TENDER.replace("tender", "other")
    twin = Story([{**body, "subject": other} if body["subject"] == TENDER else body for body in told.bodies])
    told.starts("P1", "2026-01-01")
    told.hours("P1", "2026-01-01", "2026-01-31", 100)
    twin.starts("P2", "2026-01-01")
    twin.bodies[-1] = {**twin.bodies[-1], "subject": other, "id": "elsewhere"}
    twin.bodies += told.bodies
    assert measured(twin.figure(on="2026-01-31")) == 100
    assert measured(twin.figure(on="2026-01-31", tender=other)) == 0
    assert twin.figure("T2", "2026-01-31").delivered == twin.figure("T2", "2026-01-31", other).delivered == 1
