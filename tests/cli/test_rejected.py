"""What is rejected: seen, exported, mended, sent again and marked; and counts that always add up."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from services.sample.faulty import faulty, mended
from tests.cli.runner import Bygspor, lines_of
from tests.store.told import CLIENT, MAIN, hours, raw, registered, say, started

GOOD = raw(hours("h", 10))
NEGATIVE = raw(hours("n", -3))
NO_JSON = b'{"half": '
TWO_FAULTS = raw({**hours("t", -3), "time": "yesterday"})


def test_nothing_is_rejected_at_first(bygspor: Bygspor) -> None:
    assert bygspor.json("rejected", "list") == []
    assert "Intet er afvist" in bygspor.done("rejected", "list").words
    assert "Nothing is rejected" in bygspor.done("rejected", "list", "--lang", "en").words
    assert bygspor("rejected", "export").raw == b""
    assert bygspor.json("rejected", "retry")["lines"] == 0


def test_a_rejected_line_is_told_with_all_its_faults_in_both_languages(bygspor: Bygspor) -> None:
    report = bygspor.ingest([GOOD, TWO_FAULTS], code=1)
    (listed,) = bygspor.json("rejected", "list")
    assert report["faults"] == [listed]
    assert (listed["origin"], listed["line"], listed["times"], listed["resolved"]) == ("-", 2, 1, False)
    assert {fault["field"] for fault in listed["faults"]} == {"time", "data.hours"}
    assert all(fault["da"] != fault["en"] for fault in listed["faults"])
    for lang in ("da", "en"):
        shown = bygspor.done("rejected", "show", str(listed["rejected"]), "--lang", lang, columns=300).words
        assert all(fault[lang] in shown for fault in listed["faults"])
        assert TWO_FAULTS.decode() in shown
    assert bygspor.json("rejected", "show", str(listed["rejected"]))["payload"] == TWO_FAULTS.decode()
    assert "-:2" in bygspor("ingest", "-", stdin=b"\n" + TWO_FAULTS).words


def test_what_is_not_there_cannot_be_shown(bygspor: Bygspor) -> None:
    found = bygspor("rejected", "show", "7")
    assert (found.code, "error[rejected.unknown]" in found.err, "hint" in found.err) == (2, True, True)


def test_the_same_file_again_is_all_duplicates_and_rejects_are_not_doubled(bygspor: Bygspor) -> None:
    lines = [GOOD, NEGATIVE, NO_JSON, raw(registered())]
    first, second = (bygspor.ingest(lines, code=1) for _ in range(2))
    assert (first["new"], first["duplicate"], first["rejected"]) == (2, 0, 2)
    assert (second["new"], second["duplicate"], second["rejected"]) == (0, 2, 2)
    assert [(one["line"], one["times"]) for one in bygspor.json("rejected", "list")] == [(2, 2), (3, 2)]


def test_a_run_tells_of_its_own_rejects_only(bygspor: Bygspor, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(NEGATIVE + b"\n" + NO_JSON)
    bygspor("ingest", file)
    file.write_bytes(GOOD + b"\n" + raw(hours("other", 1485)))
    (told,) = bygspor.json("ingest", file, code=1)["faults"]
    assert told["line"] == 2
    assert told["faults"][0]["code"] == "less_than_equal"


def test_the_same_id_with_another_body_is_rejected(bygspor: Bygspor) -> None:
    report = bygspor.ingest([GOOD, raw(hours("h", 11))], code=1)
    assert (report["new"], report["rejected"], report["conflict"]) == (1, 1, 1)
    assert report["faults"][0]["faults"][0]["code"] == "conflict"


def test_mended_lines_land_and_are_marked(bygspor: Bygspor, tmp_path: Path) -> None:
    bygspor.ingest([NEGATIVE, TWO_FAULTS], code=1)
    file = tmp_path / "mend.jsonl"
    assert "2 linjer" in bygspor.done("rejected", "export", "--out", file).words
    one, other = (json.loads(line) for line in file.read_bytes().splitlines())
    assert one["event"] == json.loads(NEGATIVE)
    one["event"]["data"]["hours"] = 3
    file.write_text(json.dumps(one) + "\n\n" + json.dumps(other) + "\n")
    report = bygspor.json("ingest", "--resolves", file, code=1)
    assert (report["new"], report["rejected"], report["blank"]) == (1, 1, 1)
    assert [listed["rejected"] for listed in report["faults"]] == [other["rejected"]]
    assert [listed["rejected"] for listed in bygspor.json("rejected", "list")] == [other["rejected"]]
    resolved = {listed["rejected"]: listed["resolved"] for listed in bygspor.json("rejected", "list", "--resolved")}
    assert resolved == {one["rejected"]: True, other["rejected"]: False}
    assert "rettet" in bygspor.done("rejected", "list", "--resolved").words
    assert bygspor.json("ingest", "--resolves", file, code=1)["duplicate"] == 1


def test_a_mended_line_sent_again_as_it_was_is_known(bygspor: Bygspor, tmp_path: Path) -> None:
    clash, file = raw(hours("h", 11)), tmp_path / "again.jsonl"
    bygspor.ingest([GOOD, NEGATIVE, clash], code=1)
    one, other = (json.loads(line) for line in bygspor("rejected", "export").raw.splitlines())
    one["event"]["data"]["hours"], other["event"]["id"] = 3, "h-other"
    assert bygspor.ingest([json.dumps(line).encode() for line in (one, other)], "--resolves")["new"] == 2
    file.write_bytes(b"\n".join([GOOD, NEGATIVE, clash]))
    report = bygspor.json("ingest", file)
    assert (report["duplicate"], report["rejected"], report["lines"]) == (3, 0, 3)
    assert bygspor.json("rejected", "list") == []
    assert len(bygspor.json("rejected", "list", "--resolved")) == 2


def test_a_long_list_is_cut_and_says_so(bygspor: Bygspor) -> None:
    bygspor.ingest([b"bad %d" % n for n in range(5)], code=1)
    words = bygspor.done("rejected", "list", "--limit", "2").words
    assert "… og 3 flere" in words
    assert "flere" not in bygspor.done("rejected", "list").words
    assert len(bygspor.json("rejected", "list")) == 5


def test_what_is_no_export_cannot_resolve(bygspor: Bygspor) -> None:
    found = bygspor("ingest", "--resolves", "-", stdin=GOOD)
    assert (found.code, "error[input.not_an_export]" in found.err, "-:1" in found.err) == (2, True, True)


def test_retrying_changes_nothing_while_the_lines_are_as_wrong_as_before(bygspor: Bygspor) -> None:
    bygspor.ingest([NEGATIVE, NO_JSON], code=1)
    assert bygspor.json("rejected", "retry", code=1)["rejected"] == 2
    assert [(one["line"], one["times"]) for one in bygspor.json("rejected", "list")] == [(1, 2), (2, 2)]


def test_an_event_of_an_unknown_tender_is_not_counted_until_it_is_registered(bygspor: Bygspor) -> None:
    waiting = [raw(started("s")), raw(hours("h3", 10)), raw(hours("h4", 20, 4))]
    assert bygspor.ingest(waiting)["not_counted_yet"] == 3
    assert "heraf ikke talt med endnu 1" in bygspor.done("ingest", "-", stdin=raw(started("x", "p2"))).words
    assert [one["code"] for one in bygspor.json("findings")] == ["tender_unknown"]
    known = [raw(registered()), raw(_awarded())]
    assert bygspor.ingest(known)["not_counted_yet"] == 0
    assert bygspor.ingest([raw(hours("h5", 5, 5))])["not_counted_yet"] == 0
    assert [one["code"] for one in bygspor.json("findings", "--on", "2025-03-30")] == []
    assert [one["standing"] for one in bygspor.json("placements", "t", "--on", "2025-03-30")] == ["counts"] * 2


def _awarded() -> dict[str, Any]:
    return say("contract.awarded", "award", by=CLIENT, contract=f"{CLIENT}:c", contractor=MAIN, awarded_on="2024-12-01")


MIX: dict[str, Callable[[Random], bytes]] = {
    "sound": lambda rng: raw(hours(f"h{rng.randrange(30)}", 10)),
    "bad": lambda rng: rng.choice([NEGATIVE, NO_JSON, TWO_FAULTS, b"[]", b"7", b"\xff"]),
    "conflict": lambda _: raw(hours("h", 11)),
    "blank": lambda rng: rng.choice([b"", b"  ", b"\r"]),
}


@pytest.mark.parametrize("seed", range(6))
def test_the_counts_always_add_up(bygspor: Bygspor, seed: int) -> None:
    rng = Random(seed)  # noqa: S311
    sent: set[bytes] = {GOOD}
    for _ in range(3):
        kinds = Counter(rng.choices(list(MIX), k=rng.randrange(60)))
        made = [(kind, MIX[kind](rng)) for kind in kinds.elements()]
        rng.shuffle(made)
        lines = [GOOD, *(line for _, line in made), b""]
        report = bygspor.ingest(lines, code=int(kinds["bad"] + kinds["conflict"] > 0))
        sound = {line for kind, line in made if kind == "sound"} | {GOOD}
        sent |= sound
        assert report["lines"] == lines_of(report) == len(lines) - 1
        assert report["blank"] == kinds["blank"]
        assert report["conflict"] == kinds["conflict"]
        assert report["rejected"] == kinds["bad"] + kinds["conflict"]
        assert report["new"] + report["duplicate"] == 1 + kinds["sound"]
        assert _logged(bygspor) == len(sent)


def _logged(bygspor: Bygspor) -> int:
    with bygspor.store() as store, store.database.transaction() as connection:
        return int(connection.execute("SELECT count(*) FROM log.event").fetchall()[0][0])


LINES, FAULTS, SEED = 10_000, 200, 11


def test_ten_thousand_lines_with_two_hundred_faults(bygspor: Bygspor, tmp_path: Path) -> None:
    lines, expected = faulty(LINES, FAULTS, SEED)
    file, export = tmp_path / "ten-thousand.jsonl", tmp_path / "mend.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")
    said = bygspor("ingest", file, columns=200)
    assert said.code == 1
    counts = " ".join(said.out.split())
    assert "Linjer 10.000 nye 9.800" in counts
    assert "kendt i forvejen 0 afvist 200" in counts
    assert "… og 180 flere" in counts
    listed = bygspor.json("rejected", "list")
    found = [(one["line"], fault["field"], fault["code"]) for one in listed for fault in one["faults"]]
    assert sorted(found) == sorted(expected)
    assert {one["origin"] for one in listed} == {file.name}
    bygspor.done("rejected", "export", "--out", export)
    right = mended(LINES, FAULTS, SEED)
    exported = [msgspec.json.decode(line) for line in export.read_bytes().splitlines()]
    put_right = (msgspec.json.encode({**one, "event": msgspec.Raw(right[one["line"]])}) for one in exported)
    export.write_bytes(b"\n".join(put_right))
    report = bygspor.json("ingest", "--resolves", export)
    assert (report["lines"], report["new"], report["rejected"]) == (FAULTS, FAULTS, 0)
    assert bygspor.json("rejected", "list") == []
    assert all(one["resolved"] for one in bygspor.json("rejected", "list", "--resolved"))
    assert all(check["ok"] for check in bygspor.json("verify"))
