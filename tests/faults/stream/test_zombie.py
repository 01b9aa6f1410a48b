"""A worker that hangs past its session, while another takes over, and then goes on as if nothing had happened."""

from __future__ import annotations

import signal
from collections.abc import Callable

from tests.faults.stream.group import Group
from tests.faults.stream.workers import Running
from tests.waiting import until

Note = Callable[[str, object], None]
PAUSES = 2


def test_a_worker_that_was_taken_for_dead_does_no_harm_when_it_wakes(group: Group, record_property: Note) -> None:
    workers = group.workers
    with group.flowing():
        one = workers.start()
        workers.until_working(one)
        other = workers.start()
        workers.until_working(other)
        for _ in range(PAUSES):
            pause(group, one)
            # All partitions are the other's now, with whatever the one that hangs has in its hands.
            until(lambda: group.members() == 1, 60, what="taking over")
            far = len(other.batches())
            until(lambda: len(other.batches()) > far + 4, 60, what="going on")  # noqa: B023 -- called in this turn
            workers.signal(one, signal.SIGCONT)
            until(lambda: group.members() == 2, 60, what="coming back")
            one, other = other, one
            workers.until_more(one)
    record_property("counted", group.holds())


def pause(group: Group, one: Running) -> None:
    """Let it hang amid a batch, where it may hold locks that others wait for."""

    def amid_a_batch() -> bool:
        group.workers.signal(one, signal.SIGSTOP)
        found = one.where() == "in a batch"
        if not found:
            group.workers.signal(one, signal.SIGCONT)
        return found

    until(amid_a_batch, 60, what="a batch to hang in")
