"""How what people write is compared: without case, stray spaces and punctuation."""

from __future__ import annotations

import re
from functools import lru_cache

from schemas.identifiers import BLOT, CPR_SHAPE, blotted
from services.sheets.cells import Cell, NoValue

_SPACES = re.compile(r"[\s\u00a0\u200b\ufeff]+")
_PUNCTUATION = re.compile(r"[.,:;*?!()\[\]\"'»«_/\\–—-]+")
_LONGEST_SHOWN = 60
_LOST_ZERO = 1_000_000_000


def tidy(text: str) -> str:
    """Without spaces at the ends and with single ones between words."""
    return _SPACES.sub(" ", text).strip()


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Two texts that fold alike are the same to a person: `Start-dato:` and `start dato`."""
    return _SPACES.sub(" ", _PUNCTUATION.sub(" ", text)).strip().casefold()


def text_of(cell: Cell) -> str:
    """A cell as it would be read aloud: 12.0 as 12, a date as dd-mm-yyyy."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return tidy(cell)
    if isinstance(cell, bool):
        return "SAND" if cell else "FALSK"
    if isinstance(cell, float):
        return f"{cell:.10g}" if abs(cell) < 1e10 else f"{cell:.0f}"
    if isinstance(cell, NoValue):
        return cell.shown
    return cell.strftime("%d-%m-%Y") if hasattr(cell, "strftime") else str(cell)


def shown(cell: Cell) -> str:
    """A cell as a fault may show it: short, and without anything shaped like a CPR number."""
    text = BLOT if is_cpr(cell) else blotted(text_of(cell))
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def is_cpr(cell: Cell) -> bool:
    """Whether a cell holds something shaped like a CPR number; Excel drops the zero that many begin with."""
    if isinstance(cell, str):
        return len(cell) >= 10 and CPR_SHAPE.search(cell) is not None
    if isinstance(cell, float) and cell >= _LOST_ZERO / 10 and cell.is_integer():
        return CPR_SHAPE.fullmatch(f"{cell:010.0f}") is not None
    return False
