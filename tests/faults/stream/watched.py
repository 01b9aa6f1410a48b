"""In a worker that a test started: it writes down how far it is with each batch, and is soon given up when it hangs."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
from collections.abc import Sequence
from typing import Any

from services.store import apply as applying
from services.store import locks
from services.stream import keeping, running
from services.stream.messages import Message
from services.stream.running import STOPS_WITHIN_SECONDS, Worker
from services.stream.taking import Taken, Taking

_CHORES_EVERY = 10.0
SILENT_SECONDS = 5
"""After so long amid a transaction a worker has lost it."""


def watch(seen: str, session_seconds: float, stops_within: float = STOPS_WITHIN_SECONDS) -> None:
    """From now on this process is watched: a line in `seen` before each batch, and one after it is committed.

    A line is in the file when it is written, so a kill cannot undo it.
    """
    # Where one hangs, SIGUSR1 makes it say where.
    faulthandler.register(signal.SIGUSR1)
    file = os.open(seen, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    real = Taking.take

    def tell(**what: Any) -> None:
        os.write(file, json.dumps(what).encode() + b"\n")

    def take(self: Taking, messages: Sequence[Message], *, again: bool = False) -> Taken:
        tell(begins=len(messages))
        taken = real(self, messages, again=again)
        tell(took=len(messages), known=len(messages) - taken.records, new=taken.new)
        return taken

    Taking.take = take  # type: ignore[method-assign]
    running.STOPS_WITHIN_SECONDS = stops_within
    # Most of these workers are killed before anybody could look at figures.
    keeping._BEGINS_AFTER_SECONDS = 5.0
    locks._SILENT_IN_COPY = f"{SILENT_SECONDS} seconds"
    applying.BEGIN = applying.BEGIN.replace("'30s'", f"'{SILENT_SECONDS}s'")
    Worker.__init__.__defaults__ = (session_seconds, _CHORES_EVERY, *(Worker.__init__.__defaults__ or ())[2:])
