"""Reporting in a real browser: by keyboard alone, on a phone, in both languages; clicks and key presses are counted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from schemas.codec import decode
from services.clock import today
from services.store.batches import Decoded
from tests.browser.live import Live
from tests.browser.looking import assert_accessible, assert_fits, looked_at_in

HAVNEGADE = "10000270:havnegade"
CARPENTER, TOWN, SECRETARIAT = (
    "kontor@laerkeholt.example",
    "sagsbehandler@jobcenter.example",
    "sekretariat@bygop.example",
)
CARPENTERS = "10000319"
TEN = [f"Person {number}" for number in ["Et", "To", "Tre", "Fire", "Fem", "Seks", "Syv", "Otte", "Ni", "Ti"]]


def event(number: str, name: str, **data: Any) -> Decoded:
    """A word of the carpenter's own system."""
    raw = msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": number,
            "source": f"urn:bygspor:{CARPENTERS}:browser",
            "type": f"dk.bygspor.{name}.v1",
            "subject": HAVNEGADE,
            "time": "2026-01-02T08:00:00Z",
            "data": {"reported_by": CARPENTERS, **data},
        }
    )
    return Decoded(raw, decode(raw))


def ten_people(live: Live, mark: str) -> None:
    """Ten more people of the carpenter's, known by name."""
    batch = []
    for number, name in enumerate(TEN):
        person = f"{CARPENTERS}:{mark}-{number}"
        live.gateway.parts.vault.give_name(CARPENTERS, person, f"{name} {mark}")
        terms = {"placement": person, "person": person, "contractor": CARPENTERS, "kind": "apprenticeship"}
        batch.append(
            event(f"{mark}-{number}", "placement.started", trade="carpenter", started_on="2026-05-04", **terms)
        )
    live.gateway.parts.store.apply(batch)


def link_of(live: Live) -> str:
    """A link about the carpenter's people on Havnegade."""
    expires = datetime.now(UTC) + timedelta(days=7)
    _, token = live.gateway.parts.access.links.create(CARPENTERS, "Kontoret", "user:1", expires, HAVNEGADE)
    return f"{live.address}/link/{token}"


