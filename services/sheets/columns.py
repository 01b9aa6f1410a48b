"""What a layout is: its columns, with the words clerks use for them, and what tells two rows apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schemas.vocabulary import Language, Word


class Form(StrEnum):
    """What stands in a column's cells."""

    TEXT = "text"
    DATE = "date"
    HOURS = "hours"
    NUMBER = "number"
    PERIOD = "period"
    YEAR = "year"
    CHOICE = "choice"
    CHOICES = "choices"
    AGE = "age"
    PERSON = "person"
    TENDER = "tender"
    CONTRACTOR = "contractor"
    CONTRACTORS = "contractors"
    CPR = "cpr"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what people call it, what stands in it, and how it is explained.

    `says` is the field of the event that the column fills: faults and changes of that field are shown here.
    A `measure` is what a row is for; a row of ours without any is one that was not filled in.
    """

    key: str
    form: Form
    da: str
    en: str
    synonyms: tuple[str, ...] = ()
    help_da: str = ""
    help_en: str = ""
    example_da: str = ""
    example_en: str = ""
    words: type[Word] | None = None
    says: tuple[str, ...] = ()
    measure: bool = False
    in_template: bool = True

    def header(self, language: Language) -> str:
        """What stands above it in a template."""
        return self.en if language == "en" else self.da

    def help(self, language: Language) -> str:
        """What to write in it."""
        return self.help_en if language == "en" else self.help_da

    def example(self, language: Language) -> str:
        """What the example row says, as a clerk would write it."""
        return self.example_en if language == "en" else self.example_da


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of sheet. Of each group in `needs` one alternative must be there: all of its columns."""

    key: str
    da: str
    en: str
    columns: tuple[Column, ...]
    needs: tuple[tuple[tuple[str, ...], ...], ...]
    natural_key: tuple[str, ...]
    natural_da: str
    natural_en: str
    by_key: Mapping[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {column.key: column for column in self.columns})

    def title(self, language: Language) -> str:
        """What the sheet is called."""
        return self.en if language == "en" else self.da

    def natural_key_text(self, language: Language) -> str:
        """What tells two rows apart, to be shown to whoever maps a foreign sheet."""
        return self.natural_en if language == "en" else self.natural_da
