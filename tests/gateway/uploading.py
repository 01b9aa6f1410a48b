"""Sheets as a clerk would make them, handed in at a gateway's desk, for the tests of uploads."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

from services.domain.rights import Caller, Kind, Role
from services.gateway.uploads.clerk import Sent
from services.gateway.uploads.desk import Opened
from services.store.uploads import State
from tests.gateway.conftest import Gateway
from tests.gateway.reporting import FIRM, SECRETARIAT

HEADERS = ("Navn", "Udbud", "Type", "Fag", "Startdato", "Slutdato", "Timer pr. uge")
METTE = ("Mette Holm", "Havnegade", "Lærling/elev", "Tømrer", "02-03-2026", None, 37)
JENS = ("Jens Vig", "Havnegade", "Virksomhedspraktik", "Maler", "05-10-2026", None, 30)
FIRM_CALLER = Caller(FIRM, frozenset({Kind.CONTRACTOR}), Role.REPORTER, "user:1")
SECRETARIAT_CALLER = Caller(SECRETARIAT, frozenset({Kind.SECRETARIAT}), Role.REPORTER, "user:2")

Rows = Sequence[Sequence[Any]]


def workbook(rows: Rows, headers: Sequence[str] = HEADERS, name: str = "Ark1") -> bytes:
    """An XLSX file with a row of headers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in (headers, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(raw: bytes) -> list[list[Any]]:
    """What stands in the first sheet of a workbook."""
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(raw)).worksheets[0].iter_rows()]


def comments(raw: bytes) -> dict[str, str]:
    """What is noted at the cells of the first sheet, by their addresses."""
    sheet = load_workbook(io.BytesIO(raw)).worksheets[0]
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def settled(gateway: Gateway, caller: Caller, upload: str, seconds: float = 60) -> Opened:
    """The upload once nobody works on it any more."""
    desk, end = gateway.parts.uploads, time.monotonic() + seconds
    while time.monotonic() < end:
        # Asked first: what is opened while it is worked on may be of before.
        under_way = desk.work.is_under_way(upload)
        found = desk.open(caller, upload)
        assert found is not None
        if found.upload.state not in {State.READING, State.CONFIRMING} and not under_way:
            return found
        time.sleep(0.02)
    raise AssertionError(f"still worked on after {seconds} s")


def hand_in(gateway: Gateway, raw: bytes, caller: Caller = FIRM_CALLER, **more: Any) -> Opened:
    """Hand a file in and wait for the look at it."""
    return settled(gateway, caller, gateway.parts.uploads.hand_in(caller, Sent(raw, "ark.xlsx", **more)))


def confirm(gateway: Gateway, found: Opened, caller: Caller = FIRM_CALLER) -> Opened:
    """Say yes and wait for what comes of it."""
    assert gateway.parts.uploads.confirm(caller, found.upload, found.upload.edition)
    return settled(gateway, caller, found.upload.id)


def counts(found: Opened) -> dict[str, int]:
    """What rows came to, without those states that none has."""
    return {name: count for name, count in found.upload.counts.items() if count and name != "lines"}
