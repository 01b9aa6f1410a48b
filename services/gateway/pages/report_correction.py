"""One of our own reports on its way to read otherwise, or to be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from schemas.corrections import EventCorrected, EventWithdrawn
from schemas.facts import EVENT_TYPES
from services.gateway.pages.report_desk import Desk, Posted
from services.gateway.pages.report_filling import Drawing
from services.gateway.pages.stops import Stop, not_there
from services.gateway.pages.texts import marked
from services.gateway.reporting.correcting import Before, Difference, corrected, differences, filled, form_for
from services.gateway.reporting.fields import Choices
from services.gateway.reporting.forms import ReportForm, Setting
from services.gateway.reporting.sending import Errors, Ready, answers, ready
from services.sheets.outcomes import Text
from services.store import retold, said

AMENDING = frozenset({EventCorrected.type(), EventWithdrawn.type()})
"""Types that change other reports, and are not changed themselves."""
_PERSON = "person"
_NOT_YOURS = marked("Indberetningen findes ikke, eller den er ikke jeres.")
_CANNOT = marked("Den kan ikke rettes her")
_CANNOT_TEXT = marked("Træk den tilbage, og send en ny.")
_UNCHANGED = marked("Der er ikke ændret noget.")
_NAME_KEPT = marked("Personen kan ikke skiftes her. Træk indberetningen tilbage, og send en ny.")


@dataclass
class Correction:
    """A report on its way to read otherwise. Raises Stop where its type has no form."""

    desk: Desk
    event: said.OwnEvent
    before: Before
    changed: Sequence[Difference] = ()

    @cached_property
    def form(self) -> ReportForm:
        """The form that says it anew."""
        found = form_for(self.before.type)
        if found is None:
            raise Stop(404, _CANNOT, _CANNOT_TEXT)
        return found

    @cached_property
    def choices(self) -> Choices:
        """What may be chosen."""
        row = self.desk.tenders.get(self.before.subject)
        return {"contractor": [(cvr, self.desk.company(cvr)) for cvr in (row.contractors if row else ())]}

    @cached_property
    def held(self) -> dict[str, str | list[str]]:
        """What the form holds at first: people by their names."""
        held = filled(self.form, self.before)
        if _PERSON in held:
            held[_PERSON] = self.desk.names([self.before.data[_PERSON]]).of_person(self.before.data[_PERSON])
        return held

    @property
    def setting(self) -> Setting:
        """Where it is said."""
        return setting_of(self.desk, self.before)

    @property
    def named(self) -> str:
        """What it is."""
        return fact_named(self.event.type, self.desk)

    @property
    def drawing(self) -> Drawing:
        """How the page looks."""
        return Drawing(f"{self.form.title.text(self.desk.language)}: {self.named}", "/report/events")

    def read(self, came: Posted) -> Ready | Errors:
        """The correction as an event, or what is wrong."""
        desk, before = self.desk, self.before
        values, errors = answers(self.form, came.typed, self.choices, self.setting, desk.language)
        if _PERSON in values:
            if values[_PERSON] != self.held[_PERSON]:
                errors[_PERSON] = [desk.say(_NAME_KEPT)]
            values[_PERSON] = before.data[_PERSON]
        self.changed = differences(self.form, before, values, desk.language, self.choices)
        if errors or not self.changed:
            return errors or {"": [desk.say(_UNCHANGED)]}
        told = corrected(self.form, before, values, desk.organisation)
        return ready(self.form, [told], desk.sender, came.drawn, self.setting)


def setting_of(desk: Desk, before: Before) -> Setting:
    """Where a report is said anew: under its own subject, for whom it was said."""
    return Setting(desk.organisation, desk.on, before.subject, on_behalf_of=before.on_behalf_of)


def before_of(desk: Desk, source: str, name: str) -> tuple[said.OwnEvent, Before]:
    """An event of ours, or one sent for us, as it reads now. Raises Stop 404."""
    with desk.looking() as connection:
        event = said.event(connection, source, name)
        found = retold.reading(connection, event.body) if event else None
    if event is None or found is None or found.withdrawn or event.type in AMENDING:
        raise not_there(_NOT_YOURS)
    behalf = None if event.on_behalf else found.data.get("on_behalf_of")
    return event, Before(source, name, event.subject, found.type, found.data, found.revision, behalf)


def fact_named(kind: str, desk: Desk) -> str:
    """What a type of event is called."""
    fact = EVENT_TYPES.get(kind)
    return Text(fact.da, fact.en).text(desk.language) if fact else kind
