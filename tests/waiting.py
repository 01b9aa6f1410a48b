"""Waiting for something to come about, with a deadline and never for luck."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence

WITHIN_SECONDS = 60.0


def until(
    reached: Callable[[], object],
    within: float = WITHIN_SECONDS,
    *,
    what: str = "it",
    alive: Sequence[subprocess.Popen[bytes]] = (),
) -> None:
    """Wait for something to come about, as long as those live who are to bring it."""
    deadline = time.monotonic() + within
    while not reached():
        assert all(one.poll() is None for one in alive), "a worker ended by itself"
        assert time.monotonic() < deadline, f"{what} has not come about within {within:.0f} seconds"
        time.sleep(0.02)
