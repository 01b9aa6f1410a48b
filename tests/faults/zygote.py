"""Starts `bygspor` many times without importing it many times, so that a test that kills it kills it at its work.

A process that has imported everything forks one of its own for each command. Run as a program it reads orders as JSON
lines and answers each with the new process's id, and with its exit status when asked by an empty line. Until then a
process that has ended keeps its id, so that no signal can hit another.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.cli import main
from services.store import crew, intake

ROOT = Path(__file__).parents[2]


class Zygote:
    """The other side: used by tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, *args: str, environ: Mapping[str, str], said: Path, turn: int | None = None) -> int:
        """Start a command; its process's id.

        Its output goes to `said`. It takes `turn` events at once, as many as it likes without, and with 0 it hands
        them to a crew of processes however few they are.
        """
        return int(self._ask(json.dumps({"args": args, "environ": dict(environ), "turn": turn, "said": str(said)})))

    def status(self) -> int:
        """Wait for the command started last: its exit code, or minus the signal that ended it."""
        return os.waitstatus_to_exitcode(int(self._ask("")))

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def _serve() -> None:
    child = 0
    for line in sys.stdin:
        if not line.strip():
            _answer(os.waitpid(child, 0)[1])
            continue
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        _answer(child)


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _become(order: dict[str, Any]) -> None:
    said = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.update(order["environ"])
    sys.argv = ["bygspor", *order["args"]]
    _take_turns(order["turn"])
    code: Any = 1
    try:
        main()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(code))


def _take_turns(turn: int | None) -> None:
    if turn == 0:
        crew._LONG = 0
    elif turn is not None:
        intake.intake.__defaults__ = (*(intake.intake.__defaults__ or ())[:-1], turn)


if __name__ == "__main__":
    _serve()
