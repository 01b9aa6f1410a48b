"""Figures kept up to date while the gateway runs: after changes, and anew every day. A thread of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import date

import structlog

from services.clock import today
from services.errors import BygSporError
from services.store import figures
from services.store.store import Store

_QUIET_SECONDS = 0.2
# Others may have taken events in, a day may have begun, or the database may have gone.
_LOOK_EVERY_SECONDS = 5.0
_AFTER_FAILURE_SECONDS = 1.0

_log = structlog.get_logger("bygspor.keeper")


class Keeper:
    """Computes the figures of tenders that changed. Changes that come close together are computed once."""

    def __init__(self, store: Store, revive: Callable[[], object] = lambda: None) -> None:
        """Keep the figures of a store; `start` begins. `revive` is called while its database does not answer."""
        self._store, self._revive = store, revive
        self._changed, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._ticked: date | None = None

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

    def changed(self) -> None:
        """Something was committed."""
        self._changed.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._changed.wait(_LOOK_EVERY_SECONDS)
            self._stopping.wait(_QUIET_SECONDS)
            if self._stopping.is_set():
                return
            self._changed.clear()
            try:
                self._compute(today())
            except BygSporError as error:
                _log.warning("figures_wait", code=error.code)
                self._changed.set()
                with contextlib.suppress(BygSporError):
                    self._revive()
                self._stopping.wait(_AFTER_FAILURE_SECONDS)

    def _compute(self, on: date) -> None:
        if self._ticked != on:
            figures.tick(self._store, on)
            self._ticked = on
        else:
            figures.refresh(self._store, on)
