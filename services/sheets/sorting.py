"""Which rows of a table report something, and which are titles, headers, sums, examples or empty."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from services.sheets.cells import Row, Table
from services.sheets.mapping import Heading, Mapping
from services.sheets.outcomes import Line, LineKind
from services.sheets.texts import folded, shown, text_of

EXAMPLE = "EKSEMPEL"
"""What marks a template's example row, in its first cell; `EXAMPLE` in English."""

_EXAMPLE = re.compile(r"^(?:eksempel|example)\b")
# A word that only sums use, or one that also begins names, standing alone or before a period.
_SUM = re.compile(
    r"^(?:i alt|ialt|in all|total i alt|sum i alt|samlet|totalt|subtotal|mellemsum|grand total)\b"
    r"|^(?:sum|total|totaler|totals)"
    r"(?: (?:timer|hours|periode|måned|uge|\d|jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec).*)?$"
)
_REMARK = re.compile(
    r"^(?:udskrevet|udskrift|side \d|page \d|printed|afdeling\b|afd\b|hold\b|note\b|noter\b|bemærkning|kilde\b)"
)


@dataclass(frozen=True, slots=True)
class Sorted:
    """A table's rows by what they are; `blank` counts the rows with nothing in them, or only an id of ours."""

    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    blank: int


def sort(table: Table, heading: Heading, mapping: Mapping) -> Sorted:
    """Every row of the table goes to one place: `len(rows) + len(lines) + blank == table.height`."""
    labels = {index: folded(label) for index, label in heading.labels.items()}
    ours = {heading.row_id, heading.marks}
    used = [index for header in mapping.columns.values() if (index := heading.index_of(header)) is not None]
    kind_of = _judge(heading, labels, used, ours)
    rows, lines, with_nothing = [], [], 0
    for row in table.rows:
        kind = kind_of(row)
        if kind is not None:
            lines.append(Line(row.number, kind, shown(" ".join(filter(None, map(text_of, row.cells))))))
        elif _is_empty(row, ours):
            with_nothing += 1
        else:
            rows.append(row)
    return Sorted(tuple(rows), tuple(lines), table.height - len(table.rows) + with_nothing)


def _is_empty(row: Row, ours: set[int | None]) -> bool:
    return all(index in ours or not text_of(cell) for index, cell in enumerate(row.cells) if cell is not None)


def _judge(
    heading: Heading, labels: dict[int, str], used: list[int], ours: set[int | None]
) -> Callable[[Row], LineKind | None]:
    def kind_of(row: Row) -> LineKind | None:
        if row.number <= heading.last:
            return LineKind.TITLE if row.number < heading.first else LineKind.HEADER
        filled = [index for index, cell in enumerate(row.cells) if cell is not None and index not in ours]
        if not filled:
            return None
        first = row.cells[filled[0]]
        if not isinstance(first, str):
            return None
        name = folded(first)
        if _EXAMPLE.match(name):
            return LineKind.EXAMPLE
        if labels.get(filled[0]) == name and all(labels.get(i) == folded(text_of(row.cells[i])) for i in filled):
            return LineKind.HEADER
        return _footer(name, [index for index in filled if index in used], used, filled)

    return kind_of


def _footer(name: str, told: list[int], used: list[int], filled: list[int]) -> LineKind | None:
    """A sum, or a remark that stands alone in a row in which at least two columns are ours to read."""
    if _SUM.match(name):
        return LineKind.FOOTER
    alone = len(filled) <= 2 and len(told) < 2 <= len(used)
    return LineKind.FOOTER if alone and _REMARK.match(name) else None
