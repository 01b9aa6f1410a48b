"""`python -m deploy.stack`: starts everything, sends the sample, tells how it goes, and stops cleanly on Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from deploy.kafka.node import Failed as KafkaFailed
from deploy.kafka.programs import Unavailable
from deploy.stack.check import check
from deploy.stack.flow import Flow
from deploy.stack.show import show
from deploy.stack.stack import Failed, Stack
from services.errors import BygSporError
from services.settings import Settings

# What cannot go on is said in a sentence; a fault of ours keeps its traceback.
_SAID = (Failed, KafkaFailed, Unavailable, BygSporError)
_BEGAN = time.monotonic()


def main() -> int:
    """0 after a clean stop, or a check that holds; 1 where something failed; 130 after a second Ctrl-C."""
    asked = _arguments()
    with _home(asked) as home:
        try:
            stack = Stack(home, Settings.from_environment(), say)
        except _SAID as error:
            return _failed(error)
        stop = _on_signals(stack)
        _in(asked.seconds, stop)
        try:
            return (check if asked.check else show)(Flow(stack, say, stop))
        except _SAID as error:
            return _failed(error)
        finally:
            stack.stop()


def _failed(error: Exception) -> int:
    say(f"error: {error}")
    return 1


def say(text: str) -> None:
    """A line on standard output, with the seconds since the start."""
    print(f"[{time.monotonic() - _BEGAN:6.1f}] {text}", flush=True)  # noqa: T201 -- the line is the point


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.stack", description=sys.modules[__name__].__doc__)
    parser.add_argument("--home", type=Path, help="the folder for all data and logs (default: .bygspor/stack)")
    parser.add_argument("--check", action="store_true", help="send a sample, wait, verify, compare, stop")
    parser.add_argument("--seconds", type=float, help="stop by itself after so long; with --check: fail after so long")
    return parser.parse_args()


@contextlib.contextmanager
def _home(asked: argparse.Namespace) -> Iterator[Path]:
    """The folder; a check has one of its own, which is gone afterwards, unless it is told where."""
    if asked.home or not asked.check:
        yield (asked.home or Path(".bygspor/stack")).absolute()
        return
    with tempfile.TemporaryDirectory(prefix="bygspor-stack-") as folder:
        yield Path(folder)


def _on_signals(stack: Stack) -> threading.Event:
    """An event that the first Ctrl-C or SIGTERM sets; the second kills everything and ends us."""
    stop, often = threading.Event(), []

    def heard(number: int, _frame: FrameType | None) -> None:
        often.append(number)
        if len(often) > 1:
            say("Killing everything.")
            stack.kill()
            os._exit(130)
        say("Stopping. Once more kills.")
        stop.set()

    signal.signal(signal.SIGINT, heard)
    signal.signal(signal.SIGTERM, heard)
    return stop


def _in(seconds: float | None, stop: threading.Event) -> None:
    if seconds is not None:
        timer = threading.Timer(seconds, stop.set)
        timer.daemon = True
        timer.start()


if __name__ == "__main__":
    sys.exit(main())
