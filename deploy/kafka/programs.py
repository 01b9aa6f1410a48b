"""What Kafka is run with: a Java, and Kafka's jars, which Maven fetches once into the cache.

The jars' folder carries Kafka's version and comes into being by a rename, so a half is never used, and two processes
that fetch at once each fetch for themselves and the first one counts.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

_POM = Path(__file__).with_name("pom.xml")
_OLDEST_JAVA = 17


class Unavailable(Exception):
    """Kafka cannot be had here, and why."""


@dataclass(frozen=True, slots=True)
class Programs:
    """A Java that is new enough, and the folder with Kafka's jars."""

    java: str
    jars: Path

    def command(self, main: str, *arguments: str | Path, options: tuple[str, ...] = ()) -> list[str]:
        """How one of Kafka's main classes is run."""
        return [self.java, *options, "-cp", f"{self.jars}/*", main, *map(str, arguments)]


def version() -> str:
    """Kafka's version, as the pom names it."""
    found = ElementTree.parse(_POM).findtext("{*}version")  # noqa: S314 -- our own file
    assert found  # noqa: S101 -- our own file
    return found


def found() -> Programs | None:
    """Java and Kafka as they are here already, if both are."""
    java, jars = _java(), _jars()
    return Programs(java, jars) if java and jars.is_dir() else None


def fetched() -> Programs:
    """The same, with what is missing fetched; this takes a minute at most. Raises Unavailable."""
    return found() or _fetch()


def _fetch() -> Programs:
    java, maven, jars = _java(), shutil.which("mvn"), _jars()
    if not java:
        raise Unavailable(f"no Java {_OLDEST_JAVA} or newer on the path")
    if not maven:
        raise Unavailable("no Maven (mvn) on the path, which fetches Kafka")
    jars.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{jars.name}.", dir=jars.parent) as draft:
        folder = Path(draft) / "jars"
        _run([maven, "-B", "-q", "-f", str(_POM), "dependency:copy-dependencies", f"-DoutputDirectory={folder}"])
        if not jars.is_dir():
            folder.rename(jars)
    return Programs(java, jars)


def _jars() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "bygspor" / "kafka" / version()


def _java() -> str | None:
    """The Java on the path, unless it is too old."""
    java = shutil.which("java")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False) if java else None
    number = re.search(r'version "(\d+)', told.stderr) if told else None
    return java if number and int(number.group(1)) >= _OLDEST_JAVA else None


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        raise Unavailable(f"{Path(command[0]).name} failed: {' '.join(lines[:1])}")
