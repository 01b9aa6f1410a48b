"""What every page is held to: accessible (WCAG 2.2 A and AA, as far as a program can tell), and fitting its screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

_AXE = Path(__file__).parent / "axe.min.js"
_LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
_RUN = """levels => axe.run(document, {
  runOnly: {type: "tag", values: levels}, rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]
})"""
_WIDER = """() => [...document.querySelectorAll("body *")]
  .filter(part => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter(part => !part.closest(".sr-only, .table-frame"))
  .map(part => `${part.tagName.toLowerCase()}.${part.className}: ${part.textContent.trim().slice(0, 40)}`)"""


@cache
def _axe() -> str:
    return _AXE.read_text()


def violations(page: Page) -> list[str]:
    """What axe finds, one line for each part of the page, with what would mend it."""
    # A page without its styles yet has other colours and sizes.
    page.wait_for_load_state("load")
    page.evaluate(_axe())
    found: list[dict[str, Any]] = page.evaluate(_RUN, _LEVELS)["violations"]
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))}: {' '.join(node['failureSummary'].split())}"
        for violation in found
        for node in violation["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.0, 2.1 or 2.2 at levels A and AA."""
    found = violations(page)
    assert not found, "\n".join(found)


def assert_fits(page: Page) -> None:
    """Nothing sticks out to the right of the screen."""
    found: list[str] = page.evaluate(_WIDER)
    assert not found, "\n".join(found)


def looked_at_in(language: str) -> pytest.MarkDecorator:
    """Every page on a desktop in Danish and on a phone in English; the other two ways round by the soaking tests."""
    others = [
        pytest.param("page", "en", marks=pytest.mark.soak),
        pytest.param("phone_page", "da", marks=pytest.mark.soak),
    ]
    return pytest.mark.parametrize(("screen", language), [("page", "da"), ("phone_page", "en"), *others])
