"""Questions that several forms ask, and who may be asked."""

from __future__ import annotations

from dataclasses import replace

from schemas.vocabulary import AgeBand, ApprenticeshipForm, PlacementKind, Trade
from services.domain.rights import Kind
from services.gateway.reporting.fields import Default, Entry, Field
from services.sheets.outcomes import Text

FIRM = frozenset({Kind.CONTRACTOR, Kind.SECRETARIAT})
TOWN = frozenset({Kind.JOB_CENTRE})
VIEW = FIRM | TOWN
DISPUTES = TOWN | {Kind.CONTRACTOR}
"""Who contradicts what others told; a secretariat corrects its own words instead."""

SAVE = Text("Gem", "Save")

CONTRACTOR = Field(
    "contractor",
    Entry.ONE_OF,
    Text("Entreprenør", "Contractor"),
    Text("Det firma, personen er hos", "The firm the person is with"),
)
CONTRACT = Field("contract", Entry.ONE_OF, Text("Hvilken entreprise?", "Which contract?"))
PERSON = Field(
    "person",
    Entry.PERSON,
    Text("Navn, initialer eller kode", "Name, initials or code"),
    Text(
        "Kun jeres organisation kan se navnet. Skriv aldrig CPR-nummer. En kode fra jobcentret kan bruges i stedet.",
        "Only your organisation can see the name. Never write a CPR number. A code from the job centre will do.",
    ),
)
PERSON_OF_ANOTHER = replace(
    PERSON,
    hint=Text(
        "Kun I og det firma, I melder for, kan se navnet. Skriv aldrig CPR-nummer. Brug gerne jobcentrets kode.",
        "Only you and the firm you report for can see the name. Never write a CPR number. "
        "A code from the job centre will do.",
    ),
)
KIND = Field("kind", Entry.WORD, Text("Hvad er det?", "What is it?"), words=PlacementKind)
TRADE = Field("trade", Entry.WORD, Text("Fag", "Trade"), required=False, words=Trade)
HOURS = Field(
    "weekly_hours", Entry.HOURS, Text("Timer om ugen", "Hours a week"), required=False, default=Default.FULL_WEEK
)
AGE = Field(
    "age_band", Entry.WORD, Text("Alder ved start", "Age at the start"), required=False, words=AgeBand, folded=True
)
PLANNED_END = Field(
    "planned_end",
    Entry.DATE,
    Text("Forventet slut", "Expected end"),
    Text("Hvis I kender den", "If you know it"),
    required=False,
)
SIGNED = Field(
    "signed_on",
    Entry.DATE,
    Text("Uddannelsesaftalen underskrevet", "Training agreement signed"),
    Text("Datoen på aftalen, for lærlinge og elever", "The date on the agreement, for apprentices"),
    required=False,
    past=True,
    folded=True,
)
FORM = Field(
    "form",
    Entry.WORD,
    Text("Aftalens form", "Form of the agreement"),
    required=False,
    words=ApprenticeshipForm,
    folded=True,
)


def today(name: str, da: str, en: str, *, since_start: bool = True, past: bool = False) -> Field:
    """A day that is most often today."""
    return Field(name, Entry.DATE, Text(da, en), default=Default.TODAY, since_start=since_start, past=past)
