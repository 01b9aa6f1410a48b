"""Who is in work 13, 26 and 52 weeks later (RULES.md section 5)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from services.domain.retention import WorkAnswer
from tests.domain.story import JOB_CENTRE, MAIN, OTHER, Story, target

START = "2026-01-05"  # 13 weeks later: 6 April; 26: 6 July; 52: 4 January 2027


def story(after_weeks: int = 13, **narrowed: Any) -> Story:
    told = Story().tender()
    share = target("share_in_work", 50, after_weeks=after_weeks, **narrowed)
    return told.agreement(share, target("in_work", 1, "T2", after_weeks=after_weeks, **narrowed))


def answers(told: Story, on: str) -> dict[WorkAnswer, int]:
    return told.figure(on=on).in_work


def follow_up(told: Story, on: str, in_work: str, placement: str = "P1") -> None:
    told.says("placement.followed_up", by=JOB_CENTRE, placement=placement, followed_up_on=on, in_work=in_work)


@pytest.mark.parametrize(
    ("weeks", "day_before", "day"),
    [
        (13, "2026-04-05", "2026-04-06"),
        (26, "2026-07-05", "2026-07-06"),
        (52, "2027-01-03", "2027-01-04"),
    ],
)
def test_a_placement_is_too_young_until_its_check_day(weeks: int, day_before: str, day: str) -> None:
    told = story(weeks)
    told.starts("P1", START)
    assert answers(told, day_before) == {WorkAnswer.TOO_YOUNG: 1}
    assert told.delivered(on=day_before) is None
    assert answers(told, day) == {WorkAnswer.YES: 1}  # still an apprentice
    assert (told.delivered(on=day), told.delivered("T2", on=day)) == (100, 1)


def test_it_is_divided_by_those_old_enough_and_known() -> None:
    told = story()
    told.starts("P1", START, "Kim")  # still there: yes
    told.starts("P2", START, "Ali")  # stopped, told to be out of work: no
    told.starts("P3", START, "Bo")  # stopped, nobody has asked: unknown
    told.starts("P4", "2026-03-02", "Mia")  # too young
    for placement in ("P2", "P3"):
        told.says("placement.ended", placement=placement, ended_on="2026-02-27", reason="dismissed")
    follow_up(told, "2026-04-10", "no", "P2")
    assert told.delivered(on="2026-04-20") == Fraction(100, 2)
    assert answers(told, "2026-04-20") == {
        WorkAnswer.YES: 1,
        WorkAnswer.NO: 1,
        WorkAnswer.UNKNOWN: 1,
        WorkAnswer.TOO_YOUNG: 1,
    }


def test_an_internship_is_asked_about_after_its_end() -> None:
    told = story()
    told.starts("P1", START, kind="work_placement")
    assert answers(told, "2026-12-31") == {WorkAnswer.TOO_YOUNG: 1}  # it has not ended
    told.says("placement.ended", placement="P1", ended_on="2026-02-02")
    assert answers(told, "2026-05-03") == {WorkAnswer.TOO_YOUNG: 1}
    assert answers(told, "2026-05-04") == {WorkAnswer.UNKNOWN: 1}  # an internship itself is no work


def test_another_placement_of_the_person_is_work_too() -> None:
    told = story(kinds=["work_placement"])
    told.starts("P1", START, kind="work_placement")
    told.says("placement.ended", placement="P1", ended_on="2026-02-02")
    told.starts("P2", "2026-04-01", kind="flex_job", contractor=OTHER)
    assert answers(told, "2026-05-04") == {WorkAnswer.YES: 1}


def test_in_work_elsewhere_is_in_work() -> None:
    told = story()
    told.starts("P1", START)
    told.says("placement.ended", placement="P1", ended_on="2026-02-27", reason="other_job")
    follow_up(told, "2026-04-10", "yes")
    assert answers(told, "2026-04-10") == {WorkAnswer.YES: 1}
    assert answers(told, "2026-04-09") == {WorkAnswer.UNKNOWN: 1}  # nobody had asked yet


@pytest.mark.parametrize(
    ("on", "answer"), [("2026-03-09", "yes"), ("2026-03-08", "unknown"), ("2026-05-05", "unknown")]
)
def test_only_answers_within_28_days_of_the_check_day_are_heard(on: str, answer: str) -> None:
    told = story()
    told.starts("P1", START)
    told.says("placement.ended", placement="P1", ended_on="2026-02-27")
    follow_up(told, on, "yes")
    assert answers(told, "2026-06-01") == {WorkAnswer(answer): 1}


def test_the_nearest_answer_is_heard_and_of_two_as_near_the_later() -> None:
    told = story()
    told.starts("P1", START)
    told.says("placement.ended", placement="P1", ended_on="2026-02-27")
    follow_up(told, "2026-04-02", "yes")  # four days before 6 April
    follow_up(told, "2026-04-10", "no")  # four days after
    follow_up(told, "2026-04-06", "unknown")  # no answer
    assert answers(told, "2026-06-01") == {WorkAnswer.NO: 1}
    follow_up(told, "2026-04-09", "yes")
    assert answers(told, "2026-06-01") == {WorkAnswer.YES: 1}


def test_an_answer_about_either_of_two_matched_reports_is_heard() -> None:
    told = story()
    told.starts("P1", START)
    told.says("placement.ended", placement="P1", ended_on="2026-02-27")
    told.says(
        "placement.reported", placement="J1", person="Kim", contractor=MAIN, kind="apprenticeship", started_on=START
    )
    told.says("placement.matched", placement="P1", other="J1", decided_on="2026-03-01")
    follow_up(told, "2026-04-06", "yes", "J1")
    assert answers(told, "2026-06-01") == {WorkAnswer.YES: 1}


def test_a_bankruptcy_never_counts_against_the_person() -> None:
    told = story()
    told.starts("P1", START)
    told.says("contractor.left", contractor=MAIN, left_on="2026-02-27", reason="bankrupt")
    assert answers(told, "2026-06-01") == {WorkAnswer.CONTRACTOR_ENDED: 1}
    follow_up(told, "2026-04-06", "no")
    assert answers(told, "2026-06-01") == {WorkAnswer.CONTRACTOR_ENDED: 1}
    assert told.delivered(on="2026-06-01") is None
    follow_up(told, "2026-04-07", "yes")
    told.says("placement.followed_up", by=JOB_CENTRE, placement="P1", followed_up_on="2026-04-06", in_work="unknown")
    assert answers(told, "2026-06-01") == {WorkAnswer.CONTRACTOR_ENDED: 1}  # the nearer word is still no
    told.starts("P2", "2026-04-01", contractor=OTHER)
    assert told.figure(on="2026-06-01").in_work[WorkAnswer.YES] == 1  # found a new place


def test_a_bankruptcy_after_the_check_day_changes_nothing() -> None:
    told = story()
    told.starts("P1", START)
    told.says("contractor.left", contractor=MAIN, left_on="2026-04-06", reason="bankrupt")
    assert answers(told, "2026-06-01") == {WorkAnswer.YES: 1}


def test_a_follow_up_nobody_made_is_asked_for() -> None:
    told = story()
    told.starts("P1", START)
    told.says("placement.ended", placement="P1", ended_on="2026-02-27")
    asked = [len(told.findings(on, "follow_up_due")) for on in ("2026-04-05", "2026-04-06", "2026-07-05", "2026-07-06")]
    assert asked == [0, 1, 1, 0]  # for ninety days
    follow_up(told, "2026-04-06", "no")
    assert told.findings("2026-04-06", "follow_up_due") == []
