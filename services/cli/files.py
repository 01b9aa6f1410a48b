"""Event files as lines: JSON Lines, or one JSON array; files, folders and standard input."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from services.errors import BadInput
from services.store.intake import Line

_ENDINGS = {".jsonl", ".ndjson", ".json"}


def files(paths: Iterable[str]) -> list[Path | None]:
    """The files that paths stand for, folders opened, in order of name; None is standard input. Raises BadInput."""
    found: list[Path | None] = []
    for text in paths:
        path = Path(text)
        if text == "-":
            found.append(None)
        elif path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix in _ENDINGS and p.is_file())
            if not inside:
                raise BadInput(
                    "input.empty_folder", f"No event files in {path}.", f"They end in {', '.join(sorted(_ENDINGS))}."
                )
            found.extend(inside)
        elif path.is_file():
            found.append(path)
        else:
            raise BadInput(
                "input.no_file", f"There is no file {path}.", "Name a file, a folder, or - for standard input."
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
    for number, raw in enumerate(opened, start=1):
        if raw.strip():
            break
        yield Line(origin, number, raw)
    if _opens_array(raw):
        yield from _array(raw + opened.read(), origin)
    elif raw.strip() == b"{":
        yield Line(origin, number, raw + opened.read())
    elif raw.strip():
        yield Line(origin, number, raw)
        yield from (Line(origin, later, line) for later, line in enumerate(opened, start=number + 1))


def _opens_array(line: bytes) -> bool:
    """Whether a first line opens an array of events, and is not a line of its own that is wrong."""
    text = line.strip()
    return text[:1] == b"[" and text[1:].lstrip()[:1] in {b"{", b"", b"]"}


def _array(raw: bytes, origin: str) -> Iterator[Line]:
    try:
        events = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            "input.array",
            f"{origin} begins like a JSON array but is none: {error}.",
            "Mend it, or write one event per line.",
        ) from None
    for number, event in enumerate(events, start=1):
        yield Line(origin, number, bytes(event))
