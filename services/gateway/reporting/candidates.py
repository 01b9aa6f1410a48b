"""The forms of candidates: from found to placed."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import job_centre
from schemas.vocabulary import AgeBand, Assessment, DeclinedBy, Trade, YesNoUnknown
from services.domain.rights import Kind
from services.gateway.reporting.fields import Default, Entry, Field
from services.gateway.reporting.forms import About, ReportForm, Setting, Told, Values
from services.sheets.outcomes import Text

_FINDS = frozenset({Kind.JOB_CENTRE})
_MEETS = frozenset({Kind.JOB_CENTRE, Kind.CONTRACTOR})
_SAVE = Text("Gem", "Save")


def _day(name: str, da: str, en: str) -> Field:
    return Field(name, Entry.DATE, Text(da, en), default=Default.TODAY, past=True)


SHOWN_AS = "shown_as"
"""The field with what the firm is shown of a person: it goes to the vault, never into an event."""


def _presented(values: Values, setting: Setting) -> Iterator[Told]:
    said = {name: value for name, value in values.items() if name != SHOWN_AS}
    yield Told(job_centre.CandidatePresented, {**setting.given, **said})


_OPENING = Field("opening", Entry.ONE_OF, Text("Åben plads", "Opening"), says=("tender", "contractor"))

CANDIDATE_FORMS = (
    ReportForm(
        "candidate",
        About.NEW_CANDIDATE,
        job_centre.CandidateIdentified,
        Text("Ny kandidat", "New candidate"),
        _SAVE,
        Text("Kandidaten er gemt.", "The candidate is saved."),
        (
            Field(
                "person",
                Entry.PERSON,
                Text("Navn, initialer eller kode", "Name, initials or code"),
                Text(
                    "Kun jeres organisation kan se navnet. Skriv aldrig CPR-nummer.",
                    "Only your organisation can see the name. Never write a CPR number.",
                ),
            ),
            _day("identified_on", "Fundet den", "Found on"),
            Field("trades", Entry.WORDS, Text("Fag", "Trades"), required=False, words=Trade),
            Field("age_band", Entry.WORD, Text("Alder", "Age"), required=False, words=AgeBand),
            Field(
                "resident",
                Entry.WORD,
                Text("Beboer i området", "Resident of the area"),
                required=False,
                words=YesNoUnknown,
            ),
        ),
        _FINDS,
    ),
    ReportForm(
        "assessed",
        About.CANDIDATE,
        job_centre.CandidateAssessed,
        Text("Vurdering", "Assessment"),
        _SAVE,
        Text("Vurderingen er gemt.", "The assessment is saved."),
        (
            Field(
                "result",
                Entry.WORD,
                Text("Er kandidaten klar?", "Is the candidate ready?"),
                words=Assessment,
                radios=True,
            ),
            _day("assessed_on", "Vurderet den", "Assessed on"),
        ),
        _FINDS,
    ),
    ReportForm(
        "consent",
        About.CANDIDATE,
        job_centre.ConsentGiven,
        Text("Samtykke", "Consent"),
        _SAVE,
        Text("Samtykket er gemt.", "The consent is saved."),
        (
            Field("to", Entry.WORDS, Text("Må vises for", "May be shown to")),
            _day("given_on", "Givet den", "Given on"),
            Field("expires_on", Entry.DATE, Text("Gælder til og med", "Holds until")),
        ),
        _FINDS,
        "expires_on",
    ),
    ReportForm(
        "consent-withdrawn",
        About.CANDIDATE,
        job_centre.ConsentWithdrawn,
        Text("Samtykke trukket tilbage", "Consent withdrawn"),
        _SAVE,
        Text("Det er gemt, at samtykket er trukket tilbage.", "It is saved that the consent was withdrawn."),
        (_day("withdrawn_on", "Dato", "Date"),),
        _FINDS,
    ),
    ReportForm(
        "presented",
        About.CANDIDATE,
        job_centre.CandidatePresented,
        Text("Præsentér for et firma", "Present to a firm"),
        _SAVE,
        Text("Præsentationen er gemt.", "The presentation is saved."),
        (
            _OPENING,
            Field(
                SHOWN_AS,
                Entry.PERSON,
                Text(
                    "Navn og telefon, som firmaet må se efter samtykke",
                    "Name and phone that the firm may see after consent",
                ),
                Text(
                    "Kun firmaet kan se det. Skriv aldrig CPR-nummer.",
                    "Only the firm can see it. Never write a CPR number.",
                ),
                required=False,
            ),
            _day("presented_on", "Dato", "Date"),
        ),
        _FINDS,
        telling=_presented,
    ),
    ReportForm(
        "interviewed",
        About.CANDIDATE,
        job_centre.CandidateInterviewed,
        Text("Samtale holdt", "Interview held"),
        _SAVE,
        Text("Samtalen er gemt.", "The interview is saved."),
        (_OPENING, _day("interviewed_on", "Dato", "Date")),
        _MEETS,
    ),
    ReportForm(
        "accepted",
        About.CANDIDATE,
        job_centre.CandidateAccepted,
        Text("Får pladsen", "Gets the place"),
        _SAVE,
        Text("Det er gemt, at kandidaten får pladsen.", "It is saved that the candidate gets the place."),
        (_OPENING, _day("accepted_on", "Dato", "Date")),
        _MEETS,
    ),
    ReportForm(
        "declined",
        About.CANDIDATE,
        job_centre.CandidateDeclined,
        Text("Blev ikke til noget", "Came to nothing"),
        _SAVE,
        Text("Det er gemt, at det ikke blev til noget.", "It is saved that it came to nothing."),
        (
            _OPENING,
            Field("by", Entry.WORD, Text("Hvem sagde nej?", "Who said no?"), words=DeclinedBy, radios=True),
            _day("declined_on", "Dato", "Date"),
        ),
        _MEETS,
    ),
)
