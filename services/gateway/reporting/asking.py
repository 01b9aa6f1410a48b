"""The one question of a personal link: is this person still here? Answered without logging in, and changed at will.

An answer is the contractor's word of today, so it always confirms the placement, which ends the contractor's silence.
"Stopped" and "at school" say one thing more; that one is corrected, or taken back, where the answer is changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from schemas.contractor import PlacementEnded, SchoolPeriodReported
from schemas.facts import EVENT_TYPES, Fact
from schemas.job_centre import PlacementConfirmed
from schemas.vocabulary import Language, Word
from services.domain.placements import Placement
from services.gateway.reporting.correcting import Before, correction, withdrawal
from services.gateway.reporting.fields import Default, Entry, Field, read, typed_as
from services.gateway.reporting.forms import Told
from services.gateway.reporting.sending import sentence
from services.gateway.reporting.standing import HERE, state_of, workplace_of
from services.sheets.outcomes import Text
from services.sheets.values import Wrong
from services.store.retold import Reading


class Answer(Word):
    """What may be answered."""

    STILL = "still", "Ja", "Yes"
    ENDED = "ended", "Stoppet", "Stopped"
    SCHOOL = "school", "På skole", "At school"


ENDED_ON = Field("ended_on", Entry.DATE, Text("Sidste dag", "Last day"), default=Default.TODAY)
FROM_ON = Field("from_on", Entry.DATE, Text("Første skoledag", "First day at school"), default=Default.TODAY)
TO_ON = Field("to_on", Entry.DATE, Text("Sidste skoledag", "Last day at school"))

_DATES: Mapping[Answer, tuple[type[Fact], tuple[Field, ...]]] = {
    Answer.ENDED: (PlacementEnded, (ENDED_ON,)),
    Answer.SCHOOL: (SchoolPeriodReported, (FROM_ON, TO_ON)),
}
_FUTURE = Text("dagen ligger i fremtiden", "the day is yet to come")
_BEFORE_START = Text("dagen ligger før forløbet begyndte", "the day is before the placement began")
_ORDER = Text("sidste dag ligger før første dag", "the last day is before the first")


@dataclass(frozen=True, slots=True)
class Question:
    """One person who may still be there. `key` names the fields; `said` is what this link was answered before."""

    tender: str
    placement: Placement
    prefix: str
    attempts: Mapping[str, Reading]

    @property
    def key(self) -> str:
        """A short name of the placement, for fields and ids."""
        return key_of(self.tender, self.placement.placement)

    @property
    def current(self) -> tuple[str, Reading] | None:
        """The id and reading of what holds of the earlier answers, where one said more than yes."""
        return next(((name, one) for name, one in self.attempts.items() if not one.withdrawn), None)

    def filled(self, on: date) -> dict[str, str]:
        """What the fields hold at first."""
        held = {f"{field.name}-{self.key}": field.at_first(on) for field in (ENDED_ON, FROM_ON, TO_ON)}
        if self.current is None:
            return held
        _, said = self.current
        answer = next(answer for answer, (fact, _) in _DATES.items() if fact.type() == said.type)
        dates = {
            f"{field.name}-{self.key}": str(typed_as(field, said.data.get(field.name))) for field in _DATES[answer][1]
        }
        return {**held, f"answer-{self.key}": answer.value, **dates}


class Step(NamedTuple):
    """One event of an answer, under which subject and with which id (below the form's own number where it is empty)."""

    subject: str
    told: Told
    id: str = ""


def key_of(tender: str, placement: str) -> str:
    """A short name of a placement that tells nothing of it."""
    return hashlib.sha256(f"{tender} {placement}".encode()).hexdigest()[:12]


def questions(
    people: Iterable[tuple[str, Placement]], contractor: str, on: date, prefix: str, told: Mapping[str, Reading]
) -> list[Question]:
    """Whom to ask about: who is with the contractor, and who was when this link was answered."""
    found = []
    for tender, placement in people:
        begins = f"{prefix}{key_of(tender, placement.placement)}-"
        attempts = {name: one for name, one in told.items() if name.startswith(begins)}
        place = workplace_of(placement, on)
        is_here = state_of(placement, on) in HERE and place is not None and place.contractor == contractor
        if is_here or any(not one.withdrawn for one in attempts.values()):
            found.append(Question(tender, placement, begins, attempts))
    return found


def steps(
    question: Question, typed: Mapping[str, str], source: str, on: date, language: Language
) -> list[Step] | dict[str, list[str]]:
    """The events of one person's answer, none where nothing was answered; or what is wrong with which field."""
    try:
        answer = Answer.of(typed.get(f"answer-{question.key}", ""))
    except KeyError:
        return []
    organisation = source.split(":")[2]
    said, errors = _said(answer, question, typed, on, language)
    if errors:
        return errors
    placement = {"placement": question.placement.placement}
    yes = Told(PlacementConfirmed, {**placement, "confirmed_on": on.isoformat()}, question.key)
    more = _more(question, answer, {**placement, **said}, source, organisation)
    return [Step(question.tender, yes), *more]


def _said(
    answer: Answer, question: Question, typed: Mapping[str, str], on: date, language: Language
) -> tuple[dict[str, str], dict[str, list[str]]]:
    said: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    fields = _DATES[answer][1] if answer in _DATES else ()
    for field in fields:
        found = read(field, [typed.get(f"{field.name}-{question.key}", "")], {})
        wrong = Text(found.da, found.en) if isinstance(found, Wrong) else _misplaced(field, str(found), question, on)
        if wrong:
            errors[f"{field.name}-{question.key}"] = [sentence(field.label, wrong, language)]
        said[field.name] = str(found)
    if not errors and said.get("to_on", "9") < said.get("from_on", ""):
        errors[f"to_on-{question.key}"] = [sentence(TO_ON.label, _ORDER, language)]
    return said, errors


def _misplaced(field: Field, day: str, question: Question, on: date) -> Text | None:
    if field is ENDED_ON and day > on.isoformat():
        return _FUTURE
    start = question.placement.start
    return _BEFORE_START if start is not None and day < start.isoformat() else None


def _more(question: Question, answer: Answer, data: dict[str, str], source: str, organisation: str) -> Iterable[Step]:
    """What an answer says beyond yes: told first, told otherwise, or taken back."""
    fact = _DATES[answer][0] if answer in _DATES else None
    if question.current is None:
        if fact is not None:
            yield Step(question.tender, Told(fact, dict(data)), f"{question.prefix}{len(question.attempts) + 1}")
        return
    name, reading = question.current
    before = Before(source, name, question.tender, reading.type, reading.data, reading.revision, None)
    if fact is None:
        yield Step(question.tender, withdrawal(before), f"{name}-x")
    elif not _same(reading, fact, data):
        changed = correction(before, fact.type(), data, organisation)
        yield Step(question.tender, changed, f"{name}-r{before.revision + 1}")


def _same(reading: Reading, fact: type[Fact], data: Mapping[str, Any]) -> bool:
    return EVENT_TYPES.get(reading.type) is fact and all(reading.data.get(name) == said for name, said in data.items())
