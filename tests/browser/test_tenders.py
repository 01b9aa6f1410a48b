"""The tenders' pages in a real browser: accessible in both languages, on desktop and phone, each to its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import Live
from tests.browser.looking import assert_accessible, assert_fits, looked_at_in

CARPENTER, CLIENT = "kontor@laerkeholt.example", "projekt@boligforening.example"
PAGES = {
    "tenders": "/tenders",
    "tender": "/tenders/10000270:havnegade",
    "target": "/tenders/10000270:havnegade/targets/10000270:havnegade%2Foplaering",
}


@looked_at_in("language")
def test_every_page_is_accessible_and_fits(
    screen: str, language: str, live: Live, shots: Path | None, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(screen)
    for login in (CARPENTER, CLIENT):
        live.speak(page, language)
        live.log_in(page, login)
        for name, path in PAGES.items():
            page.goto(f"{live.address}{path}")
            expect(page.locator("h1")).to_be_visible()
            if shots:
                page.screenshot(path=shots / f"{name}-{login[:4]}-{screen}-{language}.png", full_page=True)
            assert_accessible(page)
            assert_fits(page)
        page.context.clear_cookies()


def test_a_contractor_sees_its_people_by_name_and_a_client_sees_nobodys(page: Page, live: Live) -> None:
    live.log_in(page, CARPENTER)
    page.goto(f"{live.address}{PAGES['tender']}")
    expect(page.get_by_role("rowheader", name="Alma L.")).to_be_visible()
    expect(page.get_by_text("Storm E.")).to_have_count(0)
    page.context.clear_cookies()
    live.log_in(page, CLIENT)
    page.goto(f"{live.address}{PAGES['tender']}")
    expect(page.get_by_role("rowheader", name="Lærling 1", exact=False).first).to_be_visible()
    for name in ("Alma L.", "Storm E."):
        expect(page.get_by_text(name)).to_have_count(0)


def test_a_tender_of_others_is_not_there(page: Page, live: Live) -> None:
    live.log_in(page, CARPENTER)
    answer = page.goto(f"{live.address}/tenders/10000009:korskaerparken")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("Siden findes ikke")


def test_every_link_of_the_tenders_leads_somewhere(page: Page, live: Live) -> None:
    live.log_in(page, CARPENTER)
    found: set[str] = set()
    for path in (PAGES["tenders"], PAGES["tender"], PAGES["target"]):
        page.goto(f"{live.address}{path}")
        found |= set(page.locator("main a[href^='/'], nav a[href^='/']").evaluate_all("all => all.map(a => a.href)"))
    assert len(found) > 12
    answers = {address: page.request.get(address).status for address in sorted(found)}
    assert {address: status for address, status in answers.items() if status != 200} == {}
