"""Finding a browser: nothing is fetched where one is here, and a missing one is an error only where nobody looks."""

from __future__ import annotations

import pytest

from deploy.debian import Unavailable
from tests.browser import chromium


def missing() -> str:
    raise Unavailable("no apt-get")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_missing_browser_fails_the_build_and_nobody_else(
    ci: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(chromium, "found", lambda: None)
    monkeypatch.setattr(chromium, "fetched", missing)
    assert chromium.main() == code
    assert "no apt-get. The browser tests are skipped." in capsys.readouterr().out


def test_a_browser_that_is_here_is_used(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(chromium, "found", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(chromium, "fetched", missing)
    assert chromium.main() == 0
    assert "/usr/bin/chromium" in capsys.readouterr().out


def test_where_nothing_can_be_fetched_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable, match="no apt-get"):
        chromium.fetched()
