"""The forecast at the end, and the last date on which a target can still be met (RULES.md sections 9 and 10)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.domain.story import JOB_CENTRE, MAIN, Exact, Story, target


def story(*targets: dict[str, Any], end: str = "2026-12-31", **rules: Any) -> Story:
    return Story().tender("2026-01-01", end).agreement(*targets, **rules)


def agrees(told: Story, placement: str, planned_start: str, person: str = "Kim", **terms: Any) -> None:
    terms = {"contractor": MAIN, "kind": "apprenticeship", "agreed_on": "2026-01-02", "person": person, **terms}
    told.says("placement.agreed", placement=placement, planned_start=planned_start, **terms)


def forecast(told: Story, on: str, name: str = "T1") -> Exact | None:
    return told.figure(name, on).forecast


def last(told: Story, on: str, name: str = "T1") -> date | None:
    return told.figure(name, on).last_date


def test_what_runs_is_carried_through_to_the_end_of_the_works() -> None:
    told = story(target("fte", 1), end="2026-12-30")
    told.starts("P1", "2026-01-01")
    assert forecast(told, "2026-02-01") == 1  # 364 days of 37/7 hours


def test_and_no_further_than_its_planned_end() -> None:
    told = story(target("person_weeks", 10))
    told.starts("P1", "2026-01-01", planned_end="2026-01-28")
    assert forecast(told, "2026-01-10") == 4


def test_agreed_placements_start_as_planned() -> None:
    told = story(target("persons", 2), target("person_weeks", 10, "T2"))
    agrees(told, "P1", "2026-12-18")
    assert forecast(told, "2026-02-01") == 1
    assert forecast(told, "2026-02-01", "T2") == 2  # 18 to 31 December


def test_a_planned_start_that_has_passed_in_silence_is_left_out() -> None:
    told = story(target("persons", 2))
    agrees(told, "P1", "2026-02-01")
    assert [forecast(told, on) for on in ("2026-02-01", "2026-02-02")] == [1, 0]
    assert len(told.findings("2026-02-02", "start_overdue")) == 1


def test_what_came_to_nothing_is_left_out() -> None:
    told = story(target("persons", 2))
    agrees(told, "P1", "2026-06-01")
    agrees(told, "P2", "2026-06-01", "Ali")
    told.says("placement.not_started", placement="P1", decided_on="2026-03-01")
    assert forecast(told, "2026-02-01") == 1


def test_too_short_a_planned_stay_will_not_count() -> None:
    told = story(target("persons", 2), min_weeks=13)
    agrees(told, "P1", "2026-06-01", planned_end="2026-06-28")
    agrees(told, "P2", "2026-06-01", "Ali")
    assert forecast(told, "2026-02-01") == 1


def test_words_of_dispute_that_have_not_been_said_yet_are_not_heard() -> None:
    told = story(target("persons", 2))
    told.starts("P1", "2026-01-05")
    told.says("placement.disputed", by=JOB_CENTRE, placement="P1", disputed_on="2026-06-01", reason="other_dates")
    assert [forecast(told, on) for on in ("2026-02-01", "2026-06-01")] == [1, 0]


def test_hours_of_days_to_come_are_computed_even_where_only_measured_ones_count() -> None:
    told = story(target("person_weeks", 10), target("fte", 1, "T2"), computed_hours_count=False, hours_per_fte=1000)
    told.starts("P1", "2026-12-01")
    told.hours("P1", "2026-12-01", "2026-12-17", 50)
    told.hours("P1", "2026-12-18", "2026-12-31", 1)  # told of, but not on 17 December
    assert forecast(told, "2026-12-17", "T2") == Fraction(50 + 2 * 37, 1000)


def test_after_the_end_the_forecast_is_what_was_delivered() -> None:
    told = story(target("persons", 2), end="2026-03-01")
    told.starts("P1", "2026-01-05")
    agrees(told, "P2", "2026-06-01", "Ali")
    assert forecast(told, "2026-05-01") == 1


def test_shares_and_conversions_are_forecast_as_delivered() -> None:
    told = story(target("conversions", 2), target("share_of_hours", 5, "T2"))
    told.starts("P1", "2026-01-05")
    told.site_hours("2026-01-01", "2026-01-31", 1000)
    for name in ("T1", "T2"):
        figure = told.figure(name, "2026-02-01")
        assert figure.forecast == figure.delivered is not None


def test_where_the_forecast_reaches_the_target_there_is_no_last_date() -> None:
    told = story(target("persons", 1))
    told.starts("P1", "2026-01-05")
    assert last(told, "2026-02-01") is None


@pytest.mark.parametrize(("min_weeks", "day"), [(0, "2026-12-31"), (4, "2026-12-04")])
def test_a_person_can_start_until_just_the_weeks_asked_for_are_left(min_weeks: int, day: str) -> None:
    told = story(target("persons", 2), min_weeks=min_weeks)
    told.starts("P1", "2026-01-05")
    assert last(told, "2026-02-01") == date.fromisoformat(day)  # 31 December - 28 days + 1


def test_hours_can_be_made_good_by_as_many_as_can_be_on_site_at_once() -> None:
    told = story(target("person_weeks", 10), places_at_once=2)
    told.starts("P1", "2026-01-01", planned_end="2026-01-28")
    # 6 weeks are missing; by two at once that is 21 days: 11 to 31 December.
    assert last(told, "2026-02-01") == date(2026, 12, 11)


def test_by_default_twice_as_many_as_the_target_needs_on_average() -> None:
    told = story(target("person_weeks", 104), end="2026-12-30")
    told.starts("P1", "2026-01-01", planned_end="2026-01-28")
    # 104 weeks in 52: two on average, four at once. 100 weeks are missing: 25 weeks = 175 days before 30 December.
    assert last(told, "2026-02-01") == date(2026, 7, 9)


@pytest.mark.parametrize(("end", "day"), [("2026-12-31", "2026-07-01"), ("2026-05-31", "2026-01-01")])
def test_apprentices_come_out_of_the_basic_course_at_new_year_and_in_summer(end: str, day: str) -> None:
    told = story(target("persons", 2, kinds=["apprenticeship"]), end=end)
    told.starts("P1", "2026-01-05")
    assert last(told, "2026-02-01") == date.fromisoformat(day)


def test_a_gap_too_large_for_any_date_is_told_with_the_first_there_is() -> None:
    told = story(target("person_weeks", 100_000), places_at_once=1)
    told.starts("P1", "2026-01-01")
    assert last(told, "2026-02-01") == date(1990, 1, 1)


def test_conversions_can_come_until_the_end_and_shares_have_no_last_date() -> None:
    told = story(target("conversions", 2), target("share_in_work", 50, "T2", after_weeks=13))
    told.starts("P1", "2026-01-05")
    assert (last(told, "2026-02-01"), last(told, "2026-02-01", "T2")) == (date(2026, 12, 31), None)
