"""The stack with events flowing through it: started step by step, tended while somebody sends, watched."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence

import httpx2

from deploy.stack.process import Say
from deploy.stack.sample import Posting, let_in, senders
from deploy.stack.stack import Failed, Stack
from deploy.stack.watch import Progress, progress
from services.settings import Kafka
from services.store.access import Access
from services.store.connections import Database
from services.wiring import open_store

_READY_WITHIN = 60.0
_TEND_EVERY, _LOOK_EVERY = 0.2, 3.0


class Flow:
    """One run of a stack. `stop`, set by whoever wants it to end, is looked at between steps."""

    def __init__(self, stack: Stack, say: Say, stop: threading.Event) -> None:
        self.stack, self.say, self._stop = stack, say, stop
        self.over = threading.Event()

    def start(self, lines: Sequence[bytes]) -> Posting | None:
        """Everything up, and whoever sends the lines let in with a key each; None where it was stopped meanwhile."""
        stack = self.stack
        steps = (stack.start_kafka, stack.start_postgres, self._administer, stack.make_topics, stack.start_programs)
        for step in steps:
            if self._stop.is_set():
                return None
            step()
        keys = self._let_in(lines)
        return Posting(keys, lambda: self.stack.url, self.over) if self._ready() else None

    def go_on(
        self, posting: Posting, send: Callable[[], object], enough: Callable[[Progress], bool] = lambda _far: False
    ) -> bool:
        """Tend the stack while `send` sends beside, until all is sent and it is `enough`; False where stopped before.

        `send` ends when `over` is set.
        """
        sender = threading.Thread(target=send, name="senders")
        sender.start()
        try:
            with contextlib.closing(Database(self.stack.database_url)) as database:
                return self._watched(posting, database, lambda far: not sender.is_alive() and enough(far))
        finally:
            self.say("Senders: stopping ...")
            self.over.set()
            sender.join()
            posting.close()

    def _watched(self, posting: Posting, database: Database, enough: Callable[[Progress], bool]) -> bool:
        look_at = 0.0
        while not self._stop.wait(_TEND_EVERY):
            self.stack.tend()
            if time.monotonic() < look_at:
                continue
            far = progress(database, _kafka(self.stack))
            self.say(_line(self.stack, posting, far))
            if far is not None and enough(far):
                return True
            look_at = time.monotonic() + _LOOK_EVERY
        return False

    def _administer(self) -> None:
        """An operator whose password nobody knows: else the gateway would make one, and tell it in its log."""
        with contextlib.closing(open_store(self.stack.own)) as store:
            made = Access(store.database).users.first_administrator()
        if made is not None:
            self.say(f"Operator: {made[0].login}; bygspor user password {made[0].login} gives a password")

    def _let_in(self, lines: Sequence[bytes]) -> dict[str, str]:
        with contextlib.closing(open_store(self.stack.own)) as store:
            keys = let_in(Access(store.database), senders(lines))
        self.say(f"Senders: {len(keys)} organisations with an API key each")
        return keys

    def _ready(self) -> bool:
        """Whether the gateway answers; False where it was stopped before. Raises Failed where it takes too long."""
        self.say("Gateway: waiting until it is ready ...")
        deadline = time.monotonic() + _READY_WITHIN
        while not self._stop.is_set():
            if _answers(f"{self.stack.url}/ready"):
                self.say(f"Gateway: ready at {self.stack.url}")
                return True
            if time.monotonic() > deadline:
                raise Failed(f"the gateway is not ready after {_READY_WITHIN:g} s; see {self.stack.gateway.log}")
            self.stack.tend()
            self._stop.wait(_TEND_EVERY)
        return False


def _kafka(stack: Stack) -> Kafka:
    kafka = stack.own.kafka
    assert kafka is not None  # noqa: S101 -- the stack sets it
    return kafka


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=5).is_success
    except httpx2.TransportError:
        return False


def _line(stack: Stack, posting: Posting, far: Progress | None) -> str:
    alive = sum(worker.alive for worker in stack.workers)
    gateway = stack.url if stack.gateway.alive else "DOWN"
    sent = f"{posting.accepted:,} sent"
    if posting.refused:
        sent += f", {posting.refused:,} REFUSED ({posting.last_refusal})"
    if far is None:
        applied = "PostgreSQL does not answer"
    else:
        lag = "Kafka does not answer" if far.lag is None else f"lag {far.lag:,} records"
        applied = f"{far.applied:,} applied ({far.new:,} new, {far.rejected:,} rejected), {lag}"
    return f"events: {sent}, {applied} | workers {alive}/{len(stack.workers)} | gateway {gateway}"
