"""A tender from the state and from the log: the same of now; and of earlier, what was known then."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from services.domain.assessment import TenderSource
from services.sample.portfolio import portfolio
from services.store.connections import Connection
from services.store.current import BEGIN
from services.store.loading import current, known
from services.store.store import Store
from tests.store.told import (
    CIRCLE,
    CLIENT,
    MAIN,
    TENDER,
    ask,
    correct,
    hours,
    in_lots,
    read_all,
    registered,
    same_as,
    say,
    started,
    tell,
)

SOON = timedelta(minutes=5)


def all_of(source: TenderSource) -> dict[str, object]:
    ties = source.ties()
    return {
        "frame": [(event.key, event.data) for event in source.frame().events],
        "ties": (dict(ties.stands_for), ties.parted),
        "people": [[(course.placement, list(course.periods)) for course in person] for person in source.people()],
        "site_hours": list(source.site_hours()),
        "openings": list(source.openings()),
        "meetings": list(source.meetings()),
        "actions": list(source.actions()),
        "candidates": list(source.candidates()),
        "amendments": sorted(source.amendments()),
    }


def test_state_and_log_say_the_same_of_now(store: Store) -> None:
    for lot in in_lots(list(portfolio(6, 3, 7)), 1000):
        store.apply(read_all(lot))
    tenders = ask(store, "SELECT s.name FROM state.tender t JOIN log.subject s ON s.no = t.subject_no")
    now = datetime.now(UTC) + SOON
    seen = dict.fromkeys(all_of_empty(), 0)
    for tender in tenders:
        with store.database.transaction(BEGIN) as connection:
            one, other = all_of(current(store, connection, tender)), all_of(known(store, connection, tender, now))
        assert one == other
        for part, found in one.items():
            seen[part] += bool(found)
    assert min(seen.values()) > 0, seen


def all_of_empty() -> list[str]:
    return ["frame", "ties", "people", "site_hours", "openings", "meetings", "actions", "candidates", "amendments"]


def test_a_tender_never_heard_of_is_empty(store: Store) -> None:
    with store.database.transaction(BEGIN) as connection:
        for source in (current(store, connection, "x"), known(store, connection, "x", datetime.now(UTC))):
            assert [bool(part) for name, part in all_of(source).items() if name != "ties"] == [False] * 8


def test_persons_are_together_and_those_without_one_alone(store: Store) -> None:
    tell(store, registered(), started("s1", "p1", "c"), started("s2", "p2", "b"), started("s3", "p3", "a"))
    tell(store, started("s4", "p4", "d"), same_as("l", "a", "c"))
    # Only an end is told of these two, so nobody knows whose they are.
    for placement in ("n1", "n2"):
        end = {"ended_on": "2025-02-02", "reason": "as_planned", "outcome": "pending"}
        tell(store, say("placement.ended", f"e{placement}", placement=f"{MAIN}:{placement}", **end))

    def people(connection: Connection) -> list[list[str]]:
        source = current(store, connection, TENDER)
        return [[course.placement.placement.split(":")[1] for course in person] for person in source.people()]

    with store.database.transaction(BEGIN) as connection:
        assert people(connection) == [["n1"], ["n2"], ["p1", "p3"], ["p2"], ["p4"]]


def test_as_known_on_leaves_out_what_came_later(store: Store) -> None:
    first = hours("h", 10)
    tell(store, registered(), started("s", person="b"), first)
    time.sleep(0.01)
    then = datetime.now(UTC)
    time.sleep(0.01)
    tell(store, correct(first, "c", hours=20), same_as("l", "a", "b"), started("s2", "p2", "a"))
    with store.database.transaction(BEGIN) as connection:
        ((before,),) = known(store, connection, TENDER, then).people()
        assert [period.hours for period in before.periods] == [10]
        ((first_of_two, _),) = current(store, connection, TENDER).people()
        assert [period.hours for period in first_of_two.periods] == [20]


def test_a_circle_is_that_of_the_registration_that_holds(store: Store) -> None:
    first = registered(linking_circle=f"{CLIENT}:wrong")
    tell(store, first, started("s1", "p1", "a"), started("s2", "p2", "b"), same_as("l", "a", "b"))
    for said, persons in ((None, 2), (correct(first, "c", linking_circle=CIRCLE), 1)):
        if said:
            tell(store, said)
        with store.database.transaction(BEGIN) as connection:
            for source in (
                current(store, connection, TENDER),
                known(store, connection, TENDER, datetime.now(UTC) + SOON),
            ):
                assert len(list(source.people())) == persons
