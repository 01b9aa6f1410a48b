"""What is expected by a day, on the schedule in force, evenly or along the training plan (RULES.md 7 and 8)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.domain.story import MAIN, OTHER, SUB, Exact, Story, target

LINEAR = target("fte", 10)
PLANNED = target("persons", 10, spread="training_plan")


def story(*targets: dict[str, Any], **rules: Any) -> Story:
    return Story().tender("2026-01-01", "2026-04-10").agreement(*(targets or (LINEAR,)), **rules)  # 100 days


def expected(told: Story, on: str, name: str = "T1") -> Exact | None:
    return told.figure(name, on).expected


def plan(told: Story, *lines: dict[str, Any], plan: str = "PL", submitted_on: str = "2025-12-01", **more: Any) -> None:
    more = {"contractor": MAIN, **more}
    told.says("training_plan.submitted", plan=plan, submitted_on=submitted_on, starts=list(lines), **more)


def line(starts_on: str, persons: int = 1, weeks: int = 10, **more: Any) -> dict[str, Any]:
    return {"starts_on": starts_on, "persons": persons, "weeks": weeks, **more}


def test_evenly_the_first_and_the_last_day_count() -> None:
    told = story()
    days = ("2025-12-31", "2026-01-01", "2026-01-20", "2026-04-09", "2026-04-10", "2026-12-31")
    assert [expected(told, on) for on in days] == [0, Fraction(1, 10), 2, Fraction(99, 10), 10, 10]


def test_a_moved_schedule_moves_what_is_expected_from_the_day_it_was_decided() -> None:
    told = story()
    told.says("schedule.changed", decided_on="2026-01-21", starts_on="2026-01-11", handover_on="2026-07-29")  # 200 days
    assert expected(told, "2026-01-20") == 2
    assert expected(told, "2026-01-30") == 1  # 20 of 200 days


def test_the_works_true_first_and_last_day_come_before_any_plan() -> None:
    told = story()
    told.says("works.started", started_on="2026-01-11")
    told.says("works.handed_over", handed_over_on="2026-01-30")
    assert expected(told, "2026-01-10") == 1  # nothing had begun, the plan held
    assert expected(told, "2026-01-15") == 10 * Fraction(5, 90)
    assert expected(told, "2026-01-30") == 10


def test_of_two_reports_of_the_start_the_first_by_source_and_id_is_the_one() -> None:
    told = story()
    told.says("works.started", started_on="2026-03-02")
    told.says("works.started", started_on="2026-01-11")
    assert expected(told, "2026-02-01") == 10 * Fraction(32, 100)  # its date is looked at after that: not yet


def test_without_a_schedule_what_is_expected_is_unknown() -> None:
    told = Story().tender(None, None).agreement(LINEAR)
    told.starts("P1", "2026-01-05")
    assert expected(told, "2026-02-01") is None
    assert told.figure(on="2026-02-01").forecast is None
    assert told.status(on="2026-02-01") == ("unknown", "no_schedule")


def test_a_schedule_that_ends_before_it_begins_breaks_nothing() -> None:
    told = story()
    told.says("works.started", started_on="2026-04-11")
    told.starts("P1", "2026-04-11")
    figure = told.figure(on="2026-04-12")
    assert (figure.expected, figure.status.value, figure.reason.value) == (Fraction(10), "cannot_be_met", "ended_short")


def test_a_due_date_of_its_own_is_a_targets_end() -> None:
    told = story(target("fte", 10, due_on="2026-02-19"))  # 50 days
    assert expected(told, "2026-01-20") == 4


def test_a_phase_has_its_own_dates_once_it_is_triggered() -> None:
    told = story(target("fte", 10, phase="A"))
    told.says("phase.triggered", phase="A", triggered_on="2026-02-01", starts_on="2026-02-01", handover_on="2026-02-20")
    assert expected(told, "2026-01-31") == 0  # nothing is required yet
    assert expected(told, "2026-02-10") == 5


def test_a_share_is_expected_whole_from_the_first_day() -> None:
    told = story(target("share_of_hours", 5))
    assert [expected(told, on) for on in ("2025-12-31", "2026-01-01")] == [0, 5]


def test_along_the_training_plan_persons_are_expected_as_they_start() -> None:
    told = story(PLANNED)
    plan(told, line("2026-01-12", 2), line("2026-02-02", 3))
    assert [expected(told, on) for on in ("2026-01-11", "2026-01-12", "2026-02-02")] == [0, 2, 5]


def test_hours_of_a_line_come_in_day_by_day_until_its_weeks_are_over() -> None:
    told = story(target("fte", 10, spread="training_plan"), target("person_weeks", 10, "T2", spread="training_plan"))
    plan(told, line("2026-01-01", 2, 2, weekly_hours=18.5))
    assert expected(told, "2026-01-07") == Fraction(2 * 37, 2 * 1924)  # one week of two half-timers
    assert expected(told, "2026-01-07", "T2") == 1
    assert expected(told, "2026-04-10", "T2") == 2  # two weeks, no more


def test_more_planned_than_required_is_not_expected() -> None:
    told = story(target("persons", 1, spread="training_plan"))
    plan(told, line("2026-01-12", 2))
    assert expected(told, "2026-02-01") == 1


def test_the_plan_moves_with_the_tenders_schedule() -> None:
    told = story(PLANNED)
    plan(told, line("2026-02-20"))  # 50 of 99 days after the start
    told.says("schedule.changed", decided_on="2026-01-05", starts_on="2026-02-01", handover_on="2026-08-18")  # 198 days
    # It starts 50 x 198 / 99 = 100 days after 1 February: on 12 May.
    assert [expected(told, on) for on in ("2026-02-20", "2026-05-11", "2026-05-12")] == [0, 0, 1]


def test_a_plan_stated_after_the_move_stays_where_it_was_put() -> None:
    told = story(PLANNED)
    told.says("schedule.changed", decided_on="2026-01-05", starts_on="2026-02-01", handover_on="2026-08-18")
    plan(told, line("2026-02-20"), submitted_on="2026-01-05")
    assert expected(told, "2026-02-20") == 1


def test_a_phases_plan_is_not_squeezed_when_the_phase_is_triggered() -> None:
    told = story(target("persons", 1, spread="training_plan", phase="A"))
    plan(told, line("2026-02-10"))
    told.says("phase.triggered", phase="A", triggered_on="2026-01-20", starts_on="2026-02-01", handover_on="2026-03-01")
    assert [expected(told, on) for on in ("2026-02-09", "2026-02-10")] == [0, 1]


def test_a_revised_plan_replaces_all_its_lines_from_its_date() -> None:
    told = story(PLANNED)
    plan(told, line("2026-01-12", 5))
    told.says("training_plan.revised", plan="PL", revised_on="2026-01-20", starts=[line("2026-02-02", 1)])
    assert [expected(told, on) for on in ("2026-01-19", "2026-01-20", "2026-02-02")] == [5, 0, 1]


@pytest.mark.parametrize(
    ("narrowed", "persons"),
    [
        ({"kinds": ["apprenticeship"]}, 3),
        ({"kinds": ["other_training"]}, 4),
        ({"trades": ["joiner"]}, 1),
        ({"contractors": [MAIN]}, 7),
        ({"contractors": [SUB]}, 7),
    ],
)
def test_only_lines_that_fit_the_target_are_expected(narrowed: dict[str, Any], persons: int) -> None:
    told = story(target("persons", 10, spread="training_plan", **narrowed))
    plan(
        told,
        line("2026-01-12", 1, trade="joiner"),
        line("2026-01-12", 2, trade="carpenter"),
        line("2026-01-12", 4, kind="other_training"),
        contractor=SUB,
    )
    assert expected(told, "2026-01-12") == persons


def test_another_contractors_plan_is_another_targets() -> None:
    told = story(target("persons", 10, spread="training_plan", contractors=[MAIN]))
    plan(told, line("2026-01-12", 3))
    plan(told, line("2026-01-12", 5), plan="PL2", contractor=OTHER)
    assert expected(told, "2026-01-12") == 3


def test_without_a_line_that_fits_it_is_spread_evenly_and_said() -> None:
    told = story(PLANNED)
    assert expected(told, "2026-01-20") == 2
    assert len(told.findings("2026-01-20", "plan_missing")) == 1
    plan(told, line("2026-01-12"))
    assert told.findings("2026-01-20", "plan_missing") == []
