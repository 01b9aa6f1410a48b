"""A worker that hangs past its session, while another takes over, and then goes on as if nothing had happened."""

from __future__ import annotations

import signal
from collections.abc import Callable

from tests.faults.senders import wait_for
from tests.faults.stream.group import Group
from tests.faults.stream.workers import Running

Note = Callable[[str, object], None]
PAUSES = 4


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
            wait_for("taking over", 60, lambda: group.members() == 1)
            far = len(other.batches())
            wait_for("going on", 60, lambda: len(other.batches()) > far + 4)  # noqa: B023 -- called in this turn
            workers.signal(one, signal.SIGCONT)
            wait_for("coming back", 60, lambda: group.members() == 2)
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

    wait_for("a batch to hang in", 60, amid_a_batch)
