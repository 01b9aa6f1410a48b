"""Who is meant by a name and an employee number."""

from __future__ import annotations

from collections.abc import Mapping

from services.sheets.book import Book, Named
from services.sheets.finding import Names
from services.sheets.gleaning import Unsure
from services.sheets.outcomes import NEW_PERSON, Choice
from services.sheets.texts import folded, shown
from services.sheets.values import Wrong


class People:
    """Finds each person once per sheet, and mints ids for those who are new where the layout allows new ones."""

    def __init__(self, book: Book, answers: Mapping[str, str], *, may_be_new: bool) -> None:
        self._book, self._answers, self._may_be_new = book, answers, may_be_new
        self._names = Names(book.people())
        self._found: dict[tuple[str, str], str | Wrong | Unsure] = {}
        self.new: dict[str, str] = {}
        """Ids of those met for the first time, with their names."""

    def of(self, name: str, number: str) -> str | Wrong | Unsure:
        """A person's id; a question where a near match exists; a fault where nobody is meant and nobody may be new."""
        key = (name, number)
        if key not in self._found:
            self._found[key] = self._find(name, number)
        return self._found[key]

    def name_of(self, person: str) -> str:
        """What the organisation calls a person."""
        return next((named.name for named in self._names.all if named.id == person), self.new.get(person, person))

    def _find(self, name: str, number: str) -> str | Wrong | Unsure:
        if number and len(by_number := self._names.find(number, near=False).exact) == 1:
            return by_number[0].id
        if not name:
            return Wrong("unknown_number", "ukendt medarbejdernummer; skriv navnet", "unknown number; write the name")
        found = self._names.find(name)
        answer = self._answers.get(f"person:{folded(name)}")
        offered = found.exact or found.near
        if answer == NEW_PERSON and self._may_be_new:
            return self._mint(name, number)
        if answer is not None and any(named.id == answer for named in offered):
            return answer
        if len(found.exact) == 1:
            return found.exact[0].id
        return self._unsure(name, offered) if offered else self._unknown(name, number)

    def _unknown(self, name: str, number: str) -> str | Wrong:
        if self._may_be_new:
            return self._mint(name, number)
        return Wrong(
            "unknown_person",
            "vi kender ingen med det navn; indberet forløbet først, eller ret navnet",
            "nobody of that name is known; report the placement first, or mend the name",
        )

    def _mint(self, name: str, number: str) -> str:
        person = self._book.new_person(name, number)
        self.new[person] = name
        return person

    def _unsure(self, name: str, offered: tuple[Named, ...]) -> Unsure:
        choices = [Choice(named.id, _called(named), _called(named)) for named in offered]
        if self._may_be_new:
            choices.append(Choice(NEW_PERSON, "ny person", "a new person"))
        written, one = shown(name), _called(offered[0])
        if len(offered) == 1:
            da, en = f"»{written}«: Mener du {one}?", f"“{written}”: Do you mean {one}?"
        else:
            da, en = f"»{written}«: Hvem mener du?", f"“{written}”: Whom do you mean?"
        return Unsure(f"person:{folded(name)}", da, en, tuple(choices))


def _called(named: Named) -> str:
    return f"{named.name} ({', '.join(named.aliases)})" if named.aliases else named.name
