"""What goes on at a portfolio's tender whoever is placed there: meetings, actions, area figures, rarer turns."""

from collections.abc import Callable
from typing import Any

from services.sample.days import ISO, MONTHS
from services.sample.proportions import INDICATORS, pick
from services.sample.tender import Tender

_WHAT = (
    "Slå to lærlingepladser op",
    "Indberet timer for sidste måned",
    "Aftal samtale med jobcentret",
    "Send revideret lærlingeplan",
    "Find ny læreplads",
    "Bekræft forløb på listen",
)


def hold_meetings(tender: Tender, month: int) -> None:
    """The month's site meeting, with an action or two that were decided there."""
    random, site = tender.rng.random, tender.site
    day = MONTHS[month][0] + 4 + int(random() * 12)
    if not tender.dates.starts <= day <= tender.dates.handover:
        return
    meeting, number = tender.new_id("moede"), tender.counts["moede"]
    planned = {"meeting": meeting, "number": number, "planned_on": ISO[day]}
    tender.say(site, "site_meeting.planned", day - 14, planned)
    if random() < 0.07:
        cancelled = {"meeting": meeting, "cancelled_on": ISO[day - 1]}
        tender.say(site, "site_meeting.cancelled", day - 1, cancelled)
        return
    tender.say(site, "site_meeting.held", day, {"meeting": meeting, "held_on": ISO[day]})
    tender.say(site, "minutes.approved", day + 9, {"meeting": meeting, "approved_on": ISO[day + 9]})
    for _ in range(int(random() * 2.6)):
        _decide(tender, meeting, day)


def _decide(tender: Tender, meeting: str, day: int) -> None:
    random, firm, action = tender.rng.random, tender.firm_on(day), tender.new_id("opgave")
    opened = {
        "action": action,
        "what": pick(tender.rng, _WHAT),
        "owner": "Byggeleder " + "ABDEHKLMNS"[tender.number % 10] + "P",
        "owner_organisation": firm.cvr,
        "opened_on": ISO[day],
        "due_on": ISO[day + 21],
        "meeting": meeting,
        "contractor": firm.cvr,
    }
    tender.say(tender.site, "action.opened", day, opened)
    if random() < 0.25:
        changed = {"action": action, "changed_on": ISO[day + 15], "due_on": ISO[day + 42]}
        tender.say(tender.site, "action.changed", day + 15, changed)
    if random() < 0.85:
        closed = tender.after(day, 5, 50)
        result = "done" if random() < 0.9 else "dropped"
        tender.say(tender.site, "action.closed", closed, {"action": action, "closed_on": ISO[closed], "result": result})


def report_area(tender: Tender, month: int) -> None:
    """Every January, last year's figures of the area beside the municipality's."""
    if month % 12:
        return
    day, year = MONTHS[month][0] + 20, 2011 + month // 12
    for index, indicator in enumerate(INDICATORS):
        value = 10 + (tender.number * 7 + index * 11 + month) % 300 / 10
        data = {
            "indicator": indicator,
            "year": year,
            "value": value,
            "unit": "percent",
            "compared_with": "municipality",
            "comparison_value": round(value * 0.6, 1),
            "comparison_year": year,
            "published_by": "Danmarks Statistik",
        }
        tender.say_of(tender.area, tender.client, "area_indicator.reported", day, data)


def plan_training(tender: Tender) -> None:
    """Each contractor's plan for its apprentices, some of them revised."""
    dates = tender.dates
    for index, firm in enumerate(tender.firms[:4]):
        plan, day = tender.new_id("plan", firm.office.cvr), max(firm.engaged_on, dates.signed) + 10
        submitted = {"plan": plan, "contractor": firm.cvr, "contract": firm.contract, "submitted_on": ISO[day]}
        starts = _starts(tender, firm.company.trade, 1 + index % 3)
        tender.say(firm.office, "training_plan.submitted", day, {**submitted, "starts": starts})
        if index % 2:
            revised = {"plan": plan, "revised_on": ISO[day + 120], "starts": starts[:1]}
            tender.say(firm.office, "training_plan.revised", day + 120, revised)


