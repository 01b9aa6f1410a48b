"""Uploads in a real browser: a faulty sheet, mended and sent, moves a figure; accessible on desktop and phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.live import Live
from tests.browser.looking import assert_accessible, assert_fits, looked_at_in
from tests.gateway.uploading import workbook

CARPENTER, SECRETARIAT = "kontor@laerkeholt.example", "sekretariat@bygop.example"
TENDER = "/tenders/10000270:havnegade"
HEADERS = ("Navn", "Periode", "Timer")


def hand_in(page: Page, live: Live, raw: bytes, name: str = "timer.xlsx") -> None:
    page.goto(f"{live.address}/upload")
    page.set_input_files("[name=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": raw})
    page.locator("main button.button-primary[type=submit]").click()
    expect(page.locator("h1")).not_to_contain_text(re.compile("Send et ark|bliver læst|Send a sheet|being read"))


def delivered(page: Page, live: Live) -> str:
    live.settle()
    page.goto(f"{live.address}{TENDER}")
    return page.locator("main").inner_text()


def test_a_faulty_sheet_is_marked_mended_sent_and_the_figure_moves(page: Page, live: Live, tmp_path: Path) -> None:
    live.log_in(page, CARPENTER)
    before = delivered(page, live)
    faulty = workbook([("Alma L.", "oktober 2026", "hundrede"), ("Birk L.", "32. oktober", 120)], HEADERS)
    hand_in(page, live, faulty)
    expect(page.get_by_role("heading", name="2 rækker med fejl")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Send "))).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Hent arket med fejlene markeret").click()
    marked = tmp_path / "marked.xlsx"
    download.value.save_as(marked)
    book = load_workbook(marked)
    sheet = book.worksheets[0]
    assert sheet["C2"].comment is not None
    sheet["C2"], sheet["B3"] = 131.5, "oktober 2026"
    book.save(marked)
    hand_in(page, live, marked.read_bytes(), "marked.xlsx")
    page.get_by_role("button", name="Send 2 rækker").click()
    expect(page.get_by_role("heading", name="Arket er sendt")).to_be_visible()
    assert delivered(page, live) != before
    hand_in(page, live, marked.read_bytes(), "marked.xlsx")
    expect(page.get_by_role("heading", name="Alt er kendt i forvejen")).to_be_visible()
    changed = workbook([("Alma L.", "oktober 2026", 140), ("Birk L.", "oktober 2026", 120)], HEADERS)
    hand_in(page, live, changed)
    expect(page.get_by_role("cell", name="131,50")).to_be_visible()
    page.get_by_role("button", name="Send 1 række").click()
    expect(page.get_by_role("heading", name="Arket er sendt")).to_be_visible()


def test_a_template_is_downloaded_filled_in_and_sent(page: Page, live: Live, tmp_path: Path) -> None:
    live.log_in(page, CARPENTER)
    page.goto(f"{live.address}/upload")
    with page.expect_download() as download:
        page.get_by_role("button", name="Timer pr. person", exact=True).click()
    file = tmp_path / "timer.xlsx"
    download.value.save_as(file)
    book = load_workbook(file)
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    assert {row[0].value for row in sheet.iter_rows(min_row=3, max_row=4)} <= {"Alma L.", "Birk L."}
    sheet.cell(3, headers.index("Timer") + 1).value = 99
    book.save(file)
    hand_in(page, live, file.read_bytes())
    page.get_by_role("button", name="Send 1 række").click()
    expect(page.get_by_role("heading", name="Arket er sendt")).to_be_visible()


@looked_at_in("language")
def test_every_page_is_accessible_and_fits(
    screen: str, language: str, live: Live, shots: Path | None, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(screen)

    def looked_at(name: str) -> None:
        if shots:
            page.screenshot(path=shots / f"upload-{name}-{screen}-{language}.png", full_page=True)
        assert_accessible(page)
        assert_fits(page)

    live.speak(page, language)
    live.log_in(page, SECRETARIAT)
    page.goto(f"{live.address}/upload")
    looked_at("secretariat")
    page.context.clear_cookies()
    live.speak(page, language)
    live.log_in(page, CARPENTER)
    page.goto(f"{live.address}/upload")
    looked_at("front")
    page.locator("main button.button-primary[type=submit]").click()
    looked_at("no-file")
    headers = ("Navn", "Udbud", "Type", "Fag", "Startdato", "Slutdato", "Timer pr. uge")
    rows = [
        ("Ny Person", "Havnegade", "Lærling/elev", "Tømrer", "02-03-2026", None, 37),
        ("Alma LL", "Havnegade", "Lærling/elev", "Tømrer", "01-06-2026", None, 37),
        ("Ida Lund", "Ukendt sted", "Lærling/elev", "Tømrer", "32-13-2026", None, 37),
        ("Bo Lund", "Havnegade", "Løntilskud", "Tømrer", "i morgen", "01-01-2020", 370),
    ]
    hand_in(page, live, workbook(rows, headers), "forløb på Havnegade, uge 40.xlsx")
    looked_at("preview")
    page.goto(f"{page.url}/columns")
    looked_at("columns")
    hand_in(page, live, workbook([("x", 1, 2)], ("Kollega", "A", "B")), "udtræk.csv")
    looked_at("foreign")
    hand_in(page, live, workbook([("Alma L.", "september 2026", 100 + len(screen) + len(language))], HEADERS))
    page.locator("main button.button-primary").first.click()
    page.wait_for_url(re.compile(r"/upload/[0-9a-f]+$"))
    page.wait_for_selector('main a[href="/report/events"]')
    looked_at("receipt")
