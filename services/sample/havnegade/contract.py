"""What client and contractors promised at Havnegade, and when the works are to be done."""

from __future__ import annotations

from typing import Any

from services.sample.courses import Firm
from services.sample.havnegade.people import (
    BOEGELUND,
    CIRCLE,
    CLIENT,
    EGEHOLM,
    FIRMS,
    KLITDAL,
    LAERKEHOLT,
    MOSEVANG,
    SECRETARIAT,
)
from services.sample.proceedings import engage, register
from services.sample.story import Story, day

_SHARES = {EGEHOLM: 3.0, LAERKEHOLT: 4.0, MOSEVANG: 2.0, KLITDAL: 1.5, BOEGELUND: 1.5}


def begin(story: Story) -> None:
    """Tender, five contracts, and a schedule that has moved once, by two months."""
    register(
        story,
        CLIENT,
        day("2025-08-20"),
        title="Havnegade 12-40: renovering og nye tagboliger",
        secretariat=SECRETARIAT.cvr,
        municipality=461,
        linking_circle=CIRCLE,
        area=f"{CLIENT.cvr}:havnegade-omraade",
        route="social_clause",
        published_on=day("2025-08-20"),
        contract_sum_dkk=187_000_000,
        starts_on=day("2026-03-02"),
        handover_on=day("2028-04-28"),
    )
    for firm, sum_dkk in zip(FIRMS, (62_000_000, 51_000_000, 33_000_000, 21_000_000, 20_000_000), strict=True):
        engage(story, CLIENT, firm, day("2026-01-12"), sum_dkk=sum_dkk, delivery_on=day("2028-04-28"))
    story.say(CLIENT, "works.started", day("2026-03-02"), {"started_on": day("2026-03-02")})
    moved = {"starts_on": day("2026-03-02"), "handover_on": day("2028-06-30"), "reason": "finding_on_site"}
    story.say(CLIENT, "schedule.changed", day("2026-09-15"), {"decided_on": day("2026-09-15"), **moved})


def agree(story: Story) -> None:
    """The training clause of 12.0 FTE with each contractor's part of it, and the social clause with its deviation."""
    owner = {"follow_up_owner": "Sekretariatskonsulent IB", "signed_on": day("2026-01-12")}
    clause = {
        "agreement": story.id("uddannelsesklausul"),
        "kind": "training_clause",
        "rules": {"school_counts": False, "places_at_once": 9},
        "targets": [
            _target(story, "oplaering", "Oplæring, årsværk", "fte", 12, spread="training_plan"),
            *(_part(story, firm, amount) for firm, amount in _SHARES.items()),
            _target(story, "laerlinge-foer-nytaar", "Lærlinge i gang", "persons", 7, due_on=day("2027-01-31")),
        ],
    }
    story.say(CLIENT, "agreement.signed", day("2026-01-12"), {**clause, **owner})
    job_courses = {"kinds": ["work_placement", "wage_subsidy", "flex_job"]}
    social = {
        "agreement": story.id("social-klausul"),
        "kind": "social_clause",
        "targets": [
            _of(story, "jobforloeb", "Personer i jobforløb", "persons", 15, **job_courses),
            _of(story, "omsat", "Jobforløb til job eller læreplads", "conversions", 6),
            _of(story, "andel", "Timer i oplæring og jobforløb", "share_of_hours", 8),
        ],
    }
    story.say(CLIENT, "agreement.signed", day("2026-01-12"), {**social, **owner})
    ask = {"waiver": story.id("dispensation", EGEHOLM.cvr), "target": story.id("jobforloeb")}
    asked = {**ask, "contractor": EGEHOLM.cvr, "lower_by": 5, "requested_on": day("2026-08-24"), "reason": "safety"}
    story.say(EGEHOLM.teller, "waiver.requested", day("2026-08-24"), asked)
    granted = {**ask, "lowered_by": 5, "granted_on": day("2026-09-22"), "reason": "safety"}
    story.say(CLIENT, "waiver.granted", day("2026-09-22"), granted)


def _of(story: Story, local: str, title: str, metric: str, amount: float, **more: Any) -> dict[str, Any]:
    return {"target": story.id(local), "title": title, "metric": metric, "amount": amount, **more}


def _target(story: Story, local: str, title: str, metric: str, amount: float, **more: Any) -> dict[str, Any]:
    return _of(story, local, title, metric, amount, kinds=["apprenticeship"], **more)


def _part(story: Story, firm: Firm, amount: float) -> dict[str, Any]:
    """A contractor's own part, carried by its contract."""
    title = f"Oplæring, {firm.name}"
    more = {"contracts": [firm.contract], "spread": "training_plan"}
    return _target(story, f"oplaering-{firm.contract.rpartition('-')[2]}", title, "fte", amount, **more)


def training_plans(story: Story) -> None:
    """Who was to start when; the carpenter has put its third apprentice off to the new year."""
    for firm, starts in (
        (EGEHOLM, (("2026-03-16", 108), ("2026-08-10", 85))),
        (LAERKEHOLT, (("2026-05-04", 100), ("2026-08-03", 90), ("2026-08-03", 90))),
        (MOSEVANG, (("2026-06-01", 98),)),
        (KLITDAL, (("2026-08-03", 90),)),
        (BOEGELUND, (("2026-10-05", 80),)),
    ):
        plan = {"plan": story.id("laerlingeplan", firm.cvr)}
        lines = [{"trade": firm.trade, "starts_on": day(on), "weeks": weeks, "persons": 1} for on, weeks in starts]
        first = {**plan, "contractor": firm.cvr, "contract": firm.contract, "submitted_on": day("2026-02-09")}
        story.say(firm.teller, "training_plan.submitted", day("2026-02-09"), {**first, "starts": lines})
        if firm is LAERKEHOLT:
            put_off = [*lines[:2], {**lines[2], "starts_on": day("2027-01-11"), "weeks": 72}]
            revised = {**plan, "revised_on": day("2026-10-19"), "starts": put_off}
            story.say(firm.teller, "training_plan.revised", day("2026-10-19"), revised)
