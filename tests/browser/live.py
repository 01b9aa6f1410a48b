"""A gateway that a browser can reach, with the sample's people at their desks and their figures kept up to date."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, expect

from services.cli.desks import seat_at
from services.clock import today
from services.gateway.parts import Options
from services.sample.desks import DESKS
from services.store import figures
from tests.cli.runner import Bygspor
from tests.gateway.conftest import Gateway, opened

PASSWORD = "fire stole og et bord"  # noqa: S105 -- of people who exist in tests only


@dataclass(frozen=True, slots=True)
class Live:
    """A running gateway."""

    address: str
    gateway: Gateway

    def log_in(self, page: Page, login: str) -> None:
        """Log in as one of the sample's people, through the page."""
        page.goto(f"{self.address}/login?next=/account")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".user-menu")).to_be_visible()

    def speak(self, page: Page, language: str) -> None:
        """Choose the language of the pages."""
        page.context.add_cookies([{"name": "bygspor_language", "value": language, "url": self.address}])

    def settle(self) -> None:
        """Compute the figures of what has changed, now."""
        figures.refresh(self.gateway.parts.store, today())


@contextlib.contextmanager
def served(own_estates: Bygspor, home: Path) -> Iterator[Live]:
    """The three estates behind a gateway with every desk taken."""
    with opened(own_estates.url, home, Options(requests_a_minute=100_000)) as gateway, _listening(gateway) as address:
        for desk in DESKS:
            seat_at(gateway.parts.access, gateway.parts.vault, desk, PASSWORD)
        figures.tick(gateway.parts.store, today())
        yield Live(address, gateway)


@contextlib.contextmanager
def _listening(gateway: Gateway) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    # The lifespan is left to the test: `opened` closes what runs beside, and figures are computed by `settle`.
    server = uvicorn.Server(uvicorn.Config(gateway.app, log_config=None, lifespan="off"))
    running = threading.Thread(target=server.run, args=([listening],))
    running.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        running.join()
        listening.close()
