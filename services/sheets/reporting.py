"""What every kind of sheet does with a row's values, and what it is handed to do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, ClassVar

from schemas.vocabulary import Party
from services.sheets.book import Book, Told
from services.sheets.gleaning import MISSING, Gleaned, Gleaner, Unsure
from services.sheets.outcomes import OTHER, SAME, Choice, Text
from services.sheets.people import People
from services.sheets.telling import Part
from services.sheets.values import Wrong

_WHO = frozenset({"person", "first_name", "last_name", "number", "cpr"})
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Case:
    """One sheet of one organisation on one day."""

    book: Book
    gleaner: Gleaner
    people: People
    today: date
    answers: Mapping[str, str]
    mapped: frozenset[str]
    """Our columns that the sheet speaks of."""

    def spoken(self, *always: str) -> frozenset[str]:
        """The fields of events that the sheet speaks of."""
        columns = self.gleaner.layout.by_key
        return frozenset(always).union(*(columns[key].says for key in self.mapped if key in columns))

    def who(self, contractor: str | None) -> dict[str, Any]:
        """Who reports: a secretariat on behalf of the contractor, anybody else as itself."""
        sender = {"reported_by": self.book.organisation}
        on_behalf = self.book.party is Party.SECRETARIAT and contractor not in {None, self.book.organisation}
        return {**sender, "on_behalf_of": contractor} if on_behalf else sender

    def person(self, found: Gleaned) -> None:
        """Put a person's id for the name, or say why there is none."""
        values = found.values
        if "cpr" in values:
            values["person"] = values.pop("cpr")
            return
        name = values.get("person") or " ".join(filter(None, (values.get("first_name"), values.get("last_name"))))
        number = values.get("number", "")
        if not name and not number:
            self.require(found, *(() if found.named & _WHO else ("person",)))
            return
        person = self.people.of(name, number)
        values.pop("person", None)
        at = next((key for key in ("person", "last_name", "number") if key in found.named), "person")
        if isinstance(person, Wrong):
            self.gleaner.fault(found, at, person)
        elif isinstance(person, Unsure):
            self.gleaner.ask(found, at, person)
        else:
            values["person"] = person

    def only_tender(self, found: Gleaned) -> None:
        """Where no column names the tender and there is only one, that one."""
        if "tender" not in found.named and "tender" not in found.values:
            tenders = self.book.tenders()
            if len(tenders) == 1:
                found.values["tender"] = tenders[0].id

    def require(self, found: Gleaned, *keys: str) -> None:
        """A fault for each column that must say something and says nothing at all."""
        for key in keys:
            if key not in found.values and key not in found.named:
                self.gleaner.fault(found, key, Wrong("missing", *MISSING))


def number(value: Decimal) -> int | float:
    """As the event's JSON writes it: in hundredths, a whole number without a point."""
    rounded = value.quantize(_HUNDREDTH, ROUND_HALF_EVEN)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


_ANOTHER = (
    "Rækken handlede om en anden, da den blev sendt. Er det en rettelse, eller er det en ny?",
    "The row was about another when it was sent. Is it a correction, or is it a new one?",
    (
        Choice(SAME, "Ret det, der blev meldt", "Correct what was told"),
        Choice(OTHER, "Det er en ny række", "It is a new row"),
    ),
)


class Reporting:
    """One kind of sheet. The order of calls: `resolve` each row, `prepare` once, then `adopt` and `parts` of each."""

    whose: ClassVar[str]
    """The column that says whom or what a row is about; a field of the same name in what was told."""
    mend: ClassVar[Text] = Text("behold kun den ene", "keep only one of them")
    """What to do with rows that are about the same and disagree."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def is_another(self, found: Gleaned, key: str, told: Told) -> bool:
        """Whether a row that was told of somebody else is a new one: rows are copied and sorted, hidden ids and all.

        Asks where nobody has said so; a correction would make one person's placement another's.
        """
        before = {saying.data[self.whose] for saying in told.values() if self.whose in saying.data}
        if not before or found.values[self.whose] in before:
            return False
        question = f"row:{key}"
        answer = self.case.answers.get(question)
        if answer not in {SAME, OTHER}:
            self.case.gleaner.ask(found, self.whose, Unsure(question, *_ANOTHER))
        return answer == OTHER

    def resolve(self, found: Gleaned) -> None:
        """Turn what is written into what is meant, noting what is wrong and what must be asked."""
        raise NotImplementedError

    def place(self, rows: Sequence[Gleaned]) -> None:
        """Ask the book about all rows at once, and finish what needed its answer."""

    def counts(self, found: Gleaned) -> bool:  # noqa: ARG002
        """Whether a row reports anything; asked before it is resolved."""
        return True

    def about(self, found: Gleaned) -> object:  # noqa: ARG002
        """What a row that cannot be sent is about, so that others about the same wait; None: nobody knows."""
        return None

    def added_up(self, rows: list[Gleaned]) -> list[Gleaned]:
        """The rows, with those that are lines of one report added up to it."""
        return rows

    def adopt(self, found: Gleaned, told: Told) -> Told:  # noqa: ARG002
        """What was told of the same thing by other ways, beside what was told of the row."""
        return told

    def parts(self, found: Gleaned, key: str, told: Told) -> Sequence[Part]:
        """The events a row stands for."""
        raise NotImplementedError

    def revocable(self, parts: Sequence[Part]) -> frozenset[str]:
        """Parts that are taken back where they were told and the row gives them no longer."""
        raise NotImplementedError
