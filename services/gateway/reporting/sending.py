"""From a form's answers to events that may be sent, or to what is wrong with each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from schemas.facts import Fact
from schemas.faults import Fault
from schemas.identifiers import source_of
from schemas.vocabulary import Language
from services.domain.rights import Caller
from services.gateway.admission import checked
from services.gateway.grouping import Admitted
from services.gateway.reporting.drawn import Drawn
from services.gateway.reporting.fields import Choices, Entry, Field, Said, read
from services.gateway.reporting.forms import ReportForm, Setting, Told
from services.sheets.outcomes import Text
from services.sheets.values import Wrong
from services.store.batches import Decoded

WEB, LINK = "bygspor-web", "bygspor-link"

Errors = Mapping[str, Sequence[str]]
"""What is wrong, by field; that of the whole form under the empty name."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, and by which of our own ways."""

    caller: Caller
    language: Language
    system: str = WEB

    @property
    def organisation(self) -> str:
        """The CVR number under which it sends; only organisations report."""
        if self.caller.organisation is None:
            raise TypeError("the operator of an installation reports nothing")
        return self.caller.organisation

    @property
    def source(self) -> str:
        """The source of its events."""
        return source_of(self.organisation, self.system)


@dataclass(frozen=True, slots=True)
class Ready:
    """Events that may be sent; all of one form go in together."""

    batch: tuple[Decoded, ...]


def answers(
    form: ReportForm, typed: Mapping[str, Sequence[str]], choices: Choices, setting: Setting, language: Language
) -> tuple[dict[str, Said], dict[str, list[str]]]:
    """What the fields say, and what is wrong with those that cannot be read."""
    values: dict[str, Said] = {}
    errors: dict[str, list[str]] = {}
    for field in form.fields:
        said = read(field, typed.get(field.name, ()), choices)
        wrong = said if isinstance(said, Wrong) else _misplaced(field, said, setting)
        if wrong is not None:
            errors[field.name] = [sentence(field.label, Text(wrong.da, wrong.en), language)]
        elif said is not None and not isinstance(said, Wrong):
            values[field.name] = said
    return values, errors


def ready(form: ReportForm, told: Sequence[Told], sender: Sender, drawn: Drawn, setting: Setting) -> Ready | Errors:
    """The events of a form, checked like all events; or what is wrong with which field."""
    batch: list[Decoded] = []
    errors: dict[str, list[str]] = {}
    for one in told:
        event_id = f"{drawn.number}-{one.part}" if one.part else drawn.number
        raw = event_bytes(sender, setting, one.fact, one.data, (event_id, drawn.time))
        result = checked(raw, sender.caller, own_system=True)
        if isinstance(result, Admitted):
            for fault in result.faults:
                name, text = _placed(form, fault, sender.language)
                if text not in (found := errors.setdefault(name, [])):
                    found.append(text)
        else:
            batch.append(result)
    return errors or Ready(tuple(batch))


def event_bytes(
    sender: Sender, setting: Setting, fact: type[Fact], data: Mapping[str, object], identity: tuple[str, str]
) -> bytes:
    """One event as JSON; `identity` is its id and its time."""
    event_id, time = identity
    behalf = {"on_behalf_of": setting.on_behalf_of} if setting.on_behalf_of else {}
    body = {
        "specversion": "1.0",
        "id": event_id,
        "source": sender.source,
        "type": fact.type(),
        "subject": setting.subject,
        "time": time,
        "datacontenttype": "application/json",
        "data": {"reported_by": sender.organisation, **behalf, **data},
    }
    return msgspec.json.encode(body)


def sentence(label: Text, what: Text, language: Language) -> str:
    """As: Startdato: skriv en dato som 02-03-2026."""
    text = f"{label.text(language)}: {what.text(language)}"
    return text if text.endswith((".", "?")) else f"{text}."


def _misplaced(field: Field, said: Said | Wrong | None, setting: Setting) -> Wrong | None:
    """A day that can be read, but that this question cannot mean."""
    if field.entry is not Entry.DATE or not isinstance(said, str):
        return None
    day = date.fromisoformat(said)
    if field.past and day > setting.on:
        return Wrong("future", "dagen ligger i fremtiden", "the day is yet to come")
    if field.since_start and setting.start is not None and day < setting.start:
        began = f"{setting.start:%d-%m-%Y}"
        return Wrong(
            "before_start",
            f"dagen ligger før forløbet begyndte ({began})",
            f"the day is before the placement began ({began})",
        )
    return None


# What schemas/ says of an event, as a person who fills in a form understands it.
_IN_FORMS = {
    "order": Text("sidste dag ligger før første dag", "the last day is before the first"),
    "nothing_changed": Text("Udfyld mindst ét af felterne.", "Fill in at least one of the fields."),
    "cpr": Text("det ligner et CPR-nummer; det må ikke stå her", "that looks like a CPR number; it must not be here"),
}
_WHOLE_FORM = Text("Formularen kan ikke sendes", "The form cannot be sent")


def _placed(form: ReportForm, fault: Fault, language: Language) -> tuple[str, str]:
    """On which field a fault of the event is shown, and how it reads there."""
    name = form.order if fault.code == "order" else form.field_of(fault.field.removeprefix("data.").partition(".")[0])
    what = _IN_FORMS.get(fault.code, Text(fault.da, fault.en))
    if fault.code == "nothing_changed":
        return "", what.text(language)
    label = next((field.label for field in form.fields if field.name == name), _WHOLE_FORM)
    return name, sentence(label, what, language)
