"""Starts `bygspor` many times without importing it many times, so that a test that kills it kills it at its work.

A process that has imported everything forks one of its own for each command. Run as a program it reads orders as JSON
lines and answers each with the new process's id, and one that names a process with its exit status, if it has ended.
Until then a process that has ended keeps its id, so that no signal can hit another.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from services.cli import main
from services.store import crew, intake

ROOT = Path(__file__).parents[2]
First: TypeAlias = "tuple[str, str, Mapping[str, Any]]"
"""A module, a function in it, and what it is called with."""


class Zygote:
    """The other side: used by tests, from any thread."""

    def __init__(self, *imports: str) -> None:
        """Import these modules, too, before anything is started."""
        self._asking, self._last = threading.Lock(), 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", *imports],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self, *args: str, environ: Mapping[str, str], said: Path, turn: int | None = None, first: First | None = None
    ) -> int:
        """Start a command; its process's id.

        Its output goes to `said`. It takes `turn` events at once, as many as it likes without, and with 0 it hands
        them to a crew of processes however few they are. `first` is called in it before the command.
        """
        order = {"args": args, "environ": dict(environ), "turn": turn, "said": str(said), "first": first}
        self._last = int(self._ask(json.dumps(order)))
        return self._last

    def status(self, process: int = 0, within: float = 600) -> int:
        """Wait for a command, the one started last unless named: its exit code, or minus the signal that ended it."""
        end, answer = time.monotonic() + within, ""
        while not answer:
            answer = self._ask(json.dumps({"ended": process or self._last}))
            if not answer:
                assert time.monotonic() < end, f"process {process} has not ended within {within:.0f} seconds"
                time.sleep(0.005)
        return os.waitstatus_to_exitcode(int(answer))

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
        with self._asking:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            return self._process.stdout.readline().strip()


def _serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if ended := order.get("ended"):
            process, status = os.waitpid(ended, os.WNOHANG)
            _answer(status if process else "")
            continue
        child = os.fork()
        if child == 0:
            _become(order)
        _answer(child)


def _answer(told: object) -> None:
    sys.stdout.write(f"{told}\n")
    sys.stdout.flush()


def _become(order: dict[str, Any]) -> None:
    said = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.update(order["environ"])
    sys.argv = ["bygspor", *order["args"]]
    code: Any = 1
    try:
        _take_turns(order["turn"])
        if order["first"]:
            module, function, told = order["first"]
            getattr(importlib.import_module(module), function)(**told)
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
    for name in sys.argv[1:]:
        importlib.import_module(name)
    _serve()
