"""The sheet handed back: faults at their cells, nothing that runs, nobody's CPR number."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from services.sheets.mapping import recognise
from services.sheets.marking import marked
from services.sheets.proposing import propose
from services.sheets.reading import read
from tests.sheets.shelf import TODAY
from tests.sheets.specimens import shelf

HEADERS = ["Navn", "Udbud", "Type", "Startdato", "Note"]
ROWS = [
    ["Mette Holm", "Havnegade", "Lærling", "31-02-2026", "=1+1"],
    ["Jensen P.", "Havnegade", "Lærling", "02-03-2026", "010190-1234"],
    ["Ib Lund", "Havnegade", "Lærling", "02-03-2026", "-2+3"],
]


def as_csv() -> bytes:
    return "\n".join(";".join(row) for row in [HEADERS, *ROWS]).encode()


def as_xlsx() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Lærlinge")
    for number, row in enumerate([HEADERS, *ROWS]):
        sheet.write_row(number, 0, row)
    sheet.write_formula("G2", "=WEBSERVICE(A1)", None, 42)
    sheet.write_number("H3", 101901234)
    book.close()
    return out.getvalue()


def handed_back(raw: bytes) -> tuple[bytes, Worksheet]:
    sheet = recognise(read(raw))
    back = marked(raw, sheet, propose(sheet, shelf(), TODAY))
    return back, openpyxl.load_workbook(io.BytesIO(back)).worksheets[0]


@pytest.mark.parametrize("make", [as_csv, as_xlsx])
def test_faults_and_questions_stand_at_their_cells(make: object) -> None:
    raw = as_csv() if make is as_csv else as_xlsx()
    _, sheet = handed_back(raw)
    last = sheet.max_column
    assert sheet.cell(1, last).value == "Fejl"
    assert sheet["D2"].fill.fgColor.rgb == "00FFC7CE"
    assert sheet["D2"].comment is not None
    assert "datoen findes ikke" in sheet["D2"].comment.text
    assert "Startdato: datoen findes ikke" in str(sheet.cell(2, last).value)
    assert sheet["A3"].comment is not None
    assert "Mener du Peter Jensen" in sheet["A3"].comment.text
    assert sheet.cell(4, last).value is None


@pytest.mark.parametrize("make", [as_csv, as_xlsx])
def test_nothing_in_it_runs_and_no_cpr_number_is_left(make: object) -> None:
    back, sheet = handed_back(as_csv() if make is as_csv else as_xlsx())
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert sheet["E2"].value == "=1+1"
    assert sheet["E3"].value == "******-****"
    text = " ".join(str(cell.value) for cell in cells)
    assert "1901234" not in text
    assert read(back)


def test_marked_again_it_has_one_column_of_faults() -> None:
    back, first = handed_back(as_csv())
    _, second = handed_back(back)
    assert first.max_column == second.max_column
    assert [cell.value for cell in second[1]].count("Fejl") == 1
