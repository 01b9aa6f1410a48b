"""What client and contractors promised at Korskærparken, and when the works were to be done."""

from __future__ import annotations

from typing import Any

from services.sample.korskaerparken.people import (
    AREA,
    BANKRUPT_ON,
    BOEGEVANG,
    CIRCLE,
    CLIENT,
    EGETOFTE,
    ELLESUND,
    GRANVIG,
    KLITLUND,
    LAERKEDAL,
    PLAN,
    STENBAEK,
    STRANDHOLT,
)
from services.sample.proceedings import engage, register
from services.sample.story import Story, after, day


def begin(story: Story) -> None:
    """Tender, contracts and schedule; a firm that goes bankrupt, one that takes over, one that is done."""
    register(
        story,
        CLIENT,
        day("2012-10-01"),
        title="Helhedsplan for Korskærparken og Sønderparken",
        secretariat=PLAN.cvr,
        municipality=607,
        linking_circle=CIRCLE,
        project=f"{CLIENT.cvr}:helhedsplan-korskaerparken",
        area=AREA,
        route="voluntary_agreement",
        published_on=day("2012-10-01"),
        contract_sum_dkk=412_000_000,
        starts_on=day("2013-04-02"),
        handover_on=day("2016-06-30"),
    )
    for firm, signed_on, sum_dkk in (
        (STRANDHOLT, "2013-02-20", 148_000_000),
        (EGETOFTE, "2013-02-20", 83_000_000),
        (ELLESUND, "2013-02-27", 12_000_000),
        (KLITLUND, "2013-03-06", 61_000_000),
        (GRANVIG, "2013-03-06", 47_000_000),
        (STENBAEK, "2013-09-02", 24_000_000),
    ):
        engage(story, CLIENT, firm, day(signed_on), sum_dkk=sum_dkk, delivery_on=day("2016-06-30"))
    engage(story, CLIENT, LAERKEDAL, day("2014-03-03"), under=STRANDHOLT)
    story.say(CLIENT, "works.started", day("2013-04-15"), {"started_on": day("2013-04-15")})
    left = {"contractor": ELLESUND.cvr, "left_on": day("2014-05-30"), "reason": "finished"}
    story.say(CLIENT, "contractor.left", day("2014-05-30"), left)
    bankrupt = {"contractor": KLITLUND.cvr, "left_on": BANKRUPT_ON, "reason": "bankrupt"}
    story.say(CLIENT, "contractor.left", after(BANKRUPT_ON, 3), bankrupt)
    succession = {"contractor": KLITLUND.cvr, "successor": BOEGEVANG.cvr, "company": BOEGEVANG.name}
    took_over = {**succession, "succeeded_on": KLITLUND.heir_from}
    story.say(CLIENT, "contractor.succeeded", after(BANKRUPT_ON, 12), took_over)
    phase = {"phase": "etape-2", "title": "Sønderparken", "triggered_on": day("2014-09-01")}
    own_dates = {"starts_on": day("2015-03-02"), "handover_on": day("2017-03-31")}
    story.say(CLIENT, "phase.triggered", day("2014-09-01"), {**phase, **own_dates})
    sum_changed = {"contract": STENBAEK.contract, "contract_sum_dkk": 31_000_000, "changed_on": day("2015-02-10")}
    story.say(CLIENT, "contract_sum.changed", day("2015-02-10"), sum_changed)
    moved = {"starts_on": day("2013-04-15"), "handover_on": day("2017-05-31"), "reason": "finding_on_site"}
    story.say(CLIENT, "schedule.changed", day("2015-09-10"), {"decided_on": day("2015-09-10"), **moved})


def _target(story: Story, local: str, title: str, metric: str, amount: float, **more: Any) -> dict[str, Any]:
    return {"target": story.id(local), "title": title, "metric": metric, "amount": amount, **more}


def agree(story: Story) -> None:
    """Four promises at first, four more two years later; then a deviation that is agreed, and one that is not."""
    apprentices = {"kinds": ["apprenticeship"]}
    first = [
        _target(story, "personer", "Beboere i forløb", "persons", 48, residents_only=True),
        _target(story, "forloeb", "Forløb i alt", "placements", 60),
        _target(story, "laerlinge", "Lærlinge, årsværk", "fte", 5, **apprentices),
        _target(story, "i-arbejde", "I arbejde efter 26 uger", "in_work", 45, after_weeks=26),
    ]
    later = [
        _target(story, "andel", "Timer i forløb", "share_of_hours", 15, contractors=[STRANDHOLT.cvr, BOEGEVANG.cvr]),
        _target(story, "omsat", "Praktik og løntilskud til job", "conversions", 20, pathways=["d", "e"]),
        _target(
            story,
            "soenderparken",
            "Forløb i Sønderparken",
            "placements",
            14,
            contracts=[STENBAEK.contract],
            phase="etape-2",
        ),
        _target(story, "nye-laerlinge", "Lærlinge", "persons", 2, spread="training_plan", **apprentices),
    ]
    agreement = {
        "agreement": story.id("aftale"),
        "kind": "partnership_agreement",
        "rules": {"school_counts": False, "places_at_once": 3, "residence_on": "start"},
        "follow_up_owner": "Projektleder HB",
    }
    signed = {**agreement, "targets": first, "signed_on": day("2013-02-20")}
    story.say(CLIENT, "agreement.signed", day("2013-02-20"), signed)
    amended = {**agreement, "targets": first + later, "amended_on": day("2015-03-16")}
    story.say(CLIENT, "agreement.amended", day("2015-03-16"), amended)
    for number, (lower_by, asked_on) in enumerate((("3.5", "2014-12-01"), ("2.5", "2016-02-01")), 1):
        ask = {"waiver": story.id(f"dispensation-{number}", STRANDHOLT.cvr), "target": story.id("laerlinge")}
        asked = {**ask, "contractor": STRANDHOLT.cvr, "lower_by": float(lower_by), "requested_on": day(asked_on)}
        story.say(STRANDHOLT.teller, "waiver.requested", day(asked_on), {**asked, "reason": "no_apprentice_found"})
    refused = {"waiver": story.id("dispensation-1", STRANDHOLT.cvr), "target": story.id("laerlinge")}
    story.say(CLIENT, "waiver.refused", day("2015-01-12"), {**refused, "refused_on": day("2015-01-12")})
    granted = {"waiver": story.id("dispensation-2", STRANDHOLT.cvr), "target": story.id("laerlinge")}
    details = {"lowered_by": 2.5, "granted_on": day("2016-03-01"), "reason": "no_apprentice_found"}
    story.say(CLIENT, "waiver.granted", day("2016-03-01"), {**granted, **details})
