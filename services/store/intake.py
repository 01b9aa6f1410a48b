"""A stream of lines into the store: decoded by one thread while PostgreSQL works for the other.

It may be killed at any moment and run again on the same lines: each event is in the log once, each bad line is kept
once. Memory does not grow with the stream, however long it or its lines are.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from services.store.batches import Applied, Decoded, Outcome, Refused, read
from services.store.pace import in_bulk

BATCH_EVENTS = 4_000
BATCH_BYTES = 8_000_000
# One batch being applied, one ready, one being decoded: more would only cost memory.
_READY = 1
_PATIENCE = 1.0
READER = "bygspor intake"
"""The name of the thread that reads. After an error it may be left waiting for its next line."""


class Line(NamedTuple):
    """One line of a file: where it stands, its bytes, and the rejected line that it mends, if any."""

    origin: str
    number: int
    raw: bytes
    resolves: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the lines. Always: lines = blank + new + duplicate + rejected.

    `waiting` are among the new: kept, and counted after an upgrade. `conflict` are among the rejected: their identity
    is taken by another body.
    """

    lines: int = 0
    blank: int = 0
    new: int = 0
    duplicate: int = 0
    rejected: int = 0
    conflict: int = 0
    waiting: int = 0
    position: int | None = None


class Applier(Protocol):
    """Who takes the batches: a store."""

    def apply(self, batch: Sequence[Decoded], refused: Sequence[Refused]) -> Applied:
        """Apply a batch and keep what was refused, in one transaction."""


@dataclass(slots=True)
class _Batch:
    events: list[Decoded] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    lines: int = 0
    blank: int = 0
    bytes: int = 0

    def is_full(self, events: int) -> bool:
        return len(self.events) + len(self.refused) >= events or self.bytes >= BATCH_BYTES

    def take(self, line: Line) -> None:
        self.lines += 1
        raw = line.raw.strip()
        if not raw:
            self.blank += 1
            return
        self.bytes += len(raw)
        item = read(raw, line.origin, line.number, line.resolves)
        if isinstance(item, Decoded):
            self.events.append(item)
        else:
            self.refused.append(item)


def intake(
    store: Applier,
    lines: Iterable[Line],
    on_progress: Callable[[Report], None] = lambda _: None,
    batch_events: int = BATCH_EVENTS,
) -> Report:
    """Apply every line that is an event and keep every other with its reasons; `on_progress` after each batch."""
    report = Report()
    with in_bulk():
        for batch in _ahead(_batches(lines, batch_events)):
            report = _add(report, batch, store.apply(batch.events, batch.refused))
            on_progress(report)
    return report


def _batches(lines: Iterable[Line], events: int) -> Iterator[_Batch]:
    batch = _Batch()
    for line in lines:
        batch.take(line)
        if batch.is_full(events):
            yield batch
            batch = _Batch()
    if batch.lines:
        yield batch


def _ahead(batches: Iterator[_Batch]) -> Iterator[_Batch]:
    """The same batches, the next one made by a thread while this one is worked on. Its errors are raised here."""
    ready: queue.Queue[_Batch | BaseException | None] = queue.Queue(_READY)
    stop = threading.Event()

    def run() -> None:
        try:
            for batch in batches:
                if not _put(ready, batch, stop):
                    return
            _put(ready, None, stop)
        except BaseException as error:  # noqa: BLE001 -- raised again by whoever takes it
            _put(ready, error, stop)

    thread = threading.Thread(target=run, name=READER, daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        # Not for ever: who is interrupted may be waiting for a line of standard input that nobody will write.
        thread.join(_PATIENCE)


def _put(
    ready: queue.Queue[_Batch | BaseException | None], item: _Batch | BaseException | None, stop: threading.Event
) -> bool:
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False


def _add(report: Report, batch: _Batch, applied: Applied) -> Report:
    counts = Counter(applied.outcomes)
    waiting, conflict = counts[Outcome.WAITING], counts[Outcome.CONFLICT]
    return replace(
        report,
        lines=report.lines + batch.lines,
        blank=report.blank + batch.blank,
        new=report.new + counts[Outcome.NEW] + waiting,
        duplicate=report.duplicate + counts[Outcome.DUPLICATE],
        rejected=report.rejected + len(batch.refused) + conflict,
        conflict=report.conflict + conflict,
        waiting=report.waiting + waiting,
        position=applied.position or report.position,
    )
