"""A tender as the state has it is the tender as its events tell it."""

from __future__ import annotations

from services.domain.replay import Replay
from services.store.current import BEGIN, CurrentTender
from services.store.store import Store
from tests.domain.story import read
from tests.store.told import TENDER, hours, registered, started, tell


def test_hours_of_a_placement_nobody_has_told_of_are_among_its_people(store: Store) -> None:
    told = [registered(), started("s1"), hours("h1", 10), hours("h2", 20, placement="p0"), hours("h3", 30, 4, "p9")]
    tell(store, *told)
    number = store.names.subjects.find(TENDER)
    assert number is not None
    with store.database.transaction(BEGIN) as connection:
        stored = [list(person) for person in CurrentTender(connection, TENDER, number).people()]
    replayed = Replay(TENDER, map(read, told)).people()
    assert stored == [list(person) for person in replayed]
    assert [person[0].placement.placement[-2:] for person in stored] == ["p0", "p9", "p1"]
