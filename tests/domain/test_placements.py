"""One placement from all that is said of it, and whether it counts (RULES.md section 3)."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.domain.courses import Standing
from tests.domain.story import CLIENT, JOB_CENTRE, MAIN, OTHER, Story, computed, identifier, target


def story(**rules: Any) -> Story:
    return Story().tender().agreement(target("placements", 2), target("fte", 1, "T2"), **rules)


def reported(told: Story, placement: str, started_on: str, **terms: Any) -> None:
    """The job centre's own view of a placement."""
    terms = {"person": "Kim", "contractor": MAIN, "kind": "work_placement", **terms}
    told.says("placement.reported", placement=placement, started_on=started_on, **terms)


def agreed(told: Story, placement: str, planned_start: str, **terms: Any) -> None:
    """An agreed placement."""
    terms = {"person": "Kim", "contractor": MAIN, "kind": "apprenticeship", "agreed_on": "2025-12-01", **terms}
    told.says("placement.agreed", placement=placement, planned_start=planned_start, **terms)


def test_a_placement_counts_from_its_start_to_and_after_its_end() -> None:
    told = story()
    told.starts("P1", "2026-02-02")
    told.says("placement.ended", placement="P1", ended_on="2026-02-20")
    assert [told.delivered(on=on) for on in ("2026-02-01", "2026-02-02", "2026-12-31")] == [0, 1, 1]


def test_what_is_only_agreed_does_not_count_yet() -> None:
    told = story()
    agreed(told, "P1", "2026-03-01")
    assert told.placed("P1", "2026-02-01").standing is Standing.AGREED
    assert told.delivered(on="2026-02-01") == 0


def test_what_came_to_nothing_does_not_count_and_is_no_report() -> None:
    told = story()
    agreed(told, "P1", "2026-03-01")
    told.says("placement.not_started", placement="P1", decided_on="2026-03-02")
    assert told.status(on="2026-06-01") == ("unknown", "nothing_reported")
    told.starts("P1", "2026-03-09")  # it did start after all
    assert told.delivered(on="2026-06-01") == 1


def test_a_training_agreement_announces_a_start_that_may_come_to_nothing() -> None:
    told = story()
    agreed(told, "P1", "2026-03-01")
    told.says("apprenticeship.agreed", placement="P1", signed_on="2026-01-05", on_site_from="2026-03-01")
    assert told.delivered(on="2026-04-01") == 1
    told.says("placement.not_started", placement="P1", decided_on="2026-03-02")
    assert told.placed("P1", "2026-04-01").standing is Standing.NOT_STARTED


def test_nothing_reported_is_unknown_and_not_zero() -> None:
    told = story()
    assert told.delivered(on="2026-06-01") is None
    assert told.status(on="2026-06-01") == ("unknown", "nothing_reported")


def test_facts_about_a_placement_without_terms_wait_for_them() -> None:
    told = story()
    told.says("placement.ended", placement="P1", ended_on="2026-02-20")
    assert told.placed("P1", "2026-03-01").standing is Standing.WAITS
    assert [f.about for f in told.findings("2026-03-01", "placement_waits")] == [identifier("P1")]
    told.starts("P1", "2026-02-02")
    assert told.delivered(on="2026-03-01") == 1
    assert told.findings("2026-03-01", "placement_waits") == []


def test_a_tender_nobody_registered_counts_nothing_and_says_so() -> None:
    told = Story().agreement(target("placements", 2))
    told.starts("P1", "2026-02-02")
    assert told.figures("2026-03-01") == []
    assert len(told.findings("2026-03-01", "tender_unknown")) == 1


def test_a_placement_must_last_the_weeks_the_agreement_asks_for() -> None:
    told = story(min_weeks=4)
    told.starts("P1", "2026-02-02")
    # 28 days: 2 February to 1 March.
    assert [told.delivered(on=on) for on in ("2026-02-28", "2026-03-01")] == [0, 1]


