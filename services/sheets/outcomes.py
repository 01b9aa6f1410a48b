"""What becomes of a sheet, row by row, before anybody has said yes to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas.vocabulary import Language, Word


class State(Word):
    """What a row comes to. Every row of the file is one of these, or a line that is no row (see `LineKind`)."""

    NEW = "new", "Ny", "New"
    CHANGED = "changed", "Ændret", "Changed"
    UNCHANGED = "unchanged", "Uændret", "Unchanged"
    WRONG = "wrong", "Fejl", "Wrong"
    QUESTION = "question", "Spørgsmål", "Question"
    BLANK = "blank", "Tom", "Blank"


class LineKind(Word):
    """Lines of a sheet that report nothing."""

    TITLE = "title", "Titel", "Title"
    HEADER = "header", "Overskrift", "Header"
    FOOTER = "footer", "Sum eller bundlinje", "Sum or footer"
    EXAMPLE = "example", "Eksempel", "Example"
    NOT_COUNTED = "not_counted", "Tæller ikke med", "Does not count"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages."""

    da: str
    en: str

    def text(self, language: Language) -> str:
        """The sentence as people read it."""
        return self.en if language == "en" else self.da


@dataclass(frozen=True, slots=True)
class CellFault:
    """One thing wrong: where (`column` is a letter, empty for the whole row), what was there, what was expected."""

    code: str
    row: int
    column: str
    header: str
    got: str
    da: str
    en: str

    def text(self, language: Language) -> str:
        """As: Række 7, kolonne C (Startdato): »32-13-2026«: skriv en dato …"""
        row, column = ("Row", "column") if language == "en" else ("Række", "kolonne")
        where = f"{row} {self.row}"
        if self.column:
            where += f", {column} {self.column}"
        if self.header:
            where += f" ({self.header})"
        got = f"»{self.got}«: " if self.got else ""
        return f"{where}: {got}{self.en if language == 'en' else self.da}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    value: str
    da: str
    en: str


NEW_PERSON = "new"
SAME, OTHER = "same", "other"


class Counting(Word):
    """What the lines of one pay type are to us: the answer to the question about each pay type of a payroll export."""

    WORK = "work", "Tæller som arbejdstimer", "Counts as hours worked"
    SCHOOL = "school", "Tæller som skoletimer", "Counts as hours at school"
    NOTHING = "nothing", "Tæller ikke", "Does not count"


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can say. `key` is the same for all rows that ask the same; answers are given by it."""

    key: str
    row: int
    column: str
    header: str
    da: str
    en: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is told otherwise now; values as they stand in the event, None where nothing was said."""

    field: str
    da: str
    en: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Proposed:
    """An event as it would be posted: CloudEvents JSON, validated."""

    id: str
    type: str
    subject: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What one row comes to. `same_as` is the earlier row that says the same, where there is one."""

    number: int
    state: State
    key: str = ""
    events: tuple[Proposed, ...] = ()
    changes: tuple[Change, ...] = ()
    faults: tuple[CellFault, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[Text, ...] = ()
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is no row."""

    number: int
    kind: LineKind
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a whole sheet comes to. `height` = rows of every state + lines, blank ones included."""

    layout: str
    table: str
    height: int
    rows: tuple[RowOutcome, ...]
    lines: tuple[Line, ...] = ()
    blank: int = 0
    notes: tuple[Text, ...] = ()
    new_people: tuple[str, ...] = ()
    counts: dict[State, int] = field(init=False)

    def __post_init__(self) -> None:
        counted = Counter(row.state for row in self.rows)
        counts = {state: counted[state] for state in State}
        counts[State.BLANK] += self.blank
        object.__setattr__(self, "counts", counts)

    @property
    def events(self) -> Iterator[Proposed]:
        """Every event of rows that are new or changed, in the sheet's order."""
        return (event for row in self.rows for event in row.events)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question once, at its first row."""
        found: dict[str, Question] = {}
        for row in self.rows:
            for question in row.questions:
                found.setdefault(question.key, question)
        return tuple(found.values())
