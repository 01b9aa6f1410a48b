"""A file as it was sent, as tables of cells."""

from __future__ import annotations

from services.sheets.cells import Table, unpack
from services.sheets.confining import Budget, confined
from services.sheets.limits import kind_of
from services.sheets.refusing import UnreadableSheet

BUDGET = Budget(cpu_seconds=20, wall_seconds=30, megabytes=1024)


def read(raw: bytes, budget: Budget = BUDGET) -> tuple[Table, ...]:
    """Every table with something in it, in the file's order. What the file is called plays no part.

    Raises UnreadableSheet, and nothing else: it is something else, too large, damaged, locked, or built to harm.
    """
    kind_of(raw)  # what need not be handed on is refused here
    tables = tuple(table for table in unpack(confined("read", raw, budget)) if table.rows)
    if not tables:
        raise UnreadableSheet("no_rows")
    return tables
