"""What is kept of a look at a sheet until somebody says yes: small enough to be read for every page that shows it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from schemas.vocabulary import Language
from services.sheets.cells import Table, pack, packed_cell, unpack
from services.sheets.mapping import Mapping as SheetMapping
from services.sheets.mapping import Recognised
from services.sheets.outcomes import Line, Proposal, Proposed, Question, RowOutcome, State, Text
from services.sheets.refusing import UnreadableSheet
from services.sheets.texts import shown

_FAST = 1
_SAMPLE_ROWS = 5
_MOST_TITLES = 5_000
MOST_READ = 200
"""New rows whose values are kept to be shown; the others read alike."""
_TITLE_CELLS = 3


class Refused(msgspec.Struct, frozen=True):
    """Why a file could not be read, as `UnreadableSheet` says it."""

    code: str
    context: dict[str, str]

    def text(self, language: Language) -> str:
        """What it is, and what to do."""
        return UnreadableSheet(self.code, **self.context).text(language)


class Document(msgspec.Struct, frozen=True):
    """One look at one sheet. `rows` are those about which there is something to say; `states` are of all.

    `chosen` is the mapping a person gave for this sheet; without one it was `remembered`, or found as surely as
    `confidence` says (1: by our own headers). `persons` leads from stand-ins for CPR numbers to people. `read` is what
    the first new rows say, event by event. `digest` is of the `events` the look came to, in their order.
    """

    table: str
    height: int
    signature: str
    labels: dict[int, str]
    mapping: dict[str, Any]
    chosen: bool
    remembered: bool
    confidence: float
    unused: tuple[str, ...]
    sample: tuple[tuple[int, tuple[str, ...]], ...]
    answers: dict[str, str]
    persons: dict[str, str] = {}
    states: dict[int, State] = {}
    rows: tuple[RowOutcome, ...] = ()
    titles: dict[int, str] = {}
    read: dict[int, tuple[dict[str, Any], ...]] = {}
    lines: tuple[Line, ...] = ()
    notes: tuple[Text, ...] = ()
    events: int = 0
    digest: str = ""

    @property
    def sheet_mapping(self) -> SheetMapping:
        """How its columns are read."""
        return SheetMapping.model_validate(self.mapping)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question once, at its first row."""
        found: dict[str, Question] = {}
        for row in self.rows:
            for question in row.questions:
                found.setdefault(question.key, question)
        return tuple(found.values())

    def of(self, *states: State) -> list[RowOutcome]:
        """The rows in one of these states about which there is something to say."""
        return [row for row in self.rows if row.state in states]

    @property
    def is_known(self) -> bool:
        """Whether all it says was told before, so that there is nothing to say yes to."""
        states = set(self.states.values())
        return State.UNCHANGED in states and states <= {State.UNCHANGED, State.BLANK}

    def is_settled_by(self, later: Document) -> bool:
        """Whether a later look shows that all of this one's events are in the log: nothing to send is left of it."""
        sent = {State.NEW, State.CHANGED}
        return later.events == 0 and all(
            later.states.get(row) is (State.UNCHANGED if state in sent else state) for row, state in self.states.items()
        )


def documented(sheet: Recognised, answers: Mapping[str, str], persons: Mapping[str, str], *, chosen: bool) -> Document:
    """A look at a sheet whose columns are not all known: it comes to nothing yet."""
    heading = sheet.heading
    width = max(heading.labels, default=0) + 1
    below = [row for row in sheet.table.rows if row.number > heading.last][:_SAMPLE_ROWS]
    return Document(
        table=sheet.table.name,
        height=sheet.table.height,
        signature=heading.signature,
        labels=dict(heading.labels),
        mapping=sheet.mapping.model_dump(mode="json"),
        chosen=chosen,
        remembered=sheet.remembered,
        confidence=sheet.confidence,
        unused=tuple(map(shown, sheet.unused)),
        sample=tuple((row.number, tuple(shown(row.at(index)) for index in range(width))) for row in below),
        answers=dict(answers),
        persons=dict(persons),
    )


def with_proposal(document: Document, table: Table, proposal: Proposal) -> Document:
    """The look with what the sheet comes to."""
    events = list(proposal.events)
    said = [row for row in proposal.rows if row.changes or row.faults or row.questions or row.notes]
    new = [row for row in proposal.rows if row.state is State.NEW]
    titled = {row.number for row in [*said, *new][:_MOST_TITLES]}
    return msgspec.structs.replace(
        document,
        states={row.number: row.state for row in proposal.rows},
        rows=tuple(replace(row, events=()) for row in said),
        titles={row.number: _title(row.cells) for row in table.rows if row.number in titled},
        read={row.number: tuple(map(_said, row.events)) for row in new[:MOST_READ]},
        lines=proposal.lines,
        notes=proposal.notes,
        events=len(events),
        digest=_digest(events),
    )


def _title(cells: Sequence[Any]) -> str:
    return ", ".join([text for cell in cells if (text := shown(cell))][:_TITLE_CELLS])


def _said(event: Proposed) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.json.decode(event.raw)["data"]
    return {"subject": event.subject, **data}


def _digest(events: Iterable[Proposed]) -> str:
    found = hashlib.sha256()
    for event in events:
        found.update(event.raw + b"\n")
    return found.hexdigest()


def packed(document: Document | Refused) -> bytes:
    """As it is sealed."""
    return zlib.compress(msgspec.json.encode(document), _FAST)


def unpacked(raw: bytes) -> Document:
    """A look as it was kept."""
    return msgspec.json.decode(zlib.decompress(raw), type=Document)


def unpacked_refusal(raw: bytes) -> Refused:
    """A refusal as it was kept."""
    return msgspec.json.decode(zlib.decompress(raw), type=Refused)


def packed_tables(tables: Iterable[Table]) -> bytes:
    """Tables as they are sealed."""
    return zlib.compress(
        pack(
            (
                table.name,
                table.height,
                table.visible,
                list(table.hidden_rows),
                [(row.number, list(map(packed_cell, row.cells))) for row in table.rows],
            )
            for table in tables
        ),
        _FAST,
    )


def unpacked_tables(raw: bytes) -> tuple[Table, ...]:
    """Tables as they were kept."""
    return unpack(zlib.decompress(raw))
