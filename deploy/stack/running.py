"""Programs get the settings of the stack and no others; a command is run to its end with them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Our environment with these settings of BygSpor instead of those that were set."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BYGSPOR_")} | dict(settings)


def run(command: Sequence[str], settings: Mapping[str, str], log: Path) -> tuple[int, bytes]:
    """Its exit code and what it says on standard output; the rest goes to the end of the log."""
    with log.open("ab") as err:
        done = subprocess.run(
            command,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            # Ctrl-C is ours to hear; what has begun is finished.
            start_new_session=True,
            check=False,
        )
    return done.returncode, done.stdout
