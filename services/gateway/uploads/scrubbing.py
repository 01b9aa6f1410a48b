"""What is kept of a sheet holds no CPR number: each is replaced by a stand-in of the same shape that is nobody's.

So a sheet that is looked at again is wrong at the same cells as before, and where an installation takes CPR numbers the
stand-in leads to the same person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from schemas.identifiers import CPR_SHAPE, blotted
from services.sheets.cells import Cell, NoValue, Row, Table
from services.sheets.texts import is_cpr

_DIGIT = re.compile(r"\D")


class StandIns:
    """The stand-ins of one sheet, and the numbers they stand for: in memory, as long as the sheet is first read."""

    def __init__(self) -> None:
        self._by_number: dict[str, str] = {}

    @property
    def numbers(self) -> dict[str, str]:
        """Ten digits of a number by those of its stand-in."""
        return {stand_in: number for number, stand_in in self._by_number.items()}

    def of(self, number: str) -> str:
        """The stand-in of ten digits: a 31st of February, which no calendar has."""
        nth = len(self._by_number)
        return self._by_number.setdefault(number, f"3102{nth // 10_000 % 100:02}{nth % 10_000:04}")

    def tables(self, tables: Iterable[Table]) -> tuple[Table, ...]:
        """Tables without CPR numbers; a name of a table has none afterwards, not even a stand-in."""
        return tuple(
            replace(table, name=blotted(table.name), rows=tuple(map(self._row, table.rows))) for table in tables
        )

    def _row(self, row: Row) -> Row:
        if any(type(cell) is not float or cell >= 1e8 for cell in row.cells if cell is not None):
            cells = tuple(map(self._cell, row.cells))
            return row if cells == row.cells else Row(row.number, cells)
        return row

    def _cell(self, cell: Cell) -> Cell:
        if isinstance(cell, float):
            return self.of(f"{cell:010.0f}") if is_cpr(cell) else cell
        if isinstance(cell, NoValue):
            return NoValue(blotted(cell.shown))
        return CPR_SHAPE.sub(self._found, cell) if isinstance(cell, str) and is_cpr(cell) else cell

    def _found(self, found: re.Match[str]) -> str:
        digits = self.of(_DIGIT.sub("", found[0]))
        return f"{digits[:6]}-{digits[6:]}" if len(found[0]) > 10 else digits


def file_name(given: str, longest: int = 120) -> str:
    """What a file is called: the last part of its path, as one line without CPR numbers."""
    last = re.split(r"[/\\]", given)[-1]
    plain = blotted("".join(sign for sign in last if sign.isprintable())).strip()
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"
