"""A real Chromium for the browser tests, wherever they run: one that is installed, or else Debian's.

`make test` runs this module once before the tests, so that no two of them fetch a browser at the same time. Root
installs Debian's package; anybody else unpacks it, with the libraries it misses, into a folder of their own cache.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bygspor" / "chromium"
_WRAPPER = _CACHE / "chromium"
_START = """#!/bin/sh
export LD_LIBRARY_PATH="{libraries}"
[ -d /etc/fonts ] || export FONTCONFIG_PATH="{root}/etc/fonts"
exec "{root}/usr/lib/chromium/chromium" "$@"
"""


class Unavailable(Exception):
    """There is no browser here, and why."""


def found() -> str | None:
    """The browser that is here already, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None) or (str(_WRAPPER) if _WRAPPER.exists() else None)


def fetched() -> str:
    """Debian's Chromium, installed or unpacked; this takes a minute. Raises Unavailable."""
    if not shutil.which("apt-get"):
        raise Unavailable("no chromium or google-chrome on the path, and no apt-get to fetch one with")
    if os.geteuid() == 0:
        _tell("installing Debian's package, which takes a minute the first time")
        # Lists from yesterday name packages that are gone from the archive today.
        _run(["apt-get", "update"])
        _run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"])
    else:
        _unpack()
    browser = found()
    if browser is None:
        raise Unavailable("Debian's package was fetched, but brought no chromium")
    return browser


def _unpack() -> None:
    """Chromium and the packages it misses, unpacked beside each other; the starter comes last, so half is nothing."""
    _tell(f"unpacking Debian's package into {_CACHE}, which takes a minute the first time")
    shutil.rmtree(_CACHE, ignore_errors=True)
    root, packages, lists, apt = (_CACHE / name for name in ("root", "packages", "lists", "apt"))
    for folder in (root, packages, lists / "partial", apt):
        folder.mkdir(parents=True)
    own = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={apt}"]
    _run(["apt-get", *own, "update"])
    plan = _run(["apt-get", *own, "install", "--simulate", "--no-install-recommends", "chromium"])
    missing = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    _run(["apt-get", *own, "download", *missing], packages)
    for package in sorted(packages.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(root)])
    for folder in (packages, lists, apt):
        shutil.rmtree(folder)
    # Some libraries look for others in folders of their own, as if they were installed.
    libraries = ":".join(sorted({str(library.parent) for library in root.rglob("*.so*")}))
    starter = _WRAPPER.with_suffix(".new")
    starter.write_text(_START.format(root=root, libraries=libraries))
    starter.chmod(0o755)
    _run([str(starter), "--headless", "--no-sandbox", "--dump-dom", "about:blank"])
    starter.rename(_WRAPPER)


def _run(command: list[str], folder: Path | None = None) -> str:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Unavailable(f"{' '.join(command[:3])} failed: {' '.join(last)}")
    return done.stdout


def _tell(text: str) -> None:
    print(f"chromium: {text}", flush=True)  # noqa: T201 -- a person waits for this


def main() -> int:
    """Have a browser, or say why not; that is an error only in CI, where nobody would see the skipped tests."""
    began = time.monotonic()
    try:
        browser = found() or fetched()
    except Unavailable as reason:
        _tell(f"not here: {reason}. The browser tests are skipped.")
        return 1 if os.environ.get("CI") else 0
    _tell(f"{browser} ({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
