"""Files that are not what they say, or are built to harm: each gets a clear answer, in bounded memory and time."""

from __future__ import annotations

import contextlib
import io
import resource
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
import xlsxwriter

from services.sheets.cells import NoValue
from services.sheets.confining import Budget
from services.sheets.limits import MOST_BYTES
from services.sheets.reading import read
from services.sheets.refusing import UnreadableSheet

SECONDS = 8.0
"""The most work any of these may cost, here and in the child; nearly all cost well under one second."""

SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="str">
<v>&d;</v></c></row></sheetData></worksheet>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&e;</t></si></sst>"""


def workbook(rows: int = 3) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Timer")
    for row in range(rows):
        sheet.write_row(row, 0, ["Navn", "Måned", "Timer"] if row == 0 else [f"Person {row}", "oktober 2026", 37.5])
    book.close()
    return out.getvalue()


def rebuilt(change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None) -> bytes:
    """A workbook with its parts changed, and further ones."""
    source = zipfile.ZipFile(io.BytesIO(workbook()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
        for name, content in (extra or {}).items():
            target.writestr(name, content)
    return out.getvalue()


def same(_: str, content: bytes) -> bytes:
    return content


def with_part(part: str, content: bytes) -> bytes:
    return rebuilt(lambda name, old: content if name == part else old)


def bomb(megabytes: int) -> bytes:
    """A sheet that unpacks to so much, of nothing."""
    return with_part(SHEET, b"<worksheet>" + b" " * (megabytes * 1024 * 1024) + b"</worksheet>")


def lying(claimed: int, really: int) -> bytes:
    """An archive whose headers claim another size than its data have."""
    raw = bytearray(with_part(SHEET, b"<worksheet>" + b" " * really + b"</worksheet>"))
    name = SHEET.encode()
    size = struct.pack("<I", claimed)
    local = raw.find(name) - 30
    central = raw.rfind(name) - 46
    raw[local + 22 : local + 26] = size
    raw[central + 24 : central + 28] = size
    return bytes(raw)


def far_corner() -> bytes:
    content = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    return with_part(SHEET, content)


def many_rows(rows: int, columns: str) -> bytes:
    cells = "".join(f'<c r="{letter}%d"><v>1</v></c>' for letter in columns)
    row = f'<row r="%d">{cells}</row>'
    body = "".join(row % ((number,) * (len(columns) + 1)) for number in range(1, rows + 1)).encode()
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return with_part(SHEET, head + body + b"</sheetData></worksheet>")


def old_xls(*, encrypted: bool) -> bytes:
    name = "EncryptedPackage".encode("utf-16-le") if encrypted else b"Workbook"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name + bytes(600)


def nested() -> bytes:
    return rebuilt(same, {"xl/embeddings/inner.bin": workbook()})


def crc_mended_lie() -> bytes:
    """The claimed size is small and its checksum fits: a reader that stops there sees nothing odd."""
    raw = bytearray(lying(20, 3_000_000))
    crc = struct.pack("<I", zlib.crc32(b"<worksheet>" + b" " * 9))
    name = SHEET.encode()
    raw[raw.find(name) - 30 + 14 : raw.find(name) - 30 + 18] = crc
    raw[raw.rfind(name) - 46 + 16 : raw.rfind(name) - 46 + 20] = crc
    return bytes(raw)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "nul_bytes": (lambda: bytes(5000), "empty"),
    "over_10_mb": (lambda: b"Navn;Timer\n" * (MOST_BYTES // 10), "too_big"),
    "html_named_xls": (lambda: b"\xef\xbb\xbf  <!DOCTYPE html><html><table></table></html>", "is_html"),
    "html_of_excel": (
        lambda: b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body></body></html>',
        "is_html",
    ),
    "old_xls": (lambda: old_xls(encrypted=False), "is_xls"),
    "encrypted": (lambda: old_xls(encrypted=True), "encrypted"),
    "png": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "is_other"),
    "pdf": (lambda: b"%PDF-1.7\n" + b"x" * 100, "is_other"),
    "program": (lambda: b"\x7fELF" + bytes(100), "is_other"),
    "bitmap": (lambda: b"BM" + bytes(100), "is_other"),
    "nuls_in_csv": (lambda: b"Navn;Timer\nPeter\0Jensen;37\n", "is_other"),
    "plain_zip": (lambda: _zip({"a.txt": b"hej"}), "is_other"),
    "word": (lambda: _zip({"word/document.xml": b"<w/>"}), "is_word"),
    "ods": (
        lambda: _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<o/>"}),
        "is_ods",
    ),
    "xlsb": (lambda: _zip({"xl/workbook.bin": b"x"}), "is_xlsb"),
    "zip_bomb_300_mb": (lambda: bomb(300), "unsafe"),
    "zip_bomb_of_ratio": (lambda: bomb(60), "unsafe"),
    "lies_small": (lambda: lying(20, 3_000_000), "unsafe"),
    "lies_small_with_checksum": (crc_mended_lie, "unsafe"),
    "claims_500_mb": (lambda: lying(500 * 1024 * 1024, 1000), "unsafe"),
    "billion_laughs": (lambda: with_part(SHEET, ENTITIES), "unsafe"),
    "external_entity": (lambda: with_part("xl/sharedStrings.xml", EXTERNAL), "unsafe"),
    "entities_in_utf16": (lambda: with_part(SHEET, ENTITIES.decode().encode("utf-16")), "unsafe"),
    "nested_zip": (nested, "unsafe"),
    "600_parts": (lambda: rebuilt(same, {f"xl/media/{n}.txt": b"x" for n in range(600)}), "unsafe"),
    "far_corner": (far_corner, "too_heavy"),
    "1048576_rows": (lambda: many_rows(1_048_576, "A"), "too_many_cells"),
    "150000_rows": (lambda: many_rows(150_000, "A"), "too_many_cells"),
    "no_sheet_part": (lambda: rebuilt(lambda name, old: None if name == SHEET else old), "broken"),
    "sheet_is_no_xml": (lambda: with_part(SHEET, b"\xff\xfe<<<not xml"), "broken"),
    "wide_csv": (lambda: b";".join([b"x"] * 5000), "too_many_cells"),
    "long_csv": (lambda: b"a;b\n" * 200_000, "too_many_cells"),
    "quote_never_closed": (lambda: b'Navn;Timer\n"' + b"x" * 400_000, "bad_csv"),
    "unknown_characters": (lambda: b"Navn;Timer\nS\x81\x8d\x8f\xffrensen;37", "encoding"),
}


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def worked() -> float:
    """Seconds of work, of this process and its children: it does not see what else the machine does."""
    ours, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_clear_answer_in_bounded_time_and_memory(name: str) -> None:
    make, code = HOSTILE[name]
    raw = make()
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = worked()
    with pytest.raises(UnreadableSheet) as refusal:
        read(raw)
    assert refusal.value.short == code
    assert worked() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - ours < 100_000  # kilobytes
    assert refusal.value.da
    assert refusal.value.hint_da
    assert refusal.value.text("da") != refusal.value.text("en")


@pytest.mark.parametrize("share", range(1, 20))
def test_a_truncated_workbook_is_told_to_be_broken(share: int) -> None:
    raw = workbook(50)
    with pytest.raises(UnreadableSheet) as refusal:
        read(raw[: len(raw) * share // 20])
    assert refusal.value.short == "broken"


@pytest.mark.parametrize("seed", range(40))
def test_a_workbook_with_a_byte_changed_is_read_or_refused(seed: int) -> None:
    raw = bytearray(workbook())
    raw[(seed * 7919) % len(raw)] ^= 1 + seed
    with contextlib.suppress(UnreadableSheet):
        assert read(bytes(raw))


def test_one_that_takes_too_long_or_too_much_is_stopped() -> None:
    raw = many_rows(90_000, "ABCDEFGH")
    for budget in (Budget(20, 30, 60), Budget(20, 0, 1024)):
        with pytest.raises(UnreadableSheet) as refusal:
            read(raw, budget)
        assert refusal.value.short == "too_heavy"


def test_formulas_without_a_value_are_seen_wherever_they_come_from() -> None:
    content = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v></v></c><c r="C1"><f>1+1</f><v>2</v></c>'
        b'<c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="E1" t="str"><f>"a"</f><v>a</v></c>'
        b"</row></sheetData></worksheet>"
    )
    (table,) = read(with_part(SHEET, content))
    assert table.rows[0].cells == (NoValue(""), NoValue(""), 2.0, NoValue("#DIV/0!"), "a")
