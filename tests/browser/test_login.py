"""Coming in and administration in a real browser: by keyboard alone, in both languages, on desktop and phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from services.domain.rights import Kind, Role
from tests.browser.live import PASSWORD, Live
from tests.browser.looking import assert_accessible, assert_fits, looked_at_in
from tests.gateway.people import user_of

CARPENTERS, CLIENT, TOWN = "10000319", "10000270", "10000297"
CARPENTER, SECRETARIAT_CLERK, TOWN_CLERK = (
    "kontor@laerkeholt.example",
    "sekretariat@bygop.example",
    "sagsbehandler@jobcenter.example",
)


def look(page: Page, shots: Path | None, name: str) -> None:
    if shots:
        page.screenshot(path=shots / f"{name}.png", full_page=True)
    assert_accessible(page)
    assert_fits(page)


def boss_of(live: Live, cvr: str | None, role: Role = Role.ADMINISTRATOR) -> str:
    return user_of(live.gateway, cvr, role)


def test_a_clerk_logs_in_with_the_keyboard_alone_and_must_choose_a_password(page: Page, live: Live) -> None:
    user, once = live.gateway.parts.access.users.create(CARPENTERS, "ny@laerkeholt.example", "Bo Ny", Role.REPORTER)
    page.goto(live.address)
    expect(page).to_have_url(f"{live.address}/login")
    press = page.keyboard.press
    page.get_by_label("Brugernavn").focus()
    page.keyboard.type(user.login)
    press("Tab")
    page.keyboard.type(once)
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vælg din egen adgangskode")
    page.goto(f"{live.address}/tenders")
    expect(page).to_have_url(f"{live.address}/password")
    page.get_by_label("Den adgangskode, du fik").focus()
    for text in (once, "kort", "kort"):
        page.keyboard.type(text)
        press("Tab")
        press("Tab")
    press("Shift+Tab")
    press("Shift+Tab")
    press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("12 til 200 tegn")
    page.get_by_label("Den adgangskode, du fik").focus()
    for text in (once, PASSWORD, PASSWORD):
        page.keyboard.type(text)
        press("Tab")
        press("Tab")
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mine opgaver")
    expect(page.get_by_role("status")).to_contain_text("Din adgangskode er skiftet.")


def test_after_logging_out_the_way_back_shows_nothing(page: Page, live: Live) -> None:
    live.log_in(page, CARPENTER)
    page.goto(f"{live.address}/tenders")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Log ud").click()
    expect(page.get_by_role("status")).to_contain_text("Du er logget ud.")
    page.go_back()
    expect(page).to_have_url(re.compile("/login"))
    expect(page.locator(".user-menu")).to_have_count(0)


def test_a_password_can_be_seen_while_it_is_typed(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/login")
    field = page.get_by_label("Adgangskode", exact=True)
    field.fill("hemmelig")
    button = page.get_by_role("button", name="Vis adgangskode")
    button.click()
    expect(field).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(field).to_have_attribute("type", "password")


def test_a_key_is_made_with_the_keyboard_alone(page: Page, live: Live) -> None:
    live.log_in(page, boss_of(live, CARPENTERS))
    page.goto(f"{live.address}/administration")
    page.get_by_role("link", name="Lav en nøgle").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Hvilket system skal bruge den?").focus()
    page.keyboard.type("Lønsystem")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    secret = page.locator("#secret-key")
    expect(secret).to_have_text(re.compile(r"^bsk_[0-9a-f]+_[0-9a-f]{32}$"))
    assert live.gateway.parts.access.keys.caller_of_key(secret.inner_text()) is not None
    page.get_by_role("link", name="Færdig").press("Enter")
    expect(page.get_by_role("row", name=re.compile("Lønsystem"))).to_contain_text("Indberetter")
    page.get_by_role("link", name=re.compile("Luk Lønsystem")).press("Enter")
    page.get_by_role("button", name="Luk nøglen").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("er lukket")
    expect(page.get_by_role("row", name=re.compile("Lønsystem"))).to_have_count(0)


def test_a_key_can_be_copied(page: Page, live: Live) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live.address)
    live.log_in(page, boss_of(live, CARPENTERS))
    page.goto(f"{live.address}/administration/{CARPENTERS}/keys/new")
    page.get_by_label("Hvilket system skal bruge den?").fill("Lønsystem")
    page.get_by_role("button", name="Lav nøglen").click()
    page.get_by_role("button", name="Kopiér").click()
    expect(page.get_by_role("button", name="Kopieret")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#secret-key").inner_text()


def test_the_pages_work_without_script(browser: Browser, live: Live) -> None:
    context = browser.new_context(java_script_enabled=False, locale="da-DK")
    page = context.new_page()
    live.log_in(page, boss_of(live, CARPENTERS))
    page.goto(f"{live.address}/administration/{CARPENTERS}/people/new")
    page.get_by_label("Navn", exact=True).fill("Mette Holm")
    page.get_by_label("Brugernavn").fill("mette@laerkeholt.example")
    page.get_by_role("button", name="Opret person").click()
    expect(page.locator("#secret-password")).to_have_text(re.compile(r"^\w{4}-\w{4}-\w{4}-\w{4}$"))
    context.close()


@looked_at_in("chosen")
def test_the_way_in(screen: str, chosen: str, live: Live, shots: Path | None, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(screen)
    live.speak(page, chosen)
    name = f"{screen}-{chosen}"
    page.goto(f"{live.address}/login")
    look(page, shots, f"login-{name}")
    page.locator("[name=login]").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, shots, f"login-wrong-{name}")
    page.goto(f"{live.address}/nothing")
    look(page, shots, f"not-there-{name}")
    _, once = live.gateway.parts.access.users.create(CARPENTERS, "ny@laerkeholt.example", "Bo Ny", Role.READER)
    page.goto(f"{live.address}/login")
    page.locator("[name=login]").fill("ny@laerkeholt.example")
    page.locator("[name=password]").fill(once)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/password"))
    look(page, shots, f"password-{name}")
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, shots, f"password-wrong-{name}")


@looked_at_in("chosen")
@pytest.mark.parametrize("login", [CARPENTER, SECRETARIAT_CLERK, TOWN_CLERK], ids=["firm", "secretariat", "town"])
def test_what_waits(  # noqa: PLR0913, PLR0917 -- who looks, in what, at what
    screen: str, chosen: str, login: str, live: Live, shots: Path | None, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(screen)
    live.speak(page, chosen)
    live.log_in(page, login)
    look(page, shots, f"account-{screen}-{chosen}")
    page.goto(live.address)
    expect(page.get_by_role("heading", level=1)).to_have_text({"da": "Mine opgaver", "en": "My tasks"}[chosen])
    look(page, shots, f"home-{login.partition('@')[0]}-{screen}-{chosen}")


@looked_at_in("chosen")
def test_the_administration_of_an_organisation(
    screen: str, chosen: str, live: Live, shots: Path | None, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(screen)
    live.speak(page, chosen)
    name, here = f"{screen}-{chosen}", f"{live.address}/administration/{CLIENT}"
    access = live.gateway.parts.access
    access.organisations.register("10000378", "Revision Nord", [Kind.AUDITOR])
    access.users.await_decision(CLIENT, "Mette Holm", "https://broker.example", "mette")
    waiting = next(user.no for user in access.users.list(CLIENT) if user.awaits)
    live.log_in(page, boss_of(live, CLIENT))
    key = live.gateway.key(CLIENT)
    assert key
    for path, shot in [
        ("", "organisation"),
        ("/people/new", "invite"),
        (f"/people/{waiting}", "person"),
        (f"/people/{waiting}/close", "ask"),
        ("/keys/new", "new-key"),
        ("/auditors", "auditors"),
        ("/looks", "looks"),
    ]:
        page.goto(f"{here}{path}")
        look(page, shots, f"{shot}-{name}")
    page.goto(f"{here}/keys/new")
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, shots, f"new-key-wrong-{name}")
    page.locator("[name=label]").fill("Lønsystem")
    page.locator("main button[type=submit]").click()
    expect(page.locator("#secret-key")).to_be_visible()
    look(page, shots, f"key-{name}")
    page.goto(f"{here}/people/{waiting}/password")
    page.locator("main button[type=submit]").click()
    expect(page.locator("#secret-password")).to_be_visible()
    look(page, shots, f"once-{name}")


@looked_at_in("chosen")
def test_the_administration_of_an_operator(
    screen: str, chosen: str, live: Live, shots: Path | None, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(screen)
    live.speak(page, chosen)
    live.log_in(page, boss_of(live, None, Role.OPERATOR))
    for path, shot in [("", "organisations"), ("/new", "new-organisation"), (f"/{TOWN}/change", "change-organisation")]:
        page.goto(f"{live.address}/administration{path}")
        look(page, shots, f"{shot}-{screen}-{chosen}")
