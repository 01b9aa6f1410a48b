"""Every file of the corpus comes to what its text says, each of its rows accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.sheets.mapping import recognise
from services.sheets.proposing import propose
from services.sheets.reading import read
from services.sheets.refusing import UnreadableSheet
from tests.sheets.shelf import TODAY
from tests.sheets.specimens import CORPUS, Specimen, facts, load, told

SPECIMENS = sorted(CORPUS.glob("*.txt"))


def test_there_are_at_least_a_hundred() -> None:
    assert len(SPECIMENS) >= 100
    assert len({load(path).head["Why"] for path in SPECIMENS}) == len(SPECIMENS)


@pytest.mark.parametrize("path", SPECIMENS, ids=lambda path: path.stem)
def test_a_file_comes_to_what_its_text_says(path: Path) -> None:
    specimen = load(path)
    if specimen.expected[0].startswith("file "):
        _is_refused(specimen)
        return
    tables = read(specimen.content())
    proposal = propose(recognise(tables, specimen.head.get("Layout")), specimen.book(), TODAY, specimen.answers())
    assert proposal.height == sum(proposal.counts.values()) + len(proposal.lines)
    rows = {row.number: row for row in proposal.rows}
    expected, blank = {}, 0
    for line in specimen.expected:
        first, _, rest = line.partition(" ")
        if first == "blank":
            blank = int(rest)
            continue
        state, *details = rest.split()
        expected[int(first)] = state if state in {"new", "changed"} else " ".join([state, *sorted(details)])
        if state in {"new", "changed"}:
            assert set(details) <= facts(rows[int(first)]), (
                line,
                told(proposal).get(int(first)),
                facts(rows[int(first)]),
            )
    assert told(proposal) == expected
    assert proposal.blank == blank


def _is_refused(specimen: Specimen) -> None:
    with pytest.raises(UnreadableSheet) as refusal:
        recognise(read(specimen.content()), specimen.head.get("Layout"))
    assert f"file {refusal.value.short}" == specimen.expected[0]
