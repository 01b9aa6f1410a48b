"""Programs that tests and launchers need, from Debian's archive: installed by root, unpacked by anybody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bygspor"


class Unavailable(Exception):
    """A program cannot be had here, and why."""


def install_or_unpack(root: Path, *packages: str) -> None:
    """Have these packages: in the system where we are root, and else below `root`. Raises Unavailable."""
    if not shutil.which("apt-get"):
        raise Unavailable("not on the path, and no apt-get to fetch it with")
    if os.geteuid() == 0:
        # Lists from yesterday name packages that are gone from the archive today.
        run(["apt-get", "update"])
        run(["apt-get", "install", "-y", "--no-install-recommends", *packages])
    else:
        shutil.rmtree(root, ignore_errors=True)
        with whole(root) as draft:
            _unpack(draft, packages)


def have(what: str, get: Callable[[], str], tests: str) -> int:
    """Have a program before the tests start, or say why not: the exit code.

    A missing one is an error only in CI, where nobody would see the skipped tests.
    """
    began = time.monotonic()
    try:
        got = get()
    except Unavailable as reason:
        tell(what, f"not here: {reason}. The {tests} tests are skipped.")
        return 1 if os.environ.get("CI") else 0
    tell(what, f"{got} ({time.monotonic() - began:.0f} s)")
    return 0


def run(command: list[str], *, folder: Path | None = None, **environment: str) -> str:
    """What a program says, if it succeeds. Raises Unavailable with the line that tells most."""
    surroundings = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"} | environment
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=surroundings, check=False)
    if done.returncode:
        lines = [line for line in (done.stderr.strip() or done.stdout).splitlines() if line.strip()]
        reason = [line for line in lines if "ERROR" in line][:1] or lines[-1:]
        raise Unavailable(f"{' '.join(command[:3])} failed: {' '.join(reason)}")
    return done.stdout


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A draft of `folder`, which comes into being when the draft is done; where two make it, the first one's counts."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as space:
        draft = Path(space) / folder.name
        draft.mkdir()
        yield draft
        try:
            draft.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def tell(what: str, text: str) -> None:
    """Say how it goes to a person who waits."""
    print(f"{what}: {text}", flush=True)  # noqa: T201 -- that is what it is for


def _unpack(root: Path, names: tuple[str, ...]) -> None:
    """The packages and those they miss, unpacked over each other."""
    with tempfile.TemporaryDirectory() as space:
        packages, lists, apt = (Path(space) / name for name in ("packages", "lists", "apt"))
        for folder in (packages, lists / "partial", apt):
            folder.mkdir(parents=True)
        own = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={apt}"]
        run(["apt-get", *own, "update"])
        plan = run(["apt-get", *own, "install", "--simulate", "--no-install-recommends", *names])
        missing = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
        run(["apt-get", *own, "download", *missing], folder=packages)
        for package in sorted(packages.glob("*.deb")):
            run(["dpkg-deb", "-x", str(package), str(root)])
    _relink(root)


def _relink(root: Path) -> None:
    """Let links that name a place in the system name that place below `root`, where there is one."""
    for link in [one for one in root.rglob("*") if one.is_symlink() and one.readlink().is_absolute()]:
        to = root / link.readlink().relative_to("/")
        if os.path.lexists(to):
            link.unlink()
            link.symlink_to(os.path.relpath(to, link.parent))
