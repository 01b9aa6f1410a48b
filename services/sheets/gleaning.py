"""One row's cells to values by our columns, with every fault and question: the part that meets each cell once.

What a cell's text comes to is remembered per column: names, months and hours repeat.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.sheets.book import Book, Saying
from services.sheets.cells import Cell, NoValue, Row, column_letter
from services.sheets.choices import age_band, code_of, compounds
from services.sheets.columns import Column, Form, Layout
from services.sheets.finding import Names
from services.sheets.mapping import PAY, Heading
from services.sheets.mapping import Mapping as SheetMapping
from services.sheets.outcomes import CellFault, Choice, Counting, Question, Text
from services.sheets.periods import read_period
from services.sheets.texts import folded, is_cpr, shown, text_of
from services.sheets.values import NO_VALUE, Wrong, read_date, read_hours, read_number

CPR_FAULT = Wrong(
    "cpr",
    "ligner et CPR-nummer; slet det – personnumre må ikke sendes i ark",
    "looks like a CPR number; delete it – CPR numbers must not be sent in sheets",
)
_COUNTINGS = frozenset(one.value for one in Counting)
MISSING = "mangler; skal udfyldes", "is missing; must be filled in"
_LISTED = re.compile(r"\s*[;,/+&\n]\s*|\s+og\s+|\s+and\s+")
_LISTED_NAMES = re.compile(r"\s*[;\n]\s*")


@dataclass(frozen=True, slots=True)
class Unsure:
    """A cell that may mean several."""

    key: str
    da: str
    en: str
    choices: tuple[Choice, ...]


class Several(dict[str, Any]):
    """What one cell says in several of our columns."""


_SPECIAL = (Wrong, Unsure, Several)


@dataclass(slots=True)
class Gleaned:
    """What one row says: values by column, and what is wrong with it or must be asked."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    row_id: str = ""
    faults: list[CellFault] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    """Columns in which something stands, readable or not."""
    notes: list[Text] = field(default_factory=list)
    """How the row was understood, where that is not plain."""
    replaced: list[Saying] = field(default_factory=list)
    """What was told before and is to be taken back in the row's favour."""
    joined: list[Gleaned] = field(default_factory=list)
    """Other rows whose amounts this one reports with its own: what becomes of it becomes of them."""


@dataclass(frozen=True, slots=True)
class _Reader:
    column: Column
    index: int
    header: str
    read: Callable[[Cell], Any]
    seen: dict[Cell, Any]

    def value_of(self, cell: Cell) -> Any:
        """What the cell says; read once for each text there is."""
        if isinstance(cell, bool):  # True would be met as 1.0 among what was seen
            return self.read(cell)
        value = self.seen.get(cell, self)
        if value is self:
            value = self.seen[cell] = self.read(cell)
        return value


_ROW_ID = re.compile(r"^[0-9a-z]{12,40}$")


