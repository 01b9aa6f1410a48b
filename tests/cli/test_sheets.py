"""`sheet template` and `sheet check`: the same as in the browser, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

from services.domain.rights import Kind
from services.store.access import Access
from services.store.store import Store
from tests.cli.runner import Bygspor
from tests.gateway.uploading import HEADERS, METTE, cells, workbook

CARPENTER, CLIENT = "10000319", "10000270"
WRONG = ("Ida Lund", "Havnegade", "Lærling/elev", "Tømrer", "32-13-2026", None, 37)


def registered(own_estates: Bygspor) -> Bygspor:
    store = Store(own_estates.url)
    organisations = Access(store.database).organisations
    organisations.register(CARPENTER, "Lærkeholt Tømrer A/S", [Kind.CONTRACTOR])
    organisations.register(CLIENT, "Havneparkens Boligforening", [Kind.CLIENT])
    store.close()
    return own_estates


def test_a_file_is_checked_without_a_trace(own_estates: Bygspor, tmp_path: Path) -> None:
    bygspor, file = registered(own_estates), tmp_path / "ark.xlsx"
    titled = [(name, "10000270:havnegade", *rest) for name, _, *rest in (METTE, WRONG)]
    file.write_bytes(workbook(titled, HEADERS))
    checked = bygspor("sheet", "check", file, "--org", CARPENTER)
    assert checked.code == 1
    assert "Række 3, kolonne E (Startdato)" in checked.words
    told = bygspor("sheet", "check", file, "--org", CARPENTER, "--json", "--layout", "placements")
    assert (told.json["counts"]["new"], told.json["faults"][0]["row"]) == (1, 3)
    file.write_bytes(workbook(titled[:1], HEADERS))
    assert bygspor("sheet", "check", file, "--org", CARPENTER).code == 0
    assert bygspor("sheet", "check", file, "--org", CLIENT).code == 2
    assert bygspor("sheet", "check", file, "--org", "10000025").code == 2
    file.write_bytes(b"%PDF")
    assert bygspor("sheet", "check", file, "--org", CARPENTER).code == 2


def test_a_template_is_written(own_estates: Bygspor, tmp_path: Path) -> None:
    bygspor, file = registered(own_estates), tmp_path / "timer.xlsx"
    bygspor.done(
        "sheet", "template", "hours", "--org", CARPENTER, "--out", file, "--copy-last-month", "--month", "2026-10"
    )
    assert cells(file.read_bytes())[0][0] == "Navn"
    assert bygspor("sheet", "template", "hours", "--org", CARPENTER, "--out", file, "--month", "2026-13").code == 2
    assert bygspor("sheet", "template", "nothing", "--org", CARPENTER, "--out", file).code == 2
    assert bygspor("sheet", "template", "hours", "--org", CLIENT, "--out", file).code == 2
