"""Hands a file to a child process with limits on memory and time, and takes its answer.

Both travel through files in memory, never through a disk: they hold people's names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from services.sheets.refusing import UnreadableSheet

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Budget:
    """What one task may take: seconds of work, seconds by the clock, megabytes of memory."""

    cpu_seconds: int
    wall_seconds: int
    megabytes: int


def confined(task: str, given: bytes, budget: Budget) -> bytes:
    """What the child answered. Raises UnreadableSheet: its refusal, or `too_heavy` where it was stopped."""
    arguments = [task, str(budget.cpu_seconds), str(budget.megabytes)]
    with _memory(given) as source, _memory() as answer:
        try:
            done = subprocess.run(
                # -S would be faster still, but calamine lives in site-packages.
                [sys.executable, "-E", "-s", "-m", "services.sheets.child", *arguments],
                stdin=source,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={"LANG": "C.UTF-8"},  # no secret of ours is there to be found
                timeout=budget.wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnreadableSheet("too_heavy") from None
        answer.seek(0)
        said = answer.read()
    if done.returncode != 0 or not said:
        raise UnreadableSheet("too_heavy")
    if said[:1] == b"1":
        refusal = json.loads(said[1:])
        raise UnreadableSheet(refusal["code"], **refusal["context"])
    return said[1:]


def _memory(content: bytes = b"") -> IO[bytes]:
    file = os.fdopen(os.memfd_create("sheet"), "w+b")
    file.write(content)
    file.seek(0)
    return file
