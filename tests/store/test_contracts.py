"""Under which contracts contractors work, as their frame tells it."""

from __future__ import annotations

from schemas.vocabulary import Trade
from services.store.contracts import Contract, contracts_of
from services.store.store import Store
from tests.store.told import CLIENT, MAIN, OTHER, TENDER, Said, correct, registered, say, tell

SUB, HEIR, ALONE = "10000068", "10000076", "10000084"


def awarded(number: str, contractor: str, contract: str, **more: str) -> Said:
    named = {"contract": f"{CLIENT}:{contract}", "contractor": contractor, "awarded_on": "2025-01-01"}
    return say("contract.awarded", number, by=CLIENT, **named, **more)


def engaged(number: str, contractor: str, **more: str) -> Said:
    named = {"contractor": contractor, "company": contractor, "engaged_on": "2025-01-01"}
    return say("contractor.engaged", number, by=CLIENT, **named, **more)


def test_a_contractor_works_under_its_own_contracts_or_those_it_took_over_or_works_below(store: Store) -> None:
    wrong = awarded("3", OTHER, "glas")
    heir = {"contractor": OTHER, "successor": HEIR, "company": "Arving", "succeeded_on": "2025-06-01"}
    tell(
        store,
        registered(),
        awarded("1", MAIN, "toemrer", trade="carpenter"),
        engaged("2", MAIN, contract=f"{CLIENT}:toemrer"),
        wrong,
        correct(wrong, "4", contract=f"{CLIENT}:maler"),
        engaged("5", OTHER, contract=f"{CLIENT}:el"),
        engaged("6", SUB, role="sub", under=MAIN),
        engaged("7", ALONE),
        say("contractor.succeeded", "8", by=CLIENT, **heir),
    )
    two = [Contract(f"{CLIENT}:el"), Contract(f"{CLIENT}:maler")]
    one = [Contract(f"{CLIENT}:toemrer", Trade.CARPENTER)]
    found = contracts_of(store, [TENDER, f"{CLIENT}:ukendt"])
    assert found == {
        (TENDER, MAIN): one,
        (TENDER, SUB): one,
        (TENDER, OTHER): two,
        (TENDER, HEIR): two,
        (TENDER, ALONE): [],
    }
