"""A stream of lines into the store, batch by batch.

It may be killed at any moment and run again on the same lines: each event is in the log once, each bad line is kept
once. Memory does not grow with the stream, however long it or its lines are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from services.store.batches import Applied, Decoded, Outcome, Refused, read
from services.store.pace import in_bulk

# Of a unit with several events in a batch the state is folded once: larger is faster, smaller takes less memory.
BATCH_EVENTS = 12_000
BATCH_BYTES = 8_000_000


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
    is taken by another body. A line that was mended since it was first rejected is a duplicate.
    """

    lines: int = 0
    blank: int = 0
    new: int = 0
    duplicate: int = 0
    rejected: int = 0
    conflict: int = 0
    waiting: int = 0
    position: int | None = None

    def __add__(self, other: Report) -> Report:
        """Both together; the position is the later one."""
        return Report(
            lines=self.lines + other.lines,
            blank=self.blank + other.blank,
            new=self.new + other.new,
            duplicate=self.duplicate + other.duplicate,
            rejected=self.rejected + other.rejected,
            conflict=self.conflict + other.conflict,
            waiting=self.waiting + other.waiting,
            position=max(self.position or 0, other.position or 0) or None,
        )


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
        for batch in _batches(lines, batch_events):
            report += _became(batch, store.apply(batch.events, batch.refused))
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


def _became(batch: _Batch, applied: Applied) -> Report:
    counts = Counter(applied.outcomes)
    waiting, conflict = counts[Outcome.WAITING], counts[Outcome.CONFLICT]
    return Report(
        lines=batch.lines,
        blank=batch.blank,
        new=counts[Outcome.NEW] + waiting,
        duplicate=counts[Outcome.DUPLICATE] + applied.mended,
        rejected=len(batch.refused) - applied.mended + conflict,
        conflict=conflict,
        waiting=waiting,
        position=applied.position,
    )
