"""Files with faulty lines: which line, which field and which fault is known, and so is the line as it should have been.

What a clerk, an export or another program gets wrong, in twenty kinds, spread evenly over an otherwise sound file.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import msgspec

from services.sample.fault_kinds import KINDS, Fault, Whereabouts
from services.sample.portfolio import portfolio

_TENDERS, _YEARS = 20, 2
_EVENTS_A_TENDER = 500


def faulty(lines: int, faults: int, seed: int) -> tuple[list[bytes], list[tuple[int, str, str]]]:
    """A file of so many lines, and of each faulty one its number (from 1), the field and the code of its fault.

    No event is there twice, so that all others land as new: `lines - faults` of them.
    """
    file, expected = _sound(lines, faults, seed), []
    for number, fault, body in _spoilt(file, faults, seed):
        file[number - 1] = fault.spoil(body)
        expected.append((number, fault.field, fault.code))
    return file, expected


def mended(lines: int, faults: int, seed: int) -> dict[int, bytes]:
    """The right events for the faulty lines of the same file, by line number: sent after it, they land too."""
    spoilt = _spoilt(_sound(lines, faults, seed), faults, seed)
    return {number: msgspec.json.encode(body) for number, _, body in spoilt}


def _sound(lines: int, faults: int, seed: int) -> list[bytes]:
    """The file with gaps where the faulty lines come."""
    if not 0 <= faults <= lines:
        raise ValueError("between no faulty line and all of them")
    tenders = max(_TENDERS, lines // _EVENTS_A_TENDER)
    events, gaps = _distinct(portfolio(tenders, _YEARS, seed)), set(_places(lines, faults))
    return [b"" if number in gaps else next(events) for number in range(1, lines + 1)]


def _places(lines: int, faults: int) -> list[int]:
    """The numbers of the faulty lines, evenly spread."""
    return [(2 * index + 1) * lines // (2 * faults) + 1 for index in range(faults)]


def _distinct(lines: Iterator[bytes]) -> Iterator[bytes]:
    seen: set[tuple[str, str]] = set()
    for line in lines:
        body = msgspec.json.decode(line)
        key = body["source"], body["id"]
        if key not in seen:
            seen.add(key)
            yield line


def _spoilt(file: list[bytes], faults: int, seed: int) -> Iterator[tuple[int, Fault, dict[str, object]]]:
    """Number, fault and right event of each faulty line; the kinds go round, each in its variants in turn."""
    kinds = Random(f"faults {seed}").sample(KINDS, len(KINDS))  # noqa: S311
    whereabouts = Whereabouts.of(seed)
    for index, number in enumerate(_places(len(file), faults)):
        variants = kinds[index % len(kinds)]
        fault = variants[index // len(kinds) % len(variants)]
        yield number, fault, fault.event(whereabouts, index)
