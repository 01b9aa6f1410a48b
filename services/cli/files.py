"""Event files as lines: JSON Lines, or one JSON array; files, folders and standard input."""

import codecs
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


def lines(paths: Iterable[Path | None], say: Say) -> Iterator[Line]:
    """All events of all files, each with where it stands; blank lines too, so that counts add up."""
    for path in paths:
        if path is None:
            yield from _lines(sys.stdin.buffer, "-", say)
        else:
            with path.open("rb") as opened:
                yield from _lines(opened, path.name, say)


def _lines(opened: BinaryIO, origin: str, say: Say) -> Iterator[Line]:
    number, raw = 0, b""
    for number, raw in enumerate(_without_mark(opened, origin, say), start=1):
        if raw.strip():
            break
        yield Line(origin, number, raw)
    if _opens_array(raw):
        yield from _array(raw + opened.read(), origin, say)
    elif raw.strip() == b"{":
        yield Line(origin, number, raw + opened.read())
    elif raw.strip():
        yield Line(origin, number, raw)
        yield from (Line(origin, later, line) for later, line in enumerate(opened, start=number + 1))


def _without_mark(opened: BinaryIO, origin: str, say: Say) -> Iterable[bytes]:
    """The lines without the mark that Windows programs set before the first one. Raises BadInput for UTF-16."""
    first = opened.readline()
    if first.startswith(_UTF_16):
        raise BadInput(
            "input.utf16",
            say(f"{origin} er gemt som UTF-16.", f"{origin} is saved as UTF-16."),
            say("Gem den som UTF-8.", "Save it as UTF-8."),
        )
    # A file that is nothing but the mark has no lines.
    return chain(filter(None, [first.removeprefix(codecs.BOM_UTF8)]), opened)


def _opens_array(line: bytes) -> bool:
    """Whether a first line opens an array of events, and is not a line of its own that is wrong."""
    text = line.strip()
    return text[:1] == b"[" and text[1:].lstrip()[:1] in {b"{", b"", b"]"}


def _array(raw: bytes, origin: str, say: Say) -> Iterator[Line]:
    try:
        events = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            "input.array",
            say(f"{origin} begynder som en JSON-liste, men er ingen: {error}.", f"{origin} is no JSON array: {error}."),
            say("Ret den, eller skriv én hændelse pr. linje.", "Mend it, or write one event per line."),
        ) from None
    for number, event in enumerate(events, start=1):
        yield Line(origin, number, bytes(event))
