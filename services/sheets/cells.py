"""What a sheet is once it is read: tables of rows of cells, and how they travel from the process that read them.

Imported by the child process, whose start-up it must not slow down: standard library and msgspec only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class NoValue:
    """A formula without a value to read. `shown` is what Excel shows there, as ``#DIV/0!``; often nothing."""

    shown: str


Cell = str | float | bool | date | timedelta | NoValue | None
"""Text, number, yes/no, civil date, a time or duration, a formula without a value, or nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it; `number` counts from 1 as Excel does, `cells[0]` is column A."""

    number: int
    cells: tuple[Cell, ...]

    def at(self, index: int) -> Cell:
        """The cell in a column counted from 0; nothing beyond the row's end."""
        return self.cells[index] if index < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a workbook, or a CSV file. Blank rows are left out; `height` is the last row's number."""

    name: str
    rows: tuple[Row, ...]
    height: int
    visible: bool = True
    hidden_rows: tuple[int, ...] = ()


def column_letter(index: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_DATE, _DURATION, _NO_VALUE = 1, 2, 3
_PLAIN = frozenset({str, float, bool, type(None)})
_Wire = list[tuple[str, int, bool, list[int], list[tuple[int, list[Any]]]]]


def packed_cell(cell: object) -> object:
    """A cell as calamine gives it, in the form that travels."""
    if type(cell) in _PLAIN:
        return cell if cell != "" else None
    if isinstance(cell, datetime | date):
        return msgspec.msgpack.Ext(_DATE, cell.toordinal().to_bytes(4, "big"))
    if isinstance(cell, time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if isinstance(cell, timedelta):
        return msgspec.msgpack.Ext(_DURATION, int(cell.total_seconds()).to_bytes(8, "big", signed=True))
    if isinstance(cell, NoValue):
        return msgspec.msgpack.Ext(_NO_VALUE, cell.shown.encode())
    return float(cell) if isinstance(cell, int) else str(cell)


def pack(tables: Iterable[tuple[str, int, bool, list[int], list[tuple[int, list[Any]]]]]) -> bytes:
    """Tables whose cells are packed, as bytes: name, height, visible, hidden rows, (number, cells) of each row."""
    return msgspec.msgpack.encode(list(tables))


def _unpacked_cell(code: int, data: memoryview) -> date | timedelta | NoValue:
    if code == _DATE:
        return date.fromordinal(int.from_bytes(data, "big"))
    if code == _DURATION:
        return timedelta(seconds=int.from_bytes(data, "big", signed=True))
    return NoValue(bytes(data).decode())


_DECODER = msgspec.msgpack.Decoder(_Wire, ext_hook=_unpacked_cell)


def unpack(raw: bytes) -> tuple[Table, ...]:
    """What `pack` wrote. Nothing in the bytes can run: they come from a process that may have been taken over."""
    return tuple(
        Table(name, tuple(Row(number, tuple(cells)) for number, cells in rows), height, visible, tuple(hidden))
        for name, height, visible, hidden, rows in _DECODER.decode(raw)
    )
