"""Who is one person, and who is a resident (RULES.md sections 2 and 3; domain.md section 6)."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.faults import InvalidEventError
from tests.domain.story import CIRCLE, CLIENT, JOB_CENTRE, MAIN, Story, agreed, target

ON = "2026-06-01"


def story(**narrowed: Any) -> Story:
    return Story().tender().agreement(target("persons", 2, **narrowed))


def three() -> Story:
    told = story()
    for name in ("Ali", "Bo", "Kim"):
        told.starts(f"P-{name}", "2026-02-02", name)
    return told


def test_two_ids_decided_to_be_one_person_are_counted_once() -> None:
    told = three()
    told.says("person.same_as", person="Kim", same_as="Ali", decided_on="2026-03-01")
    assert told.delivered(on=ON) == 2


def test_sameness_goes_from_one_to_the_next() -> None:
    told = three()
    told.says("person.same_as", person="Kim", same_as="Bo", decided_on="2026-03-01")
    told.says("person.same_as", person="Ali", same_as="Bo", decided_on="2026-03-01")
    assert told.delivered(on=ON) == 1


@pytest.mark.parametrize(("parted_on", "persons"), [("2026-02-28", 2), ("2026-03-01", 3), ("2026-03-02", 3)])
def test_the_latest_decision_holds_and_on_one_day_the_parting(parted_on: str, persons: int) -> None:
    told = three()
    told.says("person.same_as", person="Kim", same_as="Ali", decided_on="2026-03-01")
    told.says("person.not_same_as", person="Ali", not_same_as="Kim", decided_on=parted_on)
    assert told.delivered(on=ON) == persons


def test_a_link_in_another_circle_links_nobody_here() -> None:
    told = three()
    other = CIRCLE.replace("circle", "elsewhere")
    told.says("person.same_as", subject=other, person="Kim", same_as="Ali", decided_on="2026-03-01")
    assert told.delivered(on=ON) == 3


@pytest.mark.parametrize("kind", ["social_clause", "training_clause"])
def test_only_a_partnership_agreement_may_ask_for_residents(kind: str) -> None:
    terms = agreed(target("persons", 2, residents_only=True), kind=kind)
    with pytest.raises(InvalidEventError, match="partnership"):
        Story().says("agreement.signed", signed_on="2025-12-01", **terms)


def test_residents_are_those_the_housing_organisation_or_the_municipality_attests() -> None:
    told = story(residents_only=True)
    told.starts("P1", "2026-02-02", "Ali", resident="yes", by=CLIENT, on_behalf_of=None)
    told.starts("P2", "2026-02-02", "Bo")
    told.says("placement.confirmed", by=JOB_CENTRE, placement="P2", confirmed_on="2026-03-01", resident="yes")
    told.starts("P3", "2026-02-02", "Kim", resident="no", by=CLIENT)
    told.starts("P4", "2026-02-02", "Mia")
    figure = told.figure(on=ON)
    assert (told.delivered(on=ON), figure.unknown) == (2, {"resident": 1})


@pytest.mark.parametrize("on_behalf_of", [None, MAIN])
def test_the_contractors_own_word_on_residence_is_never_heard(on_behalf_of: str | None) -> None:
    told = story(residents_only=True)
    told.starts("P1", "2026-02-02", resident="yes", by=CLIENT if on_behalf_of else MAIN, on_behalf_of=on_behalf_of)
    figure = told.figure(on=ON)
    assert (told.delivered(on=ON), figure.unknown) == (0, {"resident": 1})


def test_yes_and_no_on_residence_are_unknown_and_said() -> None:
    told = story(residents_only=True)
    told.starts("P1", "2026-02-02", resident="yes", by=CLIENT)
    told.says("placement.confirmed", by=JOB_CENTRE, placement="P1", confirmed_on="2026-03-01", resident="no")
    assert told.delivered(on=ON) == 0
    assert [f.da for f in told.findings(ON, "contradiction")] == ["Indberetningerne er uenige om: resident"]


def test_persons_placements_and_hours_stand_beside_each_other_in_every_figure() -> None:
    told = Story().tender().agreement(target("fte", 2))
    told.starts("P1", "2026-01-01", "Kim", weekly_hours=7)
    told.starts("P2", "2026-01-11", "Kim", weekly_hours=7)
    told.hours("P1", "2026-01-01", "2026-01-31", 40)
    fits = told.figure(on="2026-01-31").fits
    assert (fits.persons, fits.placements, fits.measured, fits.computed) == (1, 2, 40 * 7000, 21 * 7000)
