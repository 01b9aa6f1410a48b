"""What client and contractors promised at Rosenhøj, and when the works were to be done."""

from __future__ import annotations

from typing import Any

from services.sample.proceedings import engage, register
from services.sample.rosenhoej.people import (
    AREA,
    BANKRUPT_ON,
    BIRKEDAL,
    CIRCLE,
    CLIENT,
    ELLEMARK,
    FJORDTOFTE,
    GRANLUND,
    HEDEVANG,
    SECRETARIAT,
    STENSUND,
)
from services.sample.story import Story, after, day


def begin(story: Story) -> None:
    """Tender, contracts and schedule; an electrician that goes bankrupt, and another that is engaged instead."""
    register(
        story,
        CLIENT,
        day("2012-02-01"),
        title="Rosenhøj: renovering af blokke og friarealer",
        secretariat=SECRETARIAT.cvr,
        municipality=751,
        linking_circle=CIRCLE,
        area=AREA,
        route="voluntary_agreement",
        published_on=day("2012-02-01"),
        contract_sum_dkk=236_000_000,
        starts_on=day("2012-09-03"),
        handover_on=day("2015-10-30"),
    )
    for firm, signed_on, sum_dkk in (
        (HEDEVANG, "2012-06-15", 94_000_000),
        (STENSUND, "2012-06-15", 71_000_000),
        (FJORDTOFTE, "2012-08-20", 28_000_000),
        (GRANLUND, "2012-08-20", 31_000_000),
        (ELLEMARK, "2014-04-07", 17_000_000),
    ):
        engage(story, CLIENT, firm, day(signed_on), sum_dkk=sum_dkk, delivery_on=day("2015-10-30"))
    engage(story, CLIENT, BIRKEDAL, day("2013-02-11"), under=HEDEVANG)
    story.say(CLIENT, "works.started", day("2012-09-10"), {"started_on": day("2012-09-10")})
    bankrupt = {"contractor": FJORDTOFTE.cvr, "left_on": BANKRUPT_ON, "reason": "bankrupt"}
    story.say(CLIENT, "contractor.left", after(BANKRUPT_ON, 4), bankrupt)
    moved = {"starts_on": day("2012-09-10"), "handover_on": day("2016-06-30"), "reason": "delay"}
    story.say(CLIENT, "schedule.changed", day("2014-05-12"), {"decided_on": day("2014-05-12"), **moved})


def finish(story: Story) -> None:
    """The works are handed over, and the follow-up is closed half a year later."""
    story.say(CLIENT, "works.handed_over", day("2016-06-30"), {"handed_over_on": day("2016-06-30")})
    for firm in (GRANLUND, STENSUND):
        left = {"contractor": firm.cvr, "left_on": day("2016-06-30"), "reason": "finished"}
        story.say(CLIENT, "contractor.left", day("2016-07-04"), left)
    story.say(SECRETARIAT, "tender.closed", day("2016-12-15"), {"closed_on": day("2016-12-15")})


def _target(story: Story, local: str, title: str, metric: str, amount: float, **more: Any) -> dict[str, Any]:
    return {"target": story.id(local), "title": title, "metric": metric, "amount": amount, **more}


def agree(story: Story) -> None:
    """The promises; those of 2014 are one apprentice more, and the electrician's one moved to the new contract."""
    apprentices = {"kinds": ["apprenticeship"]}
    first = [
        _target(story, "beboere", "Beboere i forløb", "persons", 40, residents_only=True),
        _target(story, "job", "Ordinære job", "placements", 20, kinds=["ordinary_employment"]),
        _target(story, "laerlinge", "Lærlinge, årsværk", "fte", 9, **apprentices),
        _target(story, "andel", "Timer i forløb", "share_of_hours", 8, contractors=[HEDEVANG.cvr]),
        _target(story, "omsat", "Løntilskud og praktik til job", "conversions", 3),
        _target(story, "i-arbejde", "I arbejde efter 26 uger", "in_work", 22, after_weeks=26),
        _target(story, "laerling-el", "Lærling, el", "persons", 1, contracts=[FJORDTOFTE.contract], **apprentices),
    ]
    later = [
        _target(story, "laerling-el-2", "Lærling, el", "persons", 0, contracts=[ELLEMARK.contract], **apprentices),
        _target(story, "nye-laerlinge", "Lærlinge", "persons", 5, spread="training_plan", **apprentices),
    ]
    agreement = {
        "agreement": story.id("aftale"),
        "kind": "partnership_agreement",
        "rules": {"places_at_once": 4, "residence_on": "referral"},
        "follow_up_owner": "Sekretariatsleder AV",
    }
    signed = {**agreement, "targets": first, "signed_on": day("2012-06-15")}
    story.say(CLIENT, "agreement.signed", day("2012-06-15"), signed)
    amended = {**agreement, "targets": first + later, "amended_on": day("2014-06-02")}
    story.say(CLIENT, "agreement.amended", day("2014-06-02"), amended)
    carried_over = {"target": story.id("laerling-el"), "to_target": story.id("laerling-el-2"), "amount": 1}
    story.say(
        CLIENT, "obligation.transferred", day("2014-06-02"), {**carried_over, "transferred_on": day("2014-06-02")}
    )
    ask = {"waiver": story.id("dispensation", HEDEVANG.cvr), "target": story.id("laerlinge")}
    asked = {**ask, "contractor": HEDEVANG.cvr, "lower_by": 3, "requested_on": day("2014-11-03")}
    story.say(HEDEVANG.teller, "waiver.requested", day("2014-11-03"), {**asked, "reason": "bankruptcy"})
    granted = {**ask, "lowered_by": 3, "granted_on": day("2014-12-01"), "reason": "bankruptcy"}
    story.say(CLIENT, "waiver.granted", day("2014-12-01"), granted)