class Hands:
    """Somebody at a keyboard; every press and every click is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses, self.typed = page, 0, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.typed += len(text)

    def tab_to(self, selector: str) -> None:
        """Go on by Tab until an element is in focus."""
        for _ in range(80):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"Tab leads not to {selector}")


def test_a_clerk_reports_a_start_by_keyboard_alone_and_the_person_stands_there(page: Page, live: Live) -> None:
    live.log_in(page, CARPENTER)
    page.goto(f"{live.address}/report")
    hands = Hands(page)
    hands.tab_to('a[href^="/report/start"]')
    hands.press("Enter")
    expect(page.locator("h1")).to_have_text("Meld start")
    hands.tab_to("#field-person")
    hands.type("Freja Tastatur")
    hands.tab_to("#field-kind")
    hands.type("Lær")
    hands.tab_to("#field-started_on")
    hands.type("02-11-2026")
    hands.press("Enter")
    expect(page.get_by_role("status").get_by_text("Starten er gemt.")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Freja Tastatur")).to_be_visible()
    print(f"a start: {hands.presses} key presses to move and send, {hands.typed} signs typed")  # noqa: T201
    live.settle()
    page.goto(f"{live.address}/tenders/{HAVNEGADE}")
    expect(page.get_by_role("rowheader", name="Freja Tastatur")).to_be_visible()


def test_the_figure_of_the_tender_moves(page: Page, live: Live) -> None:
    target = f"{live.address}/tenders/{HAVNEGADE}/targets/{HAVNEGADE}%2Foplaering"
    live.log_in(page, CARPENTER)
    page.goto(target)
    before = page.locator("main").inner_text()
    page.goto(f"{live.address}/report/start")
    page.fill("#field-person", "Sofus Tal")
    page.select_option("#field-kind", "apprenticeship")
    page.fill("#field-started_on", "01-06-2026")
    page.get_by_role("button", name="Meld start").click()
    expect(page.get_by_text("Starten er gemt.")).to_be_visible()
    live.settle()
    page.goto(target)
    assert page.locator("main").inner_text() != before


@pytest.mark.parametrize("screen", ["page", "phone_page"])
def test_ten_people_answered_by_a_link(
    screen: str, live: Live, request: pytest.FixtureRequest, shots: Path | None
) -> None:
    page: Page = request.getfixturevalue(screen)
    ten_people(live, screen.replace("_", "-"))
    address = link_of(live)
    told: list[str] = []
    page.on("request", lambda sent: told.append(sent.headers.get("referer", "")))
    page.goto(address)
    assert page.locator("fieldset.link-person").count() >= 10
    hands = Hands(page)
    hands.tab_to('button[name="all"]')
    hands.press("Enter")
    expect(page.get_by_text("Tak. Svarene er gemt")).to_be_visible()
    print(f"all are here, keyboard ({screen}): {hands.presses} key presses")  # noqa: T201

    page.goto(address)
    clicks = 0
    first, second = page.locator("fieldset.link-person").nth(0), page.locator("fieldset.link-person").nth(1)
    first.get_by_text("Stoppet").click()
    second.get_by_text("På skole").click()
    clicks += 2
    last_day = second.get_by_label("Sidste skoledag")
    last_day.click()
    last_day.fill(f"{today():%d-%m-%Y}")
    clicks += 1
    if shots:
        page.screenshot(path=shots / f"link-answered-{screen}.png", full_page=True)
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Resten er her stadig").click()
    clicks += 1
    expect(page.get_by_text("Tak. Svarene er gemt")).to_be_visible()
    print(f"one stopped, one at school, the rest is here ({screen}): {clicks} clicks and one date of ten signs")  # noqa: T201
    expect(page.locator("fieldset.link-person").nth(1).get_by_label("På skole")).to_be_checked()
    assert [referer for referer in told if "/link/" in referer] == []


PAGES = {
    CARPENTER: {
        "people": "/report",
        "start": "/report/start",
        "hours": "/report/hours",
        "events": "/report/events",
        "openings": "/openings",
        "opening": "/openings/new",
        "links": "/links",
    },
    TOWN: {
        "town-people": "/report",
        "view": "/report/view",
        "candidates": "/candidates",
        "candidate": "/candidates/new",
    },
    SECRETARIAT: {"secretariat-people": "/report", "secretariat-start": "/report/start", "secretariat-links": "/links"},
}


@looked_at_in("language")
def test_every_page_is_accessible_and_fits(
    screen: str, language: str, live: Live, shots: Path | None, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(screen)

    def look(name: str) -> None:
        expect(page.locator("h1")).to_be_visible()
        if shots:
            page.screenshot(path=shots / f"report-{name}-{screen}-{language}.png", full_page=True)
        assert_accessible(page)
        assert_fits(page)

    for login, pages in PAGES.items():
        page.context.clear_cookies()
        live.speak(page, language)
        live.log_in(page, login)
        for name, path in pages.items():
            page.goto(f"{live.address}{path}")
            look(name)
    page.context.clear_cookies()
    live.speak(page, language)
    live.log_in(page, CARPENTER)
    page.goto(f"{live.address}/report/start")
    page.fill("#field-started_on", "32-13-2026")
    page.locator("main button[type=submit]").click()
    look("start-wrong")
    page.goto(f"{live.address}/report")
    for key in ("end", "school", "change", "agreement"):
        href = page.locator(f'a[href*="/{key}?"]').first.get_attribute("href")
        page.goto(f"{live.address}{href}")
        look(key)
        page.goto(f"{live.address}/report")
    page.goto(f"{live.address}/report/events")
    for key in ("correct", "withdraw"):
        link = page.locator(f'a[href*="/events/{key}?"]').first.get_attribute("href")
        page.goto(f"{live.address}{link}")
        look(key)
        page.goto(f"{live.address}/report/events")
    page.goto(f"{live.address}{link}".replace("/withdraw?", "/correct?"))
    hours = page.locator("#field-hours")
    if hours.count():
        hours.fill("1,5")
        page.locator("main button[type=submit]").click()
        look("sure")
    page.goto(f"{live.address}/report/start")
    page.fill("#field-person", "Alma M.")
    page.locator("main button[type=submit]").click()
    look("near")
    page.goto(f"{live.address}/links")
    page.select_option("#field-place", index=1)
    page.fill("#field-label", "Kontoret")
    page.locator("main form button[type=submit]").first.click()
    look("link-made")
    page.goto(link_of(live))
    look("link")
    page.goto(f"{live.address}/link/{'0' * 32}")
    look("link-over")


def test_without_scripts_a_start_is_reported_all_the_same(browser: Any, live: Live) -> None:
    context = browser.new_context(java_script_enabled=False, locale="da-DK")
    page = context.new_page()
    live.log_in(page, CARPENTER)
    page.goto(f"{live.address}/report/start")
    page.fill("#field-person", "Uden Script")
    page.select_option("#field-kind", "apprenticeship")
    page.get_by_role("button", name="Meld start").click()
    expect(page).to_have_url(re.compile(r"/report\?tender="))
    expect(page.get_by_role("rowheader", name="Uden Script")).to_be_visible()
    context.close()
