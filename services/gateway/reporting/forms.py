"""What a form is: its fields, its texts, and the events that its answers become."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from schemas.facts import Fact
from services.domain.rights import Kind
from services.gateway.reporting.fields import Field, Said
from services.sheets.outcomes import Text

Values = Mapping[str, Said]


class About(StrEnum):
    """What a form speaks of: it decides where it is reached and what it is told beside the answers."""

    NEW_PLACEMENT = "new_placement"
    PLACEMENT = "placement"
    NEW_OPENING = "new_opening"
    OPENING = "opening"
    NEW_CANDIDATE = "new_candidate"
    CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a form is filled in. `given` are what its events say besides the answers, as the placement's id.

    `start` is the day the placement began, where it has. `secret` is the form's own random part, from which the ids
    of new things are made: the same form sent twice makes the same thing.
    """

    organisation: str
    on: date
    subject: str
    given: Values = field(default_factory=dict)
    on_behalf_of: str | None = None
    start: date | None = None
    secret: str = ""

    def new_id(self, kind: str) -> str:
        """The id of a thing that the form makes."""
        return f"{self.organisation}:{kind}-{self.secret}"


class Told(NamedTuple):
    """One event that a form tells: `part` tells it from the form's others."""

    fact: type[Fact]
    data: dict[str, Said]
    part: str = ""


Telling = Callable[[Values, Setting], Iterator[Told]]


@dataclass(frozen=True, slots=True)
class ReportForm:
    """One form. `order` is the field at which "the last day is before the first" is shown.

    `kinds` are the organisations that may use it. `fact` is what it tells first; another `telling` makes several
    events of it, or another one.
    """

    key: str
    about: About
    fact: type[Fact]
    title: Text
    button: Text
    done: Text
    fields: tuple[Field, ...]
    kinds: frozenset[Kind]
    order: str = ""
    lead: Text | None = None
    telling: Telling | None = None

    def told(self, values: Values, setting: Setting) -> list[Told]:
        """The events that the answers become."""
        if self.telling is not None:
            return list(self.telling(values, setting))
        return [Told(self.fact, {**setting.given, **values})]

    def field_of(self, said: str) -> str:
        """The field that shows what is wrong with a field of the event; empty where none does."""
        return next((f.name for f in self.fields if said == f.name or said in f.says), "")
