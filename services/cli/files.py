"""Event files as lines: JSON Lines, or one JSON array; files, folders and standard input."""

import codecs
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import msgspec

from services.errors import BadInput
from services.store.intake import Line

_ENDINGS = {".jsonl", ".ndjson", ".json"}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Say = Callable[[str, str], str]


def files(paths: Iterable[str], say: Say) -> list[Path | None]:
    """The files that paths stand for, folders opened, in order of name; None is standard input. Raises BadInput."""
    found: list[Path | None] = []
    for text in paths:
        path = Path(text)
        if text == "-":
            found.append(None)
        elif path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix in _ENDINGS and p.is_file())
            if not inside:
                endings = ", ".join(sorted(_ENDINGS))
                raise BadInput(
                    "input.empty_folder",
                    say(f"Ingen filer med hændelser i {path}.", f"No event files in {path}."),
                    say(f"De ender på {endings}.", f"They end in {endings}."),
                )
            found.extend(inside)
        elif path.is_file():
            found.append(path)
        else:
            raise BadInput(
                "input.no_file",
                say(f"Der er ingen fil {path}.", f"There is no file {path}."),
                say(
                    "Nævn en fil, en mappe eller - for standard input.",
                    "Name a file, a folder, or - for standard input.",
                ),
            )
    return found


def size(paths: Iterable[Path | None]) -> int | None:
    """Bytes in all files together; None where standard input is among them."""
    sizes = [path.stat().st_size if path else None for path in paths]
    return sum(s for s in sizes if s is not None) if None not in sizes else None


def lines(paths: Iterable[Path | None]) -> Iterator[Line]:
    """All events of all files, each with where it stands; blank lines too, so that counts add up."""
    for path in paths:
        if path is None:
            yield from _lines(sys.stdin.buffer, "-")
        else:
            with path.open("rb") as opened:
                yield from _lines(opened, path.name)


def _lines(opened: BinaryIO, origin: str) -> Iterator[Line]:
    number, raw = 0, b""
    first, opened = _without_mark(opened)
    for number, raw in enumerate(chain(filter(None, [first]), opened), start=1):
        if raw.strip():
            break
        yield Line(origin, number, raw)
    if _opens_array(raw):
        yield from _array(raw + opened.read(), origin, number)
    elif raw.strip() == b"{":
        yield Line(origin, number, raw + opened.read())
    elif raw.strip():
        yield Line(origin, number, raw)
        yield from (Line(origin, later, line) for later, line in enumerate(opened, start=number + 1))


def _without_mark(opened: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first line without the mark that Windows programs set before it, and the rest; UTF-16 becomes UTF-8."""
    first = opened.readline()
    if first.startswith(_UTF_16):
        opened = io.BytesIO((first + opened.read()).decode("utf-16", errors="replace").encode())
        first = opened.readline()
    # A file that is nothing but the mark has no lines.
    return first.removeprefix(codecs.BOM_UTF8), opened


def _opens_array(line: bytes) -> bool:
    """Whether a first line opens an array of events, and is not a line of its own that is wrong."""
    text = line.strip()
    return text[:1] == b"[" and text[1:].lstrip()[:1] in {b"{", b"", b"]"}


def _array(raw: bytes, origin: str, first: int) -> Iterator[Line]:
    """The events of an array; where it is none after all, its lines, so that each is told what is wrong with it."""
    try:
        events = [bytes(event) for event in msgspec.json.decode(raw, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError):
        yield from (Line(origin, number, line) for number, line in enumerate(io.BytesIO(raw), start=first))
        return
    for number, event in enumerate(events, start=1):
        yield Line(origin, number, event)
