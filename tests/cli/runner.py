"""The command line run in this process, as fast as a function, and seen as a shell sees it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from services.cli import main
from services.store.store import Store


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def json(self) -> Any:
        """What it printed, which must be JSON and nothing else."""
        return json.loads(self.raw)

    @property
    def words(self) -> str:
        """Both streams as one line, however they were wrapped."""
        return " ".join(f"{self.out} {self.err}".split())


@dataclass(frozen=True)
class Bygspor:
    """`bygspor` on one database."""

    url: str
    home: Path

    def __call__(self, *args: str | Path, stdin: bytes = b"", columns: int = 80, **environ: str) -> Done:
        """Run a command; `environ` goes before what every command here is told."""
        told = {"BYGSPOR_DATABASE_URL": self.url, "BYGSPOR_DATA": str(self.home), "COLUMNS": str(columns), **environ}
        return run(map(str, args), told, stdin)

    def done(self, *args: str | Path, stdin: bytes = b"", columns: int = 80) -> Done:
        """Run a command that must succeed."""
        found = self(*args, stdin=stdin, columns=columns)
        assert found.code == 0, found.words
        return found

    def json(self, *args: str | Path, stdin: bytes = b"", code: int = 0) -> Any:
        """Run a command with --json."""
        found = self(*args, "--json", stdin=stdin)
        assert found.code == code, found.words
        assert found.err == ""
        return found.json

    def ingest(self, lines: Iterable[bytes], *options: str, code: int = 0) -> Any:
        """Take in lines through standard input; the report."""
        return self.json("ingest", "-", *options, stdin=b"\n".join(lines), code=code)

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        """The store behind it."""
        store = Store(self.url)
        yield store
        store.close()


def run(args: Iterable[str], environ: Mapping[str, str], stdin: bytes = b"") -> Done:
    """Run one command with standard streams of its own."""
    given, out, err = (io.TextIOWrapper(io.BytesIO(data), "utf-8") for data in (stdin, b"", b""))
    code: Any = 0
    with (
        patch.dict(os.environ, environ),
        patch.object(sys, "argv", ["bygspor", *args]),
        patch.object(sys, "stdin", given),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
    return Done(int(code), _written(out), _written(err).decode())


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()


def lines_of(report: Mapping[str, int]) -> int:
    """What the parts of a report add up to."""
    return report["blank"] + report["new"] + report["duplicate"] + report["rejected"]
