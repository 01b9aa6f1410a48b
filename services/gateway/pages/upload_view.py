"""How a look at a sheet reads on a page: counts with words, values as people write them, columns to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from schemas.vocabulary import Language, Word
from services.gateway.uploads.desk import Opened
from services.gateway.uploads.document import MOST_READ, Document
from services.reports.words import day, local, number
from services.sheets.cells import column_letter
from services.sheets.columns import Column, Layout
from services.sheets.layouts import LAYOUTS
from services.sheets.mapping import missing
from services.sheets.outcomes import Change, LineKind, RowOutcome, State
from services.sheets.texts import folded, shown

MOST_SHOWN = MOST_READ
"""Rows of a kind on one page; the marked sheet has them all."""


class Count(NamedTuple):
    """How many rows came to something."""

    name: str
    label: str
    rows: int


class Moved(NamedTuple):
    """One field that is told otherwise now."""

    row: int
    title: str
    field: str
    old: str
    new: str


class Told(NamedTuple):
    """A row and what is said about it."""

    row: int
    title: str
    texts: Sequence[str]


class Chosen(NamedTuple):
    """One of our columns, and which of the sheet's it is read from."""

    column: Column
    label: str
    help: str
    value: str
    is_needed: bool


@dataclass(frozen=True)
class Shown:
    """A look as a page shows it."""

    opened: Opened
    document: Document
    language: Language
    names: Mapping[str, str]
    """What ids are called: tenders, contractors and people."""

    @cached_property
    def layout(self) -> Layout:
        """The kind of sheet."""
        return self.document.sheet_mapping.of

    @property
    def counts(self) -> list[Count]:
        """Rows of every state, and lines that are no rows; together all rows of the file."""
        found = self.opened.upload.counts
        counted = [Count(state.value, state.label(self.language), found.get(state.value, 0)) for state in State]
        lines = [Count(kind.value, kind.label(self.language), self._lines(kind)) for kind in LineKind]
        return counted + [line for line in lines if line.rows]

    def rows(self, *states: str) -> int:
        """How many rows are in one of these states."""
        return sum(self.opened.upload.counts.get(state, 0) for state in states)

    @property
    def faults(self) -> list[Told]:
        """Wrong rows with all their faults."""
        return [
            Told(row.number, self._title(row), [self._sentence(fault.text(self.language)) for fault in row.faults])
            for row in self.document.of(State.WRONG)[:MOST_SHOWN]
        ]

    @property
    def changes(self) -> list[Moved]:
        """What is told otherwise now, field by field."""
        return [
            Moved(
                row.number,
                self._title(row),
                self._field(change),
                self._value(change.field, change.old),
                self._new(change),
            )
            for row in self.document.of(State.CHANGED)[:MOST_SHOWN]
            for change in row.changes
        ]

    @property
    def new(self) -> list[Told]:
        """The new rows by their first cells, with what was read of each."""
        rows = [number for number, state in self.document.states.items() if state is State.NEW][:MOST_SHOWN]
        notes = {row.number: row.notes for row in self.document.rows}
        return [
            Told(
                number,
                self.document.titles.get(number, ""),
                [*self._read(number), *(note.text(self.language) for note in notes.get(number, ()))],
            )
            for number in rows
        ]

    def _read(self, number: int) -> list[str]:
        """What a new row says, by column, each thing once: as it will be sent, not as it was written."""
        texts = [text for data in self.document.read.get(number, ()) for text in self._columns_of(data)]
        return list(dict.fromkeys(texts))

    def _columns_of(self, data: Mapping[str, Any]) -> Iterator[str]:
        shown_already = {"person"}  # by the name that was written, in the title
        for column in self.layout.columns:
            fields = [name for name in column.says if name in data and name not in shown_already]
            shown_already.update(fields)
            if fields:
                values = " – ".join(self._value(name, data[name]) for name in fields)
                yield f"{column.header(self.language)}: {values}"

    @property
    def missing(self) -> list[str]:
        """Which columns are still needed."""
        groups = missing(self.document.sheet_mapping)
        parted = " eller " if self.language == "da" else " or "
        joined = " og " if self.language == "da" else " and "
        return [
            parted.join(
                joined.join(column.header(self.language) for column in alternative) for alternative in group[:2]
            )
            for group in groups
        ]

    @property
    def read_from(self) -> list[tuple[str, str]]:
        """Our columns and the sheet's that they are read from."""
        mapping = self.document.sheet_mapping
        said = {folded(label): shown(label) for label in self.document.labels.values()}
        columns = [(self._header(key), said.get(header, header)) for key, header in mapping.columns.items()]
        return columns + [(self._header(key), self.names.get(text, text)) for key, text in mapping.constants.items()]

    @property
    def choices(self) -> list[Chosen]:
        """Each of our columns with the sheet's column it is read from now."""
        mapping = self.document.sheet_mapping
        by_header = {folded(label): str(index) for index, label in reversed(self.document.labels.items())}
        needed = {key for group in self.layout.needs for key in group[0]}
        return [
            Chosen(
                column,
                column.header(self.language),
                column.help(self.language),
                by_header.get(mapping.columns.get(column.key, ""), ""),
                column.key in needed,
            )
            for column in self.layout.columns
        ]

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The sheet's columns to choose from."""
        return [
            (str(index), f"{column_letter(index)}: {shown(label)}") for index, label in self.document.labels.items()
        ]

    @property
    def layouts(self) -> list[tuple[str, str]]:
        """All kinds of sheet."""
        return [(key, layout.title(self.language)) for key, layout in LAYOUTS.items()]

    def _lines(self, kind: LineKind) -> int:
        return sum(line.kind is kind for line in self.document.lines)

    def _title(self, row: RowOutcome) -> str:
        return self.document.titles.get(row.number, "")

    def _header(self, key: str) -> str:
        column = self.layout.by_key.get(key)
        return column.header(self.language) if column else key

    def _field(self, change: Change) -> str:
        return change.en if self.language == "en" else change.da

    def _new(self, change: Change) -> str:
        if change.field:
            return self._value(change.field, change.new)
        return "trækkes tilbage" if self.language == "da" else "is taken back"

    def _value(self, field: str, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(self._value(field, one) for one in value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            exact = Decimal(str(value))
            return number(exact, self.language, 0 if exact == exact.to_integral_value() else 2)
        if not isinstance(value, str):
            return "–"
        if field == "contract":
            return local(value)
        return self._word(field, value) or self.names.get(value) or _as_day(value) or value

    def _word(self, field: str, value: str) -> str | None:
        columns: Iterable[Column] = (column for column in self.layout.columns if field in column.says)
        lists: list[type[Word]] = [column.words for column in columns if column.words is not None]
        for words in lists:
            for word in words:
                if word.value == value:
                    return word.label(self.language)
        return None

    @staticmethod
    def _sentence(text: str) -> str:
        return text if text.endswith((".", "?")) else f"{text}."


def _as_day(value: str) -> str | None:
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return None
