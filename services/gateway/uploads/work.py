"""Work on uploads beside the requests: a few at a time, each of which a request may wait for a little."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from services.errors import BygSporError

AT_ONCE = 2
"""So many sheets are worked on at once: each may take some hundred megabytes while it lasts."""
MOST_WAITING = 200
MOST_BYTES_WAITING = 150 * 1024 * 1024
_SWEEP_SECONDS = 3600.0

_log = structlog.get_logger("bygspor.uploads")


class Work:
    """Runs one piece of work per upload, and lets go of old uploads every hour."""

    def __init__(self, sweep: Callable[[], object]) -> None:
        self._sweep = sweep
        self._threads = ThreadPoolExecutor(AT_ONCE, "uploads")
        self._lock = threading.Lock()
        self._under_way: dict[str, tuple[Future[None], int]] = {}
        self._stopping = threading.Event()
        self._sweeper = threading.Thread(target=self._sweeping, name="upload sweeper", daemon=True)

    def start(self) -> None:
        """Begin to sweep."""
        self._sweeper.start()

    def stop(self) -> None:
        """End after the work at hand; what waits is not begun: its uploads stay as they are."""
        self._stopping.set()
        self._threads.shutdown(cancel_futures=True)

    def check_room(self, size: int) -> None:
        """Raise a retriable BygSporError where too much waits already to take so many bytes more."""
        with self._lock:
            held = sum(bytes_ for _, bytes_ in self._under_way.values())
            if len(self._under_way) >= MOST_WAITING or held + size > MOST_BYTES_WAITING:
                raise BygSporError(
                    "gateway.busy", "Too many sheets are waiting.", "Send it again shortly.", retriable=True
                )

    def begin(self, upload: str, work: Callable[[], None], size: int = 0) -> None:
        """Do the work of an upload. What was begun before may still be at its very end, with all of it told already."""
        with self._lock:
            future = self._threads.submit(self._do, upload, work)
            self._under_way[upload] = future, size
        # Added without the lock, which a future that is done already would ask for at once.
        future.add_done_callback(lambda ended: self._forget(upload, ended))

    def is_under_way(self, upload: str) -> bool:
        """Whether some of the upload's work waits or is being done here."""
        with self._lock:
            return upload in self._under_way

    async def settled(self, upload: str, seconds: float) -> bool:
        """Wait for the work of an upload; whether it is done."""
        with self._lock:
            future, _ = self._under_way.get(upload, (None, 0))
        if future is None:
            return True
        done, _waiting = await asyncio.wait([asyncio.wrap_future(future)], timeout=seconds)
        return bool(done)

    def _forget(self, upload: str, ended: Future[None]) -> None:
        with self._lock:
            if self._under_way.get(upload, (None, 0))[0] is ended:
                del self._under_way[upload]

    @staticmethod
    def _do(upload: str, work: Callable[[], None]) -> None:
        try:
            work()
        except BygSporError as error:
            _log.warning("upload_waits", upload=upload[:8], code=error.code)
        except Exception as error:  # noqa: BLE001 -- nobody else would hear of it
            # Its text may hold what stood in a cell.
            _log.error("upload_failed", upload=upload[:8], error=type(error).__name__)

    def _sweeping(self) -> None:
        while True:
            try:
                self._sweep()
            except BygSporError as error:
                _log.warning("sweep_waits", code=error.code)
            if self._stopping.wait(_SWEEP_SECONDS):
                return
