"""What has effectively been said, once corrections and withdrawals are taken into account (RULES.md section 1)."""

from __future__ import annotations

from datetime import date

from services.domain.amendments import Standing
from services.domain.replay import Replay
from tests.domain.story import CLIENT, JOB_CENTRE, MAIN, TENDER, Story, read, target

ON = "2026-06-01"


def story() -> tuple[Story, dict[str, object]]:
    told = Story().tender().agreement(target("placements", 2))
    return told, told.starts("P1", "2026-02-02")


def start(told: Story) -> date | None:
    """The start, whatever order the events come in."""
    backwards = Story(told.bodies[::-1])
    assert backwards.placed("P1", ON).start == told.placed("P1", ON).start
    return told.placed("P1", ON).start


def standings(told: Story) -> list[Standing]:
    return list(Replay(TENDER, map(read, told.bodies)).amendments())


def test_a_correction_says_it_anew() -> None:
    told, said = story()
    told.correct(said, started_on="2026-02-09")
    assert start(told) == date(2026, 2, 9)
    assert told.delivered(on=ON) == 1


def test_the_highest_revision_holds_in_whatever_order_they_came() -> None:
    told, said = story()
    told.correct(said, 2, started_on="2026-02-16")
    told.correct(said, 1, started_on="2026-02-09")
    assert start(told) == date(2026, 2, 16)


def test_withdrawing_a_correction_restores_the_one_before_and_then_the_event() -> None:
    told, said = story()
    first, second = told.correct(said, 1, started_on="2026-02-09"), told.correct(said, 2, started_on="2026-02-16")
    told.withdraw(second)
    assert start(told) == date(2026, 2, 9)
    told.withdraw(first)
    assert start(told) == date(2026, 2, 2)


def test_what_is_withdrawn_was_never_said_and_its_corrections_go_with_it() -> None:
    told, said = story()
    told.correct(said, started_on="2026-02-09")
    told.withdraw(said)
    assert told.status(on=ON) == ("unknown", "nothing_reported")


def test_withdrawing_is_final() -> None:
    told, said = story()
    taken_back = told.withdraw(said)
    told.withdraw(taken_back)
    assert told.status(on=ON) == ("unknown", "nothing_reported")
    assert len(told.findings(ON, "amendment_void")) == 1


def test_nobody_corrects_another_organisations_word() -> None:
    told, said = story()
    told.correct(said, 9, by=JOB_CENTRE, started_on="2026-03-01")
    told.withdraw(said, by=JOB_CENTRE)
    assert start(told) == date(2026, 2, 2)
    assert standings(told) == [Standing.VOID, Standing.VOID]


def test_the_organisation_it_was_said_for_may_correct_it() -> None:
    told = Story().tender().agreement(target("placements", 2))
    said = told.starts("P1", "2026-02-02", by=CLIENT, on_behalf_of=MAIN)
    told.correct(said, by=MAIN, on_behalf_of=None, started_on="2026-02-09")
    assert start(told) == date(2026, 2, 9)
    assert told.figure(on=ON).on_behalf == 0  # and said yes to it by that


def test_an_amendment_may_come_before_what_it_amends_and_waits() -> None:
    told, said = story()
    told.correct(said, started_on="2026-02-09")
    told.bodies.remove(said)
    assert standings(told) == [Standing.WAITS]
    assert len(told.findings(ON, "amendment_waits")) == 1
    told.bodies.append(said)
    assert standings(told) == [Standing.HOLDS]
    assert start(told) == date(2026, 2, 9)


def test_a_correction_of_a_correction_is_void() -> None:
    told, said = story()
    first = told.correct(said, started_on="2026-02-09")
    told.says(
        "event.corrected",
        by=MAIN,
        target_source=first["source"],
        target_id=first["id"],
        replacement={"type": said["type"], "data": said["data"]},
    )
    assert sorted(standings(told)) == [Standing.HOLDS, Standing.VOID]
    assert start(told) == date(2026, 2, 9)


def test_a_correction_taken_back_by_its_sender_troubles_nobody() -> None:
    told, said = story()
    told.withdraw(told.correct(said, started_on="2026-02-09"))
    assert told.findings(ON, "amendment_void") == []


def test_a_correction_may_put_another_type_in_place() -> None:
    told, said = story()
    data = {key: value for key, value in said["data"].items() if key != "started_on"}  # type: ignore[attr-defined]
    planned = {**data, "agreed_on": "2026-01-10", "planned_start": "2026-07-01"}
    told.says(
        "event.corrected",
        by=MAIN,
        target_source=said["source"],
        target_id=said["id"],
        replacement={"type": "dk.bygspor.placement.agreed.v1", "data": planned},
    )
    assert start(told) is None
    assert told.delivered(on=ON) == 0


def test_hours_can_be_corrected_into_another_month() -> None:
    told, _ = story()
    said = told.hours("P1", "2026-02-01", "2026-02-28", 100)
    told.correct(said, from_on="2026-03-01", to_on="2026-03-31")
    periods = [period for person in told.replay().people() for course in person for period in course.periods]
    assert [(period.from_on, int(period.hours)) for period in periods] == [(date(2026, 3, 1), 100)]


def test_a_target_under_another_subject_is_not_found() -> None:
    told, said = story()
    elsewhere = told.withdraw(said)
    told.bodies[-1] = {**elsewhere, "subject": f"{CLIENT}:other"}
    assert told.delivered(on=ON) == 1
