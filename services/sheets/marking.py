"""The same sheet handed back: bad cells coloured, with a note on each, and a last column with all faults of the row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from services.sheets.confining import Budget, confined
from services.sheets.layouts import MARKS
from services.sheets.limits import kind_of
from services.sheets.mapping import Recognised
from services.sheets.marks import Mark, Task
from services.sheets.outcomes import Proposal
from services.sheets.refusing import UnreadableSheet

BUDGET = Budget(cpu_seconds=60, wall_seconds=90, megabytes=1536)


def marked(raw: bytes, sheet: Recognised, proposal: Proposal, language: Literal["da", "en"] = "da") -> bytes:
    """An XLSX file: the one that was sent (a CSV file as a workbook), with what is wrong and asked at its place.

    Formulas come back as the values they had, and anything shaped like a CPR number blotted out. A workbook that is too
    heavy to be marked comes back as its rows alone. Raises UnreadableSheet where it cannot be read at all.
    """
    task = Task(
        raw,
        kind_of(raw) == "csv",
        sheet.table.name,
        sheet.heading.last,
        MARKS[language],
        tuple(_marks(proposal, language)),
    )
    try:
        return confined("mark", msgspec.msgpack.encode(task), BUDGET)
    except UnreadableSheet:
        if task.is_csv:
            raise
    return confined("mark", msgspec.msgpack.encode(msgspec.structs.replace(task, is_csv=True)), BUDGET)


def _marks(proposal: Proposal, language: Literal["da", "en"]) -> Iterable[Mark]:
    for row in proposal.rows:
        for fault in row.faults:
            said = fault.en if language == "en" else fault.da
            text = f"{fault.header}: {said}" if fault.header else said
            yield Mark(row.number, _index(fault.column), text, is_question=False)
        for question in row.questions:
            said = question.en if language == "en" else question.da
            yield Mark(row.number, _index(question.column), said, is_question=True)


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
