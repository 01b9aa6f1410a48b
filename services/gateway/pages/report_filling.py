"""A form on its way: drawn, filled in, sent, or drawn again with what is wrong and what must be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.gateway.pages.answers import show
from services.gateway.pages.rendering import Form
from services.gateway.pages.report_desk import NUMBER_FIELD, Desk, Posted
from services.gateway.pages.texts import marked
from services.gateway.reporting.drawn import Drawn
from services.gateway.reporting.fields import Choices, Entry, Said
from services.gateway.reporting.forms import ReportForm, Setting
from services.gateway.reporting.people import SOMEBODY_NEW, Ask, People, Whom
from services.gateway.reporting.sending import Errors, Ready, answers, ready, sentence
from services.gateway.reporting.standing import HERE, state_of
from services.reports.words import day
from services.sheets.outcomes import Text

PERSON, CHOSEN, AGAIN, PLACE = "person", "person_chosen", "again", "place"
_WHICH = marked("Flere hedder sådan. Vælg, hvem det er.")
_MEANT = marked("Mener du en af dem, I kender? Vælg nedenfor.")
_GOES_ON = marked("Personen er allerede meldt i gang her. Sæt kryds, hvis det er et nyt forløb.")
_NOBODY_ELSE = marked("Nej, det er en anden: en ny person")


@dataclass
class Filling:
    """One form, filled in by one person. `errors` grow as it is read; `near` and `again` are what must be asked."""

    desk: Desk
    form: ReportForm
    setting: Setting
    posted: Posted
    choices: Choices = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    near: Sequence[tuple[str, str]] = ()
    again: str = ""
    whom: Whom | None = None

    def send(self) -> bool:
        """Read, check and commit; False where something is wrong, which `errors` then tells."""
        self.setting = replace(self.setting, secret=self.posted.drawn.secret)
        values, errors = answers(self.form, self.posted.typed, self.choices, self.setting, self.desk.language)
        self.errors |= errors
        if isinstance(typed := values.get(PERSON), str):
            self._find(typed)
            if self.whom is not None:
                values[PERSON] = self.whom.person
                self._check_again(self.whom.person)
        return not self.errors and self._commit(values)

    def _commit(self, values: Mapping[str, Said]) -> bool:
        told = self.form.told(values, self.setting)
        found = ready(self.form, told, self.desk.sender, self.posted.drawn, self.setting)
        if isinstance(found, Ready):
            if self.whom is not None:
                self._people.keep(self.whom, self.setting.on_behalf_of)
            found = self.desk.send(found)
        self._add(found)
        return not self.errors

    def _add(self, errors: Errors) -> None:
        for name, texts in errors.items():
            self.errors.setdefault(name, []).extend(texts)

    @property
    def _people(self) -> People:
        return People(self.desk.parts.vault, self.desk.organisation, self.setting.new_id("person"))

    def _find(self, typed: str) -> None:
        found = self._people.whom(typed, self.posted.one(CHOSEN))
        if isinstance(found, Whom):
            self.whom = found
        elif isinstance(found, Ask):
            known = self.desk.hints([person for person, _ in found.near])
            self.near = [
                *((person, f"{name} ({known[person]})" if person in known else name) for person, name in found.near),
                (SOMEBODY_NEW, self.desk.say(_NOBODY_ELSE)),
            ]
            self.errors[CHOSEN] = [self.desk.say(_WHICH if found.exact else _MEANT)]
        else:
            self._wrong(PERSON, found)

    def _wrong(self, name: str, what: Text) -> None:
        label = next(one.label for one in self.form.fields if one.name == name)
        self.errors[name] = [sentence(label, what, self.desk.language)]

    def _check_again(self, person: str) -> None:
        """One person is reported twice by mistake more often than in earnest: ask."""
        for tender, placement in self.desk.courses(self.setting.subject):
            mine = placement.placement.endswith(self.posted.drawn.secret)
            if placement.person == person and not mine and state_of(placement, self.desk.on) in HERE:
                self.again = f"{self.desk.title(tender)}, {day(placement.start)}"
        if self.again and self.posted.one(AGAIN) != "yes":
            self.errors[AGAIN] = [self.desk.say(_GOES_ON)]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a form's page looks beside its fields: whom it is about, where it may belong, and the way back.

    `first` is (address, text) of what must be done before.
    """

    title: str
    back: str
    about: Sequence[str] = ()
    places: Sequence[tuple[str, str]] = ()
    on_behalf_of: str = ""
    first: tuple[str, str] | None = None


def blank(form: ReportForm, desk: Desk, held: Mapping[str, str] | None = None) -> Form:
    """The form before anybody has typed."""
    values = {one.name: one.at_first(desk.on) for one in form.fields}
    return Form({**values, **(held or {}), NUMBER_FIELD: Drawn.now().number})


def draw(
    request: Request,
    filled: Filling | tuple[Desk, ReportForm, Form, Choices],
    drawing: Drawing,
) -> HTMLResponse:
    """The page of a form: new, or with what is wrong (then 422)."""
    if isinstance(filled, Filling):
        desk, form, choices = filled.desk, filled.form, filled.choices
        held, near, again, status = filled.posted.form(filled.errors), filled.near, filled.again, 422
    else:
        desk, form, held, choices = filled
        near, again, status = (), "", 200
    language = desk.language
    drawn = [
        {
            "name": one.name,
            "label": one.label.text(language),
            "hint": one.hint.text(language) if one.hint else None,
            "required": one.required,
            "entry": "radios" if one.radios else one.entry.value,
            "options": one.options(language, choices) if one.entry in _CHOSEN_FROM else (),
            "folded": one.folded,
        }
        for one in form.fields
    ]
    return show(
        request,
        "report/form.html",
        status,
        form=held,
        fields=drawn,
        drawing=drawing,
        near=near,
        again=again,
        lead=form.lead.text(language) if form.lead else None,
        button=form.button.text(language),
    )


_CHOSEN_FROM = frozenset({Entry.WORD, Entry.WORDS, Entry.ONE_OF})
