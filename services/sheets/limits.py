"""What a file is by its content, and whether it may be opened at all: looked at before anything is parsed.

Sizes that an archive claims are not believed; every entry is inflated and counted, in constant memory.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from services.sheets.refusing import UnreadableSheet

MOST_BYTES = 10 * 1024 * 1024
MOST_ENTRIES = 500
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 256
MOST_CELLS = 2_000_000
"""Of one sheet, the area between its outermost cells. 50,000 rows of 40 columns."""

# A sheet of one number repeated packs some 200 times smaller; small entries may do as they like.
_MOST_RATIO = 400
_RATIO_FROM = 4 * 1024 * 1024
_CHUNK = 1024 * 1024
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_DTD = (b"<!DOCTYPE", b"<!ENTITY")
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_BY_MAGIC = (
    (b"%PDF", "en PDF-fil", "a PDF file"),
    (b"\x89PNG", "et billede (PNG)", "a picture (PNG)"),
    (b"\xff\xd8\xff", "et billede (JPEG)", "a picture (JPEG)"),
    (b"GIF8", "et billede (GIF)", "a picture (GIF)"),
    (b"BM", "et billede (BMP)", "a picture (BMP)"),
    (b"{\\rtf", "et RTF-dokument", "an RTF document"),
    (b"\x1f\x8b", "en pakket fil (gzip)", "a packed file (gzip)"),
    (b"Rar!", "en pakket fil (RAR)", "a packed file (RAR)"),
    (b"7z\xbc\xaf", "en pakket fil (7-Zip)", "a packed file (7-Zip)"),
    (b"MZ", "et program", "a program"),
    (b"\x7fELF", "et program", "a program"),
)


def kind_of(raw: bytes) -> str:
    """`xlsx` or `csv`, by content and never by name. Raises UnreadableSheet for everything else, saying what it is."""
    if not raw.strip(b"\x00 \t\r\n"):
        raise UnreadableSheet("empty")
    if len(raw) > MOST_BYTES:
        raise UnreadableSheet("too_big", mb=-(-len(raw) // 1024**2), most_mb=MOST_BYTES // 1024**2)
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    _refuse_other(raw)
    return "csv"


def _refuse_other(raw: bytes) -> None:
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        # Excel puts an encrypted workbook into the old container.
        raise UnreadableSheet("encrypted" if "EncryptedPackage".encode("utf-16-le") in raw else "is_xls")
    for magic, da, en in _BY_MAGIC:
        # Two letters may also begin a CSV file: then it has no NULs.
        if raw.startswith(magic) and (len(magic) > 2 or b"\0" in raw[:4096]):
            raise UnreadableSheet("is_other", what=da, what_en=en)
    _refuse_markup(raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower())
    if b"\0" in raw and not raw.startswith(_BOMS[1:]):
        raise UnreadableSheet("is_other", what="en binær fil", what_en="a binary file")


def _refuse_markup(head: bytes) -> None:
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body")) or b"<html" in head[:1024]:
        raise UnreadableSheet("is_html")
    if head.startswith(b"<?xml"):
        raise UnreadableSheet("is_xml")


def check_workbook(raw: bytes) -> None:
    """Raises UnreadableSheet unless `raw` is a whole XLSX file of reasonable size without traps."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, UnicodeDecodeError):
        raise UnreadableSheet("broken") from None
    if len(entries) > MOST_ENTRIES:
        raise _unsafe("over 500 dele", "over 500 parts")
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise _unsafe("to dele med samme navn", "two parts of one name")
    _check_contents(set(names))
    unpacked = 0
    for entry in entries:
        unpacked += _check_entry(raw, entry, MOST_UNPACKED - unpacked)


def _check_contents(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "xl/workbook.bin" in names:
        raise UnreadableSheet("is_xlsb")
    if any(name.startswith("word/") for name in names):
        raise UnreadableSheet("is_word")
    if "mimetype" in names:
        raise UnreadableSheet("is_ods")
    raise UnreadableSheet("is_other", what="en pakket fil (zip)", what_en="a packed file (zip)")


def _check_entry(raw: bytes, entry: zipfile.ZipInfo, room: int) -> int:
    """The size of an entry as it really is, which must fit in `room`."""
    if entry.flag_bits & 1:
        raise UnreadableSheet("encrypted")
    size, before = 0, b""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    for chunk in _inflated(raw, entry):
        _check_start(chunk, is_xml, first=size == 0)
        size += len(chunk)
        if size > room or (size > _RATIO_FROM and size > _MOST_RATIO * entry.compress_size):
            raise _unsafe("den fylder alt for meget udpakket", "it unpacks to far too much")
        if is_xml and any(word in before + chunk for word in _DTD):
            raise _unsafe("den rummer XML-entiteter", "it holds XML entities")
        before = chunk[-16:]
    if size != entry.file_size:
        raise _unsafe("dens størrelser passer ikke", "its sizes do not fit")
    return size


def _check_start(chunk: bytes, is_xml: bool, first: bool) -> None:
    if first and chunk.startswith(_ARCHIVES):
        raise _unsafe("den rummer en anden pakket fil", "it holds another packed file")
    if first and is_xml and b"\0" in chunk[:4]:
        raise _unsafe("dens XML er i et usædvanligt tegnsæt", "its XML is in an unusual encoding")


def _inflated(raw: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry's content piece by piece, until its data end and not where the archive says that they do."""
    header = raw[entry.header_offset : entry.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
        raise UnreadableSheet("broken")
    name_length, extra_length = _LOCAL_HEADER.unpack(header)[9:11]
    start = entry.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    packed = raw[start : start + entry.compress_size]
    if len(packed) < entry.compress_size:
        raise UnreadableSheet("broken")
    if entry.compress_type == zipfile.ZIP_STORED:
        yield packed
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        yield from _deflated(packed)
    else:
        raise _unsafe("den er pakket på en usædvanlig måde", "it is packed in an unusual way")


def _deflated(packed: bytes) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while True:
            yield stream.decompress(packed, _CHUNK)
            packed = stream.unconsumed_tail
            if not packed:
                break
    except zlib.error:
        raise UnreadableSheet("broken") from None
    if not stream.eof:
        raise UnreadableSheet("broken")


def _unsafe(why: str, why_en: str) -> UnreadableSheet:
    return UnreadableSheet("unsafe", why=why, why_en=why_en)
