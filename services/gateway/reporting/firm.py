"""The forms of those who have people on a site: contractors, and secretariats on their behalf."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import contractor
from schemas.vocabulary import ApprenticeshipForm, EndReason, Outcome, PauseReason
from services.gateway.reporting.fields import Default, Entry, Field
from services.gateway.reporting.forms import About, ReportForm, Setting, Told, Values
from services.gateway.reporting.questions import (
    AGE,
    CONTRACTOR,
    FIRM,
    FORM,
    HOURS,
    KIND,
    PERSON,
    PLANNED_END,
    SAVE,
    SIGNED,
    TRADE,
    today,
)
from services.sheets.outcomes import Text

_OF_AGREEMENT = frozenset({"signed_on", "form"})


def _start(values: Values, setting: Setting) -> Iterator[Told]:
    """A start, or an agreement where the day is ahead; and the training agreement, where its date is told."""
    placement, begins = setting.new_id("f"), str(values["started_on"])
    terms = {
        "placement": placement,
        "contractor": setting.on_behalf_of or setting.organisation,
        **setting.given,
        **{name: said for name, said in values.items() if name not in _OF_AGREEMENT | {"started_on"}},
    }
    if begins > setting.on.isoformat():
        dates: dict[str, str | int | float | list[str]] = {"agreed_on": setting.on.isoformat(), "planned_start": begins}
        yield Told(contractor.PlacementAgreed, {**terms, **dates})
    else:
        yield Told(contractor.PlacementStarted, {**terms, "started_on": begins})
    if "signed_on" in values:
        agreed = {"placement": terms["placement"], **{name: values[name] for name in _OF_AGREEMENT if name in values}}
        yield Told(contractor.ApprenticeshipAgreed, agreed, "aftale")


def _changed(values: Values, setting: Setting) -> Iterator[Told]:
    """Hours and planned end are one event, a trade is another."""
    day = values["extended_on"]
    extended = {name: values[name] for name in ("planned_end", "weekly_hours") if name in values}
    trade = values.get("trade")
    if extended or trade is None:
        yield Told(contractor.PlacementExtended, {**setting.given, "extended_on": day, **extended})
    if trade is not None:
        yield Told(contractor.PlacementTradeChanged, {**setting.given, "changed_on": day, "trade": trade}, "fag")


START = ReportForm(
    "start",
    About.NEW_PLACEMENT,
    contractor.PlacementStarted,
    Text("Meld start", "Report a start"),
    Text("Meld start", "Report start"),
    Text("Starten er gemt.", "The start is saved."),
    (
        PERSON,
        KIND,
        Field(
            "started_on",
            Entry.DATE,
            Text("Første dag", "First day"),
            Text("En dag i fremtiden bliver til en aftale", "A day to come becomes an agreement"),
            default=Default.TODAY,
            says=("planned_start",),
        ),
        TRADE,
        HOURS,
        PLANNED_END,
        SIGNED,
        FORM,
        AGE,
    ),
    FIRM,
    "planned_end",
    telling=_start,
)

FIRM_FORMS = (
    START,
    ReportForm(
        "pause",
        About.PLACEMENT,
        contractor.PlacementPaused,
        Text("Pause", "Pause"),
        SAVE,
        Text("Pausen er gemt.", "The pause is saved."),
        (
            today("paused_on", "Første dag på pause", "First day of the pause"),
            Field("reason", Entry.WORD, Text("Hvorfor?", "Why?"), required=False, words=PauseReason),
        ),
        FIRM,
    ),
    ReportForm(
        "resume",
        About.PLACEMENT,
        contractor.PlacementResumed,
        Text("I gang igen", "Back again"),
        SAVE,
        Text("Personen er meldt i gang igen.", "The person is reported back."),
        (today("resumed_on", "Første dag tilbage", "First day back"),),
        FIRM,
    ),
    ReportForm(
        "school",
        About.PLACEMENT,
        contractor.SchoolPeriodReported,
        Text("På skole", "At school"),
        SAVE,
        Text("Skoleperioden er gemt.", "The school period is saved."),
        (
            Field(
                "from_on",
                Entry.DATE,
                Text("Første skoledag", "First day at school"),
                default=Default.TODAY,
                since_start=True,
            ),
            Field("to_on", Entry.DATE, Text("Sidste skoledag", "Last day at school")),
        ),
        FIRM,
        "to_on",
    ),
    ReportForm(
        "change",
        About.PLACEMENT,
        contractor.PlacementExtended,
        Text("Ret timer, forventet slut eller fag", "Change hours, expected end or trade"),
        SAVE,
        Text("Ændringen er gemt.", "The change is saved."),
        (
            Field(
                "extended_on",
                Entry.DATE,
                Text("Gælder fra", "Holds from"),
                default=Default.TODAY,
                says=("changed_on",),
                since_start=True,
            ),
            Field("weekly_hours", Entry.HOURS, Text("Timer om ugen", "Hours a week"), required=False),
            Field("planned_end", Entry.DATE, Text("Forventet slut", "Expected end"), required=False),
            TRADE,
        ),
        FIRM,
        "planned_end",
        Text("Udfyld kun det, der er ændret.", "Fill in only what has changed."),
        _changed,
    ),
    ReportForm(
        "end",
        About.PLACEMENT,
        contractor.PlacementEnded,
        Text("Stoppet", "Ended"),
        SAVE,
        Text("Stoppet er gemt.", "The end is saved."),
        (
            Field(
                "ended_on",
                Entry.DATE,
                Text("Sidste dag", "Last day"),
                default=Default.TODAY,
                past=True,
                since_start=True,
            ),
            Field(
                "reason",
                Entry.WORD,
                Text("Årsag", "Reason"),
                Text("Vises aldrig på byggemøder og tavler", "Never shown at site meetings or on boards"),
                required=False,
                words=EndReason,
            ),
            Field("outcome", Entry.WORD, Text("Hvad det førte til", "What it led to"), required=False, words=Outcome),
        ),
        FIRM,
    ),
    ReportForm(
        "not-started",
        About.PLACEMENT,
        contractor.PlacementNotStarted,
        Text("Startede ikke", "Did not start"),
        SAVE,
        Text("Det er gemt, at forløbet ikke blev til noget.", "It is saved that the placement came to nothing."),
        (
            Field("decided_on", Entry.DATE, Text("Dato", "Date"), default=Default.TODAY, past=True),
            Field("reason", Entry.WORD, Text("Årsag", "Reason"), required=False, words=EndReason),
        ),
        FIRM,
    ),
    ReportForm(
        "begin",
        About.PLACEMENT,
        contractor.PlacementStarted,
        Text("Meld start på det aftalte", "Report the start of what was agreed"),
        Text("Meld start", "Report start"),
        Text("Starten er gemt.", "The start is saved."),
        (
            Field("started_on", Entry.DATE, Text("Første dag", "First day"), default=Default.TODAY, past=True),
            HOURS,
            PLANNED_END,
        ),
        FIRM,
        "planned_end",
    ),
    ReportForm(
        "move",
        About.PLACEMENT,
        contractor.PlacementMoved,
        Text("Flyttet til et andet firma", "Moved to another firm"),
        SAVE,
        Text("Flytningen er gemt.", "The move is saved."),
        (today("moved_on", "Første dag hos det nye firma", "First day with the new firm"), CONTRACTOR),
        FIRM,
    ),
    ReportForm(
        "agreement",
        About.PLACEMENT,
        contractor.ApprenticeshipAgreed,
        Text("Uddannelsesaftale", "Training agreement"),
        SAVE,
        Text("Uddannelsesaftalen er gemt.", "The training agreement is saved."),
        (
            Field("signed_on", Entry.DATE, Text("Underskrevet", "Signed"), past=True),
            Field(
                "form",
                Entry.WORD,
                Text("Aftalens form", "Form of the agreement"),
                required=False,
                words=ApprenticeshipForm,
            ),
            Field("employed_since", Entry.DATE, Text("Ansat hos jer siden", "Employed with you since"), required=False),
            Field(
                "on_site_from",
                Entry.DATE,
                Text("På byggepladsen fra", "On site from"),
                Text(
                    "Tid før den dag tæller ikke på dette udbud", "Time before that day does not count on this tender"
                ),
                required=False,
            ),
        ),
        FIRM,
    ),
)
