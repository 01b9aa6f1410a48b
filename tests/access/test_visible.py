"""Who may see which tender follows from state alone: whatever came, in whatever order, and after a rebuild."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.findings import _TEXTS, SCOPES
from services.domain.parties import Parties, parties_of
from services.store.store import Store
from tests.store.told import (
    CLIENT,
    JOB_CENTRE,
    MAIN,
    OTHER,
    TENDER,
    ask,
    correct,
    empty,
    in_lots,
    raw,
    read_all,
    registered,
    say,
    started,
    tell,
    withdraw,
)
from tests.strategies import portfolios, shuffled

SUB = "10000068"


def engaged(id_: str, contractor: str, under: str | None = None, by: str = CLIENT) -> dict[str, Any]:
    role = {"role": "sub", "under": under} if under else {}
    return say("contractor.engaged", id_, by=by, contractor=contractor, company="A/S", engaged_on="2025-01-02", **role)


def visible(store: Store) -> set[tuple[str, str]]:
    rows = ask(store, "SELECT organisation, relation FROM access.visible WHERE subject_no = 1")
    return set(rows)


def as_it_follows(store: Store) -> bool:
    kept, due = (sorted(ask(store, f"TABLE access.{name}")) for name in ("visible", "follows"))
    return kept == due


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_kept_is_what_follows_whatever_was_told(store: Store, data: st.DataObject) -> None:
    empty(store)
    events = data.draw(portfolios().flatmap(shuffled))
    size = data.draw(st.integers(5, 60))
    for lot in in_lots(events, size):
        store.apply(read_all(json.dumps(one).encode() for one in lot))
        assert as_it_follows(store)
    store.rebuild()
    assert as_it_follows(store)


def test_sight_comes_and_goes_with_what_is_told(store: Store) -> None:
    tender, contractor, course = registered(), engaged("e1", MAIN), started("s1", referred_by=JOB_CENTRE)
    tell(store, tender)
    assert visible(store) == {(CLIENT, "client"), (CLIENT, "speaker"), ("751", "municipality")}
    tell(store, contractor, course)
    assert {(MAIN, "contractor"), (MAIN, "speaker"), (JOB_CENTRE, "referrer")} <= visible(store)
    tell(store, correct(course, "c1", referred_by=OTHER))
    assert (OTHER, "referrer") in visible(store)
    assert (JOB_CENTRE, "referrer") not in visible(store)
    tell(store, withdraw(contractor, "w1"), correct(tender, "c2", municipality=461))
    assert (MAIN, "contractor") not in visible(store)
    assert ("461", "municipality") in visible(store)
    assert ("751", "municipality") not in visible(store)


def test_a_rebuild_takes_away_what_somebody_wrote_by_hand(store: Store) -> None:
    tell(store, registered())
    with store.database.transaction() as connection:
        connection.execute("INSERT INTO access.visible VALUES ('10000033', 1, 'client')")
        connection.execute("DELETE FROM access.visible WHERE relation = 'municipality'")
    assert not as_it_follows(store)
    store.rebuild()
    assert as_it_follows(store)


def parties(*said: dict[str, Any]) -> Parties:
    return parties_of(TENDER, [item.event for item in read_all(map(raw, said))])  # type: ignore[misc]


def test_the_parties_are_those_that_the_tender_s_own_name() -> None:
    found = parties(registered(), engaged("e1", MAIN), engaged("e2", OTHER, MAIN), engaged("e3", SUB, OTHER))
    assert found.relations["client"] == (CLIENT,)
    assert found.relations["secretariat"] == ()
    assert found.relations["contractor"] == tuple(sorted((MAIN, OTHER, SUB)))
    assert found.below == {MAIN: tuple(sorted((OTHER, SUB))), OTHER: (SUB,)}


@pytest.mark.parametrize(
    "intrusion",
    [
        engaged("a", OTHER, by=OTHER),
        say("tender.registered", "a", by="10000033", **{**registered()["data"], "reported_by": "10000033"}),
    ],
)
def test_nobody_reports_itself_into_a_tender(intrusion: dict[str, Any]) -> None:
    told = [registered(), engaged("e1", MAIN)]
    assert parties(*told, intrusion) == parties(*told)


def test_a_tender_that_nobody_registered_has_no_parties() -> None:
    assert parties(engaged("e1", MAIN)) == Parties({}, {})


def test_every_finding_is_for_somebody() -> None:
    assert SCOPES.keys() == _TEXTS.keys()
