"""What contractors are called, as the frames of their tenders tell it."""

from __future__ import annotations

from services.store.companies import companies_of
from services.store.store import Store
from tests.store.told import CLIENT, MAIN, OTHER, TENDER, registered, say, tell


def test_contractors_are_called_as_they_were_engaged(store: Store) -> None:
    engaged = [
        say("contractor.engaged", cvr, by=CLIENT, contractor=cvr, company=name, engaged_on="2025-01-01")
        for cvr, name in ((MAIN, "Tømrer A/S"), (OTHER, "Maler ApS"))
    ]
    tell(store, registered(), *engaged)
    assert companies_of(store, [TENDER, f"{CLIENT}:ukendt"]) == {MAIN: "Tømrer A/S", OTHER: "Maler ApS"}
    assert companies_of(store, []) == {}
