"""What is agreed and required: amendments, transfers, waivers, substitutions, phases (RULES.md sections 5 and 6)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.domain.story import Story, agreed, identifier, target

ON = "2026-06-01"
KINDS: dict[str, Any] = {"kinds": ["apprenticeship"]}


def required(told: Story, on: str = ON, name: str = "T1") -> tuple[Any, Any, Any]:
    figure = told.figure(name, on)
    return figure.agreed, figure.waived, figure.required


def grants(told: Story, waiver: str, lowered_by: float, granted_on: str) -> None:
    told.says(
        "waiver.granted", waiver=waiver, target="T1", lowered_by=lowered_by, granted_on=granted_on, reason="safety"
    )


def substitutes(
    told: Story, name: str, up_to: float, agreed_on: str = "2026-02-01", kind: str = "wage_subsidy"
) -> None:
    told.says("substitution.agreed", substitution=name, target="T1", kinds=[kind], up_to=up_to, agreed_on=agreed_on)


def test_an_agreement_counts_from_the_day_it_is_signed() -> None:
    told = Story().tender().agreement(target("persons", 4), signed_on="2026-02-01")
    assert told.figures("2026-01-31") == []
    assert required(told, "2026-02-01") == (4, 0, 4)


def test_an_amended_agreement_reads_anew_from_its_date() -> None:
    told = Story().tender().agreement(target("persons", 4), target("fte", 1, "T2"))
    told.says("agreement.amended", amended_on="2026-03-01", **agreed(target("persons", 6), min_weeks=4))
    assert [required(told, on)[0] for on in ("2026-02-28", "2026-03-01")] == [4, 6]
    assert [figure.target for figure in told.figures("2026-03-01")] == [identifier("T1")]  # T2 is gone
    assert told.figure(on="2026-03-01").rules.min_weeks == 4


def test_an_amendment_alone_makes_no_agreement() -> None:
    told = Story().tender()
    told.says("agreement.amended", amended_on="2026-03-01", **agreed(target("persons", 6)))
    assert told.figures(ON) == []


def test_a_target_in_two_agreements_belongs_to_the_first_and_is_said() -> None:
    told = Story().tender().agreement(target("persons", 4), name="A2")
    told.agreement(target("persons", 6), name="A1")
    assert required(told)[0] == 6
    assert [f.about for f in told.findings(ON, "target_twice")] == [identifier("T1")]


def test_an_obligation_transferred_leaves_one_target_and_joins_another() -> None:
    told = Story().tender().agreement(target("persons", 4), target("persons", 1, "T2"))
    told.says("obligation.transferred", target="T1", to_target="T2", amount=3, transferred_on="2026-03-01")
    assert [required(told, "2026-02-28", name)[2] for name in ("T1", "T2")] == [4, 1]
    assert [required(told, "2026-03-01", name)[2] for name in ("T1", "T2")] == [1, 4]


def test_more_than_there_is_leaves_nothing() -> None:
    told = Story().tender().agreement(target("persons", 4), target("persons", 1, "T2"))
    told.says("obligation.transferred", target="T1", to_target="T2", amount=5, transferred_on="2026-03-01")
    assert (required(told)[0], required(told, name="T2")[0]) == (0, 6)
    assert told.status(on=ON) == ("on_track", "nothing_required")


def test_waivers_lower_what_is_required_from_the_day_they_are_granted() -> None:
    told = Story().tender().agreement(target("persons", 4))
    grants(told, "W1", 1, "2026-03-01")
    grants(told, "W2", 0.5, "2026-04-01")
    assert [required(told, on) for on in ("2026-02-28", "2026-03-01", "2026-04-01")] == [
        (4, 0, 4),
        (4, 1, 3),
        (4, Fraction(3, 2), Fraction(5, 2)),
    ]


def test_a_waiver_told_twice_is_one_waiver() -> None:
    told = Story().tender().agreement(target("persons", 4))
    grants(told, "W1", 1, "2026-03-01")
    grants(told, "W1", 2, "2026-02-01")
    assert [required(told, on)[1] for on in ("2026-02-28", "2026-03-01")] == [0, 1]  # the first by (source, id)


def test_a_refused_or_requested_waiver_lowers_nothing() -> None:
    told = Story().tender().agreement(target("persons", 4))
    asked: dict[str, Any] = {"lower_by": 2, "requested_on": "2026-02-01", "reason": "other"}
    told.says("waiver.requested", waiver="W1", target="T1", contractor="10000017", **asked)
    told.says("waiver.refused", waiver="W1", target="T1", refused_on="2026-03-01")
    assert required(told) == (4, 0, 4)


def test_a_phase_that_is_not_triggered_requires_nothing() -> None:
    told = Story().tender().agreement(target("persons", 4, phase="A"))
    told.says("phase.triggered", phase="A", triggered_on="2026-03-01")
    assert [required(told, on) for on in ("2026-02-28", "2026-03-01")] == [(4, 0, 0), (4, 0, 4)]
    assert told.status(on="2026-02-28") == ("on_track", "phase_not_triggered")


def test_a_substitution_counts_other_kinds_up_to_what_was_agreed() -> None:
    told = Story().tender().agreement(target("persons", 4, **KINDS))
    told.starts("P1", "2026-01-05", "Kim")
    for name in ("Ali", "Bo", "Mia"):
        told.starts(f"P-{name}", "2026-01-05", name, kind="wage_subsidy")
    substitutes(told, "S1", 2)
    assert [told.delivered(on=on) for on in ("2026-01-31", "2026-02-01")] == [1, 3]
    figure = told.figure(on=ON)
    assert (figure.fits.persons, figure.substituted.persons) == (1, 3)  # beside each other, never mixed


def test_a_person_already_counted_is_not_counted_again_by_substitution() -> None:
    told = Story().tender().agreement(target("persons", 4, **KINDS))
    told.starts("P1", "2026-01-05")
    told.starts("P2", "2026-01-05", kind="wage_subsidy")
    substitutes(told, "S1", 2)
    assert told.delivered(on=ON) == 1


def test_substitutions_add_up_and_one_told_twice_is_one() -> None:
    told = Story().tender().agreement(target("placements", 9, **KINDS))
    for number in range(6):
        told.starts(f"P{number}", "2026-01-05", f"N{number}", kind="wage_subsidy" if number % 2 else "course")
    substitutes(told, "S1", 1)
    substitutes(told, "S1", 3)
    substitutes(told, "S2", 2, kind="course")
    assert told.delivered(on=ON) == 3  # 1 + 2


def test_hours_are_substituted_up_to_an_amount_too() -> None:
    told = Story().tender().agreement(target("person_weeks", 52, **KINDS))
    told.starts("P1", "2026-01-05", kind="wage_subsidy")
    substitutes(told, "S1", 2.5)
    assert [told.delivered(on=on) for on in ("2026-01-31", "2026-02-01")] == [0, Fraction(5, 2)]


@pytest.mark.parametrize("metric", ["conversions", "share_of_hours"])
def test_only_amounts_can_be_substituted(metric: str) -> None:
    told = Story().tender().agreement(target(metric, 10, **KINDS))
    told.starts("P1", "2026-01-05", kind="wage_subsidy", pathway="e")
    told.says("placement.ended", placement="P1", ended_on="2026-01-31", outcome="job_same_employer")
    told.site_hours("2026-01-01", "2026-01-31", 1000)
    substitutes(told, "S1", 5)
    assert told.delivered(on=ON) == 0


def test_figures_on_a_past_date_are_those_of_that_date() -> None:
    told = Story().tender().agreement(target("persons", 4))
    told.starts("P1", "2026-02-02", "Kim")
    before = told.figure(on="2026-03-01")
    told.starts("P2", "2026-04-06", "Ali")
    grants(told, "W1", 1, "2026-05-01")
    told.says("schedule.changed", decided_on="2026-05-01", starts_on="2026-01-01", handover_on="2027-12-31")
    after = told.figure(on="2026-03-01")
    assert (after.delivered, after.expected, after.required) == (before.delivered, before.expected, before.required)
    assert after.forecast == 2  # a start that is known to come counts in the forecast