def test_one_that_ended_too_early_never_counts() -> None:
    told = story(min_weeks=4)
    told.starts("P1", "2026-02-02")
    told.says("placement.ended", placement="P1", ended_on="2026-02-20", reason="trial_by_person")
    assert told.delivered(on="2026-12-31") == 0
    assert computed(told.figure("T2")) == 0


def test_an_early_stop_keeps_its_reason_and_its_outcome() -> None:
    told = story()
    told.starts("P1", "2026-02-02")
    told.says(
        "placement.ended", placement="P1", ended_on="2026-02-20", reason="own_notice", outcome="job_other_employer"
    )
    placed = told.placed("P1", "2026-03-01")
    assert (placed.end, placed.end_reason, placed.outcome) == (date(2026, 2, 20), "own_notice", "job_other_employer")


def test_a_dispute_holds_it_back_until_the_same_organisation_confirms() -> None:
    told = story()
    told.starts("P1", "2026-02-02")
    told.says("placement.disputed", placement="P1", disputed_on="2026-03-02", by=JOB_CENTRE, reason="other_dates")
    told.says("placement.confirmed", placement="P1", confirmed_on="2026-03-09", by=MAIN)
    assert [told.delivered(on=on) for on in ("2026-03-01", "2026-03-02", "2026-03-09")] == [1, None, None]
    assert [f.about for f in told.findings("2026-03-09", "disputed")] == [identifier("P1")]
    told.says("placement.confirmed", placement="P1", confirmed_on="2026-03-16", by=JOB_CENTRE)
    assert [told.delivered(on=on) for on in ("2026-03-15", "2026-03-16")] == [None, 1]


def test_a_dispute_on_behalf_is_lifted_by_the_word_of_whom_it_was_for() -> None:
    told = story()
    told.starts("P1", "2026-02-02")
    told.says(
        "placement.disputed",
        placement="P1",
        disputed_on="2026-03-02",
        by=CLIENT,
        on_behalf_of=JOB_CENTRE,
        reason="other_kind",
    )
    told.says("placement.confirmed", placement="P1", confirmed_on="2026-03-09", by=JOB_CENTRE)
    assert told.delivered(on="2026-03-09") == 1


def test_the_job_centres_report_counts_where_it_is_the_only_one() -> None:
    told = story()
    reported(told, "J1", "2026-02-02")
    assert told.delivered(on="2026-03-01") == 1


def test_the_job_centres_report_beside_a_like_one_is_held_back() -> None:
    told = story()
    told.starts("P1", "2026-02-02", kind="work_placement")
    reported(told, "J1", "2026-02-05")
    assert told.delivered(on="2026-03-01") == 1
    assert [f.about for f in told.findings("2026-03-01", "possible_double")] == [identifier("J1")]


def test_at_another_contractor_or_more_than_31_days_apart_it_is_not_alike() -> None:
    told = story()
    told.starts("P1", "2026-02-02", kind="work_placement")
    told.says("placement.ended", placement="P1", ended_on="2026-03-01")
    reported(told, "J1", "2026-04-01")  # 31 days after 1 March
    reported(told, "J2", "2026-02-02", contractor=OTHER)
    assert told.delivered(on="2026-05-01") == 2
    reported(told, "J3", "2026-04-02")  # 32 days after
    assert told.delivered(on="2026-05-01") == 3


def test_two_reports_decided_to_be_one_count_once() -> None:
    told = story()
    told.starts("P1", "2026-02-02", kind="work_placement")
    reported(told, "J1", "2026-02-05", resident="yes", age_band="18_24", pathway="e")
    told.says("placement.matched", placement="P1", other="J1", decided_on="2026-03-01")
    assert told.delivered(on="2026-03-01") == 1
    assert told.findings("2026-03-01", "possible_double") == []
    placed = told.placed("P1", "2026-03-01").placement
    assert (placed.resident, placed.age_band) == ("yes", "18_24")  # what only the job centre knew


def test_a_match_loses_neither_the_start_nor_the_end_the_job_centre_knew() -> None:
    told = story()
    agreed(told, "P1", "2026-02-02")
    reported(told, "J1", "2026-02-05", ended_on="2026-02-25")
    told.says("placement.matched", placement="J1", other="P1", decided_on="2026-03-01")
    placed = told.placed("P1", "2026-03-01")
    assert (placed.standing, placed.start, placed.end) == (Standing.COUNTS, date(2026, 2, 5), date(2026, 2, 25))


