"""Mistakes that somebody might make in a worker one day, planted into real ones to show that the suite sees them.

The same way a worker becomes one of the next edition, which is no mistake.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import structlog
from faust.types import EventT

from services.errors import DatabaseUnavailable
from services.stream import gaps, taking, worker
from services.stream.messages import Message
from services.stream.taking import Taken, Taking
from tests.faults.stream.newer import become_newer
from tests.faults.stream.watched import watch
from tests.faults.zygote import First, Zygote

PLANTED = "tests.faults.stream.planted"

_under_way: set[asyncio.Future[bool]] = set()


def acknowledge_first() -> None:
    """A batch is let go of when it is handed over, and committed when its turn comes."""

    async def held(events: Sequence[EventT[Any]], handle: worker.Handle) -> bool:
        started = asyncio.ensure_future(handle([worker._message(event) for event in events]))
        _under_way.add(started)
        started.add_done_callback(_under_way.discard)
        return True

    worker._held = held


def swallow_errors() -> None:
    """A database that does not answer is written down, and then done with."""
    real = Taking.take

    def take(self: Taking, messages: Sequence[Message], *, again: bool = False) -> Taken:
        try:
            return real(self, messages, again=again)
        except DatabaseUnavailable as error:
            structlog.get_logger("bygspor.worker").warning("waiting", code=error.code)
            return Taken()

    Taking.take = take  # type: ignore[method-assign]


def forget_what_is_known() -> None:
    """No record is recognised when it comes again."""
    vars(taking)["applied_among"] = lambda *_: set()


def acknowledge_by_time() -> None:
    """The client acknowledges what it has handed out, by the clock: its default, only faster."""
    real = worker._ConsumerThread._create_worker_consumer

    def create(self: worker._ConsumerThread, transport: Any) -> Any:
        consumer = real(self, transport)
        consumer._enable_auto_commit, consumer._auto_commit_interval_ms = True, 100
        return consumer

    worker._ConsumerThread._create_worker_consumer = create  # type: ignore[method-assign]


def acknowledge_one_too_many() -> None:
    """The offset that is acknowledged is that of the next record but one."""
    real = worker._ConsumerThread._commit

    async def commit(self: worker._ConsumerThread, offsets: Mapping[Any, int]) -> bool:
        return bool(await real(self, {one: offset + 1 for one, offset in offsets.items()}))

    worker._ConsumerThread._commit = commit  # type: ignore[assignment, method-assign]


def look_for_no_gaps() -> None:
    """What the gap check would mend stays as it is. By itself no harm, so the others can be seen to do theirs."""
    gaps._filled = lambda *_: iter(())


MISTAKES: Mapping[str, Callable[[], None]] = {
    one.__name__: one
    for one in (
        acknowledge_first,
        swallow_errors,
        forget_what_is_known,
        acknowledge_by_time,
        acknowledge_one_too_many,
        look_for_no_gaps,
        become_newer,
    )
}


def plant(mistakes: Sequence[str], watched: Mapping[str, Any]) -> None:
    """In the worker: make the mistakes, and be watched."""
    watch(**watched)
    for name in mistakes:
        MISTAKES[name]()


class _Planting:
    """A zygote that plants mistakes into what it starts."""

    def __init__(self, zygote: Zygote, mistakes: Sequence[Callable[[], None]]) -> None:
        self._zygote, self._mistakes = zygote, [one.__name__ for one in mistakes]
        self.status = zygote.status

    def start(self, *args: str, environ: Mapping[str, str], said: Path, first: First) -> int:
        told = {"mistakes": self._mistakes, "watched": first[2]}
        return self._zygote.start(*args, environ=environ, said=said, first=(PLANTED, "plant", told))


def planting(zygote: Zygote, *mistakes: Callable[[], None]) -> Zygote:
    """A zygote whose workers make these mistakes; without any they are as they should be."""
    return cast("Zygote", _Planting(zygote, mistakes))
