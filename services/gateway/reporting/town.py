"""The forms of those who refer people and follow them: job centres. Some of them are also others' to use."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import job_centre
from schemas.vocabulary import DisputeReason, GrantKind, Outcome, YesNoUnknown
from services.gateway.reporting.fields import Default, Entry, Field
from services.gateway.reporting.forms import About, ReportForm, Setting, Told, Values
from services.gateway.reporting.questions import AGE, DISPUTES, HOURS, KIND, PERSON, SAVE, TOWN, TRADE, VIEW, today
from services.sheets.outcomes import Text


def _own_view(values: Values, setting: Setting) -> Iterator[Told]:
    """What a job centre knows of a placement, under its own id; it says that it referred the person."""
    given = {"placement": setting.new_id("v"), "referred_by": setting.organisation, **setting.given}
    yield Told(job_centre.PlacementReported, {**given, **values})


OWN_VIEW = ReportForm(
    "view",
    About.NEW_PLACEMENT,
    job_centre.PlacementReported,
    Text("Indberet et forløb, som jobcentret kender det", "Report a placement as the job centre knows it"),
    Text("Gem", "Save"),
    Text("Forløbet er gemt.", "The placement is saved."),
    (
        PERSON,
        KIND,
        today("started_on", "Første dag", "First day", since_start=False),
        TRADE,
        HOURS,
        Field("authorised_until", Entry.DATE, Text("Bevilling til og med", "Granted until"), required=False),
        Field(
            "resident", Entry.WORD, Text("Beboer i området", "Resident of the area"), required=False, words=YesNoUnknown
        ),
        Field(
            "ended_on",
            Entry.DATE,
            Text("Sidste dag", "Last day"),
            Text("Hvis det er slut", "If it is over"),
            required=False,
            folded=True,
        ),
        Field(
            "outcome",
            Entry.WORD,
            Text("Hvad det førte til", "What it led to"),
            required=False,
            words=Outcome,
            folded=True,
        ),
        AGE,
    ),
    TOWN,
    "ended_on",
    telling=_own_view,
)

TOWN_FORMS = (
    OWN_VIEW,
    ReportForm(
        "confirm",
        About.PLACEMENT,
        job_centre.PlacementConfirmed,
        Text("Bekræft forløbet", "Confirm the placement"),
        Text("Ja, det er rigtigt", "Yes, that is right"),
        Text("Forløbet er bekræftet.", "The placement is confirmed."),
        (today("confirmed_on", "Dato", "Date", since_start=False),),
        VIEW,
    ),
    ReportForm(
        "dispute",
        About.PLACEMENT,
        job_centre.PlacementDisputed,
        Text("Noget er forkert", "Something is wrong"),
        Text("Gem", "Save"),
        Text(
            "Det er gemt, at I er uenige. Forløbet tæller ikke, før I har bekræftet det.",
            "It is saved that you disagree. The placement is not counted until you have confirmed it.",
        ),
        (
            Field("reason", Entry.WORD, Text("Hvad er forkert?", "What is wrong?"), words=DisputeReason, radios=True),
            today("disputed_on", "Dato", "Date", since_start=False),
        ),
        DISPUTES,
    ),
    ReportForm(
        "follow-up",
        About.PLACEMENT,
        job_centre.PlacementFollowedUp,
        Text("Følg op", "Follow up"),
        SAVE,
        Text("Opfølgningen er gemt.", "The follow-up is saved."),
        (
            Field(
                "in_work",
                Entry.WORD,
                Text("Er personen i job eller uddannelse?", "Is the person in work or training?"),
                words=YesNoUnknown,
                radios=True,
            ),
            Field(
                "followed_up_on", Entry.DATE, Text("Dato", "Date"), default=Default.TODAY, past=True, since_start=True
            ),
            Field("outcome", Entry.WORD, Text("Hvad det førte til", "What it led to"), required=False, words=Outcome),
        ),
        VIEW,
    ),
    ReportForm(
        "grant",
        About.PLACEMENT,
        job_centre.GrantGiven,
        Text("Bevilling", "Grant"),
        SAVE,
        Text("Bevillingen er gemt.", "The grant is saved."),
        (
            Field("kind", Entry.WORD, Text("Bevilget", "Granted"), words=GrantKind),
            Field("given_on", Entry.DATE, Text("Bevilget den", "Granted on"), default=Default.TODAY),
            Field("authorised_until", Entry.DATE, Text("Til og med", "Until")),
        ),
        TOWN,
        "authorised_until",
    ),
    ReportForm(
        "mentor",
        About.PLACEMENT,
        job_centre.MentorAssigned,
        Text("Mentor", "Mentor"),
        SAVE,
        Text("Mentoren er gemt.", "The mentor is saved."),
        (
            Field("assigned_on", Entry.DATE, Text("Fra", "From"), default=Default.TODAY),
            Field("until_on", Entry.DATE, Text("Til og med", "Until"), required=False),
        ),
        TOWN,
        "until_on",
    ),
)
