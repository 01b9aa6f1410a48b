"""Workers killed at random moments, several groups of them at once, each with its own topics and database."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from tests.faults.stream.group import Group

SEED = 4
GROUPS = 5
MOST_WORKERS = 2
Note = Callable[[str, object], None]


@pytest.mark.parametrize("kills", [100, pytest.param(1_000, marks=pytest.mark.soak)])
def test_killed_workers_lose_nothing_and_double_nothing(
    kills: int, new_group: Callable[[int], Group], record_property: Note
) -> None:
    began = time.monotonic()
    groups = [new_group(SEED + number) for number in range(GROUPS)]
    with ThreadPoolExecutor(GROUPS) as threads:
        met = list(threads.map(lambda group: _torment(group, kills // GROUPS), groups))
    seconds = time.monotonic() - began
    where = sum(met, Counter[str]())
    record_property("kills", f"{where.total()} in {seconds:.0f} s, seed {SEED}: {dict(where)}")
    for group in groups:
        record_property(f"group {group.seed}", group.holds())
    assert where.total() == kills
    assert where["in a batch"] + where["after a batch"] >= kills // 3


def _torment(group: Group, kills: int) -> Counter[str]:
    """Keep one or two workers working, and kill one of them so many times; where they were."""
    rng, workers, met = Random(group.seed), group.workers, Counter[str]()  # noqa: S311
    with group.flowing(pause=0.2):
        while met.total() < kills:
            newest = workers.start()
            if rng.random() < 0.5:
                time.sleep(rng.uniform(0, 2))
            else:
                workers.until_working(newest)
                time.sleep(rng.uniform(0, 0.8))
            if len(workers.running) == MOST_WORKERS or rng.random() < 0.5:
                met[workers.kill(rng.choice(workers.running))] += 1
    return met
