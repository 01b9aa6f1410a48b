"""The forms of openings: places that a contractor has to fill."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import contractor
from schemas.vocabulary import PlacementKind, Trade
from services.domain.rights import Kind
from services.gateway.reporting.fields import Default, Entry, Field
from services.gateway.reporting.forms import About, ReportForm, Setting, Told, Values
from services.sheets.outcomes import Text

_FIRM = frozenset({Kind.CONTRACTOR, Kind.SECRETARIAT})


def _posted(values: Values, setting: Setting) -> Iterator[Told]:
    given = {
        "opening": setting.new_id("p"),
        "contractor": setting.on_behalf_of or setting.organisation,
        "posted_on": setting.on.isoformat(),
        **setting.given,
    }
    yield Told(contractor.OpeningPosted, {**given, **values})


OPENING_FORMS = (
    ReportForm(
        "opening",
        About.NEW_OPENING,
        contractor.OpeningPosted,
        Text("Slå en plads op", "Post an opening"),
        Text("Slå op", "Post"),
        Text("Pladsen er slået op.", "The opening is posted."),
        (
            Field("kind", Entry.WORD, Text("Hvad søger I?", "What are you looking for?"), words=PlacementKind),
            Field("trade", Entry.WORD, Text("Fag", "Trade"), words=Trade),
            Field(
                "places", Entry.WHOLE, Text("Antal pladser", "Number of places"), required=False, default=Default.ONE
            ),
            Field("starts_on", Entry.DATE, Text("Start", "Start")),
            Field(
                "weekly_hours",
                Entry.HOURS,
                Text("Timer om ugen", "Hours a week"),
                required=False,
                default=Default.FULL_WEEK,
            ),
        ),
        _FIRM,
        telling=_posted,
    ),
    ReportForm(
        "filled",
        About.OPENING,
        contractor.OpeningFilled,
        Text("Pladsen er besat", "The place is filled"),
        Text("Gem", "Save"),
        Text("Pladsen er meldt besat.", "The place is reported filled."),
        (Field("filled_on", Entry.DATE, Text("Besat den", "Filled on"), default=Default.TODAY, past=True),),
        _FIRM,
    ),
    ReportForm(
        "withdrawn",
        About.OPENING,
        contractor.OpeningWithdrawn,
        Text("Træk pladsen tilbage", "Withdraw the opening"),
        Text("Træk tilbage", "Withdraw"),
        Text("Pladsen er trukket tilbage.", "The opening is withdrawn."),
        (Field("withdrawn_on", Entry.DATE, Text("Fra den", "From"), default=Default.TODAY, past=True),),
        _FIRM,
    ),
)
