"""Every command on the three estates: as JSON, in both languages, at a date, in narrow and wide terminals."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from pathlib import Path

import pytest

from services.clock import today
from services.domain.status import Reason, Status
from services.settings import SETTINGS
from services.store.tables import metadata
from tests.cli.runner import Bygspor

ANSWERS = [
    ("status",),
    ("status", "havnegade"),
    ("status", "--on", "2026-09-01"),
    ("explain", "havnegade", "oplaering"),
    ("tender", "havnegade"),
    ("placements", "havnegade"),
    ("findings",),
    ("findings", "havnegade"),
    ("rejected", "list"),
    ("rejected", "list", "--resolved"),
    ("rejected", "retry"),
    ("rebuild",),
    ("verify",),
    ("tick",),
    ("db", "status"),
]
DATED = ["status", "tender havnegade", "placements havnegade", "findings", "explain havnegade oplaering"]
DANISH = ["intet", "opgjort pr", "leveret", "burde være", "tæller", "hændelser", "kontrol", "linjer", "siden"]


@pytest.mark.parametrize("command", ANSWERS, ids=" ".join)
def test_an_answer_as_json_is_json_and_nothing_else(estates: Bygspor, command: tuple[str, ...]) -> None:
    found = estates(*command, "--json")
    assert (found.code, found.err) == (0, "")
    assert found.json is not None


def test_settings_as_json(estates: Bygspor) -> None:
    names = {one["name"] for one in estates.json("settings")}
    assert names == {setting.name for setting in SETTINGS}
    assert all(name in estates.done("settings").out for name in names)


@pytest.mark.parametrize("columns", [40, 80, 120, 160])
@pytest.mark.parametrize("lang", ["da", "en"])
def test_nothing_is_wider_than_the_terminal(estates: Bygspor, lang: str, columns: int) -> None:
    for command in ("status", "tender havnegade", "placements rosenhoej", "findings", "explain havnegade oplaering"):
        shown = estates.done(*command.split(), "--lang", lang, columns=columns).out
        assert max(map(len, shown.splitlines())) <= max(columns, 75), command


@pytest.mark.parametrize("command", ANSWERS, ids=" ".join)
def test_an_answer_in_english_has_no_danish_words_of_ours(estates: Bygspor, command: tuple[str, ...]) -> None:
    shown = estates.done(*command, "--lang", "en").words.lower()
    assert [word for word in DANISH if word in shown] == []
    assert estates.done(*command).words.lower() != shown or command[0] == "db"


def test_the_language_of_the_environment_holds_unless_another_is_asked_for(estates: Bygspor) -> None:
    assert "Status i dag" in estates("status").out
    assert "Status today" in estates("status", BYGSPOR_LANG="en").out
    assert "Status i dag" in estates("status", "--lang", "da", BYGSPOR_LANG="en").out


@pytest.mark.parametrize("command", DATED)
def test_a_date_gives_other_figures_than_today(estates: Bygspor, command: str) -> None:
    now, then = (estates.json(*command.split(), *options) for options in ((), ("--on", "2026-06-01")))
    assert now != then


@pytest.mark.parametrize("command", DATED)
def test_nothing_was_known_before_it_was_told(estates: Bygspor, command: str) -> None:
    long_ago = estates(*command.split(), "--known-on", "2020-01-01", "--json")
    if command.startswith("explain"):
        assert (long_ago.code, "target.unknown" in long_ago.err) == (2, True)
    elif command.startswith("tender"):
        assert long_ago.json["figures"] == []
    else:
        assert long_ago.json == []


@pytest.mark.parametrize("command", DATED)
def test_what_is_known_by_tomorrow_is_what_is_known_now(estates: Bygspor, command: str) -> None:
    on = ("--on", "2026-09-01")
    tomorrow = f"{today() + timedelta(days=1):%d-%m-%Y}"
    assert estates(*command.split(), *on, "--known-on", tomorrow).out.replace(f", som kendt {tomorrow}", "") == (
        estates(*command.split(), *on).out
    )
    assert estates.json(*command.split(), *on, "--known-on", tomorrow) == estates.json(*command.split(), *on)


def test_stored_figures_are_the_computed_ones(estates: Bygspor) -> None:
    stored, computed = estates.json("status", "havnegade"), estates.json("status", "havnegade", "--on", str(today()))
    by_target = [sorted(rows, key=lambda row: str(row["target"])) for rows in (stored, computed)]
    assert by_target[0] == by_target[1]


def test_a_figure_says_everything_it_rests_on(estates: Bygspor) -> None:
    found = estates.json("explain", "havnegade", "oplaering")
    assert found["tender"] == "10000270:havnegade"
    assert found["target"] == "10000270:havnegade/oplaering"
    assert {"counting_rules", "fits", "by_kind", "unknown", "rules_version", "schedule"} <= found.keys()
    assert {event["type"] for event in found["events"]} >= {"agreement.signed", "placement.started", "hours.reported"}
    assert len(found["placements"]) == found["fits"]["placements"] == 5


def test_a_target_may_be_named_in_three_ways(estates: Bygspor) -> None:
    names = ("oplaering", "havnegade/oplaering", "10000270:havnegade/oplaering")
    found = [estates.json("explain", tender, name) for name in names for tender in ("havnegade", "10000270:havnegade")]
    assert all(one == found[0] for one in found)


def test_all_events_are_shown_when_asked_for(estates: Bygspor) -> None:
    some, every = (
        estates.done("explain", "havnegade", "oplaering", *o, columns=160).out for o in ((), ("--all-events",))
    )
    assert "de sidste 30" in " ".join(some.split())
    count = len(estates.json("explain", "havnegade", "oplaering")["events"])
    assert len(every.splitlines()) - len(some.splitlines()) == count - 30


def test_the_chairs_point_has_its_sections_in_order_and_names_nobody(estates: Bygspor) -> None:
    point = estates.json("tender", "havnegade", "--on", "2026-11-21")["agenda"]
    assert [section["heading"] for section in point] == [
        "Lærlinge og praktik, byggemøde 19",
        "Aftaler fra sidst",
        "Mangler indberetning",
        "Krav",
        "Pr. entreprise",
        "Åbne pladser, klar til match",
        "Starter/slutter inden 30 dage",
        "Beslut i dag",
    ]
    said = json.dumps(point, ensure_ascii=False).lower()
    assert not [word for word in ("løntilskud", "fleksjob", "virksomhedspraktik", ":h0") if word in said]
    assert len(point[-1]["lines"]) == 3


def test_a_week_carries_the_year_it_lies_in(estates: Bygspor) -> None:
    """1 January 2027 is in week 53 of 2026, and 1 January 2028 in week 52 of 2027."""
    said = estates.done("tender", "havnegade", "--on", "2026-11-21", columns=200).out
    assert "senest uge 53 " in said
    assert "senest uge 52/2027" in said
    assert "52/2028" not in said


def test_the_tick_computes_once_a_day(bygspor: Bygspor, own_estates: Bygspor) -> None:
    assert bygspor.json("tick") == {"tenders": 0}
    open_tenders = own_estates.json("tick", "--on", "2026-12-01")["tenders"]
    assert open_tenders >= 1
    assert own_estates.json("tick", "--on", "2026-12-01") == {"tenders": 0}
    assert f"{open_tenders} tenders computed" in own_estates.done("tick", "--on", "2026-12-02", "--lang", "en").words


def test_verify_and_rebuild_say_how_much_there_was(estates: Bygspor) -> None:
    checks = estates.json("verify")
    assert all(check["ok"] for check in checks)
    checked = {check["name"] for check in checks}
    tables = {f"state.{table.name}" for table in metadata.tables.values() if table.schema == "state"}
    # Which program folded the state is no fact about the log.
    assert tables - {"state.edition"} <= checked
    rebuilt = estates.json("rebuild")
    assert (rebuilt["mended"], rebuilt["tenders"]) == (0, 0)


def test_a_sample_is_written_where_asked_and_can_be_ingested(bygspor: Bygspor, tmp_path: Path) -> None:
    file = tmp_path / "sample.jsonl"
    said = bygspor.done("sample", "--tenders", "1", "--years", "1", "--out", file)
    count = len(file.read_bytes().splitlines())
    assert str(count) in said.err.replace(".", "")
    assert bygspor.done("sample", "--tenders", "1", "--years", "1").raw == file.read_bytes()
    assert bygspor.json("ingest", file)["lines"] == count
    assert bygspor.done("sample", "--huge", "25").out.count("\n") == 25


@pytest.mark.parametrize("options", [("--tenders", "0"), ("--years", "0"), ("--years", "13"), ("--huge", "0")])
def test_a_sample_of_nothing_is_a_usage_error(bygspor: Bygspor, options: tuple[str, str]) -> None:
    assert bygspor("sample", *options).code == 2


def test_every_status_and_reason_is_told_apart() -> None:
    for words in (Status, Reason):
        for one, other in itertools.combinations(words, 2):
            assert one.da != other.da
            assert one.en != other.en
