"""A template filled in is read as what was meant, and sent again it says nothing new."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Language, PlacementKind, Trade
from services.sheets.layouts import LAYOUTS, ROW_ID
from services.sheets.outcomes import State
from services.sheets.templates import Lists, TemplateRow, template
from tests.sheets.shelf import TODAY, Shelf, proposed
from tests.sheets.specimens import shelf

LISTS = Lists(["Peter Jensen", "=1+1"], ["Havnegade", "Skovparken etape 2"], ["Egedal VVS ApS"])
NAMES = st.sampled_from(["Mette Holm", "Ib Lund", "Zoë Nørgård", "Bo Krog", "Aya Åkjær", "=cmd|x", "@Per"])
PLACEMENT = st.fixed_dictionaries(
    {
        "person": NAMES,
        "tender": st.sampled_from(["Havnegade", "Skovparken etape 2"]),
        "kind": st.sampled_from(PlacementKind),
        "trade": st.sampled_from(Trade),
        "started_on": st.dates(date(2025, 1, 1), TODAY),
        "weekly_hours": st.decimals(Decimal("0.5"), 60, places=2),
    }
)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_empty_template_reports_nothing(layout: str, language: Language) -> None:
    proposal = proposed(template(layout, language, LISTS), shelf())
    assert (proposal.layout, proposal.rows) == (layout, ())
    assert [line.kind.value for line in proposal.lines] == ["header", "example"]


@given(st.lists(PLACEMENT, min_size=1, max_size=6, unique_by=lambda row: row["person"]), st.sampled_from(["da", "en"]))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_filled_in_is_what_is_read(rows: list[dict[str, Any]], language: Language) -> None:
    labels = [{key: row[key].label(language) for key in ("kind", "trade")} for row in rows]
    filled = [TemplateRow({**row, **label}) for row, label in zip(rows, labels, strict=True)]
    raw, book = template("placements", language, LISTS, filled), Shelf()
    proposal = proposed(raw, book)
    said = [json.loads(event.raw)["data"] for event in proposal.events]
    assert proposal.counts[State.NEW] == len(rows)
    for row, data in zip(rows, said, strict=True):
        assert data["kind"] == row["kind"]
        assert data["trade"] == row["trade"]
        assert data["started_on"] == str(row["started_on"])
        assert Decimal(str(data["weekly_hours"])) == row["weekly_hours"]
    book.post(proposal)
    again = proposed(raw, book)
    assert again.counts[State.UNCHANGED] == len(rows)
    assert not list(again.events)


def test_last_months_rows_are_filled_in_but_for_the_hours() -> None:
    rows = [TemplateRow({"person": "Peter Jensen", "tender": "Havnegade", "period": "november 2026"})]
    raw, book = template("hours", "da", LISTS, rows), shelf()
    assert proposed(raw, book).counts[State.BLANK] == 201
    told = proposed(_with(raw, "D3", 148.5), book)
    assert told.counts[State.NEW] == 1
    book.post(told)
    mended = proposed(_with(raw, "D3", 140), book)
    assert [(change.old, change.new) for change in mended.rows[0].changes] == [(148.5, 140)]
    book.post(mended)
    emptied = proposed(raw, book)
    assert emptied.counts[State.CHANGED] == 1
    assert [event.type for event in emptied.events] == ["dk.bygspor.event.withdrawn.v1"]
    book.post(emptied)
    assert [event.id[-3:] for event in proposed(_with(raw, "D3", 120), book).events] == ["/g2"]


def test_a_row_copied_with_its_hidden_id_is_a_row_of_its_own() -> None:
    raw, book = template("placements", "da", LISTS, [_placement("Mette Holm")]), Shelf()
    sheet = openpyxl.load_workbook(io.BytesIO(raw))
    rows = sheet.worksheets[0]
    for column, cell in enumerate(rows[3], start=1):
        rows.cell(4, column).value = cell.value
    rows["A4"] = "Ib Lund"
    out = io.BytesIO()
    sheet.save(out)
    proposal = proposed(out.getvalue(), book)
    assert proposal.counts[State.NEW] == 2
    assert len({row.key for row in proposal.rows}) == 2


def test_a_row_that_was_about_somebody_else_is_asked_about() -> None:
    raw, book = template("placements", "da", LISTS, [_placement("Mette Holm")]), Shelf()
    book.post(proposed(raw, book))
    renamed = _with(raw, "A3", "Ib Lund")
    (question,) = proposed(renamed, book).questions
    corrected = proposed(renamed, book, {question.key: "same"})
    assert [event.type for event in corrected.events] == ["dk.bygspor.event.corrected.v1"]
    another = proposed(renamed, book, {question.key: "other"})
    assert [event.type for event in another.events] == ["dk.bygspor.placement.started.v1"]
    book.post(another)
    assert proposed(renamed, book, {question.key: "other"}).counts[State.UNCHANGED] == 1


def test_a_template_holds_lists_rules_ids_and_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("placements", "da", LISTS, [_placement("=1+1")])))
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("Forløb", "visible"),
        ("Vejledning", "visible"),
        ("Lister", "hidden"),
    ]
    sheet = book.worksheets[0]
    ids = next(cell for cell in sheet[1] if cell.value == ROW_ID)
    assert sheet.column_dimensions[ids.column_letter].hidden
    assert len({sheet.cell(row, ids.column).value for row in range(3, 203)}) == 200
    assert sheet["A3"].data_type == "s"
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {"list", "date", "decimal"}
    assert all(cell.comment for cell in sheet[1] if cell.value != ROW_ID)
    assert not [cell for one in book for row in one.iter_rows() for cell in row if cell.data_type == "f"]


def _placement(name: str) -> TemplateRow:
    return TemplateRow({"person": name, "tender": "Havnegade", "kind": "Lærling/elev", "started_on": date(2026, 3, 2)})


def _with(raw: bytes, cell: str, value: float | str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(raw))
    book.worksheets[0][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
