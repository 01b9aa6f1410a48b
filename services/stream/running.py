"""A worker's life: it reads, commits, looks after what is left over, and stops when it is told to, losing nothing.

What goes wrong outside (PostgreSQL or Kafka away) is waited for in here, never passed on to Faust. What is wrong with
us, or would lose events, ends the worker with a sentence that says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import faust
import structlog

from services.errors import BrokerUnavailable, BygSporError
from services.settings import Kafka
from services.stream.messages import Message
from services.stream.taking import Taken
from services.stream.worker import SESSION_SECONDS, create_app, let_go

CHORES_EVERY_SECONDS = 60.0
LOOKS_EVERY_SECONDS = 3.0
STOPS_WITHIN_SECONDS = 20.0
LETS_GO_WITHIN_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_LOOK_EVERY_SECONDS = 0.1

T = TypeVar("T")
_log = structlog.get_logger("bygspor.worker")


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker does, blocking; each may raise a retriable BygSporError, after which it is called again.

    `topics` tells which topics are to be read now, `begin` is done before they are, and `look` tells the same as
    `topics` every few seconds, beside the rest. `take` takes a batch in, `after` follows every batch that is committed,
    and `chores` are done at the start and from time to time.
    """

    topics: Callable[[], Sequence[str]]
    look: Callable[[], Sequence[str]]
    take: Callable[[Sequence[Message]], Taken]
    begin: Callable[[], object] = lambda: None
    after: Callable[[Sequence[Message], Taken, float], None] = lambda _messages, _taken, _seconds: None
    waits: Callable[[], None] = lambda: None
    chores: Sequence[Callable[[], object]] = ()
    close: Callable[[], object] = lambda: None


@dataclass(slots=True)
class Worker:
    """One worker. `run` returns when it was stopped, and raises what must not be gone over.

    `tell` hears once when Kafka is away, and why, and once, with None, when it is back.
    """

    kafka: Kafka
    work: Work
    session_seconds: float = SESSION_SECONDS
    chores_every: float = CHORES_EVERY_SECONDS
    looks_every: float = LOOKS_EVERY_SECONDS
    tell: Callable[[BrokerUnavailable | None], object] = lambda _error: None
    _away: bool = field(init=False, default=False)
    _stopping: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _fatal: BaseException | None = field(init=False, default=None)
    # One thread: transactions of one worker come one after the other.
    _thread: ThreadPoolExecutor = field(init=False, default_factory=lambda: ThreadPoolExecutor(1, "taking"))

    def stop(self) -> None:
        """Finish the batch at hand, acknowledge it, and end."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until stopped. Raises BygSporError where going on would lose events, or cannot help."""
        chores = asyncio.create_task(self._keep_house())
        try:
            while not self._stopping.is_set():
                topics = await self._until_it_works(self.work.topics)
                if topics is None:
                    break
                self._is_back()
                await self._until_it_works(self.work.begin)
                if not self._stopping.is_set():
                    await self._read(topics)
        finally:
            self.stop()
            await chores
            self._thread.shutdown()
            self.work.close()
        if self._fatal is not None:
            raise self._fatal

    async def _read(self, topics: Sequence[str]) -> None:
        """Read until stopped, until there are other topics to read, or until Faust has had enough."""
        app = create_app(self.kafka, topics, self._handle, session_seconds=self.session_seconds)
        app.finalize()
        others = asyncio.create_task(self._until_other_topics(topics))
        try:
            await app.start()
            _log.info("reading", topics=list(topics))
            while not (self._stopping.is_set() or app.should_stop or others.done()):
                await self._pause(_LOOK_EVERY_SECONDS)
        except Exception as error:  # noqa: BLE001 -- whatever Faust or the client raises: Kafka is lost, and tried again
            if not self._away:
                _log.warning("kafka_lost", kind=type(error).__name__)
            await self._pause(1.0)
        finally:
            others.cancel()
            await _stopped(app)

    async def _until_other_topics(self, topics: Sequence[str]) -> None:
        """Look until there are other topics to read; where there is none, or we are refused, the worker is to stop."""
        wrong = False
        while not self._stopping.is_set():
            await self._pause(self.looks_every)
            try:
                if await asyncio.to_thread(self.work.look) != topics:
                    return
            except Exception as error:  # noqa: BLE001 -- what may be tried again is, next time
                if isinstance(error, BrokerUnavailable) and error.retriable:
                    self._is_away(error)
                elif not (isinstance(error, BygSporError) and error.retriable):
                    if wrong:
                        self._fail(error)
                    # Once may be a broker that has just begun, and does not know all yet.
                    wrong = True
                continue
            wrong = False
            self._is_back()

    def _is_away(self, error: BrokerUnavailable) -> None:
        if not self._away:
            self._away = True
            _log.warning("kafka_away", code=error.code, message=error.message, servers=list(self.kafka.servers))
            self.tell(error)

    def _is_back(self) -> None:
        if self._away:
            self._away = False
            _log.warning("kafka_back")
            self.tell(None)

    async def _handle(self, messages: Sequence[Message]) -> bool:
        began = asyncio.get_running_loop().time()
        taken = await self._until_it_works(lambda: self.work.take(messages))
        if taken is None:
            return False
        seconds = asyncio.get_running_loop().time() - began
        await self._do(lambda: self.work.after(messages, taken, seconds))
        return True

    async def _until_it_works(self, work: Callable[[], T]) -> T | None:
        """Do it in the thread until it is done; None where it fails and the worker is to stop.

        It is tried once even then: Faust, which waits for what it has begun, stops sooner when that is done.
        """
        pause = _FIRST_PAUSE
        while self._fatal is None:
            try:
                return await asyncio.get_running_loop().run_in_executor(self._thread, work)
            except Exception as error:  # noqa: BLE001 -- no exception may leave the agent
                if not (isinstance(error, BygSporError) and error.retriable):
                    self._fail(error)
                    return None
                if isinstance(error, BrokerUnavailable):
                    self._is_away(error)
                else:
                    _log.warning("waiting", code=error.code, message=error.message)
                if self._stopping.is_set():
                    return None
                self.work.waits()
                await self._pause(random.uniform(pause / 2, pause))  # noqa: S311
                pause = min(pause * 2, _LONGEST_PAUSE)
        return None

    async def _keep_house(self) -> None:
        while not self._stopping.is_set():
            for chore in self.work.chores:
                await self._do(chore)
            await self._pause(self.chores_every)

    async def _do(self, chore: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(chore)
        except Exception as error:  # noqa: BLE001 -- what may be tried again is, next time
            if isinstance(error, BygSporError) and error.retriable:
                if not (self._away and isinstance(error, BrokerUnavailable)):
                    _log.warning("chore_waits", code=error.code, message=error.message)
            else:
                self._fail(error)

    def _fail(self, error: BaseException) -> None:
        self._fatal = self._fatal or error
        self.stop()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


async def _stopped(app: faust.App) -> None:
    """Stop Faust, which commits what was acknowledged. What it does not get to is read again, and known."""
    stopping = asyncio.ensure_future(app.stop())
    # Never cancelled: Faust swallows that, and goes on.
    await asyncio.wait({stopping}, timeout=STOPS_WITHIN_SECONDS)
    if not stopping.done():
        let_go(app)
        await asyncio.wait({stopping}, timeout=LETS_GO_WITHIN_SECONDS)
    if not stopping.done() or stopping.exception():
        _log.warning("stopped_badly", kind=type(stopping.exception()).__name__ if stopping.done() else "late")
