"""Whom a name means: somebody the organisation has named before, one of several, or somebody new.

Names live in the vault and are seen by the organisation that gave them only. What travels is a person's id.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.identifiers import ID_FORM, is_cvr
from services.errors import BadInput, DatabaseUnavailable
from services.sheets.outcomes import Text
from services.sheets.texts import is_cpr
from services.store.vault import Vault

SOMEBODY_NEW = "new"
_CODE = re.compile(ID_FORM)


@dataclass(frozen=True, slots=True)
class Whom:
    """A person. `name` is given to the vault before the event is sent; None where nothing new is to be kept."""

    person: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """The name may mean these people: (person id, name); the form asks which."""

    near: Sequence[tuple[str, str]]
    exact: bool


@dataclass(frozen=True, slots=True)
class People:
    """An organisation's names. `new_id` is the id that somebody new gets from this form."""

    vault: Vault
    organisation: str
    new_id: str

    def whom(self, typed: str, chosen: str) -> Whom | Ask | Text:
        """The person that a name or a code means, a question, or what is wrong with it.

        `chosen` is the answer to an earlier question: a person's id, `SOMEBODY_NEW`, or nothing.
        """
        if is_cpr(typed):
            return _NO_CPR
        if _CODE.fullmatch(typed) and is_cvr(typed[:8]):
            return Whom(typed)
        exact = self.vault.find(self.organisation, typed)
        near = [(person, typed) for person in exact] or self.vault.near(self.organisation, typed)
        if chosen in {person for person, _ in near}:
            return Whom(chosen)
        if chosen == SOMEBODY_NEW or not near or self.new_id in exact:
            return self._new(typed)
        return Whom(exact[0]) if len(exact) == 1 else Ask(near, exact=bool(exact))

    def keep(self, whom: Whom, on_behalf_of: str | None = None) -> None:
        """Let the vault know the name of somebody new, for whom it is reported too: it is asked whether it is right.

        A name that the other organisation gave before stays.
        """
        if whom.name is not None:
            self.vault.give_name(self.organisation, whom.person, whom.name)
        if on_behalf_of is not None:
            with contextlib.suppress(DatabaseUnavailable):  # a code needs no vault to be reported
                self._lend(on_behalf_of, whom.person)

    def _lend(self, other: str, person: str) -> None:
        known = self.vault.names(self.organisation, [person]).get(person)
        if known is not None and not self.vault.names(other, [person]):
            self.vault.give_name(other, person, known)

    def _new(self, typed: str) -> Whom | Text:
        return Whom(self.new_id, typed) if typed.isprintable() and len(typed) <= _LONGEST else _NO_NAME


_LONGEST = 200
_NO_CPR = Text("det ligner et CPR-nummer; det må ikke stå her", "that looks like a CPR number; it must not be here")
_NO_NAME = Text("skriv et navn på én linje", "write a name on one line")


@dataclass(frozen=True, slots=True)
class Names:
    """What people are called on a page: by the name the organisation gave, else by their code."""

    given: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, vault: Vault, organisation: str, persons: Sequence[str]) -> Names:
        """The names of these people. Where the vault does not answer they are shown by code: pages go on."""
        try:
            return cls(vault.names(organisation, persons))
        except DatabaseUnavailable:
            return cls()

    def of_person(self, person: str | None) -> str:
        """A name, or the local part of the code."""
        if person is None:
            return "?"
        return self.given.get(person) or person.partition(":")[2]

    def has(self, person: str | None) -> bool:
        """Whether the organisation gave a name."""
        return person in self.given


def name_fault(vault: Vault, organisation: str, person: str, name: str) -> Text | None:
    """Give a person a name; what is wrong with it, where it is none."""
    if is_cpr(name):
        return _NO_CPR
    try:
        vault.give_name(organisation, person, name)
    except BadInput:
        return _NO_NAME
    return None