def _starts(tender: Tender, trade: str, lines: int) -> list[dict[str, Any]]:
    length = tender.dates.handover - tender.dates.starts
    days = [tender.dates.starts + length * index // (lines + 1) for index in range(1, lines + 1)]
    return [
        {"kind": "apprenticeship", "trade": trade, "starts_on": ISO[day], "weeks": 40, "persons": 2, "weekly_hours": 37}
        for day in days
    ]


def take_a_turn(tender: Tender) -> None:
    """Two of the rarer turns, another two at the next tender: ten tenders have had them all."""
    day = tender.after(tender.dates.starts, 80, 160)
    for turn in (_TURNS[tender.number * 2 % len(_TURNS)], _TURNS[(tender.number * 2 + 1) % len(_TURNS)]):
        turn(tender, day)


def _target(tender: Tender, number: int = 1) -> str:
    return f"{tender.client.cvr}:{tender.label}/krav-{number}"


def _bankruptcy(tender: Tender, day: int) -> None:
    lost, heir = tender.firms[-1], tender.firms[0]
    tender.say(
        tender.client, "contractor.left", day, {"contractor": lost.cvr, "left_on": ISO[day], "reason": "bankrupt"}
    )
    succession = {"contractor": lost.cvr, "successor": heir.cvr, "company": heir.company.name}
    tender.say(tender.client, "contractor.succeeded", day + 5, {**succession, "succeeded_on": ISO[day]})
    lost.left_on = day


def _waived(tender: Tender, day: int) -> None:
    waiver, firm = tender.new_id("dispensation", tender.firms[0].cvr), tender.firms[0]
    asked = {"waiver": waiver, "target": _target(tender), "contractor": firm.cvr, "lower_by": 1}
    tender.say(
        firm.office, "waiver.requested", day, {**asked, "requested_on": ISO[day], "reason": "no_apprentice_found"}
    )
    granted = {"waiver": waiver, "target": _target(tender), "lowered_by": 0.5, "granted_on": ISO[day + 14]}
    tender.say(tender.client, "waiver.granted", day + 14, {**granted, "reason": "no_apprentice_found"})


def _refused(tender: Tender, day: int) -> None:
    waiver, firm = tender.new_id("dispensation", tender.firms[0].cvr), tender.firms[0]
    asked = {"waiver": waiver, "target": _target(tender), "contractor": firm.cvr, "lower_by": 3}
    tender.say(firm.office, "waiver.requested", day, {**asked, "requested_on": ISO[day], "reason": "other"})
    refused = {"waiver": waiver, "target": _target(tender), "refused_on": ISO[day + 14]}
    tender.say(tender.client, "waiver.refused", day + 14, refused)


def _noticed(tender: Tender, day: int) -> None:
    data = {"target": _target(tender), "contractor": tender.firms[0].cvr}
    tender.say(tender.client, "notice.given", day, {**data, "given_on": ISO[day], "due_on": ISO[day + 30]})
    claimed = {**data, "amount_dkk": 150_000, "claimed_on": ISO[day + 60]}
    tender.say(tender.client, "penalty.claimed", day + 60, claimed)


def _transferred(tender: Tender, day: int) -> None:
    data = {"target": _target(tender, 1), "to_target": _target(tender, 2), "amount": 1, "transferred_on": ISO[day]}
    tender.say(tender.secretariat, "obligation.transferred", day, data)


def _substituted(tender: Tender, day: int) -> None:
    data = {"substitution": tender.new_id("erstatning"), "target": _target(tender), "kinds": ["other_training"]}
    tender.say(tender.secretariat, "substitution.agreed", day, {**data, "up_to": 2, "agreed_on": ISO[day]})


def _phase(tender: Tender, day: int) -> None:
    data = {"phase": "etape-2", "title": "Etape 2", "triggered_on": ISO[day]}
    own = {"starts_on": ISO[day + 10], "handover_on": ISO[max(tender.dates.handover, day + 10)]}
    tender.say(tender.client, "phase.triggered", day, {**data, **own})


def _extra_sum(tender: Tender, day: int) -> None:
    data = {"contract": tender.firms[0].contract, "contract_sum_dkk": tender.size * 450_000, "changed_on": ISO[day]}
    tender.say(tender.client, "contract_sum.changed", day, data)


def _links(tender: Tender, day: int) -> None:
    """Two who were taken for one are parted, and two who are one are tied."""
    circle, secretariat = tender.municipality.linking_circle, tender.secretariat
    names = [f"{secretariat.cvr}:{tender.label}/p-{number:03d}" for number in (1, 2, 3)]
    linked = {"person": names[0], "same_as": names[1], "decided_on": ISO[day]}
    parted = {"person": names[0], "not_same_as": names[1], "decided_on": ISO[day + 30]}
    tied = {"person": names[0], "same_as": names[2], "decided_on": ISO[day]}
    tender.say_of(circle, secretariat, "person.same_as", day, linked)
    tender.say_of(circle, secretariat, "person.not_same_as", day + 30, parted)
    tender.say_of(circle, secretariat, "person.same_as", day, tied)


def _correction_withdrawn(tender: Tender, day: int) -> None:
    """A correction that was itself a mistake: what stood before stands again."""
    site, own, wrong = tender.site, tender.site.next_id(), tender.site.next_id()
    data = {"meeting": f"{tender.client.cvr}:{tender.label}/moede-001", "approved_on": ISO[day]}
    correction = site.correction(own, "minutes.approved", {**data, "approved_on": ISO[day + 1]})
    tender.post.put(day, site.line("minutes.approved", tender.id, day, data, own))
    tender.post.put(day + 2, site.line("event.corrected", tender.id, day + 2, correction, wrong))
    tender.say(site, "event.withdrawn", day + 4, {"target_source": site.source, "target_id": wrong})


_TURNS: tuple[Callable[[Tender, int], None], ...] = (
    _bankruptcy,
    _waived,
    _noticed,
    _transferred,
    _phase,
    _links,
    _refused,
    _substituted,
    _extra_sum,
    _correction_withdrawn,
)
