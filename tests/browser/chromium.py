"""A real Chromium for the browser tests, wherever they run: one that is installed, or else Debian's.

`make test` runs this module once before the tests, so that no two of them fetch a browser at the same time. Root
installs Debian's package; anybody else unpacks it, with the libraries it misses, into a folder of their own cache.
"""

from __future__ import annotations

import shutil
import sys

from deploy.debian import CACHE, Unavailable, have, install_or_unpack, run, tell

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ROOT = CACHE / "chromium" / "root"
_WRAPPER = CACHE / "chromium" / "chromium"
_START = """#!/bin/sh
export LD_LIBRARY_PATH="{libraries}"
[ -d /etc/fonts ] || export FONTCONFIG_PATH="{root}/etc/fonts"
exec "{root}/usr/lib/chromium/chromium" "$@"
"""


def found() -> str | None:
    """The browser that is here already, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None) or (str(_WRAPPER) if _WRAPPER.exists() else None)


def fetched() -> str:
    """Debian's Chromium, installed or unpacked; this takes a minute. Raises Unavailable."""
    tell("chromium", "getting Debian's package, which takes a minute the first time")
    install_or_unpack(_ROOT, "chromium")
    if _ROOT.is_dir():
        _make_starter()
    browser = found()
    if browser is None:
        raise Unavailable("Debian's package was fetched, but brought no chromium")
    return browser


def _make_starter() -> None:
    """What starts an unpacked Chromium; it comes last, so half is nothing."""
    # Some libraries look for others in folders of their own, as if they were installed.
    libraries = ":".join(sorted({str(library.parent) for library in _ROOT.rglob("*.so*")}))
    starter = _WRAPPER.with_suffix(".new")
    starter.write_text(_START.format(root=_ROOT, libraries=libraries))
    starter.chmod(0o755)
    run([str(starter), "--headless", "--no-sandbox", "--dump-dom", "about:blank"])
    starter.rename(_WRAPPER)


def main() -> int:
    """Have a browser, or say why not."""
    return have("chromium", lambda: found() or fetched(), "browser")


if __name__ == "__main__":
    sys.exit(main())
