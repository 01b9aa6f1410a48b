"""Several contractors, subcontractors, moves, bankruptcies and successors (RULES.md sections 3 and 5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.story import (
    CLIENT,
    MAIN,
    OTHER,
    SECRETARIAT,
    SUB,
    Exact,
    Story,
    computed,
    identifier,
    measured,
    target,
)

NEWCOMER = "10000076"


def story(**narrowed: Any) -> Story:
    return Story().tender().agreement(target("fte", 1, **narrowed), target("persons", 1, "T2", **narrowed))


def days(told: Story, on: str, name: str = "T1") -> Exact:
    """The counted days of placements of seven hours a week."""
    return computed(told.figure(name, on))


def test_each_contractor_has_its_own_part_of_a_figure() -> None:
    told = story()
    told.starts("P1", "2026-01-01", "Kim", weekly_hours=7)
    told.starts("P2", "2026-01-11", "Ali", weekly_hours=7, contractor=OTHER)
    figure = told.figure(on="2026-01-31")
    assert {contractor: total.computed / 7000 for contractor, total in figure.by_contractor.items()} == {
        MAIN: 31,
        OTHER: 21,
    }


@pytest.mark.parametrize(("contractor", "counted"), [(MAIN, 31 + 21), (SUB, 21), (OTHER, 0)])
def test_a_subcontractors_hours_are_its_own_and_roll_up_to_the_main_contractor(contractor: str, counted: int) -> None:
    told = story(contractors=[contractor])
    told.starts("P1", "2026-01-01", "Kim", weekly_hours=7)
    told.starts("P2", "2026-01-11", "Ali", weekly_hours=7, contractor=SUB)
    assert days(told, "2026-01-31") == counted


def test_a_sub_of_a_sub_rolls_up_too() -> None:
    told = story(contractors=[MAIN])
    told.engages(NEWCOMER, under=SUB)
    told.starts("P1", "2026-01-01", weekly_hours=7, contractor=NEWCOMER)
    assert days(told, "2026-01-31") == 31


def test_contractors_that_hang_under_each_other_hang_nobody() -> None:
    told = story(contractors=[OTHER])
    told.engages(MAIN, under=SUB)
    told.starts("P1", "2026-01-01", weekly_hours=7, contractor=SUB)
    assert told.delivered("T2", "2026-01-31") is None  # nothing is known of the target's contractor


def test_a_placement_at_a_contractor_nobody_engaged_waits_with_a_finding() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7, contractor=NEWCOMER)
    assert days(told, "2026-01-31") == 0
    assert [f.about for f in told.findings("2026-01-31", "contractor_not_engaged")] == [NEWCOMER]
    told.says("contract.awarded", contract="K1", contractor=NEWCOMER, awarded_on="2026-01-20")
    assert days(told, "2026-01-31") == 31
    assert told.findings("2026-01-31", "contractor_not_engaged") == []


def test_a_move_takes_the_time_with_it_from_its_day() -> None:
    told = story(contractors=[OTHER])
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("placement.moved", placement="P1", moved_on="2026-01-22", contractor=OTHER)
    assert days(told, "2026-01-31") == 10
    assert told.delivered("T2", "2026-01-21") == 0
    assert told.delivered("T2", "2026-01-22") == 1


def test_a_move_that_names_no_contract_leads_to_none() -> None:
    told = story(contracts=["K1"])
    told.starts("P1", "2026-01-01", weekly_hours=7, contract="K1")
    told.says("placement.moved", placement="P1", moved_on="2026-01-22", contractor=MAIN)
    assert days(told, "2026-01-31") == 21


def test_a_change_of_trade_counts_in_each_trade_for_its_days() -> None:
    told = Story().tender()
    told.agreement(target("fte", 1, trades=["carpenter"]), target("fte", 1, "T2", trades=["joiner"]))
    told.starts("P1", "2026-01-01", weekly_hours=7, trade="carpenter")
    told.says("placement.trade_changed", placement="P1", changed_on="2026-01-11", trade="joiner")
    assert (days(told, "2026-01-31"), days(told, "2026-01-31", "T2")) == (10, 21)


def test_a_bankruptcy_cuts_off_the_contractors_time_and_ends_its_placements() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("contractor.left", contractor=MAIN, left_on="2026-01-20", reason="bankrupt")
    assert days(told, "2026-01-31") == 20
    placed = told.placed("P1", "2026-01-31")
    assert (str(placed.end), placed.end_reason, placed.outcome) == ("2026-01-20", "contractor_ended", "pending")
    assert [f.about for f in told.findings("2026-01-31", "new_place_needed")] == [identifier("P1")]


def test_a_contractor_that_is_finished_cuts_nothing() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("contractor.left", contractor=MAIN, left_on="2026-01-20", reason="finished")
    assert days(told, "2026-01-31") == 31


def test_a_successor_goes_on_where_the_bankrupt_contractor_stopped() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("contractor.left", contractor=MAIN, left_on="2026-01-20", reason="bankrupt")
    told.says("contractor.succeeded", contractor=MAIN, successor=NEWCOMER, company="Ny ApS", succeeded_on="2026-01-24")
    figure = told.figure(on="2026-01-31")
    # 1-20 January at the first, 24-31 January at its successor; the three days between belong to nobody.
    assert {contractor: total.computed / 7000 for contractor, total in figure.by_contractor.items()} == {
        MAIN: 20,
        NEWCOMER: 8,
    }
    assert told.placed("P1", "2026-01-31").end is None
    assert told.findings("2026-01-31", "new_place_needed") == []


def test_a_move_after_a_bankruptcy_goes_on_too() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7)
    told.says("contractor.left", contractor=MAIN, left_on="2026-01-20", reason="terminated")
    told.says("placement.moved", placement="P1", moved_on="2026-01-26", contractor=OTHER)
    assert days(told, "2026-01-31") == 20 + 6


def test_time_goes_from_successor_to_successor() -> None:
    told = story(contractors=[OTHER])
    told.starts("P1", "2026-01-01", weekly_hours=7)
    for first, second, day in ((MAIN, NEWCOMER, "2026-01-11"), (NEWCOMER, OTHER, "2026-01-22")):
        told.says("contractor.succeeded", contractor=first, successor=second, company="Ny", succeeded_on=day)
    assert days(told, "2026-01-31") == 10


def test_the_successor_of_a_subcontractor_hangs_under_the_same_main_contractor() -> None:
    told = story(contractors=[MAIN])
    told.starts("P1", "2026-01-01", weekly_hours=7, contractor=SUB)
    told.says("contractor.succeeded", contractor=SUB, successor=NEWCOMER, company="Ny", succeeded_on="2026-01-11")
    assert days(told, "2026-01-31") == 31


def test_a_contractor_that_left_before_the_placement_began_cuts_nothing_but_is_said() -> None:
    told = story()
    told.says("contractor.left", contractor=MAIN, left_on="2025-12-20", reason="terminated")
    told.starts("P1", "2026-01-01", weekly_hours=7)
    assert days(told, "2026-01-31") == 31
    assert [f.about for f in told.findings("2026-01-31", "left_before")] == [identifier("P1")]
    told.says("contractor.left", contractor=MAIN, left_on="2026-01-10", reason="bankrupt")
    assert days(told, "2026-01-31") == 10  # the later leaving does cut


def test_a_new_place_that_is_agreed_is_a_place() -> None:
    told = story()
    told.starts("P1", "2026-01-01")
    told.says("contractor.left", contractor=MAIN, left_on="2026-01-20", reason="bankrupt")
    told.says(
        "placement.agreed",
        placement="P2",
        person="Kim",
        contractor=OTHER,
        kind="apprenticeship",
        agreed_on="2026-01-25",
        planned_start="2026-02-01",
    )
    assert told.findings("2026-01-31", "new_place_needed") == []


def test_what_is_reported_on_behalf_waits_for_the_contractors_yes() -> None:
    told = story()
    told.starts("P1", "2026-01-01", weekly_hours=7, by=SECRETARIAT, on_behalf_of=MAIN)
    assert days(told, "2026-01-31") == 31  # it counts, marked so
    assert told.figure(on="2026-01-31").on_behalf == 1
    assert [f.about for f in told.findings("2026-01-31", "say_yes")] == [MAIN]
    told.says("placement.confirmed", by=MAIN, placement="P1", confirmed_on="2026-02-02")
    assert told.figure(on="2026-01-31").on_behalf == 0
    assert told.findings("2026-01-31", "say_yes") == []


def test_hours_in_the_contractors_own_name_are_a_yes() -> None:
    told = story()
    told.starts("P1", "2026-01-01", by=SECRETARIAT, on_behalf_of=MAIN)
    told.hours("P1", "2026-01-01", "2026-01-31", 100)
    figure = told.figure(on="2026-01-31")
    assert (measured(figure), figure.on_behalf) == (100, 0)


def test_ones_own_word_is_trusted_before_one_on_behalf() -> None:
    told = story()
    told.starts("P1", "2026-01-01", by=CLIENT, on_behalf_of=MAIN, weekly_hours=7)
    told.starts("P1", "2026-01-11", weekly_hours=14)
    assert days(told, "2026-01-20") == 20  # ten days of two hours
    assert [f.about for f in told.findings("2026-01-20", "contradiction")] == [identifier("P1")]
