"""What the process that marks a workbook is told. Light, for it is imported there."""

from __future__ import annotations

import msgspec


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """What is said at one row; `column` counts from 0, -1 is the row as a whole."""

    row: int
    column: int
    text: str
    is_question: bool


class Task(msgspec.Struct, frozen=True):
    """What the child is asked to do. `header_row` counts from 1."""

    raw: bytes
    is_csv: bool
    sheet: str
    header_row: int
    title: str
    marks: tuple[Mark, ...]
