"""The process that opens what people send: it limits itself first, does one task, and ends.

``python -m services.sheets.child TASK SECONDS MEGABYTES``: the file on stdin, the answer on stdout. The first byte says
which: ``0`` and the result, or ``1`` and the refusal as JSON. Anything else, an ending by signal too, is too heavy.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from importlib import import_module

from services.sheets.refusing import UnreadableSheet

TASKS = {"read": ("services.sheets.parsing", "read"), "mark": ("services.sheets.colouring", "mark")}
_MOST_ANSWERED = 256 * 1024 * 1024


def main(task: str, seconds: int, megabytes: int) -> int:
    """Do one task within the limits."""
    _limit(seconds, megabytes)
    module, function = TASKS[task]
    out = sys.stdout.buffer
    try:
        out.write(b"0" + getattr(import_module(module), function)(sys.stdin.buffer.read()))
    except UnreadableSheet as refusal:
        out.write(b"1" + json.dumps({"code": refusal.short, "context": refusal.context}).encode())
    except MemoryError:
        return 1
    return 0


def _limit(seconds: int, megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024**2,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_ANSWERED,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    signal.alarm(2 * seconds)  # should whoever started it be gone


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
