"""How a portfolio's tender begins: registered, awarded, agreed."""

from typing import Any

from services.sample.days import FORTNIGHTLY, ISO, MONTHLY
from services.sample.lines import Sender
from services.sample.organisations import Company
from services.sample.tender import Firm, Tender

_TITLES = ("Renovering af", "Helhedsplan for", "Nybyggeri ved", "Tagudskiftning i", "Byfornyelse ved", "Skolen ved")
_STREETS = (
    "Bakkevej",
    "Søparken",
    "Kærgade",
    "Engvænget",
    "Møllegården",
    "Skovparken",
    "Torvet",
    "Åparken",
    "Vestervang",
)
_ROUTES = ("social_clause", "social_clause", "restricted_tender", "part_lots", "direct_bids", "voluntary_agreement")
_REPORTED_BY_SECRETARIAT = 0.12
_MONTHLY_PAY = 0.25
_SYSTEMS = ("loen", "timeportal", "byggeportal")


def set_up(tender: Tender, companies: list[Company]) -> None:
    """Tell everything up to the start of the works; the first company is the largest."""
    _register(tender)
    for index, company in enumerate(companies):
        tender.firms.append(_engage(tender, index, company))
    _agree(tender)
    _schedule(tender)


def _register(tender: Tender) -> None:
    dates, number = tender.dates, tender.number
    kind = "works" if number % 15 else ("operations", "lease")[number // 15 % 2]
    title = f"{_TITLES[number % len(_TITLES)]} {_STREETS[number * 5 % len(_STREETS)]} {1 + number % 90}"
    data = {
        "title": title,
        "client": tender.client.cvr,
        "secretariat": tender.secretariat.cvr,
        "municipality": tender.municipality.code,
        "linking_circle": tender.municipality.linking_circle,
        "project": f"{tender.client.cvr}:projekt-{tender.run}-{number // 2}",
        "area": tender.area,
        "contract_kind": kind,
        "route": _ROUTES[number % len(_ROUTES)],
        "published_on": ISO[max(dates.registered - 20, 0)],
        "contract_sum_dkk": tender.size * 1_700_000,
        "starts_on": ISO[dates.starts],
        "handover_on": ISO[dates.handover],
    }
    tender.say(tender.client, "tender.registered", dates.registered, data)


def _engage(tender: Tender, index: int, company: Company) -> Firm:
    """Award, sign, engage. Every fourth company is a subcontractor of the first."""
    dates, is_sub = tender.dates, index % 4 == 3
    contract = f"{tender.client.cvr}:{tender.label}/kontrakt-{1 if is_sub else index + 1}"
    engaged_on = (
        dates.signed if index < 2 else tender.after(dates.signed, 1, max(dates.handover - dates.signed, 2) // 3)
    )
    firm = _firm(tender, index, company, contract, engaged_on)
    if not is_sub:
        awarded = {"contract": contract, "contractor": company.cvr, "awarded_on": ISO[dates.awarded]}
        details = {"trade": company.trade, "contract_sum_dkk": tender.size * 400_000}
        tender.say(tender.client, "contract.awarded", dates.awarded, awarded | details)
        signed = {"contract": contract, "signed_on": ISO[dates.signed], "delivery_on": ISO[dates.handover]}
        tender.say(tender.client, "contract.signed", dates.signed, signed)
    place = {"role": "sub", "under": tender.firms[0].cvr} if is_sub else {"role": "main"}
    engaged = {"contractor": company.cvr, "company": company.name, "contract": contract, "engaged_on": ISO[engaged_on]}
    tender.say(tender.client, "contractor.engaged", engaged_on, engaged | place)
    return firm


def _firm(tender: Tender, index: int, company: Company, contract: str, engaged_on: int) -> Firm:
    random, prefix = tender.rng.random, f"{tender.label}.{index}"
    if random() < _REPORTED_BY_SECRETARIAT:
        office = Sender(tender.secretariat.cvr, "bygspor", f"{prefix}-", None, company.cvr)
        payroll = office
    else:
        system = _SYSTEMS[index % len(_SYSTEMS)]
        office = Sender(company.cvr, "bygspor", f"{prefix}-", None)
        payroll = Sender(company.cvr, system, f"{prefix}.", tender.rng if system != "loen" else None)
    periods = MONTHLY if random() < _MONTHLY_PAY else FORTNIGHTLY
    share = 0.55 + 0.45 * random() if index else 1.0
    left_on = engaged_on + int((tender.dates.handover - engaged_on) * share)
    return Firm(company, contract, office, payroll, periods, engaged_on, left_on)


def _agree(tender: Tender) -> None:
    number, dates = tender.number, tender.dates
    kind = ("training_clause", "social_clause", "partnership_agreement")[number % 3]
    data: dict[str, Any] = {
        "agreement": f"{tender.client.cvr}:{tender.label}/aftale",
        "kind": kind,
        "targets": targets(tender, kind),
        "rules": {"min_weeks": (0, 2, 4)[number % 3], "school_counts": number % 4 == 0},
        "follow_up_owner": "Sekretariatsleder " + "ABDEHKLMNS"[number % 10] + "K",
        "signed_on": ISO[dates.signed],
    }
    tender.say(tender.secretariat, "agreement.signed", dates.signed, data)
    if number % 4 == 1:
        day = tender.after(dates.starts, 30, 200)
        amended = {key: value for key, value in data.items() if key != "signed_on"}
        amended["targets"] = targets(tender, kind, by=1.2)
        tender.say(tender.secretariat, "agreement.amended", day, {**amended, "amended_on": ISO[day]})


def targets(tender: Tender, kind: str, by: float = 1.0) -> list[dict[str, Any]]:
    """What is promised, `by` times as much as at first: in the metrics that fit the kind of agreement."""
    size, name = tender.size, f"{tender.client.cvr}:{tender.label}/krav"
    local = kind == "partnership_agreement"
    third: tuple[dict[str, Any], ...] = (
        {"title": "Andel af timer", "metric": "share_of_hours", "amount": 5 if by == 1 else 6},
        {"title": "Forløb i alt", "metric": "placements", "amount": int(size * 0.9 * by)},
        {
            "title": "I arbejde et halvt år efter",
            "metric": "in_work",
            "after_weeks": 26,
            "amount": int(size * 0.2 * by),
        },
        {"title": "Praktik til job", "metric": "conversions", "amount": max(int(size * 0.05 * by), 1)},
    )
    return [
        {"target": f"{name}-1", "title": "Lærlinge, årsværk", "metric": "fte", "amount": round(size * 0.2 * by, 1)}
        | {"kinds": ["apprenticeship"], "spread": "training_plan"},
        {"target": f"{name}-2", "title": "Beboere i forløb" if local else "Personer i forløb", "metric": "persons"}
        | {"amount": int(size * 0.6 * by), "residents_only": local},
        {"target": f"{name}-3"} | third[tender.number % 4],
    ]


def _schedule(tender: Tender) -> None:
    dates = tender.dates
    started = tender.after(dates.starts, 0, 14)
    tender.say(tender.client, "works.started", started, {"started_on": ISO[started]})
    if tender.number % 3 == 0:
        day = tender.after(started, 60, 200)
        moved = {"decided_on": ISO[day], "starts_on": ISO[started], "handover_on": ISO[dates.handover]}
        tender.say(tender.client, "schedule.changed", day, {**moved, "reason": ("delay", "scope")[tender.number % 2]})
    handed_over = tender.after(dates.handover, 0, 20)
    tender.say(tender.client, "works.handed_over", handed_over, {"handed_over_on": ISO[handed_over]})
    closed = handed_over + 120
    if closed < len(ISO):
        tender.say(tender.secretariat, "tender.closed", closed, {"closed_on": ISO[closed]})
