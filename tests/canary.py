"""Canaries: CPR numbers that nobody has, sent in somewhere, and looked for in everything that is left behind.

    assert_none(database_dump(url), log, *responses)

fails, naming spelling and place, where a canary turns up: as digits, parted, escaped for JSON, URL or HTML, in UTF-16,
base64 or hex, as an unsalted digest, inside a zip archive or a bytea column.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import io
import re
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

from services.store.programs import programs_for, server_user

# Days that no calendar has, so these are nobody's numbers, and yet they look like any other.
CANARIES = ("3102994711", "3004990815", "3011991337")

_PARTINGS = ("", "-", " ", " - ", "- ", " -", "\u00a0", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212")
_BYTEA = re.compile(rb"\\x((?:[0-9a-f]{2})+)")
_BACKSLASHES = re.compile(rb"\\+")
_GZIP = 31
_MOST_UNPACKED = 50_000_000


def assert_none(*blobs: bytes | str, canaries: tuple[str, ...] = CANARIES) -> None:
    """Fail where any spelling of a canary is in what is given."""
    hits = [f"{canary} as {how} in blob {n}" for n, blob in enumerate(blobs) for canary, how in found(blob, canaries)]
    assert hits == []


def found(blob: bytes | str, canaries: tuple[str, ...] = CANARIES) -> list[tuple[str, str]]:
    """Every (canary, spelling) in it."""
    views = list(_views(blob.encode() if isinstance(blob, str) else blob))
    folded = [view.lower() for view in views]
    return [
        (canary, how)
        for canary in canaries
        for needle, (how, is_exact) in needles(canary).items()
        if any(needle in view for view in (views if is_exact else folded))
    ]


def database_dump(url: str) -> bytes:
    """Everything a database holds, as pg_dump writes it: rows of all schemas, large objects, comments, definitions."""
    program = programs_for(server_user(Path("/nowhere"))).path("pg_dump")
    return subprocess.run([program, f"--dbname={url}"], capture_output=True, check=True).stdout


@functools.cache
def needles(canary: str) -> dict[bytes, tuple[str, bool]]:
    """Each byte string that gives a canary away, what it is called, and whether upper and lower case differ in it."""
    made: dict[bytes, tuple[str, bool]] = {}
    for text in _spellings(canary):
        for needle, how in _as_text(text):
            made[needle.lower()] = how, False
        for needle, how in _as_bytes(text):
            made[needle] = how, True
    return made


def _spellings(canary: str) -> Iterator[str]:
    for parting in _PARTINGS:
        yield f"{canary[:6]}{parting}{canary[6:]}"
    if canary.startswith("0"):
        yield canary[1:]  # as a number


def _as_text(text: str) -> Iterator[tuple[bytes, str]]:
    plain = text.encode()
    yield plain, "digits"
    yield plain.hex().encode(), "hex"
    yield "".join(f"\\u{ord(sign):04x}" for sign in text).encode(), "JSON escapes"
    yield "".join(sign if sign.isdigit() else f"\\u{ord(sign):04x}" for sign in text).encode(), "JSON escapes"
    yield text.replace(" ", "+").encode(), "URL encoding"
    yield html.escape(text).replace("-", "&#45;").encode(), "HTML entities"
    yield "".join(f"&#{ord(sign)};" for sign in text).encode(), "HTML entities"
    for name in ("md5", "sha1", "sha256"):
        yield hashlib.new(name, plain).hexdigest().encode(), name
        yield hashlib.new(name, b"cpr:" + plain).hexdigest().encode(), name


def _as_bytes(text: str) -> Iterator[tuple[bytes, str]]:
    plain = text.encode()
    for encoding in ("utf-16-le", "utf-16-be"):
        yield text.encode(encoding), encoding
    for needle in _in_base64(plain):
        yield needle, "base64"
        yield needle.translate(bytes.maketrans(b"+/", b"-_")), "base64"
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, plain).digest()
        yield digest, name
        yield base64.b64encode(digest).rstrip(b"="), name


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """The signs that depend on `plain` alone, wherever in a longer text it stands."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        yield encoded[-(-before * 8 // 6) : (before + len(plain)) * 8 // 6]


def _views(blob: bytes) -> Iterator[bytes]:
    """The bytes as they are, with doubled escapes undone, and what is packed inside."""
    yield blob
    plain = _BACKSLASHES.sub(rb"\\", blob)
    if plain != blob:
        yield plain
    while (unquoted := unquote_to_bytes(plain)) != plain:
        yield (plain := unquoted)
    columns = [bytes.fromhex(column[1].decode()) for column in _BYTEA.finditer(plain)]
    if columns:
        yield from _views(b"\n".join(columns))  # at once: a log has thousands of them
    for packed in (packed for one in (blob, *columns) for packed in _packed(one)):
        yield from _views(packed)


def _packed(blob: bytes) -> Iterator[bytes]:
    if blob.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            yield from (archive.read(member) for member in archive.infolist())
    elif blob.startswith(b"\x1f\x8b"):
        yield zlib.decompressobj(_GZIP).decompress(blob, _MOST_UNPACKED)
