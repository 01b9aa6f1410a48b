"""A store on an empty, migrated database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.store.store import Store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()
