"""Partitions that change hands all the time: workers come and go every few seconds, some in good order, some not."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from tests.faults.stream.group import Group

Note = Callable[[str, object], None]
FEWEST = 2
# So that there are two to four of them.
CHANGES = ["started", "started", "stopped", "killed"]


@pytest.mark.parametrize("changes", [5, pytest.param(200, marks=pytest.mark.soak)])
def test_partitions_that_change_hands_every_few_seconds_are_read_once(
    changes: int, group: Group, record_property: Note
) -> None:
    rng, workers, what = Random(group.seed), group.workers, Counter[str]()  # noqa: S311
    began = time.monotonic()
    with group.flowing():
        for _ in range(FEWEST):
            workers.until_reading(workers.start())
        while what.total() < changes:
            change = CHANGES[what.total() % len(CHANGES)]
            what[change] += 1
            one = rng.choice(workers.running)
            if change == "started":
                workers.start()
            elif change == "killed":
                workers.kill(one)
            else:
                workers.until_reading(one)
                workers.stop(one)
            time.sleep(rng.uniform(1.5, 3))
    record_property("changes", f"{dict(what)} in {time.monotonic() - began:.0f} s")
    record_property("counted", group.holds())
