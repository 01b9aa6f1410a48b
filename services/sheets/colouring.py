"""Marks a workbook. Runs in the child process only: openpyxl meets whatever people send."""

from __future__ import annotations

import io
from collections.abc import Iterable

import msgspec
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.worksheet import Worksheet

from schemas.identifiers import BLOT, CPR_SHAPE, blotted
from services.sheets.cells import NoValue, column_letter, unpack
from services.sheets.limits import check_workbook
from services.sheets.marks import Mark, Task
from services.sheets.parsing import read
from services.sheets.texts import is_cpr

_FAULT = PatternFill("solid", fgColor="FFC7CE")
_QUESTION = PatternFill("solid", fgColor="FFEB9C")
_BLOT_IN_TITLE = "######-####"
_BY = "BygSpor"
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDTH = 60
_NO_CONTROL = {code: None for code in range(32) if code not in {9, 10, 13}}


def mark(given: bytes) -> bytes:
    """The marked workbook of a packed task."""
    task = msgspec.msgpack.decode(given, type=Task)
    book, sheet = _of_rows(task) if task.is_csv else _as_sent(task)
    for one in book.worksheets:
        _clean(one)
    _write(sheet, task)
    _strip(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _as_sent(task: Task) -> tuple[Workbook, Worksheet]:
    check_workbook(task.raw)
    book = load_workbook(io.BytesIO(task.raw), data_only=True, keep_links=False)
    for name in list(book.defined_names):
        del book.defined_names[name]  # they may be formulas
    return book, book[task.sheet]


def _of_rows(task: Task) -> tuple[Workbook, Worksheet]:
    """The rows alone, of a CSV file or of a workbook that is too heavy as it is."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has its one sheet
    for table in unpack(read(task.raw)):
        sheet = book.create_sheet(table.name[:31])
        for row in table.rows:
            for index, value in enumerate(row.cells, start=1):
                if value is not None:
                    cell = sheet.cell(row.number, index)
                    _put(cell, value.shown if isinstance(value, NoValue) else value)
                    if cell.is_date:
                        cell.number_format = "dd-mm-yyyy"
    return book, book.worksheets[0] if task.sheet not in book.sheetnames else book[task.sheet]


def _put(cell: Cell | MergedCell, value: object) -> None:
    """Write a value; a text stays a text, whatever it begins with. What a merged cell hides stays hidden."""
    if isinstance(cell, MergedCell):
        return
    if not isinstance(value, str):
        cell.value = value  # type: ignore[assignment]
        return
    cell.value = value.translate(_NO_CONTROL)
    cell.data_type = "s"
    if value.startswith(_BEGINS_FORMULA):
        cell.quotePrefix = True


def _clean(sheet: Worksheet) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, Cell):
                _unmark(cell)
                _blot(cell)


def _unmark(cell: Cell) -> None:
    """Away with what others noted at a cell, and with our own mark of last time."""
    if cell.comment is not None:
        if cell.comment.author == _BY:
            cell.fill = PatternFill()
        cell.comment = None


def _blot(cell: Cell) -> None:
    value = cell.value
    if value is None:
        return
    if isinstance(value, str):
        _put(cell, BLOT if is_cpr(value) and CPR_SHAPE.fullmatch(value.strip()) else blotted(value))
    elif isinstance(value, int | float) and is_cpr(float(value)):
        _put(cell, BLOT)
    cell.hyperlink = None


def _strip(book: Workbook) -> None:
    """Away with what stands around the cells: who made the file, what is printed above and below, names of tabs."""
    book.properties = DocumentProperties()
    for sheet in book.worksheets:
        sheet.oddHeader, sheet.oddFooter = HeaderFooterItem(), HeaderFooterItem()
        sheet.evenHeader, sheet.evenFooter = HeaderFooterItem(), HeaderFooterItem()
        sheet.firstHeader, sheet.firstFooter = HeaderFooterItem(), HeaderFooterItem()
        if CPR_SHAPE.search(sheet.title):
            sheet.title = CPR_SHAPE.sub(_BLOT_IN_TITLE, sheet.title)


def _write(sheet: Worksheet, task: Task) -> None:
    by_row: dict[int, list[Mark]] = {}
    for one in task.marks:
        by_row.setdefault(one.row, []).append(one)
    last = _last_column(sheet, task)
    title = sheet.cell(task.header_row, last)
    title.value, title.font = task.title, Font(bold=True)
    sheet.column_dimensions[column_letter(last - 1)].width = _WIDTH
    for number, marks in by_row.items():
        said = sheet.cell(number, last)
        _put(said, "; ".join(dict.fromkeys(one.text for one in marks)))
        said.fill = _colour(marks)
        for column in {one.column for one in marks if one.column >= 0}:
            here = [one for one in marks if one.column == column]
            cell = sheet.cell(number, column + 1)
            if isinstance(cell, Cell):
                cell.fill = _colour(here)
                cell.comment = Comment("\n".join(one.text for one in here), _BY, height=120, width=320)


def _last_column(sheet: Worksheet, task: Task) -> int:
    """The column after the last header; the one of our own, emptied, where the sheet was marked before."""
    for index in range(1, sheet.max_column + 1):
        if sheet.cell(task.header_row, index).value == task.title:
            for row in range(task.header_row + 1, sheet.max_row + 1):
                sheet.cell(row, index).value = None
                sheet.cell(row, index).fill = PatternFill()
            return index
    return sheet.max_column + 1


def _colour(marks: Iterable[Mark]) -> PatternFill:
    return _QUESTION if all(one.is_question for one in marks) else _FAULT
