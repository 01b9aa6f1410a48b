"""Bytes to packed tables. Runs in the child process only, after `limits`; it meets whatever people send.

Standard library, calamine and msgspec: nothing that takes long to import.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from posixpath import join, normpath
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from services.sheets.cells import NoValue, pack, packed_cell
from services.sheets.limits import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, check_workbook, kind_of
from services.sheets.refusing import UnreadableSheet

_Rows = list[tuple[int, list[Any]]]
_Table = tuple[str, int, bool, list[int], _Rows]

_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)>(<f[^>]*?/>|<f[^>]*>[^<]*</f>)?(?:<v>([^<]*)</v>|<v/>)?')
_HIDDEN_ROW = re.compile(rb'<row r="([0-9]{1,7})"[^>]*? hidden="(?:1|true)"')
_SHEET = re.compile(rb'<sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_RELATION = re.compile(rb"<Relationship [^>]*>")
_ATTRIBUTE = re.compile(rb'(Id|Target)="([^"]*)"')
_SNIFFED_LINES = 50
_VISIBLE = SheetVisibleEnum.Visible


def read(raw: bytes) -> bytes:
    """All tables of a file, packed. Raises UnreadableSheet."""
    return pack(_workbook(raw) if kind_of(raw) == "xlsx" else [_csv(raw)])


def _workbook(raw: bytes) -> list[_Table]:
    check_workbook(raw)
    try:
        workbook = CalamineWorkbook.from_object(io.BytesIO(raw))
        sheets = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        parts = _parts(raw)
        return [
            _sheet(workbook.get_sheet_by_name(meta.name), parts.get(meta.name, b""), meta.visible == _VISIBLE)
            for meta in sheets
        ]
    except PasswordError:
        raise UnreadableSheet("encrypted") from None
    except (CalamineError, OSError, ValueError, KeyError):
        raise UnreadableSheet("broken") from None


def _parts(raw: bytes) -> dict[str, bytes]:
    """The XML of each sheet by the sheet's name: for what calamine does not tell."""
    archive = zipfile.ZipFile(io.BytesIO(raw))
    relations = archive.read("xl/_rels/workbook.xml.rels")
    targets = {}
    for relation in _RELATION.findall(relations):
        attributes = dict(_ATTRIBUTE.findall(relation))
        targets[attributes.get(b"Id")] = attributes.get(b"Target", b"").decode()
    found = {}
    for name, relation_id in _SHEET.findall(archive.read("xl/workbook.xml")):
        path = normpath(join("/xl", targets.get(relation_id, ""))).lstrip("/")
        if path in archive.NameToInfo:
            found[_unescaped(name)] = archive.read(path)
    return found


def _unescaped(name: bytes) -> str:
    text = name.decode(errors="replace")
    for escape, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(escape, sign)
    return text


def _sheet(sheet: CalamineSheet, xml: bytes, visible: bool) -> _Table:
    if sheet.start is None or sheet.end is None:
        return sheet.name, 0, visible, [], []
    rows, columns = sheet.end[0] + 1, sheet.end[1] + 1
    if columns > MOST_COLUMNS or (sheet.end[0] - sheet.start[0] + 1) * sheet.width > MOST_CELLS:
        raise UnreadableSheet("too_many_cells", sheet=sheet.name, rows=rows, columns=columns)
    extra = _without_value(xml)
    for row, column, value in _merged_down(sheet):
        extra.setdefault(row, {})[column] = value
    # Rows come from the sheet's first row on, columns from the first column that holds something.
    found = _filled(sheet.iter_rows(), sheet.start[1], extra)
    if len(found) > MOST_ROWS:
        raise UnreadableSheet("too_many_cells", sheet=sheet.name, rows=rows, columns=columns)
    hidden = [int(number) for number in _HIDDEN_ROW.findall(xml)] if b' hidden="' in xml else []
    return sheet.name, rows, visible, hidden, found


def _filled(rows: Iterable[list[Any]], first_column: int, extra: Mapping[int, Mapping[int, object]]) -> _Rows:
    """The rows with something in them; no more than one over the limit, which is enough to tell."""
    indent: list[Any] = [None] * first_column
    found: _Rows = []
    for number, row in enumerate(rows, start=1):
        cells = indent + [packed_cell(cell) for cell in row]
        for column, value in extra.get(number, {}).items():
            cells.extend([None] * (column + 1 - len(cells)))
            cells[column] = packed_cell(value)
        while cells and cells[-1] is None:
            cells.pop()
        if any(cell is not None and not (isinstance(cell, str) and not cell.strip()) for cell in cells):
            found.append((number, cells))
            if len(found) > MOST_ROWS:
                break
    return found


def _without_value(xml: bytes) -> dict[int, dict[int, object]]:
    """Formulas that hold no value, and those whose value is an error: by row and column."""
    found: dict[int, dict[int, object]] = {}
    if b"<f>" not in xml and b"<f " not in xml and b't="e"' not in xml:
        return found
    for letters, row, attributes, formula, value in _CELL.findall(xml):
        if b't="e"' in attributes or (formula and not value):
            found.setdefault(int(row), {})[_index(letters)] = NoValue(value.decode(errors="replace"))
    return found


def _index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _merged_down(sheet: CalamineSheet) -> Iterator[tuple[int, int, object]]:
    """What a cell merged over several rows of one column says, for each row but its first: it is meant for all."""
    merged = [area for area in sheet.merged_cell_ranges or [] if area[0][1] == area[1][1] and area[1][0] > area[0][0]]
    if not merged:
        return
    assert sheet.start is not None  # noqa: S101  # a sheet without cells is not asked
    rows = sheet.to_python()
    for (first, column), (last, _) in merged:
        row, across = first - sheet.start[0], column - sheet.start[1]
        if 0 <= row < len(rows) and 0 <= across < len(rows[row]):
            for below in range(first + 1, min(last, sheet.start[0] + len(rows) - 1) + 1):
                yield below + 1, column, rows[row][across]


def _csv(raw: bytes) -> _Table:
    text = _decoded(raw)
    if text[:4].lower() == "sep=":
        first, _, text = text.partition("\n")
        delimiter, skipped = first[4:5], 1
    else:
        delimiter, skipped = _delimiter(text), 0
    found: _Rows = []
    number = skipped
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1 + skipped):
            if len(row) > MOST_COLUMNS or len(found) >= MOST_ROWS:
                raise UnreadableSheet("too_many_cells", sheet="CSV", rows=number, columns=len(row))
            cells = [cell if cell.strip() else None for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                found.append((number, cells))
    except csv.Error:
        raise UnreadableSheet("bad_csv", row=number + 1) from None
    return "CSV", found[-1][0] if found else 0, True, [], found


def _decoded(raw: bytes) -> str:
    """BOM, then strict UTF-8, then Windows-1252. Nothing else is guessed: a guess turns Sørensen into Sřrensen."""
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return raw.decode("utf-16")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableSheet("encoding") from None


def _delimiter(text: str) -> str:
    """Semicolon or tab where most lines agree on it; else comma, which stands in Danish numbers and names as well."""
    lines = [line for line in text[:65_536].splitlines() if line.strip()][:_SNIFFED_LINES]
    for delimiter in (";", "\t"):
        counts = Counter(line.count(delimiter) for line in lines)
        several = sum(lines_with for count, lines_with in counts.items() if count)
        if 2 * several >= len(lines):
            return delimiter
    return ","
