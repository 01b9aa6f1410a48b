"""What is read aloud and pasted: that it adds up, names nobody, and asks for nothing in the past."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest

from schemas.secretariat import Target
from schemas.vocabulary import Language, Metric, PlacementKind
from services.domain.tally import Sum
from services.reports.decisions import _part_of
from services.reports.explanation import by_kind_named
from services.reports.words import amount_of, kinds_named, must_be, named
from tests.cli.runner import Bygspor

DAY = "2026-11-21"
WHOLE = Target.model_validate_json(
    '{"target": "10000009:a/x", "metric": "fte", "amount": 12, "kinds": ["apprenticeship"]}'
)


def section(estates: Bygspor, tender: str, heading: str, on: str = DAY) -> list[str]:
    """The lines of one section of a tender's point."""
    point = estates.json("tender", tender, "--on", on)["agenda"]
    return next(list(s["lines"]) for s in point if s["heading"] == heading)


def told(estates: Bygspor, *words: str) -> str:
    """An explanation, its lines put together."""
    out = estates.done("explain", *words, "--on", DAY).out.split("╰")[0]
    return " ".join(re.sub("[│╭╮─]", " ", out).split())


def test_a_share_says_which_hours_enter(estates: Bygspor) -> None:
    assert "kun måneder og firmaer med indberettede pladstimer" in told(estates, "havnegade", "andel")


def test_conversions_are_told_of_how_many_and_are_reached_not_started(estates: Bygspor) -> None:
    said = told(estates, "havnegade", "omsat")
    assert re.search(r"Leveret \d+ af \d+ forløb i sporet", said)
    assert "Skal være nået" in said
    assert "startet" not in said


def test_a_last_date_for_apprentices_tells_the_day_before_it_was_moved(estates: Bygspor) -> None:
    said = told(estates, "havnegade", "laerlinge-foer-nytaar")
    assert "senest 01-01-2027" in said
    assert "31-01-2027 er rykket tilbage til nærmeste 1. januar eller 1. juli" in said


def test_the_parts_of_a_forecast_add_up_as_shown(estates: Bygspor) -> None:
    said = told(estates, "havnegade", "oplaering")
    found = re.search(r"Prognose ([\d,]+) den \S+ = ([\d,]+) leveret \+ ([\d,]+) af det, der er aftalt nu", said)
    assert found is not None
    whole, *parts = (int(n.replace(",", "")) for n in found.groups())
    assert sum(parts) == whole


def test_no_kind_of_job_placement_is_told_apart() -> None:
    kinds = (PlacementKind.WAGE_SUBSIDY, PlacementKind.FLEX_JOB, PlacementKind.APPRENTICESHIP)
    merged = by_kind_named({kind: Sum(persons=1, placements=1, measured=5) for kind in kinds}, "da")
    assert {name: (one.placements, one.ticks) for name, one in merged.items()} == {
        "Lærling/elev": (1, 5),
        "Jobforløb": (2, 10),
    }


def test_a_contractors_own_targets_stand_with_it_and_not_among_all(estates: Bygspor) -> None:
    everybodys = section(estates, "havnegade", "Krav")
    by_contractor = section(estates, "havnegade", "Pr. entreprise")
    assert len(everybodys) == 5
    assert not [line for line in everybodys if "A/S" in line or "ApS" in line]
    assert all(re.search(r"lærlinge: leveret [\d,]+ af [\d,]+ årsværk", line) for line in by_contractor)


def test_retention_is_off_the_wall(estates: Bygspor) -> None:
    for tender in ("korskaerparken", "rosenhoej"):
        for heading in ("Krav", "Pr. entreprise", "Beslut i dag"):
            assert "arbejde efter" not in " ".join(section(estates, tender, heading))


def test_a_waiver_is_shown_beside_what_was_agreed(estates: Bygspor) -> None:
    assert "aftalt 15 (10 efter dispensation)" in " ".join(section(estates, "havnegade", "Krav"))


