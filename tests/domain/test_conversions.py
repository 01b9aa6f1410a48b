"""Internships that led on: d to an apprenticeship, e to a job (RULES.md section 5; domain.md section 4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.story import JOB_CENTRE, MAIN, OTHER, Exact, Story, target

ON = "2026-09-01"


def story(pathway: str | None = "d", kind: str = "work_placement", **narrowed: Any) -> Story:
    told = Story().tender().agreement(target("conversions", 2, **narrowed))
    told.starts("P1", "2026-01-05", kind=kind, pathway=pathway)
    return told


def converted(told: Story, on: str = ON) -> tuple[Exact | None, int]:
    figure = told.figure(on=on)
    return figure.delivered, figure.attempts


def test_an_internship_that_turns_into_an_apprenticeship_is_two_placements_one_person_and_a_conversion() -> None:
    told = story()
    told.says("placement.ended", placement="P1", ended_on="2026-02-27")
    told.starts("P2", "2026-03-02", continues="P1")
    assert [converted(told, on) for on in ("2026-03-01", "2026-03-02")] == [(0, 1), (1, 1)]
    fits = told.figure(on=ON).fits
    assert (fits.persons, fits.placements) == (1, 2)


@pytest.mark.parametrize(
    ("pathway", "kind", "led"),
    [
        ("d", "apprenticeship", 1),
        ("d", "ordinary_employment", 0),
        ("e", "ordinary_employment", 1),
        ("e", "apprenticeship", 0),
        ("d", "other_training", 0),
        ("f", "ordinary_employment", 0),
    ],
)
def test_each_pathway_leads_to_its_own_kind(pathway: str, kind: str, led: int) -> None:
    told = story(pathway)
    told.starts("P2", "2026-03-02", kind=kind, continues="P1")
    assert told.delivered(on=ON) == led


def test_a_longer_way_round_is_a_way() -> None:
    told = story("e")
    told.starts("P2", "2026-03-02", kind="wage_subsidy", continues="P1")
    told.starts("P3", "2026-06-01", kind="ordinary_employment", continues="P2")
    assert told.delivered(on=ON) == 1


def test_what_lies_between_need_not_count_itself() -> None:
    told = story("e")
    told.starts("P2", "2026-03-02", kind="wage_subsidy", continues="P1")
    told.says("placement.disputed", by=JOB_CENTRE, placement="P2", disputed_on="2026-04-01", reason="other_kind")
    told.starts("P3", "2026-06-01", kind="ordinary_employment", continues="P2")
    assert told.delivered(on=ON) == 1


def test_a_placement_does_not_lead_to_itself() -> None:
    told = Story().tender().agreement(target("conversions", 2))
    told.starts("P1", "2026-01-05", pathway="d", continues="P2")
    told.starts("P2", "2026-03-02", kind="course", continues="P1")
    assert told.delivered(on=ON) == 0


def test_another_persons_apprenticeship_is_no_conversion() -> None:
    told = story()
    told.starts("P2", "2026-03-02", "Ali", continues="P1")
    assert told.delivered(on=ON) == 0


@pytest.mark.parametrize(
    ("pathway", "outcome", "led"),
    [
        ("d", "apprenticeship", 1),
        ("d", "job_same_employer", 0),
        ("e", "job_same_employer", 1),
        ("e", "job_other_employer", 1),
        ("e", "pending", 0),
    ],
)
def test_an_outcome_of_the_end_is_a_conversion_from_its_day(pathway: str, outcome: str, led: int) -> None:
    told = story(pathway)
    told.says("placement.ended", placement="P1", ended_on="2026-02-27", outcome=outcome)
    assert [told.delivered(on=on) for on in ("2026-02-26", "2026-02-27")] == [0, led]


def test_an_outcome_of_a_follow_up_is_one_too() -> None:
    told = story("e")
    told.says("placement.ended", placement="P1", ended_on="2026-02-27")
    more = {"followed_up_on": "2026-04-01", "in_work": "yes", "outcome": "job_other_employer"}
    told.says("placement.followed_up", by=JOB_CENTRE, placement="P1", **more)
    assert [told.delivered(on=on) for on in ("2026-03-31", "2026-04-01")] == [0, 1]


def test_a_pathway_taken_later_counts_from_its_day_and_none_after_the_end() -> None:
    told = story(None)
    later = {"extended_on": "2026-02-01", "planned_end": "2026-03-31", "pathway": "d"}
    told.says("placement.extended", placement="P1", **later)
    told.starts("P2", "2026-01-20", continues="P1", contractor=OTHER)
    assert [converted(told, on) for on in ("2026-01-31", "2026-02-01")] == [(0, 0), (1, 1)]
    told.says("placement.ended", placement="P1", ended_on="2026-01-25")
    assert converted(told) == (0, 0)


def test_a_target_of_one_pathway_asks_for_that_one() -> None:
    told = story("d", pathways=["e"])
    told.says("placement.ended", placement="P1", ended_on="2026-02-27", outcome="apprenticeship")
    assert converted(told) == (0, 0)


def test_what_continues_the_job_centres_report_continues_the_placement_it_is() -> None:
    told = story()
    told.says(
        "placement.reported",
        placement="J1",
        person="Kim",
        contractor=MAIN,
        kind="work_placement",
        started_on="2026-01-05",
    )
    told.says("placement.matched", placement="P1", other="J1", decided_on="2026-03-01")
    told.starts("P2", "2026-03-02", continues="J1")
    assert told.delivered(on=ON) == 1
