"""What goes into `apply` and what comes out: the words between the store and those who feed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from schemas.codec import Waiting, decode
from schemas.envelope import Event
from schemas.faults import Fault, InvalidEventError


class Outcome(StrEnum):
    """What became of one event.

    `waiting` is new and kept, but in a version that this program does not know: it counts after an upgrade.
    """

    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    WAITING = "waiting"


class Decoded(NamedTuple):
    """An event that was understood, with its bytes, where it came from, and the rejected line it mends, if any."""

    raw: bytes
    event: Event[Any] | Waiting
    origin: str = ""
    line: int = 0
    resolves: int | None = None


class Refused(NamedTuple):
    """Bytes that are no acceptable event, with every reason, and who sent them, where that is known for certain."""

    raw: bytes
    faults: Sequence[Fault]
    origin: str = ""
    line: int = 0
    resolves: int | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of each event of a batch, by its index, and the batch's place in the log: None where nothing was new.

    `mended` counts the refused lines that were mended earlier, and are known in the form they are refused in.
    """

    outcomes: tuple[Outcome, ...]
    position: int | None
    mended: int = 0
    known_at: datetime | None = None


def read(raw: bytes, origin: str = "", line: int = 0, resolves: int | None = None) -> Decoded | Refused:
    """One event from its bytes, or why it is none."""
    try:
        return Decoded(raw, decode(raw), origin, line, resolves)
    except InvalidEventError as error:
        return Refused(raw, error.faults, origin, line, resolves)
