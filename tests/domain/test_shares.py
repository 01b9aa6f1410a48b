"""Hours of some people among all hours on the site (RULES.md section 5); a missing report is unknown, never zero."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.domain.story import CLIENT, MAIN, OTHER, SUB, Story, target

ON = "2026-03-31"


def story(**narrowed: Any) -> Story:
    return Story().tender().agreement(target("share_of_hours", 5, **narrowed))


def works(told: Story, placement: str, hours: float, contractor: str = MAIN, month: str = "01", **more: Any) -> None:
    """One person's measured month."""
    told.starts(placement, "2026-01-01", placement, contractor=contractor, **more)
    told.hours(placement, f"2026-{month}-01", f"2026-{month}-28", hours, by=contractor)
    told.says("placement.ended", placement=placement, ended_on=f"2026-{month}-28")


def test_no_site_hours_are_unknown() -> None:
    told = story()
    works(told, "P1", 100)
    assert told.delivered(on=ON) is None
    told.site_hours("2026-01-01", "2026-01-31", 0)
    assert told.delivered(on=ON) is None  # nothing was worked: a share of nothing


def test_the_share_is_of_hours_in_months_the_contractor_reported() -> None:
    told = story()
    works(told, "P1", 100)
    told.site_hours("2026-01-01", "2026-01-31", 2000)
    assert told.delivered(on=ON) == 5


def test_hours_in_a_month_without_a_report_are_left_out_not_held_against_nothing() -> None:
    told = story()
    works(told, "P1", 100)
    works(told, "P2", 90, month="02")  # nobody has told February's site hours
    told.says("school_period.reported", placement="P2", from_on="2026-01-01", to_on="2026-01-31")
    told.site_hours("2026-01-01", "2026-01-31", 2000)
    assert told.delivered(on=ON) == 5


def test_a_contractor_that_did_not_report_is_left_out_with_its_people() -> None:
    told = story()
    works(told, "P1", 100)
    works(told, "P2", 100, contractor=OTHER)
    told.site_hours("2026-01-01", "2026-01-31", 2000)
    assert told.delivered(on=ON) == 5


def test_computed_hours_belong_to_the_month_they_lie_in() -> None:
    told = story()
    told.starts("P1", "2026-01-22", weekly_hours=7)
    told.site_hours("2026-02-01", "2026-02-28", 280)
    assert told.delivered(on=ON) == 10  # 28 of 280; January's ten days are left out


def test_site_hours_count_from_their_last_day() -> None:
    told = story()
    works(told, "P1", 100)
    told.site_hours("2026-01-01", "2026-01-31", 2000)
    told.site_hours("2026-02-01", "2026-02-28", 2000)
    assert [told.delivered(on=on) for on in ("2026-02-27", "2026-02-28")] == [5, Fraction(5, 2)]


def test_a_share_of_one_contractor_is_of_its_and_its_subcontractors_hours() -> None:
    told = story(contractors=[MAIN])
    works(told, "P1", 60)
    works(told, "P2", 40, contractor=SUB)
    works(told, "P3", 500, contractor=OTHER)
    for contractor, hours in ((MAIN, 500), (SUB, 500), (OTHER, 5000)):
        told.site_hours("2026-01-01", "2026-01-31", hours, contractor)
    assert told.delivered(on=ON) == 10


def test_a_share_of_one_contract_is_of_the_hours_of_those_who_hold_it() -> None:
    told = story(contracts=["K1"])
    told.says("contract.awarded", contract="K1", contractor=MAIN, awarded_on="2025-12-01")
    works(told, "P1", 60, contract="K1")
    works(told, "P2", 40, contract="K2")
    for contractor in (MAIN, SUB, OTHER):
        told.site_hours("2026-01-01", "2026-01-31", 300, contractor)
    assert told.delivered(on=ON) == 10  # 60 of MAIN's and its subcontractor's 600


def test_man_days_of_the_site_are_hours_too() -> None:
    told = story()
    works(told, "P1", 37)
    told.says("site_hours.reported", contractor=MAIN, from_on="2026-01-01", to_on="2026-01-31", man_days=100)
    assert told.delivered(on=ON) == 5  # 37 of 740


def test_only_the_target_group_is_in_the_numerator() -> None:
    told = story(residents_only=True)
    works(told, "P1", 50, resident="yes", by=CLIENT)
    works(told, "P2", 50)
    told.site_hours("2026-01-01", "2026-01-31", 1000)
    assert told.delivered(on=ON) == 5