def test_two_reports_parted_by_a_decision_count_twice() -> None:
    told = story()
    told.starts("P1", "2026-02-02", kind="work_placement")
    reported(told, "J1", "2026-02-05")
    told.says("placement.matched", placement="P1", other="J1", decided_on="2026-03-01")
    told.says("placement.matched", placement="P1", other="J1", decided_on="2026-03-01", same=False)  # parting wins
    assert told.delivered(on="2026-03-01") == 2


def test_an_apprentice_with_an_agreement_from_before_the_contract_is_not_new() -> None:
    told = Story().tender().agreement(target("persons", 2, new_only=True), signed_on="2025-11-01")
    told.says("contract.awarded", contract="K1", contractor=MAIN, awarded_on="2025-11-20")
    told.says("contract.signed", contract="K1", signed_on="2025-12-01")
    for person, signed_on in (("Kim", "2025-11-30"), ("Ali", "2025-12-01")):
        told.starts(f"P-{person}", "2026-02-02", person, contract="K1")
        told.says("apprenticeship.agreed", placement=f"P-{person}", signed_on=signed_on, on_site_from="2026-02-02")
    told.starts("P-Bo", "2026-02-02", "Bo", contract="K1")  # nobody has said when it was signed
    figure = told.figure(on="2026-03-01")
    assert (told.delivered(on="2026-03-01"), figure.unknown) == (1, {"novelty": 1})
    told.starts("P-Ann", "2026-02-02", "Ann")  # without a contract the agreement's signing decides
    told.says("apprenticeship.agreed", placement="P-Ann", signed_on="2025-11-15")
    assert told.delivered(on="2026-03-01") == 2


def test_new_since_in_the_rules_comes_before_the_contract() -> None:
    told = Story().tender().agreement(target("persons", 2, new_only=True), new_since="2025-06-01")
    told.starts("P1", "2026-02-02")
    told.says("apprenticeship.agreed", placement="P1", signed_on="2025-06-01")
    assert told.delivered(on="2026-03-01") == 1


def test_other_kinds_than_training_are_always_new() -> None:
    told = Story().tender().agreement(target("persons", 2, new_only=True))
    told.starts("P1", "2026-02-02", kind="ordinary_employment")
    assert told.delivered(on="2026-03-01") == 1


def test_an_unknown_age_band_does_not_count_and_is_shown() -> None:
    told = Story().tender().agreement(target("persons", 2, age_bands=["18_24"], contractors=[MAIN]))
    told.starts("P1", "2026-02-02", "Kim", age_band="18_24")
    told.starts("P2", "2026-02-02", "Ali", age_band="30_plus")
    told.starts("P3", "2026-02-02", "Bo")
    told.starts("P4", "2026-02-02", "Ann", contractor=OTHER)  # would not fit anyway: no gap
    figure = told.figure(on="2026-03-01")
    assert (told.delivered(on="2026-03-01"), figure.unknown) == (1, {"age_band": 1})


def test_apprentices_and_other_training_are_summed_apart_and_together() -> None:
    told = Story().tender()
    kinds = ["apprenticeship", "other_training"]
    told.agreement(
        target("fte", 1, kinds=kinds), target("fte", 1, "T2", kinds=kinds[:1]), target("fte", 1, "T3", kinds=kinds[1:])
    )
    told.starts("P1", "2026-01-01", "Kim", weekly_hours=7)
    told.starts("P2", "2026-01-11", "Ali", weekly_hours=7, kind="other_training")
    figure = told.figure(on="2026-01-31")
    assert {kind.value: total.computed / 7000 for kind, total in figure.by_kind.items()} == {
        "apprenticeship": 31,
        "other_training": 21,
    }
    assert computed(figure) == computed(told.figure("T2", "2026-01-31")) + computed(told.figure("T3", "2026-01-31"))
