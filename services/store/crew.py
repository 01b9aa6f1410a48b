"""A long stream of lines taken in by several processes, each with a share of the subjects.

Reading an event is Python's work, and one process does it on one core. Subjects are what a writer locks: processes with
subjects of their own never wait for each other's events; uniqueness and positions are PostgreSQL's, whoever writes.
Whoever started them may be killed: each process finishes its batch, finds nobody there, and ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TypeAlias
from zlib import crc32

import msgspec

from services.errors import BygSporError, DatabaseUnavailable
from services.store.intake import BATCH_BYTES, BATCH_EVENTS, Line, Report, intake
from services.store.store import Store

# Starting the processes takes a second or two.
_LONG = 30_000_000
_ENDED = (
    "intake.process_ended",
    "A process that took in events ended unexpectedly.",
    "Nothing half done is left behind; the same can be tried again.",
)
# One share being applied and one waiting, in each process: memory does not grow with the stream.
_UNDER_WAY = 2

OnProgress: TypeAlias = Callable[[Report], None]
Columns: TypeAlias = tuple[list[str], list[int], list[bytes], list[int | None]]


class _Peek(msgspec.Struct):
    subject: str = ""


_PEEK = msgspec.json.Decoder(_Peek)


@dataclass(slots=True)
class _Member:
    process: BaseProcess
    pipe: Connection
    share: list[Line] = field(default_factory=list)
    size: int = 0
    under_way: int = 0

    def take(self, line: Line) -> bool:
        """Add a line to the share; whether the share is as large as a batch now."""
        self.share.append(line)
        self.size += len(line.raw)
        return len(self.share) >= BATCH_EVENTS or self.size >= BATCH_BYTES

    def hand_over(self) -> None:
        """Give the share to the process, if there is any."""
        if self.share:
            with _lost_if_gone():
                self.pipe.send(tuple(map(list, zip(*self.share, strict=True))))
            self.share, self.size, self.under_way = [], 0, self.under_way + 1

    def answer(self) -> Report:
        """What became of the share that was handed over first. Raises what was raised there."""
        with _lost_if_gone():
            answer = self.pipe.recv()
        if not isinstance(answer, Report):
            kind, *said, retriable = answer
            raise kind(*said, retriable=retriable)
        self.under_way -= 1
        return answer


def take_in(store: Store, lines: Iterable[Line], size: int | None, on_progress: OnProgress) -> Report:
    """Take in lines by one process or by several, whichever is sooner done; `size` is theirs in bytes, if known."""
    if size is not None and size >= _LONG:
        return intake_by_crew(store.url, lines, on_progress)
    return intake(store, lines, on_progress)


def intake_by_crew(
    url: str, lines: Iterable[Line], on_progress: OnProgress = lambda _: None, members: int = 2
) -> Report:
    """As `intake.intake`, by several processes.

    Raises what a process raised: the others' batches are applied or not, and the same again is right in both cases.
    """
    report = Report()
    with _crew(url, members) as crew:
        for line in lines:
            member = crew[_share_of(line.raw, members)]
            if member.take(line):
                member.hand_over()
                if member.under_way == _UNDER_WAY:
                    report += member.answer()
                    on_progress(report)
        for member in crew:
            member.hand_over()
        for member in crew:
            while member.under_way:
                report += member.answer()
                on_progress(report)
    return report


@contextlib.contextmanager
def _lost_if_gone() -> Iterator[None]:
    """A process that is not there any more has been lost, with what it had not committed."""
    try:
        yield
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise DatabaseUnavailable(*_ENDED, retriable=True) from None


def _share_of(raw: bytes, members: int) -> int:
    """Whose line it is: that of its subject. What has none that can be read is anybody's."""
    try:
        subject = _PEEK.decode(raw).subject
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return 0
    return crc32(subject.encode(errors="replace")) % members


@contextlib.contextmanager
def _crew(url: str, members: int) -> Iterator[list[_Member]]:
    # Fresh processes: a forked one would share our connections to PostgreSQL.
    context = multiprocessing.get_context("spawn")
    crew: list[_Member] = []
    try:
        for _ in range(members):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, url), daemon=True)
            process.start()
            theirs.close()
            crew.append(_Member(process, ours))
        yield crew
    finally:
        for member in crew:
            member.pipe.close()
        for member in crew:
            member.process.join()


def _work(pipe: Connection, url: str) -> None:
    """Take in one share after another until nobody hands over any more."""
    store = Store(url, connections=1)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        while True:
            columns: Columns = pipe.recv()
            try:
                pipe.send(intake(store, map(Line, *columns)))
            except BygSporError as error:
                pipe.send((type(error), error.code, error.message, error.hint, error.retriable))
    store.close()
