"""Shows that the streaming set-up comes to what the embedded one comes to, from the same events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from deploy.stack.flow import Flow
from deploy.stack.sample import Posting, told
from deploy.stack.stack import Failed, command
from deploy.stack.watch import Progress
from services.clock import today
from services.settings import DATA

_TENDERS, _YEARS = 2, 1


def check(flow: Flow) -> int:
    """0 where everything sent is applied, `verify` holds, and the figures are those of embedded mode; else 1.

    Raises Failed with what does not hold.
    """
    lines = list(told(_TENDERS, _YEARS))
    posting = flow.start(lines)
    flow.say(f"Check: {len(lines):,} events are sent")
    if posting is None or not flow.go_on(posting, lambda: posting.post(lines), lambda far: _is_through(posting, far)):
        flow.say("Check: FAILED, stopped before everything was applied")
        return 1
    if posting.accepted != len(lines):
        raise Failed(f"{posting.accepted} of {len(lines)} events were accepted: {posting.last_refusal}")
    flow.say("Check: bygspor verify")
    flow.stack.run("verify")
    _compare(flow, lines)
    flow.say("Check: holds")
    return 0


def _is_through(posting: Posting, far: Progress) -> bool:
    if far.rejected:
        raise Failed(f"{far.rejected} events of the sample were rejected by the workers: bygspor rejected list")
    return far.lag == 0 and far.applied >= posting.accepted


def _compare(flow: Flow, lines: Sequence[bytes]) -> None:
    """Raises Failed where the figures of a tender are others than in a database of its own without Kafka."""
    home = flow.stack.home
    file, settings = home / "sample.jsonl", {DATA.name: str(home / "embedded")}
    file.write_bytes(b"\n".join(lines))
    log = flow.stack.logs / "embedded.log"
    flow.say("Check: the same events in embedded mode")
    ask = "status", "--on", today().isoformat(), "--json"
    try:
        command(settings, log, "ingest", str(file))
        embedded = _by_tender(command(settings, log, *ask))
    finally:
        command(settings, log, "db", "stop")
    streamed = _by_tender(flow.stack.run(*ask))
    other = [tender for tender, figures in embedded.items() if streamed.get(tender) != figures]
    if other or not embedded:
        raise Failed(f"the figures of {len(other)} of {len(embedded)} tenders differ: {', '.join(other)}")
    flow.say(f"Check: the figures of {len(embedded)} tenders are the same as in embedded mode")


def _by_tender(answer: bytes) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in json.loads(answer):
        found.setdefault(row["tender"], []).append(row)
    return found
