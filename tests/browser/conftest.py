"""A real browser for tests: pages that may talk to this machine only and must not complain, on desktop and phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, Route, sync_playwright

from tests.browser import chromium
from tests.browser.live import Live, served
from tests.cli.runner import Bygspor

_HERE = {"127.0.0.1", "localhost", "::1"}
_PHONE = {"width": 320, "height": 640}
_DESKTOP = {"width": 1280, "height": 900}
_QUIET = (
    "--no-sandbox",  # in a container there is none to be had; the pages are our own
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
# What a page loads for itself must be there; a document may well be a 404 or a 422, if the test says so.
_PARTS = {"stylesheet", "script", "image", "font"}


class Complaints:
    """What went wrong in a page without anybody seeing it."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self._console(message.type, message.text))
        context.on("weberror", lambda error: self.found.append(f"script: {error.error}"))
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        context.route("**/*", self._route)

    def _console(self, kind: str, text: str) -> None:
        # The status of every answer is looked at below.
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
            self.found.append(f"console: {text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type in _PARTS):
            self.found.append(f"{response.status}: {response.url}")

    def _failed(self, request: Request) -> None:
        # Going on to the next page breaks off what the last one was still loading.
        if request.resource_type in _PARTS and request.failure != "net::ERR_ABORTED":
            self.found.append(f"not loaded: {request.url}: {request.failure}")

    def _route(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.hostname in _HERE or address.scheme in {"data", "blob"}:
            route.continue_()
        else:
            self.found.append(f"left the machine: {route.request.url}")
            route.abort()


@pytest.fixture(scope="session")
def browser_program() -> str:
    """The browser's executable. Without one the tests are skipped, in CI they fail."""
    program = chromium.found()
    if program is None and os.environ.get("CI"):
        pytest.fail("no browser: run `python -m tests.browser.chromium`, which says why")
    return program or pytest.skip("no browser: `python -m tests.browser.chromium` fetches one, or says why not")


# Not for the whole session: Playwright keeps an event loop running, in which other modules' asyncio.run would fail.
@pytest.fixture(scope="module")
def browser(browser_program: str) -> Iterator[Browser]:
    """A browser of this module's."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser_program, args=_QUIET)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of a Danish desktop browser with nothing remembered."""
    yield from _page(browser, _DESKTOP, phone=False)


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[Page]:
    """An empty page of a Danish phone, as narrow as WCAG asks for (320 px)."""
    yield from _page(browser, _PHONE, phone=True)


def _page(browser: Browser, size: dict[str, int], *, phone: bool) -> Iterator[Page]:
    context = browser.new_context(
        locale="da-DK",
        timezone_id="Europe/Copenhagen",
        viewport={"width": size["width"], "height": size["height"]},
        is_mobile=phone,
        has_touch=phone,
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    complaints = Complaints()
    complaints.listen(context)
    yield context.new_page()
    context.close()
    assert complaints.found == []


@pytest.fixture
def live(own_estates: Bygspor, tmp_path: Path) -> Iterator[Live]:
    """A gateway on the three estates with the sample's people at their desks, for one test."""
    with served(own_estates, tmp_path) as running:
        yield running


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Path | None:
    """Where screenshots go, for people to look at: the folder in TEST_SHOTS, if that is set."""
    folder = os.environ.get("TEST_SHOTS")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)
