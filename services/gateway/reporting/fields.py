"""One field of a form: what it asks, how its answer is read, and what it says in an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from schemas.vocabulary import Language, Word
from services.reports.words import day as day_shown
from services.reports.words import number as number_shown
from services.sheets.outcomes import Text
from services.sheets.texts import tidy
from services.sheets.values import Wrong, read_date, read_hours, read_number

Said = str | int | float | list[str]
"""A value as it stands in an event's JSON."""

Choices = Mapping[str, Sequence[tuple[str, str]]]
"""By field what may be chosen: pairs of value and text in the reader's language."""

_LONGEST = 200


class Entry(StrEnum):
    """How a field is filled in."""

    DATE = "date"
    HOURS = "hours"
    WHOLE = "whole"
    WORD = "word"
    WORDS = "words"
    ONE_OF = "one_of"
    PERSON = "person"


class Default(StrEnum):
    """What a field holds before anybody has typed."""

    NOTHING = "nothing"
    TODAY = "today"
    FULL_WEEK = "full_week"
    ONE = "one"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form.

    `name` is the field of the event that it fills; `says` are others whose faults are shown here. `words` are the
    closed list of a WORD; the choices of ONE_OF are handed in with the form. `past` days are not after today, those
    `since_start` not before the placement began. `radios` shows all choices at once, `folded` fields come last, in a
    part that is opened.
    """

    name: str
    entry: Entry
    label: Text
    hint: Text | None = None
    required: bool = True
    words: type[Word] | None = None
    default: Default = Default.NOTHING
    says: tuple[str, ...] = ()
    past: bool = False
    since_start: bool = False
    radios: bool = False
    folded: bool = False

    def options(self, language: Language, choices: Choices) -> list[tuple[str, str]]:
        """What may be chosen."""
        if self.words is not None:
            return [(word.value, word.label(language)) for word in self.words if not word.retired]
        return list(choices.get(self.name, ()))

    def at_first(self, on: date) -> str:
        """What it holds before anybody has typed."""
        match self.default:
            case Default.TODAY:
                return day_shown(on)
            case Default.FULL_WEEK:
                return "37"
            case Default.ONE:
                return "1"
            case Default.YES:
                return "yes"
            case Default.NOTHING:
                return ""


def read(field: Field, typed: Sequence[str], choices: Choices) -> Said | Wrong | None:
    """A field's answer as an event says it; None where it is empty."""
    answers = [plain for text in typed if (plain := tidy(text))]
    if not answers:
        return Wrong("missing", *_MISSING[field.entry]) if field.required else None
    if len(max(answers, key=len)) > _LONGEST:
        return Wrong("too_long", "det er for langt", "that is too long")
    if field.entry is Entry.WORDS:
        return _all_of(field, answers, choices)
    return _READERS[field.entry](field, answers[0], choices)


def shown(field: Field, said: object, language: Language, choices: Choices) -> str:
    """What an event says, as a person would have typed or chosen it; `read` gives it back."""
    if said is None:
        return ""
    if isinstance(said, list):
        return ", ".join(shown(field, one, language, choices) for one in said)
    if field.entry is Entry.DATE and isinstance(said, str):
        return day_shown(date.fromisoformat(said))
    if isinstance(said, int | float):
        return number_shown(Decimal(str(said)), "da", 2).removesuffix("0").removesuffix("0").removesuffix(",")
    return dict(field.options(language, choices)).get(str(said), str(said))


def typed_as(field: Field, said: object) -> str | list[str]:
    """What an event says, as a form holds it."""
    if isinstance(said, list):
        return [str(one) for one in said]
    if field.entry in {Entry.WORD, Entry.ONE_OF, Entry.PERSON}:
        return "" if said is None else str(said)
    return shown(field, said, "da", {})


_MISSING = {
    Entry.DATE: ("skriv en dato, for eksempel 02-03-2026", "write a date, for example 02-03-2026"),
    Entry.HOURS: ("skriv et antal timer, for eksempel 37", "write a number of hours, for example 37"),
    Entry.WHOLE: ("skriv et helt tal", "write a whole number"),
    Entry.WORD: ("vælg en af mulighederne", "choose one of the options"),
    Entry.WORDS: ("vælg mindst en af mulighederne", "choose at least one of the options"),
    Entry.ONE_OF: ("vælg en af mulighederne", "choose one of the options"),
    Entry.PERSON: ("skriv et navn, initialer eller en kode", "write a name, initials or a code"),
}
_NOT_ON_LIST = Wrong("enum", "vælg en af mulighederne", "choose one of the options")


def _date(_field: Field, text: str, _choices: Choices) -> Said | Wrong:
    found = read_date(text)
    return found.isoformat() if isinstance(found, date) else found


def _number(found: Decimal | Wrong) -> Said | Wrong:
    if isinstance(found, Wrong):
        return found
    return int(found) if found == found.to_integral_value() else float(found)


def _whole(_field: Field, text: str, _choices: Choices) -> Said | Wrong:
    found = _number(read_number(text))
    return Wrong("whole", *_MISSING[Entry.WHOLE]) if isinstance(found, float) else found


def _word(field: Field, text: str, choices: Choices) -> Said | Wrong:
    return text if any(value == text for value, _ in field.options("da", choices)) else _NOT_ON_LIST


def _all_of(field: Field, answers: list[str], choices: Choices) -> Said | Wrong:
    known = {value for value, _ in field.options("da", choices)}
    return list(dict.fromkeys(answers)) if known.issuperset(answers) else _NOT_ON_LIST


_READERS: Mapping[Entry, Callable[[Field, str, Choices], Said | Wrong]] = {
    Entry.DATE: _date,
    Entry.HOURS: lambda _field, text, _choices: _number(read_hours(text)),
    Entry.WHOLE: _whole,
    Entry.WORD: _word,
    Entry.ONE_OF: _word,
    Entry.PERSON: lambda _field, text, _choices: text,
}
