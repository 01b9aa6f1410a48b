"""What was said, said anew: a form filled with it, what differs, and the correction or withdrawal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from schemas import contractor
from schemas.corrections import EventCorrected, EventWithdrawn
from schemas.facts import EVENT_TYPES, Fact
from schemas.vocabulary import Language, Trade
from services.domain.rights import Kind
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.fields import Choices, Default, Entry, Field, Said, shown, typed_as
from services.gateway.reporting.forms import About, ReportForm, Told
from services.gateway.reporting.questions import CONTRACT, CONTRACTOR
from services.sheets.outcomes import Text

_FIRM = frozenset({Kind.CONTRACTOR, Kind.SECRETARIAT})
_TITLE = Text("Ret", "Correct")
_DONE = Text("Rettelsen er gemt.", "The correction is saved.")
_BUTTON = Text("Se, hvad der ændres", "See what changes")


class Before(NamedTuple):
    """An event of the organisation's, as it reads now. `on_behalf_of` is whom it was sent for by this organisation."""

    source: str
    id: str
    subject: str
    type: str
    data: Mapping[str, Any]
    revision: int
    on_behalf_of: str | None


class Difference(NamedTuple):
    """One field that is to read otherwise."""

    label: str
    old: str
    new: str


def form_for(kind: str) -> ReportForm | None:
    """The form that corrects events of a type; None where they can only be withdrawn."""
    fact = EVENT_TYPES.get(kind)
    form = _BY_FACT.get(fact) if fact else None
    return replace(form, title=_TITLE, button=_BUTTON, done=_DONE, telling=None, lead=None) if form else None


def filled(form: ReportForm, before: Before) -> dict[str, str | list[str]]:
    """What the form holds at first: what was said."""
    return {field.name: typed_as(field, before.data.get(_said_as(form, field))) for field in form.fields}


def differences(
    form: ReportForm, before: Before, values: Mapping[str, Said], language: Language, choices: Choices
) -> list[Difference]:
    """The fields that would read otherwise."""
    found = []
    for field in form.fields:
        old, new = before.data.get(_said_as(form, field)), values.get(field.name)
        if old != new:
            texts = (shown(field, said, language, choices) or "–" for said in (old, new))
            found.append(Difference(field.label.text(language), *texts))
    return found


def corrected(form: ReportForm, before: Before, values: Mapping[str, Said], organisation: str) -> Told:
    """The correction: all of the event's data as they should have read."""
    asked = {_said_as(form, field) for field in form.fields}
    dropped = asked | {"reported_by", "on_behalf_of"}
    if values.get(CONTRACTOR.name, before.data.get(CONTRACTOR.name)) != before.data.get(CONTRACTOR.name):
        dropped |= {CONTRACT.name}  # it was the other contractor's
    kept = {name: said for name, said in before.data.items() if name not in dropped}
    data = {**kept, **{_said_as(form, field): values[field.name] for field in form.fields if field.name in values}}
    return correction(before, before.type, data, organisation)


def correction(before: Before, kind: str, data: Mapping[str, Any], organisation: str) -> Told:
    """A correction by which the event reads as these data of this type."""
    behalf = {"on_behalf_of": before.on_behalf_of} if before.on_behalf_of else {}
    replacement: Any = {"type": kind, "data": {"reported_by": organisation, **behalf, **data}}
    said: dict[str, Any] = {
        "target_source": before.source,
        "target_id": before.id,
        "revision": before.revision + 1,
        "replacement": replacement,
    }
    return Told(EventCorrected, said)


def withdrawal(before: Before) -> Told:
    """The withdrawal of the event; it is final."""
    return Told(EventWithdrawn, {"target_source": before.source, "target_id": before.id})


def _said_as(form: ReportForm, field: Field) -> str:
    """The name of what a field says in the form's event."""
    names = (field.name, *field.says)
    return next((name for name in names if name in form.fact.model_fields), field.name)


def _of(form: ReportForm, fact: type[Fact], without: Sequence[str] = ()) -> ReportForm:
    """A form for one event alone: the fields that this event has."""
    fields = tuple(
        replace(field, folded=False)
        for field in form.fields
        if field.name not in without and {field.name, *field.says} & fact.model_fields.keys()
    )
    return replace(form, fact=fact, fields=fields)


_TRADE_CHANGED = ReportForm(
    "trade",
    About.PLACEMENT,
    contractor.PlacementTradeChanged,
    _TITLE,
    _BUTTON,
    _DONE,
    (
        Field("changed_on", Entry.DATE, Text("Gælder fra", "Holds from"), default=Default.TODAY),
        Field("trade", Entry.WORD, Text("Fag", "Trade"), words=Trade),
    ),
    _FIRM,
)
_HOURS = ReportForm(
    "hours",
    About.PLACEMENT,
    contractor.HoursReported,
    _TITLE,
    _BUTTON,
    _DONE,
    (
        Field("hours", Entry.HOURS, Text("Timer", "Hours")),
        Field("school_hours", Entry.HOURS, Text("Skoletimer", "School hours"), required=False),
    ),
    _FIRM,
)
_BY_FACT: Mapping[type[Fact], ReportForm] = {
    **{form.fact: _of(form, form.fact) for form in FORMS.values()},
    contractor.PlacementStarted: _of(FORMS["start"], contractor.PlacementStarted),
    contractor.PlacementAgreed: _of(FORMS["start"], contractor.PlacementAgreed),
    contractor.PlacementTradeChanged: _TRADE_CHANGED,
    contractor.HoursReported: _HOURS,
}
