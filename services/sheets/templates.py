"""The sheets we hand out: dropdowns, rules for dates and numbers, help above each column, an example, rows with ids.

Everything a caller gives is written as text, never as a formula, whatever it begins with.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from schemas.vocabulary import Language
from services.sheets.columns import Column, Form, Layout
from services.sheets.keys import new_row_id
from services.sheets.layouts import LAYOUTS, ROW_ID

EMPTY_ROWS = 200
"""Rows ready to be filled in, below those that are filled in already."""

_LISTS = "Lister"
_FIRST_ROW = 2  # under the headers and the example, counted from 0
_WIDE = frozenset({Form.PERSON, Form.TENDER, Form.CONTRACTOR, Form.CONTRACTORS})
_WIDTH, _WIDER = 18, 28
_DATE, _DECIMAL, _TEXT = "dd-mm-yyyy", "0.##", "@"
_FROM, _TO = date(1990, 1, 1), date(2099, 12, 31)

Filled = str | date | Decimal | int | float | None


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One row filled in beforehand. `row_id` is the key it was told under before; empty for a new row of its own."""

    values: Mapping[str, Filled]
    row_id: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """What the dropdowns offer: names of the caller's own people, tenders and contractors."""

    people: Sequence[str] = ()
    tenders: Sequence[str] = ()
    contractors: Sequence[str] = ()


def template(
    layout: str, language: Language, lists: Lists, rows: Iterable[TemplateRow] = (), columns: Iterable[str] = ()
) -> bytes:
    """A workbook (XLSX) to be filled in. `columns` adds columns a template does not have by itself."""
    return _Template(LAYOUTS[layout], language, lists, frozenset(columns)).made(list(rows))