@pytest.mark.parametrize("on", [DAY, "2027-03-01", "2028-12-01"])
@pytest.mark.parametrize("tender", ["havnegade", "korskaerparken", "rosenhoej"])
def test_what_is_to_be_decided_begins_with_a_verb_and_is_never_due_in_the_past(
    estates: Bygspor, tender: str, on: str
) -> None:
    lines = section(estates, tender, "Beslut i dag", on)
    assert len(lines) <= 3
    seen = date.fromisoformat(on)
    for line in lines:
        assert line.startswith(("Aftal, ", "Afgør, "))
        day, month, year = map(int, line[-10:].split("-"))
        assert seen <= date(year, month, day) <= seen + timedelta(days=366)


def test_no_part_is_decided_beside_its_whole(estates: Bygspor) -> None:
    said = " ".join(section(estates, "havnegade", "Beslut i dag"))
    assert "1,4 årsværk (Oplæring, årsværk)" in said
    assert "Egeholm" not in said


def test_after_the_handover_no_place_is_open(estates: Bygspor) -> None:
    for tender in ("korskaerparken", "rosenhoej"):
        assert section(estates, tender, "Åbne pladser, klar til match") == []


def test_overdue_days_have_their_separator(estates: Bygspor) -> None:
    assert "overskredet 3.798 dage" in " ".join(section(estates, "korskaerparken", "Aftaler fra sidst"))


def test_who_starts_or_ends_is_told_by_trade(estates: Bygspor) -> None:
    assert section(estates, "havnegade", "Starter/slutter inden 30 dage") == [
        "Lærling, elektriker, starter 07-12-2026",
        "Jobforløb, elektriker, slutter 11-12-2026",
    ]


@pytest.mark.parametrize(
    ("change", "is_part"),
    [
        ({"contracts": ("10000009:a/k",)}, True),
        ({"contracts": ("10000009:a/k",), "kinds": ()}, False),
        ({"metric": Metric.PERSONS, "contracts": ("10000009:a/k",)}, False),
        ({"new_only": True}, True),
    ],
)
def test_a_part_counts_nothing_its_whole_does_not(change: dict[str, object], *, is_part: bool) -> None:
    assert _part_of(WHOLE.model_copy(update=change), WHOLE) is is_part


@pytest.mark.parametrize(
    ("kinds", "name"),
    [
        ((), "Alle forløb"),
        ((PlacementKind.APPRENTICESHIP,), "Lærlinge"),
        ((PlacementKind.FLEX_JOB, PlacementKind.WAGE_SUBSIDY), "Jobforløb"),
        ((PlacementKind.APPRENTICESHIP, PlacementKind.FLEX_JOB), "Lærlinge, jobforløb"),
    ],
)
def test_a_target_without_a_title_has_a_name_to_read(kinds: Sequence[PlacementKind], name: str) -> None:
    assert kinds_named(kinds, "da") == name
    assert named(None, "10000009:a/x", Metric.FTE, "da", kinds) == f"{name} (årsværk)"


@pytest.mark.parametrize(
    ("language", "one", "two"), [("da", "1 person", "2 personer"), ("en", "1 person", "2 persons")]
)
def test_one_is_singular(language: Language, one: str, two: str) -> None:
    counted = [amount_of(Fraction(n), Metric.PERSONS, language) for n in (1, 2)]
    assert counted == [one, two]


def test_what_is_counted_at_its_end_is_reached() -> None:
    assert must_be(Metric.CONVERSIONS, "da") == "skal være nået"
    assert must_be(Metric.FTE, "da") == "skal være startet"


def test_the_plot_has_the_commas_and_the_signs_of_its_language(estates: Bygspor) -> None:
    out = estates.done("tender", "havnegade", "--on", "2026-06-01").out.rpartition("╯")[2]
    assert "-- aftalt 12,0" in out
    assert not re.search(r"\d\.\d+┤", out)
    assert "04-2028" in out, "up to the handover as the schedule had it then"
