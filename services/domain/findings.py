"""What somebody must look at: breaches and warnings as data, with who must act, in Danish and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schemas.vocabulary import Language, Party

_TEXTS: Mapping[str, tuple[Party, str, str]] = {
    "tender_unknown": (
        Party.CLIENT,
        "Udbuddet er ikke registreret; {count} forløb tæller ikke endnu",
        "The tender is not registered; {count} placements are not counted yet",
    ),
    "contractor_not_engaged": (
        Party.CLIENT,
        "Entreprenøren er ikke tilknyttet udbuddet; {count} forløb tæller ikke endnu",
        "The contractor is not engaged on the tender; {count} placements are not counted yet",
    ),
    "placement_waits": (
        Party.CONTRACTOR,
        "Forløbet mangler start eller aftale og tæller ikke endnu",
        "The placement has no start or agreement and is not counted yet",
    ),
    "possible_double": (
        Party.SECRETARIAT,
        "Jobcentrets forløb ligner et andet og tæller ikke, før nogen afgør, om de er ét",
        "The job centre's placement looks like another and is not counted until somebody decides whether they are one",
    ),
    "disputed": (
        Party.CONTRACTOR,
        "Forløbet er bestridt og tæller ikke, før det er bekræftet",
        "The placement is disputed and is not counted until it is confirmed",
    ),
    "contradiction": (
        Party.SECRETARIAT,
        "Indberetningerne er uenige om: {facts}",
        "The reports differ on: {facts}",
    ),
    "overlapping_hours": (
        Party.CONTRACTOR,
        "{count} timeperioder overlapper en anden og er ikke lagt sammen",
        "{count} periods of hours overlap another and are not summed",
    ),
    "hours_outside": (
        Party.CONTRACTOR,
        "{count} timeperioder ligger uden for forløbet og tæller ikke",
        "{count} periods of hours lie outside the placement and are not counted",
    ),
    "planned_end_passed": (
        Party.CONTRACTOR,
        "Planlagt slut er passeret uden melding; nye timer beregnes ikke",
        "The planned end has passed without a word; no more hours are computed",
    ),
    "start_overdue": (
        Party.CONTRACTOR,
        "Skulle være startet; start er ikke meldt",
        "Should have started; no start was reported",
    ),
    "grant_ran_out": (
        Party.JOB_CENTRE,
        "Forløbet fortsætter efter bevillingens udløb",
        "The placement goes on after its grant ran out",
    ),
    "longer_than_usual": (
        Party.JOB_CENTRE,
        "Forløbet er over {weeks} uger, og ingen bevilling er kendt",
        "The placement is over {weeks} weeks, and no grant is known",
    ),
    "unrewarded_hours": (
        Party.CLIENT,
        "Driftsassistent: {hours} timer kan ikke udløse arbejdsdusør",
        "Operations assistant: no reward may be paid for {hours} hours",
    ),
    "new_place_needed": (
        Party.SECRETARIAT,
        "Firmaet er ophørt: find ny læreplads",
        "The contractor has ended: find a new training place",
    ),
    "follow_up_due": (
        Party.JOB_CENTRE,
        "Opfølgning efter {weeks} uger mangler",
        "The follow-up after {weeks} weeks is missing",
    ),
    "say_yes": (
        Party.CONTRACTOR,
        "{count} forløb er indberettet på firmaets vegne og venter på dets ja",
        "{count} placements were reported on the contractor's behalf and await its yes",
    ),
    "many_events": (
        Party.SECRETARIAT,
        "{count} hændelser på ét forløb",
        "{count} events on one placement",
    ),
    "silent": (
        Party.CONTRACTOR,
        "{company} har ikke indberettet i {days} dage",
        "{company} has not reported for {days} days",
    ),
    "left_before": (
        Party.CLIENT,
        "Forløbet begyndte, efter at firmaet var udtrådt",
        "The placement began after its contractor had left",
    ),
    "action_overdue": (
        Party.SITE,
        "{owner}: {what} (overskredet {days} dage)",
        "{owner}: {what} ({days} days overdue)",
    ),
    "amendment_waits": (
        Party.SECRETARIAT,
        "{count} rettelser eller tilbagetrækninger venter på det, de gælder",
        "{count} corrections or withdrawals wait for what they are about",
    ),
    "amendment_void": (
        Party.SECRETARIAT,
        "{count} rettelser eller tilbagetrækninger gælder ikke (anden organisation, eller af en rettelse)",
        "{count} corrections or withdrawals do not hold (another organisation, or of a correction)",
    ),
    "target_twice": (
        Party.CLIENT,
        "Kravet står i to aftaler; den første gælder",
        "The target stands in two agreements; the first one holds",
    ),
    "plan_missing": (
        Party.CONTRACTOR,
        "Kravet følger lærlingeplanen, men ingen plan passer; der regnes jævnt",
        "The target follows the training plan, but no plan fits; it is spread evenly",
    ),
    "route_over_threshold": (
        Party.CLIENT,
        "Kontraktsummen er over grænsen for udbudsformen ({limit} kr.)",
        "The contract sum is over the limit of the procurement route (DKK {limit})",
    ),
    "training_terms_missing": (
        Party.CLIENT,
        "Offentlig kontrakt over 5 mio. kr. og 6 måneder uden uddannelsesvilkår",
        "Public works contract over DKK 5 million and 6 months without training terms",
    ),
}


class Scope(StrEnum):
    """Whom a finding is for, besides the secretariat (domain.md section 12).

    Of a tender: all its parties. Of a contractor: it, and who must act. Of a placement: who must act, and the
    contractors it names.
    """

    TENDER = "tender"
    CONTRACTOR = "contractor"
    PLACEMENT = "placement"


_OF_TENDER = frozenset(
    {
        "tender_unknown",
        "silent",
        "action_overdue",
        "target_twice",
        "plan_missing",
        "route_over_threshold",
        "training_terms_missing",
    }
)
_OF_CONTRACTOR = frozenset({"contractor_not_engaged", "say_yes", "amendment_waits", "amendment_void"})
_OF_PLACEMENT = frozenset(_TEXTS) - _OF_TENDER - _OF_CONTRACTOR

SCOPES: Mapping[str, Scope] = {
    **dict.fromkeys(_OF_TENDER, Scope.TENDER),
    **dict.fromkeys(_OF_CONTRACTOR, Scope.CONTRACTOR),
    **dict.fromkeys(_OF_PLACEMENT, Scope.PLACEMENT),
}
"""Whom each finding is for. What is named nowhere is for the fewest."""

NOT_COUNTED = frozenset({"tender_unknown", "contractor_not_engaged", "placement_waits", "possible_double", "disputed"})
"""The findings under which something accepted is not counted yet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: what, about which placement, contractor, target or action, who must act, since when."""

    code: str
    about: str
    must_act: Party
    organisation: str | None
    since: date | None
    da: str
    en: str

    def text(self, language: Language) -> str:
        """What people read."""
        return self.en if language == "en" else self.da


def finding(
    code: str, about: str, organisation: str | None = None, since: date | None = None, **facts: object
) -> Finding:
    """A finding of a known code; `facts` fill its text."""
    must_act, da, en = _TEXTS[code]
    return Finding(code, about, must_act, organisation, since, da.format(**facts), en.format(**facts))
