"""Sent again, mended, emptied, filled in later: a sheet never doubles, and says what it changes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from schemas.codec import decode
from services.sheets.book import KnownPeriod, KnownPlacement, Named, Saying
from services.sheets.mapping import Mapping, recognise
from services.sheets.outcomes import Proposal, State
from services.sheets.proposing import propose
from services.sheets.reading import read
from tests.sheets.shelf import HAVNEGADE, SKOVPARKEN, TODAY, US, Shelf, proposed
from tests.sheets.specimens import shelf

ROW = "Mette Holm;Havnegade;Lærling;02-03-2026;;37"
HEADERS = "Navn;Udbud;Type;Startdato;Slutdato;Timer pr. uge"


def sheet(*rows: str, headers: str = HEADERS) -> bytes:
    return "\n".join((headers, *rows)).encode()


def states(proposal: Proposal) -> list[str]:
    return [row.state.value for row in proposal.rows]


def types(proposal: Proposal) -> list[str]:
    return [event.type.removeprefix("dk.bygspor.").removesuffix(".v1") for event in proposal.events]


def test_the_same_sheet_again_says_nothing_new() -> None:
    book = Shelf()
    assert book.post(proposed(sheet(ROW), book)) == 1
    again = proposed(sheet(ROW), book)
    assert states(again) == ["unchanged"]
    assert book.post(again) == 0


def test_fifty_uploads_at_once_are_the_same_events() -> None:
    book = Shelf()
    with ThreadPoolExecutor(4) as pool:
        proposals = list(
            pool.map(
                lambda _: proposed(sheet(ROW, "Ib Lund;Havnegade;Praktik;03-08-2026;25-09-2026;30"), book), range(50)
            )
        )
    assert len({tuple(event.raw for event in proposal.events) for proposal in proposals}) == 1
    assert sum(book.post(proposal) for proposal in proposals) == 3


def test_a_mended_cell_corrects_and_says_what_changed() -> None:
    book = Shelf()
    book.post(proposed(sheet(ROW), book))
    mended = proposed(sheet(ROW.replace("37", "30,5").replace("Lærling", "Praktik")), book)
    assert states(mended) == ["changed"]
    assert types(mended) == ["event.corrected"]
    assert [(change.da, change.old, change.new) for change in mended.rows[0].changes] == [
        ("Type", "apprenticeship", "work_placement"),
        ("Timer pr. uge", 37, 30.5),
    ]
    book.post(mended)
    assert states(proposed(sheet(ROW), book)) == ["changed"]
    assert [event.id[-3:] for event in proposed(sheet(ROW), book).events] == ["/r2"]


def test_an_end_filled_in_later_is_a_new_event_and_emptied_again_is_taken_back() -> None:
    book = Shelf()
    book.post(proposed(sheet(ROW), book))
    ended = proposed(sheet(ROW.replace(";;", ";01-10-2026;")), book)
    assert (states(ended), types(ended)) == (["new"], ["placement.ended"])
    book.post(ended)
    back = proposed(sheet(ROW), book)
    assert (states(back), types(back)) == (["changed"], ["event.withdrawn"])
    book.post(back)
    anew = proposed(sheet(ROW.replace(";;", ";02-10-2026;")), book)
    assert (states(anew), types(anew)) == (["new"], ["placement.ended"])
    assert book.post(anew) == 1
    assert states(proposed(sheet(ROW.replace(";;", ";02-10-2026;")), book)) == ["unchanged"]


def test_an_end_to_come_is_a_plan_until_it_has_come() -> None:
    book, row = Shelf(), ROW.replace(";;", ";30-11-2026;")
    book.post(proposed(sheet(row), book))
    later = propose(recognise(read(sheet(row))), book, date(2026, 12, 5))
    assert (states(later), types(later)) == (["new"], ["placement.ended"])


def test_an_agreed_start_that_has_come_is_a_start_and_the_day_it_was_agreed_stays() -> None:
    book, row = Shelf(), ROW.replace("02-03-2026", "01-12-2026")
    book.post(proposed(sheet(row), book))
    tomorrow = propose(recognise(read(sheet(row))), book, date(2026, 11, 22))
    assert states(tomorrow) == ["unchanged"]
    begun = propose(recognise(read(sheet(row))), book, date(2026, 12, 5))
    assert (states(begun), types(begun)) == (["new"], ["placement.started"])


def test_a_placement_told_by_another_way_is_corrected_and_what_the_sheet_is_silent_on_stays() -> None:
    data = {
        "reported_by": US, "placement": f"{US}:w-1", "person": f"{US}:p1", "contractor": US, "kind": "apprenticeship",
        "weekly_hours": 37, "pathway": "b", "started_on": "2026-03-02",
    }  # fmt: skip
    saying = Saying(f"urn:bygspor:{US}:bygspor-web", "w-1", "dk.bygspor.placement.started.v1", HAVNEGADE, data)
    ended = Saying(
        saying.source,
        "w-2",
        "dk.bygspor.placement.ended.v1",
        HAVNEGADE,
        {"reported_by": US, "placement": f"{US}:w-1", "ended_on": "2026-09-01"},
    )
    told = {"started": saying, "ended": ended}
    book = shelf()
    book.placed = [
        KnownPlacement(f"{US}:w-1", HAVNEGADE, f"{US}:p1", US, "apprenticeship", date(2026, 3, 2), None, told)
    ]
    rows = sheet("Peter Jensen;Havnegade;Lærling;02-03-2026;30", headers="Navn;Udbud;Type;Startdato;Timer pr. uge")
    proposal = proposed(rows, book)
    (event,) = proposal.events
    replacement = json.loads(event.raw)["data"]["replacement"]["data"]
    assert replacement == {**data, "weekly_hours": 30}
    moved = rows.replace(b"02-03-2026", b"09-03-2026")
    other_day = proposed(moved, book)
    (question,) = other_day.questions
    assert [choice.value for choice in question.choices] == ["same", "other"]
    assert types(proposed(moved, book, {question.key: "same"})) == ["event.corrected"]
    assert types(proposed(moved, book, {question.key: "other"})) == ["placement.started"]


def test_hours_of_the_same_period_told_by_another_way_are_corrected_and_overlapping_ones_asked_about() -> None:
    book = shelf()
    saying = Saying(
        f"urn:bygspor:{US}:erp", "h-1", "dk.bygspor.hours.reported.v1", HAVNEGADE,
        {"reported_by": US, "placement": f"{US}:pl1", "from_on": "2026-10-01", "to_on": "2026-10-31", "hours": 120},
    )  # fmt: skip
    book.period_list = {f"{US}:pl1": [KnownPeriod(date(2026, 10, 1), date(2026, 10, 31), saying)]}
    rows = sheet("Peter Jensen;oktober 2026;120", headers="Navn;Måned;Timer")
    assert states(proposed(rows, book)) == ["unchanged"]
    changed = proposed(rows.replace(b"120", b"130"), book)
    assert (states(changed), types(changed)) == (["changed"], ["event.corrected"])
    week = sheet("Peter Jensen;uge 42 2026;37", headers="Navn;Uge;Timer")
    asked = proposed(week, book)
    assert states(asked) == ["question"]
    assert states(proposed(week, book, {asked.questions[0].key: "other"})) == ["unchanged"]
    replaced = proposed(week, book, {asked.questions[0].key: "same"})
    assert sorted(types(replaced)) == ["event.withdrawn", "hours.reported"]


def test_a_week_across_a_months_end_says_how_it_was_split() -> None:
    (row,) = proposed(sheet("Peter Jensen;uge 40 2026;37", headers="Navn;Uge;Timer"), shelf()).rows
    assert [note.da for note in row.notes] == [
        "Delt ved månedsskiftet efter hverdage: 22,20 (28-09 – 30-09) og 14,80 (01-10 – 04-10)."
    ]


def test_a_reported_row_cannot_move_to_another_tender() -> None:
    book = Shelf()
    mapping = Mapping(
        layout="placements", columns={"person": "navn", "tender": "udbud", "kind": "type", "started_on": "startdato"},
        natural_key=("person", "started_on"),
    )  # fmt: skip
    raw = sheet("Mette Holm;Havnegade;Lærling;02-03-2026", headers="Navn;Udbud;Type;Startdato")
    book.post(propose(recognise(read(raw), remembered=lambda _: mapping), book, TODAY))
    moved = raw.replace(b"Havnegade", b"Skovparken etape 2")
    proposal = propose(recognise(read(moved), remembered=lambda _: mapping), book, TODAY)
    assert [fault.code for fault in proposal.rows[0].faults] == ["moved"]


def test_a_remembered_mapping_reads_a_foreign_sheet() -> None:
    raw = sheet("J12;Peter Jensen;TØ-L;2026-03-02", headers="Id;Hvem;Kode;Hvornår")
    found = recognise(read(raw), "placements")
    assert found.missing
    mapping = Mapping(
        layout="placements", columns={"person": "hvem", "kind": "kode", "started_on": "hvornår"},
        constants={"tender": SKOVPARKEN}, words={"kind": {"tø l": {"kind": "apprenticeship", "trade": "carpenter"}}},
    )  # fmt: skip
    assert Mapping.model_validate_json(mapping.model_dump_json()) == mapping
    remembered = {found.heading.signature: mapping}
    again = recognise(read(raw), remembered=remembered.get)
    assert (again.remembered, again.missing, again.unused) == (True, (), ("Id",))
    (event,) = propose(again, shelf(), TODAY).events
    data = json.loads(event.raw)["data"]
    assert (data["kind"], data["trade"], event.subject) == ("apprenticeship", "carpenter", SKOVPARKEN)


def test_the_signature_does_not_see_order_case_or_our_own_columns() -> None:
    one = recognise(read(sheet(ROW))).heading
    other = recognise(
        read(sheet(";".join(reversed(ROW.split(";"))), headers=";".join(reversed(HEADERS.upper().split(";")))))
    )
    marked = recognise(read(sheet(ROW, headers=HEADERS + ";Fejl"))).heading
    assert one.signature == other.heading.signature == marked.signature


@pytest.mark.parametrize("allowed", [True, False])
def test_a_cpr_number_is_never_repeated_and_is_a_person_only_where_that_is_allowed(allowed: bool) -> None:
    book = shelf()
    book.person_of_cpr = (lambda digits: f"{US}:of-{digits[:2]}") if allowed else None
    raw = sheet("010190-1234;Havnegade;Lærling;02-03-2026", headers="CPR;Udbud;Type;Startdato")
    proposal = proposed(raw, book)
    assert "0101901234" not in repr(proposal)
    assert "010190-1234" not in repr(proposal)
    assert states(proposal) == ["new" if allowed else "wrong"]


def test_every_event_can_be_read_back() -> None:
    book = shelf()
    rows = [f"Person {number};Havnegade;Lærling;{number:02}-03-2026;;37" for number in range(1, 29)]
    proposal = proposed(sheet(*rows), book)
    assert proposal.counts[State.NEW] == 28
    assert all(decode(event.raw) for event in proposal.events)


UNDER = [Named(f"{US}:e1", "Tømrer (e1)", ("e1", "Tømrer")), Named(f"{US}:e2", "Maler (e2)", ("e2", "Maler"))]


def contracts_told(proposal: Proposal) -> list[str | None]:
    return [json.loads(event.raw)["data"].get("contract") for event in proposal.events]


def test_the_only_contract_is_said_and_of_several_one_is_asked_for_once() -> None:
    book = Shelf(contract_list={(HAVNEGADE, US): UNDER[:1]})
    assert contracts_told(proposed(sheet(ROW), book)) == [f"{US}:e1"]
    book.contract_list = {(HAVNEGADE, US): UNDER}
    rows = sheet(ROW, "Ib Lund;Havnegade;Praktik;03-08-2026;;30")
    asked = proposed(rows, book)
    (question,) = asked.questions
    assert [choice.value for choice in question.choices] == [f"{US}:e1", f"{US}:e2"]
    answered = proposed(rows, book, {question.key: f"{US}:e2"})
    assert contracts_told(answered) == [f"{US}:e2"] * 2
    book.post(answered)
    assert states(proposed(rows, book)) == ["unchanged", "unchanged"]


def test_a_column_says_the_contract_and_an_unknown_one_is_asked_about() -> None:
    book = Shelf(contract_list={(HAVNEGADE, US): UNDER})
    rows = [
        f"{name};Havnegade;Lærling;02-03-2026;{contract}"
        for name, contract in (("Mette Holm", "maler"), ("Ib Lund", "e1"), ("Bo Krog", "VVS"))
    ]
    proposal = proposed(sheet(*rows, headers="Navn;Udbud;Type;Startdato;Entreprise"), book)
    assert contracts_told(proposal) == [f"{US}:e2", f"{US}:e1"]
    assert states(proposal) == ["new", "new", "question"]
    book.contract_list = {}
    unknown = proposed(sheet(*rows, headers="Navn;Udbud;Type;Startdato;Entreprise"), book)
    assert contracts_told(unknown) == [None] * 3
    assert "entrepriser" in unknown.rows[0].notes[0].da
