"""Random things to say about a tender: its dates, contractors, agreements, and what changes them."""

from __future__ import annotations

from functools import partial

from tests.portfolio import (
    AGE_BANDS,
    CIRCLES,
    CLIENT,
    CONTRACTORS,
    CONTRACTS,
    KINDS,
    PATHWAYS,
    PERSONS,
    SECRETARIAT,
    TARGETS,
    TRADES,
    WEEKLY,
    Data,
    Teller,
)

METRICS = (
    "persons",
    "placements",
    "fte",
    "person_weeks",
    "share_of_hours",
    "conversions",
    "in_work",
    "share_in_work",
)
AMOUNTS = (2, 1, 3, 5, 0.5, 2, 10, 40, 0)
OFTEN = (0, 0, 1, 2)


def _dates(teller: Teller) -> tuple[str, str]:
    """First day and handover: mostly over two years or more, sometimes within one."""
    first, last = teller.days(2, 2025, 2025) if teller.chance(15) else (teller.day(2024, 2024), teller.day(2026))
    return first, last


def registered(teller: Teller, tender: str) -> None:
    """The tender is there, mostly with its dates."""

    def make() -> Data:
        starts_on, handover_on = _dates(teller)
        return {
            "title": "Tender",
            "client": CLIENT,
            "secretariat": SECRETARIAT,
            "municipality": 751,
            "linking_circle": teller.pick((CIRCLES[0], *CIRCLES)),
            **teller.maybe(90, starts_on=starts_on),
            **teller.maybe(90, handover_on=handover_on),
        }

    teller.say("tender.registered", tender, make)


def contractors(teller: Teller, tender: str) -> None:
    """Two to four contractors, main and sub; some leave, some are succeeded, some were never engaged."""
    for contractor in CONTRACTORS[: teller.pick((3, 2, 4))]:
        if teller.chance(95):
            teller.say("contractor.engaged", tender, partial(_engaged, teller, contractor))
    for _ in range(teller.pick((0, 1))):
        teller.say("contract.awarded", tender, lambda: _awarded(teller))
    for _ in range(teller.pick(OFTEN)):
        teller.say(
            "contractor.left",
            tender,
            lambda: {
                "contractor": teller.contractor(),
                "left_on": teller.day(),
                "reason": teller.pick(("bankrupt", "terminated", "finished")),
            },
        )
    for _ in range(teller.pick(OFTEN)):
        teller.say("contractor.succeeded", tender, lambda: _succeeded(teller))


def _engaged(teller: Teller, contractor: str) -> Data:
    heads = [head for head in CONTRACTORS if head != contractor]
    under = {"role": "sub", "under": teller.pick(heads)} if teller.chance(40) else {}
    contract = teller.maybe(30, contract=teller.pick(CONTRACTS))
    return {"contractor": contractor, "company": "A/S", "engaged_on": teller.day(), **under, **contract}


def _awarded(teller: Teller) -> Data:
    return {"contract": teller.pick(CONTRACTS), "contractor": teller.contractor(), "awarded_on": teller.day()}


def _succeeded(teller: Teller) -> Data:
    contractor = teller.contractor()
    successor = teller.pick([other for other in CONTRACTORS if other != contractor])
    return {"contractor": contractor, "successor": successor, "company": "ApS", "succeeded_on": teller.day()}


def schedule(teller: Teller, tender: str) -> None:
    """Contracts are signed, the schedule moves, works start and end, phases are triggered."""

    def changed() -> Data:
        starts_on, handover_on = _dates(teller)
        return {"decided_on": teller.day(), "starts_on": starts_on, "handover_on": handover_on}

    def triggered() -> Data:
        starts_on, handover_on = _dates(teller)
        own_dates = {**teller.maybe(50, starts_on=starts_on), **teller.maybe(50, handover_on=handover_on)}
        return {"phase": teller.pick(("1", "2")), "triggered_on": teller.day(), **own_dates}

    said = {
        "schedule.changed": changed,
        "phase.triggered": triggered,
        "works.started": lambda: {"started_on": teller.day(2024, 2025)},
        "works.handed_over": lambda: {"handed_over_on": teller.day(2026)},
        "contract.signed": lambda: {"contract": teller.pick(CONTRACTS), "signed_on": teller.day()},
    }
    for name, make in said.items():
        for _ in range(teller.pick(OFTEN)):
            teller.say(name, tender, make, by=teller.pick((CLIENT, SECRETARIAT)))


def agreements(teller: Teller, tender: str) -> None:
    """One or two agreements, signed early and sometimes amended, and what is agreed beside them."""
    for agreement in (f"{CLIENT}:a1", f"{CLIENT}:a2")[: teller.pick((1, 2))]:
        for name, field in (("agreement.signed", "signed_on"), ("agreement.amended", "amended_on")):
            if name == "agreement.signed" or teller.chance(25):
                teller.say(name, tender, partial(_terms, teller, agreement, field))
    said = {
        "obligation.transferred": lambda: _transferred(teller),
        "waiver.granted": lambda: {
            "waiver": teller.pick((f"{CLIENT}:w1", f"{CLIENT}:w2")),
            "target": teller.pick(TARGETS),
            "lowered_by": teller.pick(AMOUNTS),
            "granted_on": teller.day(),
            "reason": "other",
        },
        "substitution.agreed": lambda: {
            "substitution": teller.pick((f"{CLIENT}:s1", f"{CLIENT}:s2")),
            "target": teller.pick(TARGETS),
            "kinds": [teller.pick(KINDS), *teller.some(KINDS[:2], 30)],
            "up_to": teller.pick(AMOUNTS),
            "agreed_on": teller.day(),
        },
    }
    for name, make in said.items():
        for _ in range(teller.pick(OFTEN)):
            teller.say(name, tender, make)


