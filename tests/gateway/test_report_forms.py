"""Every form and the events it becomes, without HTTP; and that no answer whatever is more than a fault on a field."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.rights import Caller, Kind, Role
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.correcting import Before, corrected, differences, filled, form_for
from services.gateway.reporting.drawn import Drawn
from services.gateway.reporting.fields import Choices
from services.gateway.reporting.forms import About, ReportForm, Setting
from services.gateway.reporting.sending import Errors, Ready, Sender, answers, ready
from tests.gateway.report_table import CANDIDATE, FIRM, NUMBER, OPENING, OTHER, PERSON, TABLE, TENDER, TODAY, TOWN

CHOICES: Choices = {
    "contractor": [(OTHER, "El")],
    "opening": [(OPENING, "Lærling")],
    "to": [(FIRM, "Bo & Søn"), (OTHER, "El")],
}


def setting_of(form: ReportForm) -> Setting:
    own = TOWN if Kind.JOB_CENTRE in form.kinds and Kind.CONTRACTOR not in form.kinds else FIRM
    given: dict[str, Any] = {
        About.PLACEMENT: {"placement": "10000319:P-1"},
        About.NEW_PLACEMENT: {"contractor": FIRM} if form.key == "view" else {},
        About.OPENING: {"opening": OPENING},
        About.NEW_CANDIDATE: {"linking_circle": "10000289:kreds"},
        About.CANDIDATE: {"tender": TENDER, "contractor": FIRM} if form.field_of("opening") else {},
    }.get(form.about, {})
    if form.key == "begin":
        given |= {"person": PERSON, "contractor": FIRM, "kind": "apprenticeship"}
    subject = CANDIDATE if form.about in {About.CANDIDATE, About.NEW_CANDIDATE} else TENDER
    return Setting(own, TODAY, subject, given, start=date(2026, 2, 1), secret="00000000000000ab")  # noqa: S106 -- no password


def sent(form: ReportForm, typed: dict[str, Any], setting: Setting | None = None) -> Ready | Errors:
    setting = setting or setting_of(form)
    kind = Kind.JOB_CENTRE if setting.organisation == TOWN else Kind.CONTRACTOR
    sender = Sender(Caller(setting.organisation, frozenset({kind}), Role.REPORTER, "user:1"), "da")
    drawn = Drawn.read(NUMBER)
    assert drawn
    several = {name: [said] if isinstance(said, str) else said for name, said in typed.items()}
    values, errors = answers(form, several, CHOICES, setting, "da")
    if errors:
        return errors
    if "person" in values:
        values["person"] = PERSON
    return ready(form, form.told(values, setting), sender, drawn, setting)


def told(found: Ready | Errors) -> list[tuple[str, dict[str, Any]]]:
    assert isinstance(found, Ready), found
    bodies = [msgspec.json.decode(one.raw) for one in found.batch]
    return [
        (
            body["type"].split("dk.bygspor.")[1].rsplit(".v", 1)[0],
            {k: v for k, v in body["data"].items() if k != "reported_by"},
        )
        for body in bodies
    ]


def test_every_form_is_in_the_table() -> None:
    assert {key for key, _, _ in TABLE} == set(FORMS)


@pytest.mark.parametrize(
    ("key", "typed", "expected"), TABLE, ids=[f"{key}-{nr}" for nr, (key, _, _) in enumerate(TABLE)]
)
def test_a_form_becomes_its_events(key: str, typed: dict[str, Any], expected: list[tuple[str, dict[str, Any]]]) -> None:
    assert told(sent(FORMS[key], typed)) == expected


@pytest.mark.parametrize(
    ("key", "typed", "field", "text"),
    [
        (
            "start",
            {"person": "M", "kind": "course", "started_on": "31-02-2026"},
            "started_on",
            "Første dag: datoen findes ikke; skriv en dato som 02-03-2026 (dag-måned-år).",
        ),
        ("start", {"person": "M", "started_on": "01-03-2026"}, "kind", "Hvad er det?: vælg en af mulighederne."),
        (
            "start",
            {"person": "M", "kind": "course", "started_on": "01-03-2026", "weekly_hours": "99"},
            "weekly_hours",
            "Timer om ugen: højst 60.",
        ),
        (
            "start",
            {"person": "M", "kind": "course", "started_on": "01-03-2026", "planned_end": "01-02-2026"},
            "planned_end",
            "Forventet slut: sidste dag ligger før første dag.",
        ),
        (
            "start",
            {"person": "M", "kind": "course", "started_on": "01-03-2026", "signed_on": "01-04-2026"},
            "signed_on",
            "Uddannelsesaftalen underskrevet: dagen ligger i fremtiden.",
        ),
        ("end", {"ended_on": "11-03-2026"}, "ended_on", "Sidste dag: dagen ligger i fremtiden."),
        ("end", {"ended_on": "31-01-2026"}, "ended_on", "Sidste dag: dagen ligger før forløbet begyndte (01-02-2026)."),
        (
            "school",
            {"from_on": "16-03-2026", "to_on": "15-03-2026"},
            "to_on",
            "Sidste skoledag: sidste dag ligger før første dag.",
        ),
        ("change", {"extended_on": "10-03-2026"}, "", "Udfyld mindst ét af felterne."),
        (
            "opening",
            {"kind": "course", "trade": "other", "starts_on": "01-05-2026", "places": "2,5"},
            "places",
            "Antal pladser: skriv et helt tal.",
        ),
        (
            "opening",
            {"kind": "course", "trade": "other", "starts_on": "01-05-2026", "places": "0"},
            "places",
            "Antal pladser: mindst 1.",
        ),
        (
            "move",
            {"moved_on": "10-03-2026", "contractor": "10000327"},
            "contractor",
            "Entreprenør: vælg en af mulighederne.",
        ),
        (
            "consent",
            {"to": [], "given_on": "02-03-2026", "expires_on": "01-03-2026"},
            "to",
            "Må vises for: vælg mindst en af mulighederne.",
        ),
    ],
)
def test_a_fault_lands_on_its_field(key: str, typed: dict[str, Any], field: str, text: str) -> None:
    found = sent(FORMS[key], typed)
    assert not isinstance(found, Ready)
    assert found[field] == [text]


ANYTHING = st.one_of(
    st.text(max_size=40),
    st.dates(date(1980, 1, 1), date(2110, 1, 1)).map(lambda day: f"{day:%d-%m-%Y}"),
    st.integers(-5, 10**12).map(str),
    st.sampled_from(["", "carpenter", "apprenticeship", "yes", "37,5", "1.234", "0202901234", OPENING, FIRM]),
)


@given(st.data())
def test_whatever_is_typed_gives_an_accepted_event_or_faults_on_fields_that_exist(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(sorted(FORMS.values(), key=lambda form: form.key)))
    names = [field.name for field in form.fields]
    typed = data.draw(st.dictionaries(st.sampled_from(names), st.lists(ANYTHING, max_size=3)))
    found = sent(form, typed)
    if not isinstance(found, Ready):
        assert set(found) <= {*names, ""}
        assert all(text and len(text) < 400 for texts in found.values() for text in texts)


@pytest.mark.parametrize(
    ("key", "typed", "expected"), TABLE, ids=[f"{key}-{nr}" for nr, (key, _, _) in enumerate(TABLE)]
)
def test_what_was_sent_fills_its_correction(
    key: str, typed: dict[str, Any], expected: list[tuple[str, dict[str, Any]]]
) -> None:
    for name, data in expected:
        form = form_for(f"dk.bygspor.{name}.v1")
        if form is None:
            continue
        before = Before(
            "urn:bygspor:10000319:erp", "e-1", TENDER, f"dk.bygspor.{name}.v1", {"reported_by": FIRM, **data}, 0, None
        )
        held = {field: [said] if isinstance(said, str) else said for field, said in filled(form, before).items()}
        setting = Setting(FIRM, TODAY, TENDER)
        values, errors = answers(form, held, CHOICES, setting, "da")
        assert errors == {}
        assert differences(form, before, values, "da", CHOICES) == []
        replacement: Any = corrected(form, before, values, FIRM).data["replacement"]
        assert replacement["data"] == {"reported_by": FIRM, **data}


def test_a_form_that_comes_back_with_another_number_is_a_new_one() -> None:
    assert Drawn.read(NUMBER)
    for number in ("", "x", NUMBER + "1", "20261399T080000Z-00000000000000ab", "٢0260310T080000Z-00000000000000ab"):
        assert Drawn.read(number) is None
    fresh = Drawn.now()
    assert Drawn.read(fresh.number) == fresh
