"""Hours and FTE: measured, computed, school, pauses, part time (RULES.md section 4).

January 2026 begins on a Thursday; 37 hours a week are 37/7 hours on each day of the calendar. Where a test says 7
hours a week, a counted day gives one hour, so that days can be counted on one's fingers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.domain.story import CLIENT, MAIN, SUB, Story, computed, measured, target


def story(**rules: Any) -> Story:
    return Story().tender().agreement(target("fte", 1), **rules)


def test_a_full_time_apprentice_gives_his_weekly_hours_over_seven_on_each_day() -> None:
    told = story()
    told.starts("P1", "2026-01-05")
    # 5 January to 10 March: 27 + 28 + 10 = 65 days x 37 / 7 hours, of 1,924 hours.
    figure = told.figure(on="2026-03-10")
    assert computed(figure) == Fraction(65 * 37, 7)
    assert figure.delivered == Fraction(65 * 37, 7 * 1924)


def test_a_whole_year_of_52_weeks_is_one_fte() -> None:
    told = story()
    told.starts("P1", "2026-01-01")
    assert told.delivered(on="2026-12-30") == 1  # 364 days = 52 weeks of 37 hours


def test_part_time_gives_its_part() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=18.5)
    assert told.delivered(on="2026-12-30") == Fraction(1, 2)


def test_weekly_hours_change_from_the_day_of_an_extension() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("placement.extended", placement="P1", extended_on="2026-01-11", planned_end="2026-12-31", weekly_hours=14)
    assert computed(told.figure(on="2026-01-20")) == 10 + 20  # ten days at one hour, ten at two


def test_hours_per_fte_are_the_agreements() -> None:
    told = story(hours_per_fte=1000)
    told.starts("P1", "2026-01-01", weekly_hours=7)
    assert told.delivered(on="2026-04-10") == Fraction(100, 1000)  # 31 + 28 + 31 + 10 days at one hour


@pytest.mark.parametrize(("counts", "days"), [(True, 31), (False, 21)])
def test_school_counts_where_the_agreement_says_so(counts: bool, days: int) -> None:
    told = story(school_counts=counts)
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("school_period.reported", placement="P1", from_on="2026-01-11", to_on="2026-01-20")
    assert computed(told.figure(on="2026-01-31")) == days


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        ("holiday", "holiday_counts"),
        ("personal_circumstances", "sickness_counts"),
        ("weather", "weather_counts"),
        ("no_work", None),
        ("other", None),
    ],
)
def test_each_reason_to_pause_counts_by_its_own_rule(reason: str, rule: str | None) -> None:
    for counts in (True, False):
        told = story(**({rule: counts} if rule else {}))
        told.starts("P1", "2026-01-01", weekly_hours=7)
        told.says("placement.paused", placement="P1", paused_on="2026-01-11", reason=reason)
        told.says("placement.resumed", placement="P1", resumed_on="2026-01-16")
        # Paused from 11 to 15 January, the day of resuming counts again: 31 - 5 days.
        assert computed(told.figure(on="2026-01-31")) == (31 if counts and rule else 26)


def test_an_open_pause_goes_on() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("placement.paused", placement="P1", paused_on="2026-01-11", reason="no_work")
    assert computed(told.figure(on="2026-03-31")) == 10


def test_nothing_is_computed_past_the_planned_end_until_somebody_extends_it() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7, planned_end="2026-01-20")
    assert computed(told.figure(on="2026-01-31")) == 20
    told.says("placement.extended", placement="P1", extended_on="2026-01-20", planned_end="2026-02-28")
    assert computed(told.figure(on="2026-01-31")) == 31


def test_an_end_reported_after_the_planned_end_extends_it() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7, planned_end="2026-01-20")
    told.says("placement.ended", placement="P1", ended_on="2026-01-25")
    assert computed(told.figure(on="2026-01-31")) == 25


def test_a_contractors_end_after_the_planned_end_extends_nothing() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7, planned_end="2026-01-20")
    told.says("contractor.left", contractor=MAIN, left_on="2026-01-25", reason="bankrupt")
    assert computed(told.figure(on="2026-01-31")) == 20


def test_measured_hours_stand_in_the_place_of_computed_ones() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.hours("P1", "2026-01-01", "2026-01-20", 12.5)
    figure = told.figure(on="2026-01-31")
    # Measured on 1-20 January; the other eleven days are computed.
    assert (measured(figure), computed(figure)) == (Fraction(25, 2), 11)


def test_a_period_counts_from_its_last_day_on() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.hours("P1", "2026-01-01", "2026-01-20", 100)
    before, after = told.figure(on="2026-01-19"), told.figure(on="2026-01-20")
    assert (measured(before), computed(before)) == (0, 19)
    assert (measured(after), computed(after)) == (100, 0)


def test_a_man_day_is_seven_point_four_hours() -> None:
    told = story()
    told.starts("P1", "2026-01-01")
    told.hours("P1", "2026-01-01", "2026-01-31", man_days=10.5)
    assert measured(told.figure(on="2026-01-31")) == Fraction("77.7")  # 10.5 x 7.4


@pytest.mark.parametrize(("counts", "hours"), [(True, 130), (False, 100)])
def test_reported_school_hours_count_where_school_does(counts: bool, hours: int) -> None:
    told = story(school_counts=counts)
    told.starts("P1", "2026-01-01")
    told.hours("P1", "2026-01-01", "2026-01-31", 100, school_hours=30)
    assert measured(told.figure(on="2026-01-31")) == hours


def test_under_rules_that_only_measure_nothing_is_computed() -> None:
    told = story(computed_hours_count=False)
    told.starts("P1", "2026-01-01")
    told.hours("P1", "2026-01-01", "2026-01-31", 100)
    figure = told.figure(on="2026-03-31")
    assert (measured(figure), computed(figure)) == (100, 0)


def test_the_higher_revision_of_a_period_holds() -> None:
    told = story()
    told.starts("P1", "2026-01-01")
    told.hours("P1", "2026-01-01", "2026-01-31", 90, revision=2)
    told.hours("P1", "2026-01-01", "2026-01-31", 100, revision=1)
    assert measured(told.figure(on="2026-01-31")) == 90


def test_different_periods_that_overlap_are_not_summed() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.hours("P1", "2026-01-01", "2026-01-31", 100)
    told.hours("P1", "2026-01-12", "2026-01-18", 30)  # shorter, so it gives way
    assert measured(told.figure(on="2026-01-31")) == 100
    assert [f.about for f in told.findings("2026-01-31", "overlapping_hours")] == [f"{CLIENT}:P1"]


def test_a_period_outside_the_placement_does_not_count_and_is_said() -> None:
    told = story()
    told.starts("P1", "2026-02-01")
    told.hours("P1", "2026-01-01", "2026-01-31", 100)
    assert measured(told.figure(on="2026-02-28")) == 0
    assert len(told.findings("2026-02-28", "hours_outside")) == 1


def test_hours_of_a_placement_nobody_has_told_of_wait_and_are_said() -> None:
    told = story()
    told.hours("P9", "2026-01-01", "2026-01-31", 100)
    assert measured(told.figure(on="2026-02-28")) == 0
    assert [f.about for f in told.findings("2026-02-28", "placement_waits")] == [f"{CLIENT}:P9"]


def test_only_time_allocated_to_the_site_counts() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)  # the training agreement outlives the site
    told.says("placement.allocated", placement="P1", allocated_on="2026-01-11")
    told.says("placement.released", placement="P1", released_on="2026-01-20")
    told.says("placement.allocated", placement="P1", allocated_on="2026-01-29")
    assert computed(told.figure(on="2026-01-31")) == 10 + 3  # 11-20 and 29-31 January


def test_a_release_alone_ends_time_on_the_site() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("placement.released", placement="P1", released_on="2026-01-20")
    assert computed(told.figure(on="2026-01-31")) == 20


def test_time_before_the_apprentice_came_to_the_site_does_not_count() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("apprenticeship.agreed", placement="P1", signed_on="2025-12-20", on_site_from="2026-01-22")
    assert computed(told.figure(on="2026-01-31")) == 10


def test_the_apprentices_first_day_on_site_starts_the_placement_where_nobody_said_it_started() -> None:
    told = story()
    told.says(
        "placement.agreed",
        placement="P1",
        person="Kim",
        contractor=MAIN,
        kind="apprenticeship",
        weekly_hours=7,
        agreed_on="2025-12-01",
        planned_start="2026-01-01",
    )
    told.says("apprenticeship.agreed", placement="P1", signed_on="2025-12-01", on_site_from="2026-01-22")
    assert computed(told.figure(on="2026-01-31")) == 10


def test_person_weeks_are_counted_days_and_calendar_weeks_are_another_thing() -> None:
    told = Story().tender().agreement(target("person_weeks", 10))
    told.starts("P1", "2026-01-01", weekly_hours=18.5)
    told.says("placement.paused", placement="P1", paused_on="2026-01-15", reason="no_work")
    told.hours("P1", "2026-01-01", "2026-01-07", 3)  # measured hours change no person-weeks
    assert told.delivered(on="2026-01-31") == 1  # 14 days / 7 x 18.5 / 37


def test_a_period_belongs_to_the_contractor_of_its_first_day() -> None:
    told = Story().tender().agreement(target("fte", 1, contractors=[SUB], contracts=[]))
    told.starts("P1", "2026-01-01")
    told.says("placement.moved", placement="P1", moved_on="2026-01-15", contractor=SUB)
    told.hours("P1", "2026-01-10", "2026-01-20", 50)
    told.hours("P1", "2026-01-21", "2026-01-31", 40)
    assert measured(told.figure(on="2026-01-31")) == 40