class Gleaner:
    """Reads the rows of one sheet."""

    def __init__(self, book: Book, heading: Heading, mapping: SheetMapping, answers: Mapping[str, str]) -> None:
        self.layout: Layout = mapping.of
        self._mapping = mapping
        self._answers = answers
        self._book = book
        self._tenders = Names(book.tenders())
        self._contractors = Names(book.contractors())
        self._id_index = heading.row_id
        self.headers: dict[str, tuple[str, str]] = {}
        """Our column to the sheet's column letter and header, where it has it."""
        self._readers = self._made_readers(heading)
        self._constants = self._read_constants()
        read = {reader.index for reader in self._readers} | {self._id_index, heading.marks}
        self._width = max(heading.labels, default=0) + 1
        self._unread = [index for index in range(self._width) if index not in read]
        self._labels = heading.labels

    def glean(self, row: Row) -> Gleaned:
        """What the row says."""
        found = Gleaned(row, dict(self._constants))
        cells = row.cells
        width = len(cells)
        for reader in self._readers:
            if reader.index >= width or (cell := cells[reader.index]) is None:
                continue
            value = reader.value_of(cell)
            if isinstance(value, _SPECIAL):
                self._take(found, reader.column.key, value, cell)
            elif value is not None:
                found.named.add(reader.column.key)
                found.values[reader.column.key] = value
        self._look_for_cpr(found)
        if self._id_index is not None and self._id_index < width:
            row_id = text_of(cells[self._id_index])
            found.row_id = row_id if _ROW_ID.match(row_id) else ""
        return found

    def _look_for_cpr(self, found: Gleaned) -> None:
        """Cells that nobody reads, those to the right of the last header included, must hold no CPR number."""
        cells = found.row.cells
        for index in (*self._unread, *range(self._width, len(cells))):
            if index < len(cells) and is_cpr(cells[index]):
                label = self._labels.get(index, "")
                found.faults.append(self._fault(CPR_FAULT, found.row, column_letter(index), label, cells[index]))

    def fault(self, found: Gleaned, key: str, wrong: Wrong) -> None:
        """Note a fault of a row at one of our columns."""
        letter, header = self.headers.get(key, ("", self.layout.by_key[key].da if key in self.layout.by_key else ""))
        index = next((reader.index for reader in self._readers if reader.column.key == key), None)
        cell = found.row.at(index) if index is not None else None
        found.faults.append(self._fault(wrong, found.row, letter, header, cell))

    def ask(self, found: Gleaned, key: str, unsure: Unsure) -> None:
        """Note a question about a row at one of our columns."""
        letter, header = self.headers.get(key, ("", ""))
        found.questions.append(
            Question(unsure.key, found.row.number, letter, header, unsure.da, unsure.en, unsure.choices)
        )

    @staticmethod
    def _fault(wrong: Wrong, row: Row, letter: str, header: str, cell: Cell) -> CellFault:
        return CellFault(wrong.code, row.number, letter, header, shown(cell), wrong.da, wrong.en)

    def _take(self, found: Gleaned, key: str, value: Wrong | Unsure | Several, cell: Cell) -> None:
        found.named.add(key)
        if isinstance(value, Wrong):
            found.faults.append(self._fault(value, found.row, *self.headers[key], cell))
        elif isinstance(value, Unsure):
            self.ask(found, key, value)
        else:
            for other, one in value.items():
                found.values.setdefault(other, one)
                found.named.add(other)

    def _made_readers(self, heading: Heading) -> list[_Reader]:
        readers = []
        for key, header in self._mapping.columns.items():
            index = heading.index_of(header)
            column = self.layout.by_key.get(key)
            if index is None or column is None:
                continue
            self.headers[key] = (column_letter(index), heading.labels[index])
            readers.append(_Reader(column, index, header, self._reading(column), {}))
        return readers

    def _read_constants(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, text in self._mapping.constants.items():
            value = self._reading(self.layout.by_key[key])(text)
            if not isinstance(value, Wrong | Unsure) and value is not None:
                found[key] = value
        return found

    def _reading(self, column: Column) -> Callable[[Cell], Any]:
        """How a column's cells are read; nothing for an empty one."""
        plain = self._by_form(column)
        translated = self._mapping.words.get(column.key, {})

        def read(cell: Cell) -> Any:
            if isinstance(cell, NoValue):
                return NO_VALUE
            if isinstance(cell, str) and not text_of(cell):
                return None
            if column.form is not Form.CPR and is_cpr(cell):
                return CPR_FAULT
            meaning = translated.get(folded(text_of(cell))) if translated else None
            return self._translated(meaning) if meaning else plain(cell)

        return read

    def _translated(self, meaning: Mapping[str, str]) -> Several | Wrong:
        said = Several()
        for key, text in meaning.items():
            value = self._by_form(self.layout.by_key[key])(text)
            if isinstance(value, Wrong):
                return value
            said[key] = value
        return said

    def _by_form(self, column: Column) -> Callable[[Cell], Any]:
        forms: dict[Form, Callable[[Cell], Any]] = {
            Form.DATE: read_date,
            Form.HOURS: read_hours,
            Form.NUMBER: read_number,
            Form.PERIOD: read_period,
            Form.YEAR: _year,
            Form.TEXT: text_of,
            Form.PERSON: text_of,
            Form.AGE: lambda cell: age_band(text_of(cell)),
            Form.CHOICE: lambda cell: self._choice(column, text_of(cell)),
            Form.CHOICES: lambda cell: _choices(column, text_of(cell)),
            Form.TENDER: lambda cell: self._tender(text_of(cell)),
            Form.CONTRACTOR: lambda cell: self._contractor(text_of(cell)),
            Form.CONTRACTORS: lambda cell: self._several_contractors(text_of(cell)),
            Form.CPR: self._cpr,
            Form.PAY: lambda cell: self._pay(text_of(cell)),
        }
        return forms[column.form]

    def _choice(self, column: Column, text: str) -> Any:
        assert column.words is not None  # noqa: S101  # a layout's choices have their words
        code = code_of(text, column.words)
        if isinstance(code, Wrong) and column.key in {"kind", "trade"} and "kind" in self.layout.by_key:
            both = compounds().get(folded(text))
            if both is not None:
                return Several(zip(("kind", "trade"), both, strict=True))
        return code

    def _tender(self, text: str) -> Any:
        return self._one_of(self._tenders, text, "tender", "hvilket udbud", "tender")

    def _contractor(self, text: str) -> Any:
        digits = re.sub(r"^dk|\s|-", "", text.casefold())
        return self._one_of(
            self._contractors, digits if digits.isdigit() else text, "contractor", "entreprenør", "contractor"
        )

    def _several_contractors(self, text: str) -> Any:
        found = [self._contractor(name) for name in _LISTED_NAMES.split(text) if name]
        return next((one for one in found if not isinstance(one, str)), tuple(found))

    def _one_of(self, names: Names, text: str, key: str, da: str, en: str) -> Any:
        answer = self._answers.get(f"{key}:{folded(text)}")
        if answer is not None and any(named.id == answer for named in names.all):
            return answer
        found = names.find(text)
        if len(found.exact) == 1:
            return found.exact[0].id
        offered = found.exact or found.near
        if offered:
            return Unsure(
                f"{key}:{folded(text)}", f"{da.capitalize()} er »{shown(text)}«?", f"Which {en} is “{shown(text)}”?",
                tuple(Choice(named.id, named.name, named.name) for named in offered),
            )  # fmt: skip
        some = ", ".join(named.name for named in names.all[:8])
        return Wrong(
            f"unknown_{key}",
            f"vi ved ikke, {da} det er; vælg på listen: {some}",
            f"unknown {en}; choose one of: {some}",
        )

    def _pay(self, text: str) -> Counting | Unsure:
        """What a pay type counts as: no two payroll systems name or number them alike, so that is asked once."""
        key = f"{PAY}{folded(text)}"
        said = self._answers.get(key, text)
        if said in _COUNTINGS:
            return Counting.of(said)
        choices = tuple(Choice(one.value, one.da, one.en) for one in Counting)
        da, en = f"Hvordan tæller lønarten »{shown(text)}«?", f"How does the pay type “{shown(text)}” count?"
        return Unsure(key, da, en, choices)

    def _cpr(self, cell: Cell) -> Any:
        person_of = self._book.person_of_cpr
        if person_of is None:
            return CPR_FAULT if is_cpr(cell) else None  # blotted out, or never filled in
        digits = re.sub(r"\D", "", f"{cell:010.0f}" if isinstance(cell, float) else text_of(cell))
        if not is_cpr(digits):
            return Wrong("not_cpr", "skal være et CPR-nummer på 10 cifre", "must be a CPR number of 10 digits")
        return person_of(digits)


def _choices(column: Column, text: str) -> Any:
    assert column.words is not None  # noqa: S101
    codes = [code_of(part, column.words) for part in _LISTED.split(text) if part]
    return next((code for code in codes if isinstance(code, Wrong)), tuple(dict.fromkeys(codes)))


def _year(cell: Cell) -> int | Wrong:
    text = text_of(cell)
    if isinstance(cell, date):
        return cell.year
    is_year = text.isdigit() and len(text) == 4 and 1990 <= int(text) <= 2099
    return int(text) if is_year else Wrong("year", "skriv et årstal som 2026", "write a year as 2026")
