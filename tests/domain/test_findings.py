"""Every finding at least once, and silence with a name and a number of days (domain.md section 13)."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.domain.findings import _TEXTS, NOT_COUNTED, finding
from tests.domain.story import CLIENT, JOB_CENTRE, MAIN, OTHER, SUB, Story, identifier, target

ON = "2026-03-10"
HERE = Path(__file__).parent


def story(*targets: dict[str, Any]) -> Story:
    return Story().tender().agreement(*(targets or (target("persons", 4),)))


def test_every_code_has_a_test_in_this_folder() -> None:
    nodes = (node for path in HERE.glob("test_*.py") for node in ast.walk(ast.parse(path.read_text())))
    asked = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert set(_TEXTS) - asked == set()
    assert set(_TEXTS) >= NOT_COUNTED


@pytest.mark.parametrize("code", sorted(_TEXTS))
def test_every_text_can_be_filled_in_both_languages(code: str) -> None:
    names = ("count", "facts", "weeks", "hours", "company", "days", "owner", "what", "limit")
    facts: dict[str, Any] = dict.fromkeys(names, 1)
    found = finding(code, "about", **facts)
    assert found.da == found.text("da") != found.en == found.text("en")
    assert "{" not in found.da + found.en


def test_a_contractor_at_work_that_has_told_nothing_for_over_21_days_is_silent() -> None:
    told = story()
    told.starts("P1", "2026-02-16")
    # MAIN was heard on 16 February, 22 days before 10 March; the others never since 1 January, 68 days before.
    silent = {f.organisation: (f.since, f.en) for f in told.findings(ON, "silent")}
    assert silent == {
        MAIN: (date(2026, 2, 16), "Hoved A/S has not reported for 22 days"),
        SUB: (date(2026, 1, 1), "Under ApS has not reported for 68 days"),
        OTHER: (date(2026, 1, 1), "Anden A/S has not reported for 68 days"),
    }
    told.hours("P1", "2026-02-16", "2026-02-28", 70)
    assert MAIN not in {f.organisation for f in told.findings(ON, "silent")}


def test_silence_on_a_past_date_knows_nothing_of_later_words() -> None:
    told = story()
    told.starts("P1", "2026-02-16")
    told.says("placement.ended", placement="P1", ended_on="2026-06-01")
    assert MAIN not in {f.organisation for f in told.findings("2026-03-09", "silent")}
    assert MAIN in {f.organisation for f in told.findings(ON, "silent")}


def test_the_job_centres_words_do_not_break_a_contractors_silence() -> None:
    told = story()
    told.starts("P1", "2026-01-05")
    told.says("placement.confirmed", by=JOB_CENTRE, placement="P1", confirmed_on="2026-03-09")
    assert MAIN in {f.organisation for f in told.findings(ON, "silent")}
    told.says("placement.confirmed", by=MAIN, placement="P1", confirmed_on="2026-03-09")
    assert MAIN not in {f.organisation for f in told.findings(ON, "silent")}


def test_site_hours_are_a_word_too() -> None:
    told = story()
    told.site_hours("2026-02-01", "2026-02-28", 0, SUB)
    assert SUB not in {f.organisation for f in told.findings(ON, "silent")}


def test_nobody_is_silent_before_the_works_after_them_or_once_he_has_left() -> None:
    told = story()
    told.says("contractor.left", contractor=SUB, left_on="2026-03-10", reason="finished")
    assert told.findings("2025-12-31", "silent") == []
    assert {f.organisation for f in told.findings(ON, "silent")} == {MAIN, OTHER}
    assert told.findings("2027-01-01", "silent") == []


def test_a_contractor_that_moved_on_is_heard_where_it_was() -> None:
    told = story()
    told.starts("P1", "2026-02-20")
    told.hours("P1", "2026-02-20", "2026-02-28", 40)
    told.says("placement.moved", placement="P1", moved_on="2026-03-09", contractor=OTHER)
    assert {f.organisation for f in told.findings(ON, "silent")} == {SUB}


def test_a_successor_is_listened_for() -> None:
    told = story()
    taken_over = {"successor": "10000076", "company": "Ny", "succeeded_on": "2026-02-01"}
    for left in (MAIN, SUB, OTHER):
        told.says("contractor.succeeded", contractor=left, **taken_over)
    assert [f.organisation for f in told.findings(ON, "silent")] == ["10000076"]


def test_a_planned_end_passed_in_silence_is_said() -> None:
    told = story()
    told.starts("P1", "2026-01-05", planned_end="2026-03-09")
    assert [f.since for f in told.findings(ON, "planned_end_passed")] == [date(2026, 3, 9)]
    told.says("placement.ended", placement="P1", ended_on="2026-03-09")
    assert told.findings(ON, "planned_end_passed") == []


def test_two_ends_contradict_each_other_and_the_trusted_one_holds() -> None:
    told = story()
    told.starts("P1", "2026-01-05")
    told.says("placement.ended", placement="P1", ended_on="2026-03-02", by=CLIENT, on_behalf_of=MAIN)
    told.says("placement.ended", placement="P1", ended_on="2026-03-06")
    assert [f.en for f in told.findings(ON, "contradiction")] == ["The reports differ on: end"]
    assert told.placed("P1", ON).end == date(2026, 3, 6)


def test_over_two_hundred_events_on_one_placement_are_too_many() -> None:
    told = story()
    told.starts("P1", "2026-01-05")
    for day in range(200):
        told.says("placement.resumed", placement="P1", resumed_on=date.fromordinal(740_000 + day).isoformat())
    assert [f.en for f in told.findings(ON, "many_events")] == ["201 events on one placement"]


def test_an_action_past_its_due_date_has_an_owner_and_a_number_of_days() -> None:
    told = story()
    decided = {"owner": "K. Lund", "owner_organisation": CLIENT, "opened_on": "2026-02-01", "due_on": "2026-02-26"}
    told.says("action.opened", action="A1", what="Find to lærlinge", **decided)
    assert [(f.about, f.da) for f in told.findings(ON, "action_overdue")] == [
        (identifier("A1"), "K. Lund: Find to lærlinge (overskredet 12 dage)")
    ]
    told.says("action.closed", action="A1", closed_on=ON)
    assert told.findings(ON, "action_overdue") == []
    assert len(told.findings("2026-03-09", "action_overdue")) == 1


def test_nothing_is_found_in_a_tender_where_all_is_well() -> None:
    told = Story().tender().agreement(target("persons", 1))
    for contractor, person in ((MAIN, "Kim"), (SUB, "Ali"), (OTHER, "Bo")):
        told.starts(f"P-{person}", "2026-03-02", person, contractor=contractor)
    assert told.findings(ON) == []