class _Template:
    def __init__(self, layout: Layout, language: Language, lists: Lists, extra: frozenset[str]) -> None:
        self._layout, self._language, self._lists = layout, language, lists
        self._columns = [column for column in layout.columns if column.in_template or column.key in extra]
        self._file = io.BytesIO()
        self._book = Workbook(self._file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        self._formats = {form: self._book.add_format({"num_format": form}) for form in (_DATE, _DECIMAL, _TEXT)}

    def made(self, rows: Sequence[TemplateRow]) -> bytes:
        sheet = self._book.add_worksheet(self._layout.title(self._language))
        self._write_guide()
        last = _FIRST_ROW + len(rows) + EMPTY_ROWS - 1
        offered = self._write_lists()
        self._write_headers(sheet)
        for index, column in enumerate(self._columns):
            self._validate(sheet, index, column, offered.get(column.key), last)
        for number, row in enumerate(rows, start=_FIRST_ROW):
            self._write_row(sheet, number, row)
        for number in range(_FIRST_ROW + len(rows), last + 1):
            sheet.write_string(number, len(self._columns), new_row_id())
        sheet.activate()
        self._book.close()
        return self._file.getvalue()

    def _write_headers(self, sheet: Worksheet) -> None:
        header = self._book.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "top"}
        )
        example = self._book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": _TEXT})
        mark = "EXAMPLE" if self._language == "en" else "EKSEMPEL"
        for index, column in enumerate(self._columns):
            sheet.set_column(index, index, _WIDER if column.form in _WIDE else _WIDTH, self._format_of(column))
            sheet.write_string(0, index, column.header(self._language), header)
            if text := column.help(self._language):
                sheet.write_comment(0, index, text, {"x_scale": 2})
            said = column.example(self._language)
            sheet.write_string(1, index, f"{mark}: {said}".removesuffix(": ") if index == 0 else said, example)
        ids = len(self._columns)
        sheet.set_column(ids, ids, None, self._formats[_TEXT], {"hidden": True})
        sheet.write_string(0, ids, ROW_ID, header)
        sheet.freeze_panes(1, 1)

    def _format_of(self, column: Column) -> Format:
        if column.form is Form.DATE:
            return self._formats[_DATE]
        # Text keeps the zeros a number begins with, and keeps Excel from making dates of periods and of 18-24.
        return self._formats[_DECIMAL if column.form in {Form.HOURS, Form.NUMBER} else _TEXT]

    def _write_row(self, sheet: Worksheet, number: int, row: TemplateRow) -> None:
        for index, column in enumerate(self._columns):
            value = row.values.get(column.key)
            if isinstance(value, date):
                sheet.write_datetime(number, index, datetime(value.year, value.month, value.day), self._formats[_DATE])  # noqa: DTZ001
            elif isinstance(value, str):
                sheet.write_string(number, index, value, self._formats[_TEXT])
            elif value is not None:
                sheet.write_number(number, index, float(value), self._formats[_DECIMAL])
        sheet.write_string(number, len(self._columns), row.row_id or new_row_id())

    def _write_lists(self) -> dict[str, str]:
        """The lists the dropdowns read, on a hidden sheet: there they may be long. Returns each column's range."""
        sheet = self._book.add_worksheet(_LISTS)
        sheet.hide()
        ranges = {}
        for index, column in enumerate(self._columns):
            offered = self._offered(column)
            for number, text in enumerate(offered):
                sheet.write_string(number, index, text)
            if offered:
                letter = _letters(index)
                ranges[column.key] = f"={_LISTS}!${letter}$1:${letter}${len(offered)}"
        return ranges

    def _offered(self, column: Column) -> Sequence[str]:
        own = {
            Form.PERSON: self._lists.people,
            Form.TENDER: self._lists.tenders,
            Form.CONTRACTOR: self._lists.contractors,
        }
        if column.words is not None and column.form in {Form.CHOICE, Form.AGE}:
            return [word.label(self._language) for word in column.words if not word.retired]
        return own.get(column.form, ())

    def _validate(self, sheet: Worksheet, index: int, column: Column, source: str | None, last: int) -> None:
        """People may be new, and so may what we know nothing of: those lists advise; the closed ones hold."""
        da = self._language != "en"
        rule: dict[str, object] | None = None
        if source is not None:
            rule = {"validate": "list", "source": source, "error_type": "stop"}
            rule["error_message"] = "Vælg på listen." if da else "Choose from the list."
            if column.form in {Form.PERSON, Form.CONTRACTOR}:
                rule |= {"show_error": False}
        elif column.form is Form.DATE:
            rule = {"validate": "date", "criteria": "between", "minimum": _FROM, "maximum": _TO}
            rule["error_message"] = "Skriv en dato som 02-03-2026." if da else "Write a date as 02-03-2026."
        elif column.form in {Form.HOURS, Form.NUMBER}:
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 999999}
            rule["error_message"] = "Skriv et tal som 37,5." if da else "Write a number as 37.5."
        if rule is not None:
            sheet.data_validation(_FIRST_ROW, index, last, index, rule)

    def _write_guide(self) -> None:
        da = self._language != "en"
        sheet = self._book.add_worksheet("Vejledning" if da else "Guide")
        bold, wrapped = (
            self._book.add_format({"bold": True}),
            self._book.add_format({"text_wrap": True, "valign": "top"}),
        )
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 90, wrapped)
        sheet.set_column(2, 2, 16)
        lines = _GUIDE_DA if da else _GUIDE_EN
        sheet.write_string(0, 0, self._layout.title(self._language), bold)
        for number, line in enumerate(lines, start=1):
            sheet.write_string(number, 0, line)
        start = len(lines) + 2
        for index, title in enumerate(
            ("Kolonne", "Hvad der skal stå", "Udfyldes") if da else ("Column", "What to write", "Fill in")
        ):
            sheet.write_string(start, index, title, bold)
        needed = {key for group in self._layout.needs for key in group[0]}
        for number, column in enumerate(self._columns, start=start + 1):
            sheet.write_string(number, 0, column.header(self._language))
            sheet.write_string(number, 1, column.help(self._language), wrapped)
            must = ("skal" if da else "must") if column.key in needed else ("må være tom" if da else "may be empty")
            sheet.write_string(number, 2, must)


_GUIDE_DA = (
    "Skriv én række for hvert forløb, hver person eller hver periode. Overskrifterne skal blive stående.",
    "Rækken, der begynder med EKSEMPEL, bliver ikke læst. Tomme rækker gør ingenting.",
    "Send gerne det samme ark igen med rettelser: det tæller kun én gang.",
    "Ret ikke i skjulte kolonner; de holder styr på, hvilke rækker I har sendt før.",
    "Skriv aldrig CPR-numre, og intet om helbred eller andre personlige forhold.",
)
_GUIDE_EN = (
    "Write one row for each placement, person or period. The headers must stay.",
    "The row that begins with EXAMPLE is not read. Empty rows do nothing.",
    "Do send the same sheet again with corrections: it counts only once.",
    "Leave hidden columns alone; they know which rows you have sent before.",
    "Never write CPR numbers, nor anything about health or other personal matters.",
)


def _letters(index: int) -> str:
    return chr(65 + index) if index < 26 else f"A{chr(65 + index - 26)}"
