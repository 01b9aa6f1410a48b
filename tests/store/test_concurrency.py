"""Several appliers at once, on one subject and on many: the same state, and no lost race is ever seen outside."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.sample.portfolio import portfolio
from services.store.batches import Outcome
from services.store.store import Store
from tests.store.told import ask, empty, in_lots, read_all, state


@pytest.mark.parametrize("tenders", [1, 6])
def test_appliers_at_once_are_as_good_as_one(store: Store, database_url: str, tenders: int) -> None:
    raws = list(portfolio(tenders, 3, 9))[:4000]
    alone = Counter(outcome for lot in in_lots(raws, 500) for outcome in store.apply(read_all(lot)).outcomes)
    expected = state(store)
    empty(store)
    appliers = [Store(database_url) for _ in range(4)]
    begin = threading.Barrier(len(appliers))

    def work(number: int) -> Counter[Outcome]:
        # Each tells three quarters of everything in an order of its own, so that all meet all the time.
        mine = raws[number::4] + raws[number + 1 :: 4] + raws[number - 1 :: 4]
        random.Random(number).shuffle(mine)  # noqa: S311
        begin.wait()
        return Counter(o for lot in in_lots(mine, 97) for o in appliers[number].apply(read_all(lot)).outcomes)

    with ThreadPoolExecutor(len(appliers)) as pool:
        counts = sum(pool.map(work, range(len(appliers))), Counter())
    for applier in appliers:
        applier.close()
    assert counts[Outcome.NEW] == alone[Outcome.NEW]
    assert counts[Outcome.CONFLICT] == 0
    assert state(store) == expected
    assert [check for check in store.verify() if not check.ok] == []


def test_a_follower_of_positions_misses_nothing(store: Store, database_url: str) -> None:
    raws = list(portfolio(4, 2, 11))[:2000]
    done = threading.Event()
    seen: list[tuple[int, str]] = []

    def follow() -> None:
        follower, last = Store(database_url), 0
        while True:
            is_last_round = done.is_set()
            query = (
                "SELECT b.position, e.id || ' ' || e.source_no FROM log.event e JOIN log.applied_batch b USING (batch)"
            )
            found = ask(follower, f"{query} WHERE b.position > {last}")
            seen.extend(found)
            last = max((position for position, _ in found), default=last)
            if is_last_round:
                break
        follower.close()

    thread = threading.Thread(target=follow)
    thread.start()
    stores = [Store(database_url) for _ in range(3)]

    def work(number: int) -> None:
        for lot in in_lots(raws[number::3], 23):
            stores[number].apply(read_all(lot))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    done.set()
    thread.join()
    for one in stores:
        one.close()
    assert len(seen) == len(set(seen))
    assert {key for _, key in seen} == set(ask(store, "SELECT id || ' ' || source_no FROM log.event"))
