"""The parts that all pages are made of, in a real browser: both languages, desktop, phone, keyboard, no script."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page, expect

from schemas.vocabulary import Language, PlacementKind, Trade
from services.domain.rights import Caller, Kind, Role
from services.gateway.languages import language_of
from services.gateway.pages import assets, language
from services.gateway.pages.rendering import Flash, Form, PageContext, render
from services.gateway.shell import HEADERS
from services.reports.plots import WIDTHS, delivered_plot
from tests.browser.looking import assert_accessible, assert_fits, looked_at_in, violations
from tests.reports.samples import drawn

CLERK = Caller("10000319", frozenset({Kind.CONTRACTOR}), Role.ADMINISTRATOR, "user:1")
WRONG = {
    "started_on": ["Startdato: skriv en dato som 02-03-2026."],
    "kind": ["Vælg et forløb."],
    "still": ["Vælg, om personen er her stadig."],
    "trades": ["Vælg højst ét fag."],
    "new": ["En ny aftale skal have en startdato."],
    "sheet": ["Vælg en fil."],
    "note": ["Skriv ingen navne her.", "Skriv højst 500 tegn."],
    "": ["Personen er allerede meldt startet."],
}
HOW_WRONG = "Der er 9 fejl at rette"


def context(request: Request) -> PageContext:
    said = [Flash("success", "Starten er gemt.")] if request.query_params.get("saved") else []
    caller = None if request.query_params.get("nobody") else CLERK
    return PageContext(
        language_of(request), request.url.path, caller, "Tømrermester Bo & Søn A/S", "Mette Holm", "token", said
    )


def components(request: Request, form: Form, status: int = 200) -> HTMLResponse:
    shown = context(request)
    kinds = [(kind.value, kind.label(shown.language)) for kind in PlacementKind]
    trades = [(trade.value, trade.label(shown.language)) for trade in list(Trade)[:3]]
    values = {"form": form, "kinds": kinds, "trades": trades, "plot": plot(shown.language)}
    return HTMLResponse(render(shown, "components.html", **values), status)


@cache
def plot(chosen: Language) -> dict[str, str]:
    figure, points = drawn()
    return {width: delivered_plot(figure, points, chosen, width) for width in WIDTHS}


def site() -> FastAPI:
    """The parts of a page, a form that is always wrong, and pages that are wrong themselves."""
    app = FastAPI()
    app.include_router(assets.router)
    app.include_router(language.router)

    @app.middleware("http")
    async def as_in_earnest(request: Request, call_next: Any) -> Any:
        answer = await call_next(request)
        answer.headers.update(HEADERS)
        return answer

    @app.get("/components")
    def shown(request: Request) -> HTMLResponse:
        return components(request, Form({"person": "Lærling 3", "kind": "course"}))

    @app.post("/components")
    async def wrong(request: Request) -> HTMLResponse:
        async with request.form() as typed:
            return components(request, Form({name: str(typed[name]) for name in typed}, WRONG), 422)

    @app.get("/error")
    def error(request: Request) -> HTMLResponse:
        told = {"heading": "Siden findes ikke", "text": "Gå til forsiden.", "reference": "4f2a", "back": None}
        return HTMLResponse(render(context(request), "error.html", **told), 404)

    @app.get("/planted")
    def planted() -> HTMLResponse:
        return HTMLResponse("<!DOCTYPE html><html><title>x</title><img src='data:,'><p style='color:#ccc'>lys</p>")

    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(site(), log_config=None))
    running = threading.Thread(target=server.run, args=([listening],))
    running.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    running.join()
    listening.close()


def look(page: Page, shots: Path | None, name: str) -> None:
    if shots:
        page.screenshot(path=shots / f"{name}.png", full_page=True)


def choose(page: Page, address: str, chosen: Language) -> None:
    page.context.add_cookies([{"name": "bygspor_language", "value": chosen, "url": address}])


@looked_at_in("chosen")
def test_every_part_is_accessible_and_fits(
    screen: str, chosen: Language, address: str, shots: Path | None, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(screen)
    choose(page, address, chosen)
    page.goto(f"{address}/components?saved=1")
    look(page, shots, f"components-{screen}-{chosen}")
    assert page.locator("html").get_attribute("lang") == chosen
    assert_accessible(page)
    assert_fits(page)
    page.locator("summary").click()
    look(page, shots, f"menu-{screen}-{chosen}")
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("screen", ["page", "phone_page"])
def test_an_error_page_and_a_page_for_nobody(
    screen: str, address: str, shots: Path | None, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(screen)
    page.goto(f"{address}/error?nobody=1")
    look(page, shots, f"error-{screen}")
    expect(page.get_by_role("navigation")).to_have_count(0)
    assert_accessible(page)
    assert_fits(page)


def test_axe_sees_what_is_wrong(page: Page, address: str, browser: Browser) -> None:
    other = browser.new_page()
    other.goto(f"{address}/planted")
    found = {line.partition(":")[0] for line in violations(other)}
    other.close()
    assert {"html-has-lang", "image-alt"} <= found


def test_a_wrong_form_says_everything_at_once_and_leads_to_its_fields(
    phone_page: Page, address: str, shots: Path | None
) -> None:
    page = phone_page
    page.goto(f"{address}/components")
    page.get_by_role("button", name="Gem").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(HOW_WRONG)
    look(page, shots, "wrong")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("link", name="Startdato: skriv en dato").click()
    expect(page.get_by_label("Startdato")).to_be_focused()
    assert page.get_by_label("Startdato").get_attribute("aria-describedby") == "hint-started_on error-started_on"
    page.get_by_role("link", name="Vælg, om personen").click()
    expect(page.get_by_label("Ja", exact=True)).to_be_focused()
    expect(page.get_by_label("Navn eller kode")).to_have_value("Lærling 3")


def test_the_keyboard_alone_reaches_content_menu_and_log_out(page: Page, address: str) -> None:
    page.goto(f"{address}/components")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til sidens indhold")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Min adgang")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Log ud")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("summary")).to_be_focused()
    expect(page.get_by_role("button", name="Log ud")).to_be_hidden()


def test_the_language_switch_comes_back_to_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}/components")
    page.get_by_role("link", name="English").click()
    page.wait_for_url(re.compile("/components$"))
    expect(page.get_by_role("link", name="Skip to the page's content")).to_have_count(1)
    page.get_by_role("link", name="Dansk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sidens dele")


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/"])
def test_the_language_switch_leads_nowhere_else(page: Page, address: str, back: str) -> None:
    answer = page.request.get(f"{address}/language/en", params={"back": back}, max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (303, "/")


def test_everything_works_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="da-DK")
    page = context.new_page()
    page.goto(f"{address}/components")
    page.locator("summary").click()
    expect(page.get_by_role("button", name="Log ud")).to_be_visible()
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_role("alert")).to_contain_text(HOW_WRONG)
    context.close()


BY_HTMX = """() => {
  const form = document.querySelector("main form");
  form.setAttribute("hx-post", "/components");
  form.setAttribute("hx-target", "body");
  htmx.process(form);
}"""


def test_htmx_shows_a_wrong_form(page: Page, address: str) -> None:
    page.goto(f"{address}/components")
    page.evaluate(BY_HTMX)
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text(HOW_WRONG)


@pytest.mark.parametrize(
    ("answered", "said"), [(False, "Der er ikke forbindelse til BygSpor."), (True, "Det lykkedes ikke.")]
)
def test_where_htmx_gets_no_page_the_page_says_so(browser: Browser, address: str, answered: bool, said: str) -> None:
    context = browser.new_context(locale="da-DK")
    page = context.new_page()
    page.goto(f"{address}/components")
    page.evaluate(BY_HTMX)
    context.route("**/components", lambda route: route.fulfill(status=500) if answered else route.abort())
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_role("alert")).to_contain_text(said)
    context.close()


def test_a_form_is_sent_once_however_often_its_button_is_pressed(page: Page, address: str) -> None:
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{address}/components")
    page.evaluate(
        "() => { const button = document.querySelector('main [type=submit]'); button.click(); button.click(); }"
    )
    expect(page.get_by_role("alert")).to_contain_text(HOW_WRONG)
    assert len(sent) == 1


def test_texts_of_people_are_shown_as_they_are(page: Page, address: str) -> None:
    page.goto(f"{address}/components")
    page.get_by_label("Navn eller kode").fill('<b>"Bo" & Søn</b>')
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_label("Navn eller kode")).to_have_value('<b>"Bo" & Søn</b>')