def _terms(teller: Teller, agreement: str, field: str) -> Data:
    local = teller.chance(50)
    named = [TARGETS[0], *teller.some(TARGETS[1:], 50)]
    return {
        "agreement": agreement,
        "kind": "partnership_agreement" if local else "training_clause",
        "targets": [_target(teller, target, local) for target in named],
        "rules": _rules(teller),
        "follow_up_owner": "KL",
        field: teller.day(2024, 2024 if field == "signed_on" else 2026),
    }


def _target(teller: Teller, target: str, local: bool) -> Data:
    metric = teller.pick(METRICS)
    in_work = metric in {"in_work", "share_in_work"}
    return {
        "target": target,
        "metric": metric,
        "amount": teller.pick(AMOUNTS),
        "spread": "training_plan" if teller.chance(40) else "linear",
        "new_only": teller.chance(10),
        "residents_only": local and teller.chance(20),
        **({"after_weeks": teller.pick((13, 26))} if in_work else {}),
        **teller.maybe(40, kinds=[teller.pick(KINDS), *teller.some(KINDS[1:3], 30)]),
        **teller.maybe(20, trades=[teller.pick(TRADES)]),
        **teller.maybe(20, contractors=[teller.contractor()]),
        **teller.maybe(15, contracts=[teller.pick(CONTRACTS)]),
        **teller.maybe(10, age_bands=[teller.pick(AGE_BANDS)]),
        **teller.maybe(10, pathways=[teller.pick(PATHWAYS)]),
        **teller.maybe(8, phase=teller.pick(("1", "2"))),
        **teller.maybe(15, due_on=teller.day(2025)),
    }


def _rules(teller: Teller) -> Data:
    return {
        **teller.maybe(20, hours_per_fte=1680.5),
        **teller.maybe(30, school_counts=True),
        **teller.maybe(20, holiday_counts=False),
        **teller.maybe(20, sickness_counts=False),
        **teller.maybe(20, weather_counts=False),
        **teller.maybe(20, computed_hours_count=False),
        **teller.maybe(25, min_weeks=teller.pick((4, 13))),
        **teller.maybe(20, new_since=teller.day()),
        **teller.maybe(25, places_at_once=teller.pick((1, 3))),
    }


def _transferred(teller: Teller) -> Data:
    target = teller.pick(TARGETS)
    to_target = teller.pick([other for other in TARGETS if other != target])
    return {
        "target": target,
        "to_target": to_target,
        "amount": teller.pick(AMOUNTS),
        "transferred_on": teller.day(),
    }


def plans(teller: Teller, tender: str) -> None:
    """Training plans, revised now and then, once in a while before they were submitted."""
    for _ in range(teller.pick(OFTEN)):
        contractor = teller.contractor()
        by, behalf = teller.for_contractor(contractor)

        teller.say("training_plan.submitted", tender, partial(_submitted, teller, contractor), by, behalf)
        if teller.chance(30):
            teller.say(
                "training_plan.revised", tender, lambda: {**_plan(teller), "revised_on": teller.day()}, by, behalf
            )


def _submitted(teller: Teller, contractor: str) -> Data:
    contract = teller.maybe(40, contract=teller.pick(CONTRACTS))
    return {**_plan(teller), "contractor": contractor, "submitted_on": teller.day(), **contract}


def _plan(teller: Teller) -> Data:
    def line() -> Data:
        return {
            "kind": teller.pick(KINDS[:3]),
            "starts_on": teller.day(2024, 2026),
            "weeks": teller.pick((10, 52)),
            "persons": teller.pick((1, 3)),
            "weekly_hours": teller.pick(WEEKLY),
            **teller.maybe(40, trade=teller.pick(TRADES)),
        }

    starts = [line() for _ in range(teller.pick((1, 2)))]
    return {"plan": teller.pick((f"{CLIENT}:plan1", f"{CLIENT}:plan2")), "starts": starts}


def site_hours(teller: Teller, tender: str) -> None:
    """What the site says of all hours, with periods that overlap and revisions."""

    def make() -> Data:
        first, last = teller.month_part()
        revision = teller.pick((1, 1, 2))
        said = {"contractor": teller.contractor(), "from_on": first, "to_on": last, "revision": revision}
        return {**said, **teller.measure()}

    for _ in range(teller.pick((0, 1, 3, 6))):
        teller.say("site_hours.reported", tender, make)


def links(teller: Teller) -> None:
    """Who is one person, and who is not after all."""

    def make(other: str) -> Data:
        person = teller.pick(PERSONS)
        return {
            "person": person,
            other: teller.pick([one for one in PERSONS if one != person]),
            "decided_on": teller.day(2025, 2025),
        }

    for _ in range(teller.pick(OFTEN)):
        word = teller.pick(("same_as", "same_as", "not_same_as"))
        circle = teller.pick((CIRCLES[0], *CIRCLES))
        teller.say(f"person.{word}", circle, partial(make, word))
