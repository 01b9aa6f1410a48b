"""What may come in as a file, and how a file that cannot be used is refused."""

from __future__ import annotations

import codecs
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from services.store.intake import BATCH_EVENTS
from tests.cli.runner import Bygspor, lines_of
from tests.store.told import hours, raw, started

ONE, TWO, THREE = (raw(said) for said in (started("s"), hours("h3", 10), hours("h4", 20, 4)))
ALL = [ONE, TWO, THREE]
PRETTY = json.dumps(started("s"), indent=2).encode()
BOM, MANY = codecs.BOM_UTF8, BATCH_EVENTS + 100

FORMS = {
    "lines": (b"\n".join(ALL), 3, 0),
    "lines and an end": (b"\n".join(ALL) + b"\n", 3, 0),
    "blank lines": (b"\n\n" + b"\n  \n\n".join(ALL) + b"\n\n", 3, 7),
    "Windows line ends": (b"\r\n".join(ALL) + b"\r\n", 3, 0),
    "a mark before the first line": (BOM + b"\n".join(ALL), 3, 0),
    "a mark and blank lines": (BOM + b"\r\n\r\n" + b"\r\n".join(ALL), 3, 2),
    "a mark before a list": (BOM + b"[" + b",".join(ALL) + b"]", 3, 0),
    "a list": (b"[" + b",".join(ALL) + b"]", 3, 0),
    "a list over lines": (b"\n[\n  " + b",\n  ".join(ALL) + b"\n]\n", 3, 1),
    "an empty list": (b"[]", 0, 0),
    "one event over lines": (PRETTY, 1, 0),
    "a mark and one event over lines": (BOM + PRETTY, 1, 0),
    "nothing": (b"", 0, 0),
    "nothing but a mark": (BOM, 0, 0),
    "nothing but blank lines": (b"\n \n\r\n", 0, 3),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_may_have_many_forms(bygspor: Bygspor, tmp_path: Path, form: str) -> None:
    content, new, blank = FORMS[form]
    file = tmp_path / "events.jsonl"
    file.write_bytes(content)
    report = bygspor.json("ingest", file)
    assert (report["new"], report["blank"], report["lines"]) == (new, blank, new + blank)
    again = bygspor.json("ingest", "-", stdin=content)
    assert (again["duplicate"], again["blank"]) == (new, blank)


def test_files_folders_and_standard_input_in_one_go(bygspor: Bygspor, tmp_path: Path) -> None:
    inside = tmp_path / "folder" / "deeper"
    inside.mkdir(parents=True)
    (inside / "a.ndjson").write_bytes(ONE)
    (inside.parent / "b.json").write_bytes(b"[" + TWO + b"]")
    (inside.parent / "notes.txt").write_text("not read")
    assert bygspor.json("ingest", tmp_path / "folder", "-", stdin=THREE)["new"] == 3


def test_where_a_fault_is_counts_blank_lines_and_names_the_file(bygspor: Bygspor, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n" + ONE + b"\n\nnonsense\n" + TWO)
    report = bygspor.json("ingest", file, code=1)
    assert [(one["origin"], one["line"]) for one in report["faults"]] == [("events.jsonl", 4)]
    assert lines_of(report) == report["lines"] == 5
    file.write_bytes(b"[" + ONE + b",\n{},\n" + TWO + b"]")
    assert [one["line"] for one in bygspor.json("ingest", file, code=1)["faults"]] == [2]


def test_one_bad_file_does_not_stop_a_folder(bygspor: Bygspor, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"[\n" + ONE + b",\n" + TWO + b"\n")
    (tmp_path / "b.jsonl").write_bytes(THREE)
    report = bygspor.json("ingest", tmp_path, code=1)
    assert (report["new"], report["rejected"], report["lines"]) == (2, 2, 4)
    assert [(one["origin"], one["line"]) for one in report["faults"]] == [("a.json", 1), ("a.json", 2)]


def test_utf_16_is_read_as_what_it_says(bygspor: Bygspor, tmp_path: Path) -> None:
    (tmp_path / "events.json").write_bytes("\n".join(line.decode() for line in ALL).encode("utf-16"))
    assert bygspor.json("ingest", tmp_path / "events.json")["new"] == 3


def test_a_line_in_another_encoding_is_rejected_and_the_rest_goes_in(bygspor: Bygspor) -> None:
    report = bygspor.ingest([ONE, TWO.replace(b"10000017", "ø".encode("cp1252")), THREE], code=1)
    assert (report["new"], report["rejected"]) == (2, 1)


@pytest.mark.parametrize(("lang", "said"), [("da", "Der er ingen fil"), ("en", "There is no file")])
def test_a_missing_file_is_named_before_anything_is_read(
    bygspor: Bygspor, tmp_path: Path, lang: str, said: str
) -> None:
    (tmp_path / "here.jsonl").write_bytes(ONE)
    found = bygspor("ingest", tmp_path / "here.jsonl", tmp_path / "gone.jsonl", "--lang", lang)
    assert found.code == 2
    assert said in found.words
    assert "gone.jsonl" in found.words
    assert bygspor.ingest([ONE])["new"] == 1


def test_a_folder_without_event_files_says_what_they_are_called(bygspor: Bygspor, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    found = bygspor("ingest", tmp_path)
    assert (found.code, ".jsonl" in found.words) == (2, True)


def test_what_cannot_be_written_is_said_in_a_sentence(bygspor: Bygspor, tmp_path: Path) -> None:
    found = bygspor("sample", "--tenders", "1", "--years", "1", "--out", tmp_path / "nowhere" / "file")
    assert found.code == 2
    assert "error[system.refused]" in found.err
    assert "Traceback" not in found.err


def test_interrupting_a_run_keeps_what_is_in_and_says_so(bygspor: Bygspor, tmp_path: Path) -> None:
    # Whoever runs the tests in the background has Ctrl-C ignored, and what is started there inherits it.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", f"{heard}from services.cli import main; main()", "ingest", "-"]
    environ = {"BYGSPOR_DATABASE_URL": bygspor.url, "BYGSPOR_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"}
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environ)
    assert run.stdin is not None
    assert run.stderr is not None
    with run:
        run.stdin.write(b"\n".join(raw(hours(f"h{n}", 10, 1 + n % 12, f"p{n}")) for n in range(MANY)) + b"\n")
        run.stdin.flush()
        _until_the_log_grows(bygspor.url)
        run.send_signal(signal.SIGINT)
        said = run.stderr.read().decode()
    assert run.returncode == 130, said
    assert "Afbrudt" in said
    assert "Traceback" not in said
    again = bygspor.ingest(raw(hours(f"h{n}", 10, 1 + n % 12, f"p{n}")) for n in range(MANY))
    assert again["duplicate"] >= BATCH_EVENTS
    assert all(check["ok"] for check in bygspor.json("verify"))


def _until_the_log_grows(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(300):
            if connection.execute("SELECT FROM log.applied_batch").fetchone() is not None:
                return
            time.sleep(0.05)
    raise AssertionError("nothing came in")
