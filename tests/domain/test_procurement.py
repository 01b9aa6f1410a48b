"""Dated rules: a date outside a table has no rule, never the nearest one (domain.md sections 4, 7 and 9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from schemas.vocabulary import PlacementKind, ProcurementRoute
from services.domain.procurement import (
    DIRECT_AWARD_DKK,
    DIRECT_BIDS_DKK,
    EU_WORKS_THRESHOLD_DKK,
    LONGEST_WEEKS,
    PART_LOT_CAP_DKK,
    Dated,
    known_on,
    most_dkk,
    training_terms_required,
)
from tests.domain.story import CLIENT, JOB_CENTRE, MAIN, Story, agreed, identifier, target

ROUTES = ProcurementRoute


@pytest.mark.parametrize(
    ("table", "year", "value"),
    [
        *((EU_WORKS_THRESHOLD_DKK, year, 38_691_190) for year in (2014, 2015)),
        *((EU_WORKS_THRESHOLD_DKK, year, 38_960_213) for year in (2016, 2017)),
        *((EU_WORKS_THRESHOLD_DKK, year, 41_305_415) for year in (2018, 2019)),
        *((EU_WORKS_THRESHOLD_DKK, year, 39_884_785) for year in (2020, 2021)),
        *((EU_WORKS_THRESHOLD_DKK, year, 40_100_744) for year in (2022, 2023)),
        *((EU_WORKS_THRESHOLD_DKK, year, 41_212_688) for year in (2024, 2025)),
        *((EU_WORKS_THRESHOLD_DKK, year, 40_313_840) for year in (2026, 2027)),
        *((PART_LOT_CAP_DKK, year, 7_449_106) for year in (2014, 2015)),
        *((PART_LOT_CAP_DKK, year, 7_456_500) for year in (2016, 2017)),
        *((PART_LOT_CAP_DKK, year, 7_450_900) for year in (2022, 2023)),
        *((PART_LOT_CAP_DKK, year, 7_441_800) for year in (2024, 2025)),
        *((PART_LOT_CAP_DKK, year, 7_460_000) for year in (2026, 2027)),
        (DIRECT_AWARD_DKK, 2015, 300_000),
        (DIRECT_BIDS_DKK, 2030, 3_000_000),
    ],
)
def test_a_rule_holds_from_first_to_last_day_of_its_years(table: Sequence[Dated], year: int, value: int) -> None:
    for day in (date(year, 1, 1), date(year, 12, 31)):
        rule = known_on(table, day)
        assert rule is not None
        assert rule.value == value


@pytest.mark.parametrize(
    ("table", "day"),
    [
        (EU_WORKS_THRESHOLD_DKK, date(2013, 12, 31)),
        (EU_WORKS_THRESHOLD_DKK, date(2028, 1, 1)),
        (PART_LOT_CAP_DKK, date(2018, 1, 1)),
        (PART_LOT_CAP_DKK, date(2021, 12, 31)),
        (DIRECT_AWARD_DKK, date(2014, 12, 31)),
        (LONGEST_WEEKS[PlacementKind.WORK_PLACEMENT], date(2027, 1, 1)),
        (LONGEST_WEEKS[PlacementKind.WAGE_SUBSIDY], date(2027, 1, 1)),
    ],
)
def test_no_rule_is_known_outside_the_table(table: Sequence[Dated], day: date) -> None:
    assert known_on(table, day) is None


def test_converted_amounts_are_marked_as_derived() -> None:
    assert [rule.derived for rule in PART_LOT_CAP_DKK] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("route", "published_on", "limit"),
    [
        (ROUTES.DIRECT_AWARD, date(2026, 1, 1), 300_000),
        (ROUTES.DIRECT_BIDS, date(2026, 1, 1), 3_000_000),
        (ROUTES.RESTRICTED_TENDER, date(2026, 1, 1), 40_313_840),
        (ROUTES.RESTRICTED_TENDER, date(2030, 1, 1), None),
        (ROUTES.SOCIAL_CLAUSE, date(2026, 1, 1), None),
    ],
)
def test_each_route_has_its_own_bound(route: ProcurementRoute, published_on: date, limit: int | None) -> None:
    rule = most_dkk(route, published_on)
    assert (rule.value if rule else None) == limit


@pytest.mark.parametrize(
    ("sum_dkk", "signed_on", "delivery_on", "required"),
    [
        (5_000_001, date(2022, 7, 1), date(2023, 7, 1), True),
        (5_000_000, date(2022, 7, 1), date(2023, 7, 1), False),
        (5_000_001, date(2022, 7, 1), date(2022, 12, 31), False),
        (5_000_001, date(2022, 6, 30), date(2023, 7, 1), None),
    ],
)
def test_training_terms_are_required_of_large_and_long_contracts(
    sum_dkk: int, signed_on: date, delivery_on: date, required: bool | None
) -> None:
    assert training_terms_required(sum_dkk, signed_on, delivery_on) is required


def works(**more: Any) -> Story:
    told = Story().tender(published_on="2026-01-10", **more)
    told.says("contract.awarded", contract="K1", contractor=MAIN, awarded_on="2026-02-01", contract_sum_dkk=6_000_000)
    told.says("contract.signed", contract="K1", signed_on="2026-03-01", delivery_on="2027-03-01")
    return told


def test_a_sum_over_the_limit_of_its_route_is_said() -> None:
    for amount, said in ((300_000, 0), (300_001, 1)):
        told = works(route="direct_award", contract_sum_dkk=amount)
        assert len(told.findings("2026-04-01", "route_over_threshold")) == said


def test_a_large_contract_without_training_terms_is_said() -> None:
    told = works()
    assert [f.about for f in told.findings("2026-04-01", "training_terms_missing")] == [identifier("K1")]
    told.says("agreement.signed", signed_on="2026-03-01", **agreed(target("persons", 1), kind="training_clause"))
    assert told.findings("2026-04-01", "training_terms_missing") == []


def test_a_target_of_apprentices_is_training_terms_and_a_lease_needs_none() -> None:
    told = works().agreement(target("fte", 1, kinds=["apprenticeship"]))
    assert told.findings("2026-04-01", "training_terms_missing") == []
    assert works(contract_kind="lease").findings("2026-04-01", "training_terms_missing") == []


def assistant(start: str, *months: tuple[str, str, float]) -> list[str]:
    told = Story().tender("2016-01-01", "2019-12-31")
    told.starts("P1", start, kind="operations_assistant")
    for first, last, hours in months:
        told.hours("P1", first, last, hours)
    return [f.en for f in told.findings("2019-01-01", "unrewarded_hours")]


def test_an_assistants_hours_over_160_in_a_month_earn_no_reward() -> None:
    assert assistant("2017-01-01", ("2017-01-01", "2017-01-31", 160)) == []
    halves = ("2017-01-01", "2017-01-15", 100), ("2017-01-16", "2017-01-31", 80.5)
    assert assistant("2017-01-01", *halves) == ["Operations assistant: no reward may be paid for 20.50 hours"]


def test_after_1_july_2017_no_hour_earns_a_reward() -> None:
    assert assistant("2017-06-01", ("2017-06-01", "2017-06-30", 160)) == []
    assert assistant("2017-06-01", ("2017-07-01", "2017-07-01", 7)) == []
    assert assistant("2017-06-01", ("2017-07-01", "2017-07-31", 100)) == [
        "Operations assistant: no reward may be paid for 100.00 hours"
    ]


def course(kind: str, start: str, on: str, **terms: Any) -> Story:
    told = Story().tender("2024-01-01", "2029-12-31")
    told.starts("P1", start, kind=kind, **terms)
    assert told.placed("P1", on).placement.kind == kind
    return told


@pytest.mark.parametrize(
    ("kind", "day_before", "day"),
    [
        ("work_placement", "2026-04-05", "2026-04-06"),  # 13 weeks from 5 January
        ("wage_subsidy", "2026-07-05", "2026-07-06"),  # 26 weeks
    ],
)
def test_a_course_over_the_usual_length_is_said_not_refused(kind: str, day_before: str, day: str) -> None:
    told = course(kind, "2026-01-05", day)
    assert [len(told.findings(on, "longer_than_usual")) for on in (day_before, day)] == [0, 1]


def test_the_municipalitys_own_grant_decides_before_the_table() -> None:
    told = course("work_placement", "2026-01-05", "2026-06-01")
    told.says(
        "grant.given",
        by=JOB_CENTRE,
        placement="P1",
        kind="work_placement",
        given_on="2026-01-02",
        authorised_until="2026-06-30",
    )
    told.says("grant.given", placement="P1", kind="mentor", given_on="2026-01-02", authorised_until="2027-01-01")
    assert told.findings("2026-06-30", "longer_than_usual") == []
    assert [len(told.findings(on, "grant_ran_out")) for on in ("2026-06-30", "2026-07-01")] == [0, 1]


def test_where_no_rule_is_known_only_the_grant_is_checked() -> None:
    told = course("work_placement", "2027-01-04", "2028-01-01", by=CLIENT)
    assert told.findings("2028-01-01", "longer_than_usual") == []
    told = course("work_placement", "2027-01-04", "2028-01-01", authorised_until="2027-04-04")
    assert len(told.findings("2028-01-01", "grant_ran_out")) == 1
