"""Every status and every reason, each in the smallest story that leads to it (RULES.md section 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.domain.status import Reason, Status
from tests.domain.story import CLIENT, MAIN, Story, target

ON = "2026-04-10"  # day 100 of 365


def story(*targets: dict[str, Any], **rules: Any) -> Story:
    return Story().tender().agreement(*(targets or (target("persons", 4),)), **rules)


def phase_not_triggered() -> Story:
    return story(target("persons", 4, phase="A"))


def waived_away() -> Story:
    told = story()
    told.says("waiver.granted", waiver="W", target="T1", lowered_by=4, granted_on="2026-02-01", reason="scope_reduced")
    return told


def waived_from_behind() -> Story:
    # Of 12 persons 12 x 100 / 365 = 3.3 are expected, of 8 only 2.2.
    told = story(target("persons", 12))
    for name in ("Ali", "Bo"):
        told.starts(f"P-{name}", "2026-01-05", name)
    told.says("waiver.granted", waiver="W", target="T1", lowered_by=4, granted_on="2026-02-01", reason="other")
    return told


def nothing_required() -> Story:
    return story(target("persons", 0))


def no_schedule() -> Story:
    told = Story().tender(None, None).agreement(target("persons", 4))
    told.starts("P1", "2026-01-05")
    return told


def before_start() -> Story:
    return Story().tender("2026-06-01", "2026-12-31").agreement(target("persons", 4))


def no_site_hours() -> Story:
    told = story(target("share_of_hours", 5))
    told.starts("P1", "2026-01-05")
    return told


def none_known() -> Story:
    told = story(target("share_in_work", 50, after_weeks=26))
    told.starts("P1", "2026-01-05")
    return told


def met() -> Story:
    told = story(target("persons", 1))
    told.starts("P1", "2026-01-05")
    return told


def share_held() -> Story:
    told = no_site_hours()
    told.site_hours("2026-01-05", "2026-01-31", 100)  # the apprentice has 27 x 37 / 7 of them
    return told


def ended_short() -> Story:
    told = Story().tender("2026-01-01", "2026-03-01").agreement(target("persons", 4))
    told.starts("P1", "2026-01-05")
    return told


def too_late() -> Story:
    told = story(min_weeks=52)  # whoever had not started by 2 January cannot last a year
    told.starts("P1", "2026-01-05")
    return told


def behind() -> Story:
    told = story(target("persons", 12))
    told.starts("P1", "2026-01-05")
    return told  # 1 of 12 x 100 / 365 = 3.3


def at_risk() -> Story:
    told = Story().tender("2026-01-01", "2026-06-01").agreement(target("persons", 2))
    told.starts("P1", "2026-01-05")
    return told  # 1 of 2 x 100 / 152 = 1.3: on plan, but nobody else is agreed and 52 days are left


def ahead_of_plan() -> Story:
    told = story()
    for name in ("Ali", "Bo"):
        told.starts(f"P-{name}", "2026-01-05", name)
    return told  # 2 of 4 against 4 x 100 / 365 = 1.1 and a tenth of 4


def on_plan() -> Story:
    told = story()
    told.starts("P1", "2026-01-05")
    return told  # 1 against 1.1, rounded down


STORIES: list[tuple[Callable[[], Story], Status, Reason]] = [
    (phase_not_triggered, Status.ON_TRACK, Reason.PHASE_NOT_TRIGGERED),
    (waived_away, Status.AGREED_DEVIATION, Reason.WAIVED),
    (waived_from_behind, Status.AGREED_DEVIATION, Reason.WAIVED),
    (nothing_required, Status.ON_TRACK, Reason.NOTHING_REQUIRED),
    (no_schedule, Status.UNKNOWN, Reason.NO_SCHEDULE),
    (before_start, Status.ON_TRACK, Reason.BEFORE_START),
    (story, Status.UNKNOWN, Reason.NOTHING_REPORTED),
    (no_site_hours, Status.UNKNOWN, Reason.NO_SITE_HOURS),
    (none_known, Status.UNKNOWN, Reason.NONE_KNOWN),
    (met, Status.AHEAD, Reason.MET),
    (share_held, Status.ON_TRACK, Reason.SHARE_HELD),
    (ended_short, Status.CANNOT_BE_MET, Reason.ENDED_SHORT),
    (too_late, Status.CANNOT_BE_MET, Reason.TOO_LATE),
    (behind, Status.BEHIND, Reason.BEHIND_PLAN),
    (at_risk, Status.AT_RISK, Reason.SHORT_FORECAST),
    (ahead_of_plan, Status.AHEAD, Reason.AHEAD_OF_PLAN),
    (on_plan, Status.ON_TRACK, Reason.ON_PLAN),
]


@pytest.mark.parametrize(("told", "status", "reason"), STORIES, ids=lambda value: getattr(value, "__name__", ""))
def test_status(told: Callable[[], Story], status: Status, reason: Reason) -> None:
    assert told().status(on=ON) == (status.value, reason.value)


def test_every_status_and_every_reason_has_its_story() -> None:
    assert {status for _, status, _ in STORIES} == set(Status)
    assert {reason for _, _, reason in STORIES} == set(Reason)


def test_a_waiver_that_is_not_needed_changes_no_status() -> None:
    told = ahead_of_plan()
    told.says("waiver.granted", waiver="W", target="T1", lowered_by=1, granted_on="2026-02-01", reason="other")
    assert told.status(on=ON) == ("ahead", "ahead_of_plan")


def test_a_waiver_that_is_not_enough_leaves_it_behind() -> None:
    told = behind()
    told.says("waiver.granted", waiver="W", target="T1", lowered_by=2, granted_on="2026-02-01", reason="other")
    assert told.status(on=ON) == ("behind", "behind_plan")  # 1 of 10 x 100 / 365 = 2.7


def test_a_target_of_one_contractor_is_silent_while_only_others_report() -> None:
    told = story(target("persons", 4, contractors=[MAIN]))
    told.engages("10000076")
    told.starts("P1", "2026-01-05", contractor="10000076")
    assert told.status(on=ON) == ("unknown", "nothing_reported")
    told.says("placement.moved", placement="P1", moved_on="2026-05-01", contractor=MAIN)
    assert told.status(on=ON) == ("behind", "behind_plan")  # it has heard of one now, who is not there yet


def test_two_per_cent_behind_is_still_on_plan_in_hours() -> None:
    told = Story().tender("2026-01-01", "2026-04-10").agreement(target("person_weeks", 100), places_at_once=100)
    # On day 21 of 100 21 weeks are expected; 19 is within 2 % of 100, 18 6/7 is not.
    for number in range(19):
        told.starts(f"P{number}", "2026-01-05", f"N{number}", planned_end="2026-01-11")
    assert told.status(on="2026-01-21") == ("on_track", "on_plan")
    told.says("school_period.reported", placement="P0", from_on="2026-01-05", to_on="2026-01-05", by=CLIENT)
    assert told.status(on="2026-01-21") == ("behind", "behind_plan")
