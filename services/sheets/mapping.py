"""From a sheet's headers to our columns: proposed, stored per organisation and signature, and used again.

A signature names a sheet's form: its headers, whatever their order. The same export next month has the same one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from pydantic import BaseModel, ConfigDict

from services.sheets.cells import Row, Table
from services.sheets.columns import Column, Layout
from services.sheets.layouts import LAYOUTS, MARKS, ROW_ID
from services.sheets.refusing import UnreadableSheet
from services.sheets.texts import folded, text_of

PAY_TYPE = "pay_type"
PAY = "pay:"
"""What the keys of questions about pay types begin with; the folded pay type follows."""

_LOOKED_AT = 40
_NEAR = 0.86
_EXACT, _WITHOUT_UNIT, _ALIKE = 1.0, 0.9, 0.6
_SYNONYM = 0.001
_MARKS = frozenset(folded(title) for title in MARKS.values())
# What people add to a header: how to write it, or what it is counted in.
_UNIT = re.compile(
    r" (?:dd mm.*|ddmm.*|mm dd.*|yyyy.*|åååå.*|i alt|i timer|timer|t|antal|dato|obligatorisk|vælg.*|skal udfyldes)$"
)


class Mapping(BaseModel):
    """Which column of a sheet says what. Stored as it is; a header is kept folded, so that spelling may vary.

    `columns`: our column to the sheet's header. `constants`: what every row says though no column does, written as a
    cell would be (``tender``: the id). `words`: by column, a cell's folded text to what it says in our columns:
    ``{"kind": {"tømrerlærling": {"kind": "apprenticeship", "trade": "carpenter"}}}``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: str
    columns: dict[str, str]
    constants: dict[str, str] = {}
    words: dict[str, dict[str, dict[str, str]]] = {}
    natural_key: tuple[str, ...] = ()

    @property
    def of(self) -> Layout:
        """The layout it leads to."""
        return LAYOUTS[self.layout]

    def taught(self, answers: Map[str, str]) -> Mapping:
        """With what was answered about pay types, so that it is not asked again of a sheet of this form."""
        said = {key.removeprefix(PAY): {PAY_TYPE: text} for key, text in answers.items() if key.startswith(PAY)}
        if not said or PAY_TYPE not in self.columns:
            return self
        words = {**self.words, PAY_TYPE: {**self.words.get(PAY_TYPE, {}), **said}}
        return self.model_copy(update={"words": words})

    def unlearnt(self) -> Mapping:
        """Without what was answered about pay types: it will be asked again."""
        return self.model_copy(update={"words": {key: said for key, said in self.words.items() if key != PAY_TYPE}})


