"""What happens when a command cannot be done as it was asked: exit code, a sentence, a hint, no traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from services.clock import today
from services.store.store import Store
from tests.cli.runner import Bygspor, Done, run
from tests.store.told import raw, registered, say, started, stop_backends, tell


def assert_says(found: Done, code: int, *texts: str) -> None:
    assert found.code == code, found.words
    assert found.raw == b""
    assert "Traceback" not in found.err
    for text in texts:
        assert text in found.words


@pytest.mark.parametrize("text", ["2026-09-01", "01-09-2026", "01.09.2026", " 1-9-2026 "])
def test_a_date_may_be_written_in_three_ways(estates: Bygspor, text: str) -> None:
    found = estates.json("status", "havnegade", "--on", text)
    assert {row["on"] for row in found} == {"2026-09-01"}


@pytest.mark.parametrize("option", ["--on", "--known-on"])
@pytest.mark.parametrize("text", ["2026-13-01", "31-02-2026", "i går", "01/09/2026", "", "20260901x"])
def test_what_is_no_date_is_a_usage_error(estates: Bygspor, option: str, text: str) -> None:
    assert_says(estates("status", option, text), 2, "is not a date", "2026-11-21", option)


def test_an_unknown_tender_brings_the_near_ones(estates: Bygspor) -> None:
    for command in ("status", "tender", "placements", "findings"):
        assert_says(estates(command, "havnegde"), 2, "error[tender.unknown]", "hint: Mente du: havnegade")
    assert_says(estates("explain", "havnegde", "x"), 2, "Mente du: havnegade")
    assert_says(estates("status", "10000270:havnegad", "--lang", "en"), 2, "Did you mean: 10000270:havnegade")
    assert_says(estates("status", "zzz"), 2, "bygspor status")


def test_an_unknown_target_brings_all_there_are(estates: Bygspor) -> None:
    said = "Mente du oplaering?", "laerlinge-foer-nytaar"
    assert_says(estates("explain", "havnegade", "oplaring"), 2, "error[target.unknown]", *said)
    assert_says(estates("explain", "havnegade", "oplaering", "--on", "1999-01-01"), 2, "den 01-01-1999")


def test_two_tenders_of_one_name_must_be_told_apart(bygspor: Bygspor) -> None:
    with bygspor.store() as store:
        names = ["10000009:skolen", "10000017:skolen"]
        for client, name in zip(("10000009", "10000017"), names, strict=True):
            told: dict[str, Any] = {
                "title": "Skolen",
                "client": client,
                "municipality": 751,
                "linking_circle": f"{client}:c",
            }
            tell(store, say("tender.registered", f"r{client}", by=client, subject=name, **told))
    assert_says(bygspor("tender", "skolen"), 2, "error[tender.ambiguous]", *names)
    assert bygspor.json("tender", names[0])["tender"] == names[0]


def test_a_registered_tender_goes_before_one_that_is_only_spoken_of(bygspor: Bygspor) -> None:
    bygspor.ingest([raw(registered()), raw(started("s")), raw({**started("x", "p9"), "subject": "10000017:t"})])
    assert bygspor.json("tender", "t")["tender"] == "10000009:t"
    assert bygspor.json("tender", "10000017:t")["tender"] == "10000017:t"


def test_a_tender_nobody_registered_says_so(bygspor: Bygspor) -> None:
    bygspor.ingest([raw(started("s")), raw(started("x", "p2", "b"))])
    words = bygspor.done("tender", "t").words
    assert "er ikke registreret" in words
    assert "2 forløb venter" in words


@pytest.mark.parametrize("command", ["status", "tender t", "rejected list", "verify", "tick", "explain t"])
def test_reading_makes_no_data_folder(tmp_path: Path, command: str) -> None:
    folder = tmp_path / "none"
    found = run(command.split(), {"BYGSPOR_DATA": str(folder), "BYGSPOR_DATABASE_URL": "", "COLUMNS": "300"})
    assert_says(found, 2, "error[data.none]", str(folder), "BYGSPOR_DATA", "bygspor ingest")
    assert not folder.exists()


def test_an_empty_answer_says_where_it_looked(bygspor: Bygspor) -> None:
    for command in ("status", "findings", "rejected list"):
        assert "Set efter i" in bygspor.done(*command.split()).words


def test_a_day_before_the_first_word_says_so(estates: Bygspor) -> None:
    words = estates.done("status", "havnegade", "--known-on", "2001-02-03").words
    assert "Intet var kendt om havnegade den 03-02-2001" in words
    assert "Det første ord kom den" in words
    assert "ingest" not in words


def test_targets_come_in_the_order_of_the_agreement(estates: Bygspor) -> None:
    orders = [estates.json("status", "rosenhoej"), estates.json("status", "rosenhoej", "--on", f"{today()}")]
    orders.append(estates.json("tender", "rosenhoej")["figures"])
    names = [[row["target"] for row in rows] for rows in orders]
    assert names[0] == names[1] == names[2]
    assert "place" not in orders[0][0]


def test_a_tender_nobody_registered_is_found_all_the_same(bygspor: Bygspor) -> None:
    assert bygspor.ingest([raw(started("s"))])["not_counted_yet"] == 1
    assert [(one["tender"], one["code"]) for one in bygspor.json("findings")] == [("10000009:t", "tender_unknown")]
    assert bygspor.json("findings", "t") == bygspor.json("findings")
    assert len(bygspor.json("placements", "t")) == 1
    assert "ikke registreret" in bygspor.done("findings").words


@pytest.mark.parametrize("args", [("nope",), ("ingest",), ("tender",), ("status", "--nope"), ("rejected", "show", "x")])
def test_a_wrong_command_is_a_usage_error(bygspor: Bygspor, args: tuple[str, ...]) -> None:
    assert_says(bygspor(*args), 2, "Usage: bygspor")


def test_an_unknown_language_or_setting_is_refused(bygspor: Bygspor) -> None:
    assert_says(bygspor("status", "--lang", "sv"), 2, "error[usage.language]", "da, en")
    assert_says(bygspor("status", BYGSPOR_LANG="sv"), 2, "error[settings.language]")
    assert_says(bygspor("status", BYGSPOR_LNG="da"), 2, "error[settings.unknown]", "BYGSPOR_LANG")


@pytest.mark.parametrize("url", ["foo", "mysql://h/d", "postgresql://h:port/d", "host=here"])
def test_what_is_no_database_is_said_without_repeating_it(bygspor: Bygspor, url: str) -> None:
    found = bygspor("status", BYGSPOR_DATABASE_URL=url)
    assert_says(found, 2, "error[settings.database_url]", "postgresql://user@host")


@pytest.mark.parametrize("command", ["status", "ingest -", "verify", "rebuild", "tick", "rejected list", "findings"])
def test_a_database_that_does_not_answer_is_said_so(bygspor: Bygspor, command: str) -> None:
    with socket.socket() as taken:  # bound and never listened on: nobody answers there
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://nobody:secret@127.0.0.1:{taken.getsockname()[1]}/none"
        found = bygspor(*command.split(), "--json", BYGSPOR_DATABASE_URL=url)
    assert_says(found, 3, "error[database.unavailable]", "can be tried again")
    assert "secret" not in found.err


def test_a_database_that_goes_away_midway_is_said_so(bygspor: Bygspor) -> None:
    apply = Store.apply

    def cut(store: Store, *args: object) -> object:
        stop_backends(bygspor.url)
        return apply(store, *args)  # type: ignore[arg-type]

    with patch.object(Store, "apply", cut):
        found = bygspor("ingest", "-", stdin=raw(registered()))
    assert found.code in {0, 3}  # a connection that died in the pool is replaced before anybody gets it
    assert bygspor.ingest([raw(registered())])["lines"] == 1


def test_a_fault_of_our_own_has_a_code_and_no_traceback_unless_asked_for(bygspor: Bygspor) -> None:
    with patch("services.cli.upkeep.verify_store", side_effect=ZeroDivisionError("so")):
        assert_says(bygspor("verify"), 4, "error[internal]: ZeroDivisionError: so", "--verbose")
        with pytest.raises(ZeroDivisionError):
            bygspor("--verbose", "verify")


def test_help_is_there_for_every_command(tmp_path: Path) -> None:
    top = run(["--help"], {"COLUMNS": "100"})
    assert top.code == 0
    assert "Exit codes" in top.out
    assert run([], {}).code in {0, 2}
    for command in ("ingest", "status", "explain", "rejected", "rejected list", "db", "db stop", "demo"):
        found = run([*command.split(), "--help"], {"COLUMNS": "100"})
        assert (found.code, f"bygspor {command}" in found.out) == (0, True)


def test_reading_half_of_it_is_no_error_with_a_traceback(bygspor: Bygspor, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from services.cli import main; main()", "sample", "--tenders", "3"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "BYGSPOR_DATA": str(tmp_path)}
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
    assert "Traceback" not in said
