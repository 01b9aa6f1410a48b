"""A worker killed exactly where it sends something: to PostgreSQL, in the midst of a commit, and to Kafka, too."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.stream.group import Group

Note = Callable[[str, object], None]
POINTS = 40


@pytest.mark.soak
@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace")
def test_a_worker_killed_at_any_send_loses_nothing_and_doubles_nothing(group: Group, record_property: Note) -> None:
    met: Counter[str] = Counter()
    with group.flowing(pause=0.2):
        for nth in range(1, POINTS + 1):
            one = group.workers.start()
            group.workers.until_working(one)
            inject = ("-e", "trace=sendto", "-e", f"inject=sendto:signal=SIGKILL:when={nth}")
            # Each of its threads has its own count: the first that comes so far ends them all.
            trace = ["strace", "-f", "-qq", "-o", "/dev/null", *inject, "-p", str(one.process)]
            subprocess.run(trace, check=False, timeout=120, capture_output=True)
            met[group.workers.kill(one)] += 1
    record_property("killed", dict(met))
    record_property("counted", group.holds())
    assert met["in a batch"] > POINTS // 4