@dataclass(frozen=True, slots=True)
class Heading:
    """The row (or two) of headers in a table. `labels` are the sheet's own headers by column index, as written."""

    first: int
    last: int
    labels: Map[int, str]
    row_id: int | None = None
    marks: int | None = None
    """Where the columns of ours are: of row ids, and of the faults that were marked last time."""

    @property
    def signature(self) -> str:
        """Names the form of the sheet: 32 hexadecimal digits."""
        names = "\n".join(sorted(folded(label) for label in self.labels.values()))
        return hashlib.sha256(names.encode()).hexdigest()[:32]

    def index_of(self, header: str) -> int | None:
        """The column under a folded header: the first one of that name."""
        return next((index for index, label in self.labels.items() if folded(label) == header), None)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The table that is meant, and how its columns read. `confidence` 1: every header needed is ours, or remembered.

    `missing` are the groups of columns that are still needed (one alternative of each); `unused` the sheet's headers
    that say nothing to us.
    """

    table: Table
    heading: Heading
    mapping: Mapping
    confidence: float
    remembered: bool
    missing: tuple[tuple[tuple[Column, ...], ...], ...]
    unused: tuple[str, ...]


def recognise(
    tables: Sequence[Table],
    layout: str | None = None,
    remembered: Callable[[str], Mapping | None] = lambda _: None,
) -> Recognised:
    """The table and the header row that fit a layout best: the given one, or any of the four.

    `remembered` gives the mapping stored for a signature. Raises UnreadableSheet where no row looks like headers.
    """
    layouts = [LAYOUTS[layout]] if layout else list(LAYOUTS.values())
    candidates = [_recognised(table, heading, layouts, remembered) for table in tables for heading in _headings(table)]
    best = max(candidates, key=_rank, default=None)
    if best is None:
        raise UnreadableSheet("no_header")
    if best.remembered or best.confidence == 1:
        return best
    # Likeness is asked last, of one header row: it is slow, and finds too much among names and trades.
    mapping, confidence = _proposed(best.heading, best.mapping.of, _likeness)
    return _with(best.table, best.heading, mapping, confidence, remembered=False)


def _rank(found: Recognised) -> tuple[bool, bool, float, int, int, int]:
    # A header row may stand anywhere near the top; of equals the visible sheet's, the one with most headers, the upper.
    used, labels = len(found.mapping.columns), len(found.heading.labels)
    return found.remembered, found.table.visible, found.confidence, used, min(labels, 3), -found.heading.first


def _headings(table: Table) -> Iterator[Heading]:
    rows = table.rows[:_LOOKED_AT]
    for above, row in zip((None, *rows), rows, strict=False):
        labels = _labels(row)
        if len(labels) >= 2:
            yield _heading(row.number, row.number, labels)
            if above is not None and above.number == row.number - 1 and (joined := _joined(above, labels)):
                yield _heading(above.number, row.number, joined)


def _heading(first: int, last: int, labels: Map[int, str]) -> Heading:
    names = {index: folded(label) for index, label in labels.items()}
    row_id = next((index for index, name in names.items() if name == folded(ROW_ID)), None)
    marks = next((index for index, name in names.items() if name in _MARKS and index == max(names)), None)
    own = {index: label for index, label in labels.items() if index not in {row_id, marks}}
    return Heading(first, last, own, row_id, marks)


def _labels(row: Row) -> dict[int, str]:
    return {index: text_of(cell) for index, cell in enumerate(row.cells) if isinstance(cell, str) and folded(cell)}


def _joined(above: Row, below: Map[int, str]) -> dict[int, str]:
    """Two lines of headers as one: what stands below, under what stands above it or to the left of that."""
    upper, joined, group = _labels(above), {}, ""
    for index in range(max([*upper, *below]) + 1):
        group = upper.get(index, group)
        lower = below.get(index, "")
        if index in upper or lower:
            same = folded(lower) == folded(group) or not group
            joined[index] = lower if same else f"{group} {lower}".strip()
    return joined if len(upper) >= 1 and joined != dict(below) else {}


def _recognised(
    table: Table, heading: Heading, layouts: Iterable[Layout], remembered: Callable[[str], Mapping | None]
) -> Recognised:
    kept = remembered(heading.signature)
    if kept is not None:
        return _with(table, heading, kept, 1.0, remembered=True)
    proposals = [_proposed(heading, layout, _fit) for layout in layouts]
    mapping, confidence = max(proposals, key=lambda proposal: (proposal[1], len(proposal[0].columns)))
    return _with(table, heading, mapping, confidence, remembered=False)


def _with(table: Table, heading: Heading, mapping: Mapping, confidence: float, *, remembered: bool) -> Recognised:
    used = set(mapping.columns.values())
    unused = tuple(label for label in heading.labels.values() if folded(label) not in used)
    return Recognised(table, heading, mapping, confidence, remembered, missing(mapping), unused)


def missing(mapping: Mapping) -> tuple[tuple[tuple[Column, ...], ...], ...]:
    """What a mapping still lacks: the alternatives of each group that its layout needs and it has none of."""
    layout, there = mapping.of, {*mapping.columns, *mapping.constants}
    return tuple(
        tuple(tuple(layout.by_key[key] for key in alternative) for alternative in group)
        for group in layout.needs
        if not any(there.issuperset(alternative) for alternative in group)
    )


def _proposed(heading: Heading, layout: Layout, fit: Callable[[Column, str], float]) -> tuple[Mapping, float]:
    """Each of our columns to the header that fits it best, the surest first; how sure we are of the whole."""
    pairs = sorted(
        (
            (score, -place, column.key, header)
            for place, column in enumerate(layout.columns)
            for header in {folded(label) for label in heading.labels.values()}
            if (score := fit(column, header))
        ),
        reverse=True,
    )
    columns: dict[str, str] = {}
    surest: dict[str, float] = {}
    for score, _, key, header in pairs:
        if key not in columns and header not in columns.values():
            columns[key], surest[key] = header, score
    mapping = Mapping(layout=layout.key, columns=columns, natural_key=layout.natural_key)
    return mapping, _confidence(layout, surest)


def _confidence(layout: Layout, surest: Map[str, float]) -> float:
    groups = [
        max((min((surest.get(key, 0.0) for key in alternative), default=0.0) for alternative in group), default=0.0)
        for group in layout.needs
    ]
    return round(sum(groups) / len(groups), 2)


def _fit(column: Column, header: str) -> float:
    """How well a folded header fits a column: 1 is one of its names, 0 is not at all.

    The column's own name is a trifle better than another: two columns may share a synonym.
    """
    names = _names(column.da, column.en, column.synonyms)
    if header in names:
        return _EXACT if header in names[:2] else _EXACT - _SYNONYM
    plain = _UNIT.sub("", header)
    return _WITHOUT_UNIT if plain != header and plain in names else 0.0


def _likeness(column: Column, header: str) -> float:
    """As `_fit`, and where that finds nothing, whether the header is a misspelt name."""
    alike = (
        len(name) > 4 and SequenceMatcher(None, name, header).ratio() >= _NEAR
        for name in _names(column.da, column.en, column.synonyms)
    )
    return _fit(column, header) or (_ALIKE if any(alike) else 0.0)


@cache
def _names(da: str, en: str, synonyms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(folded(name) for name in (da, en, *synonyms))
