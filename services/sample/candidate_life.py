"""How somebody gets a placement of a portfolio: an opening, a candidate, the steps between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.sample.days import ISO
from services.sample.proportions import AGES, ASSESSMENTS, RESIDENT, pick

if TYPE_CHECKING:
    from services.sample.placement_life import Placement
    from services.sample.tender import Tender

_BY_JOB_CENTRE = {"apprenticeship": 0.2, "ordinary_employment": 0.3, "work_placement": 0.7, "wage_subsidy": 0.8}


def bring_in(tender: Tender, placement: Placement) -> None:
    """Post the opening of a placement, and for some of them tell how the job centre found the person."""
    random = tender.rng.random
    if random() > 0.6:
        return
    placement.opening = _opening(tender, placement)
    if random() < _BY_JOB_CENTRE.get(placement.kind, 0.4):
        placement.referred = True
        _candidate(tender, placement, placement.opening)
    filled = {"opening": placement.opening, "placement": placement.id, "filled_on": ISO[placement.start]}
    tender.say(placement.firm.office, "opening.filled", placement.start, filled)


def _opening(tender: Tender, placement: Placement) -> str:
    day, random = placement.start - 45, tender.rng.random
    opening = tender.new_id("plads", placement.firm.office.cvr)
    data = {
        "opening": opening,
        "contractor": placement.firm.cvr,
        "contract": placement.firm.contract,
        "kind": placement.kind,
        "trade": placement.firm.company.trade,
        "places": 1 + int(random() * 1.4),
        "starts_on": ISO[placement.start],
        "weekly_hours": placement.weekly_hours,
        "posted_on": ISO[day],
    }
    tender.say(placement.firm.office, "opening.posted", day, data)
    if random() < 0.06:
        withdrawn = {"opening": opening, "withdrawn_on": ISO[placement.start + 20]}
        tender.say(placement.firm.office, "opening.withdrawn", placement.start + 20, withdrawn)
    return opening


def _candidate(tender: Tender, placement: Placement, opening: str) -> None:
    """Found, assessed, with consent presented to the contractor, met and accepted; now and then another was first."""
    job_centre, rng, day = tender.job_centre, tender.rng, placement.start - 40
    candidate = tender.new_id("kandidat", job_centre.cvr)
    match = {"tender": tender.id, "opening": opening, "contractor": placement.firm.cvr}
    identified = {
        "person": placement.person,
        "linking_circle": tender.municipality.linking_circle,
        "identified_on": ISO[day],
        "age_band": pick(rng, AGES),
        "resident": pick(rng, RESIDENT),
        "trades": [placement.firm.company.trade],
    }
    consent = {"given_on": ISO[day + 6], "expires_on": ISO[day + 371], "to": [placement.firm.cvr]}
    _tell(tender, candidate, "candidate.identified", day, identified)
    _assess(tender, candidate, day + 3)
    _tell(tender, candidate, "consent.given", day + 6, consent)
    _tell(tender, candidate, "candidate.presented", day + 8, {**match, "presented_on": ISO[day + 8]})
    if rng.random() < 0.7:
        _tell(tender, candidate, "candidate.interviewed", day + 13, {**match, "interviewed_on": ISO[day + 13]})
    if rng.random() < 0.25:
        _declined_before(tender, match, day)
    accepted = {**match, "accepted_on": ISO[day + 16], "placement": placement.id}
    _tell(tender, candidate, "candidate.accepted", day + 16, accepted)
    if rng.random() < 0.06:
        _tell(tender, candidate, "consent.withdrawn", day + 90, {"withdrawn_on": ISO[day + 90]})


def _assess(tender: Tender, candidate: str, day: int) -> None:
    result = pick(tender.rng, ASSESSMENTS)
    _tell(tender, candidate, "candidate.assessed", day, {"assessed_on": ISO[day], "result": result})
    if result != "ready":
        _tell(tender, candidate, "candidate.assessed", day + 2, {"assessed_on": ISO[day + 2], "result": "ready"})


def _declined_before(tender: Tender, match: dict[str, Any], day: int) -> None:
    other = tender.new_id("kandidat", tender.job_centre.cvr)
    identified = {
        "person": tender.new_id("p", tender.secretariat.cvr),
        "linking_circle": tender.municipality.linking_circle,
        "identified_on": ISO[day - 20],
    }
    _tell(tender, other, "candidate.identified", day - 20, identified)
    _tell(tender, other, "candidate.presented", day - 9, {**match, "presented_on": ISO[day - 9]})
    declined = {**match, "declined_on": ISO[day], "by": "contractor" if day % 2 else "candidate"}
    _tell(tender, other, "candidate.declined", day, declined)


def _tell(tender: Tender, candidate: str, name: str, day: int, data: dict[str, Any]) -> None:
    tender.say_of(candidate, tender.job_centre, name, day, data)
