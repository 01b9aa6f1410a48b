"""How Python is made to keep pace while very many events go through it."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator

# Events are many small objects without cycles. Looked for at the usual pace, cycles cost more than decoding does.
_COLLECT_AFTER = (50_000, 20, 20)

# The thread that talks to PostgreSQL asks for the interpreter again after every answer; at the usual 5 ms it would
# wait longer for its own process than for PostgreSQL.
_TURN_SECONDS = 0.0002


@contextlib.contextmanager
def in_bulk() -> Iterator[None]:
    """Within it, garbage is collected seldom and threads take turns quickly. Afterwards all is as before."""
    thresholds, turn = gc.get_threshold(), sys.getswitchinterval()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(turn)
        gc.set_threshold(*thresholds)
        gc.unfreeze()
