"""Figures kept up to date while a gateway or a worker runs: after changes, and anew every day. A thread of its own.

Each process has a keeper, and one of them computes at a time, for all: who does not get the lock looks again shortly.
A holder that is gone has lost it, and what it did not finish is still marked as changed.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import date

import structlog

from services.clock import today
from services.errors import BygSporError
from services.store import figures
from services.store.locks import KEEPER, Lock, held
from services.store.store import Store

_QUIET_SECONDS = 0.2
# Others may have taken events in, a day may have begun, or the database may have gone.
_LOOK_EVERY_SECONDS = 5.0
_AFTER_FAILURE_SECONDS = 1.0
# While very much comes in, nearly every tender has changed again when a round is over. As long as it took, it rests
# then: computing the same tenders once more at once would slow down what they wait for.
_REST = 1.0
# What changed is not kept waiting while a day's figures are computed for all tenders.
_TICK_SECONDS = 0.5
_MOST_ACCEPTED = 10_000

_log = structlog.get_logger("bygspor.keeper")


class Keeper:
    """Computes the figures of tenders that changed. Changes that come close together are computed once."""

    def __init__(
        self,
        store: Store,
        revive: Callable[[], object] = lambda: None,
        on_visible: Callable[[float], object] = lambda _seconds: None,
    ) -> None:
        """Keep the figures of a store; `start` begins. `revive` is called while its database does not answer.

        `on_visible` is told of each `changed` that named its time, once: how old that was in seconds when figures
        that count it were there. It is called in the keeper's thread.
        """
        self._store, self._revive, self._on_visible = store, revive, on_visible
        self._changed, self._stopping, self._waits = threading.Event(), threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._accepted: deque[float] = deque()
        self._day: date | None = None
        self._day_done = False
        self._computed_today: set[str] = set()

    def start(self) -> None:
        """Begin, with the day's figures."""
        self._changed.set()
        self._thread.start()

    def stop(self) -> None:
        """End after the tender at hand."""
        self._stopping.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join()

    def changed(self, accepted_at: float | None = None) -> None:
        """Something was committed, of which the oldest was accepted at a time (seconds since 1970)."""
        # Beyond that many nobody waits for each of them: the oldest tell how late it is.
        if accepted_at is not None and len(self._accepted) < _MOST_ACCEPTED:
            self._accepted.append(accepted_at)
        self._changed.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._changed.wait(_LOOK_EVERY_SECONDS)
            self._stopping.wait(_QUIET_SECONDS)
            if self._stopping.is_set():
                return
            self._changed.clear()
            try:
                began = time.monotonic()
                if not self._round(today()):
                    self._changed.set()
                self._say_waits(None)
                self._stopping.wait(_REST * (time.monotonic() - began))
            except BygSporError as error:
                self._say_waits(error)
                self._changed.set()
                with contextlib.suppress(BygSporError):
                    self._revive()
                self._stopping.wait(_AFTER_FAILURE_SECONDS)

    def _say_waits(self, error: BygSporError | None) -> None:
        """Log once that figures wait, and once that they do no more: a database may be away for hours."""
        if error is not None and not self._waits:
            _log.warning("figures_wait", code=error.code)
        elif error is None and self._waits:
            _log.info("figures_go_on")
        self._waits = error is not None

    def _round(self, on: date) -> bool:
        """Compute what changed, and some of what the day needs. False where there is more, or another computes."""
        with held(self._store.database, KEEPER, wait=False) as lock:
            if lock is None:
                return False
            # What was committed before this moment is marked, or another keeper has computed it.
            waiting = len(self._accepted)
            for tender in figures.changed(self._store):
                if not self._compute(lock, tender, on):
                    return False
            for _ in range(waiting):
                self._on_visible(max(0.0, time.time() - self._accepted.popleft()))
            return self._tick(lock, on)

    def _tick(self, lock: Lock, on: date) -> bool:
        if self._day != on:
            self._day, self._day_done = on, False
            self._computed_today.clear()
        if self._day_done:
            return True
        until = time.monotonic() + _TICK_SECONDS
        # Asked anew each time, because other keepers compute the day's figures, too.
        for tender in figures.not_ticked(self._store, on):
            if tender in self._computed_today:
                continue
            if time.monotonic() > until or not self._compute(lock, tender, on):
                return False
            self._computed_today.add(tender)
        self._day_done = True
        return True

    def _compute(self, lock: Lock, tender: str, on: date) -> bool:
        """Compute one tender; False where the keeper is to stop instead."""
        if self._stopping.is_set():
            return False
        lock.renew()
        try:
            figures.compute(self._store, tender, on)
        except BygSporError:
            raise
        except Exception as error:  # noqa: BLE001 -- one tender that cannot be computed must not keep back the others
            # Its text may hold what somebody wrote; `bygspor tick --verbose` shows all of it.
            _log.error("figures_failed", kind=type(error).__name__)
        return True
