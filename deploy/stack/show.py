"""The sample flows: a first load, then a trickle, so that one sees figures move."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Sequence
from pathlib import Path

from deploy.stack.flow import Flow
from deploy.stack.sample import Posting, told
from services.cli.desks import seat_at
from services.sample.desks import DESKS
from services.store.access import Access
from services.wiring import open_store, open_vault

_TENDERS, _YEARS = 48, 3
_FIRST_LOAD, _AT_ONCE = 12_000, 4_000
_A_SECOND = 20


def show(flow: Flow) -> int:
    """Until it is stopped; 0."""
    lines = list(told(_TENDERS, _YEARS))
    posting = flow.start(lines)
    if posting is not None:
        flow.go_on(posting, lambda: _send(flow, posting, lines))
    return 0


def _seat(flow: Flow) -> None:
    """Logins for the people of the building site of today, with one password that is made anew each time."""
    password, settings = secrets.token_hex(6), flow.stack.own
    with contextlib.closing(open_store(settings)) as store, contextlib.closing(open_vault(settings)) as vault:
        for desk in DESKS:
            seat_at(Access(store.database), vault, desk, password)
    flow.say(f"Logins: {', '.join(desk.login for desk in DESKS)}; password {password}")


def _send(flow: Flow, posting: Posting, lines: Sequence[bytes]) -> None:
    """All lines in their order, from where an earlier run was stopped; so the second run has news to tell, too."""
    _seat(flow)
    sent = _Sent(flow.stack.home / "sent")
    while (start := sent.lines) < len(lines):
        count, pause = (_AT_ONCE, 0) if start < _FIRST_LOAD else (_A_SECOND, 1)
        if not posting.post(lines[start : start + count]) or flow.over.wait(pause):
            return
        sent.lines = start + count


class _Sent:
    """How many lines were answered for, in a file. Lost or too low is harmless: what is sent twice counts once."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def lines(self) -> int:
        return int(self._file.read_text()) if self._file.exists() else 0

    @lines.setter
    def lines(self, count: int) -> None:
        self._file.write_text(str(count))
