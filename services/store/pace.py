"""How Python is made to keep pace while very many events go through it."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

# Events are many small objects without cycles. Looked for at the usual pace, cycles cost more than decoding does.
_COLLECT_AFTER = (1_000_000, 10, 10)


@contextlib.contextmanager
def in_bulk() -> Iterator[None]:
    """Within it, garbage is collected seldom. Afterwards all is as before."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
