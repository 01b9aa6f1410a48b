"""A worker told to stop while it works: it does, soon, with exit code 0, and nothing is delivered a second time."""

from __future__ import annotations

from collections.abc import Callable

from services.stream.running import STOPS_WITHIN_SECONDS
from tests.faults.stream.group import Group

Note = Callable[[str, object], None]
STOPS = 5


def test_a_worker_stops_under_load_and_nothing_comes_twice(group: Group, record_property: Note) -> None:
    took = []
    with group.flowing():
        for _ in range(STOPS):
            one = group.workers.start()
            group.workers.until_working(one)
            took.append(group.workers.stop(one))
    counted = group.holds()
    record_property("stops", ", ".join(f"{seconds:.2f} s" for seconds in took))
    record_property("counted", counted)
    assert max(took) < STOPS_WITHIN_SECONDS
    # What it committed and did not get to acknowledge is delivered again: nothing at all, as a rule.
    assert counted["records delivered again"] == 0
