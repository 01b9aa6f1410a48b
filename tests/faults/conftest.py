"""Commands as processes that can be killed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.zygote import Zygote


@pytest.fixture
def zygote() -> Iterator[Zygote]:
    """Starts commands as processes of their own."""
    started = Zygote()
    yield started
    started.close()
