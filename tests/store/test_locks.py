"""Locks of one who hangs amid sending rows are taken from it; who only takes long keeps them."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from services.store import locks, log
from services.store.store import Store
from tests.store.told import hours, tell


@pytest.fixture
def hanging(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """Amid a batch, with the lock of its subject, and silent for longer than one may be."""
    tell(store, hours("h0", 10))
    monkeypatch.setattr(locks, "_SILENT_IN_COPY", "0 seconds")
    connection = psycopg.connect(store.url)
    connection.execute(log.INCOMING.encode())
    connection.execute("SELECT FROM log.subject FOR NO KEY UPDATE")
    yield connection
    connection.close()


def test_who_hangs_amid_a_batch_loses_its_locks(store: Store, hanging: psycopg.Connection) -> None:
    def send() -> None:
        with hanging.cursor() as cursor, cursor.copy(log.COPY) as copy:
            copy.set_types(log.TYPES)
            assert locks.free(store.database) == 1
            tell(store, hours("h1", 10, 4))

    with pytest.raises(psycopg.OperationalError):
        send()


def test_who_sends_rows_of_anything_else_is_left_alone(store: Store, hanging: psycopg.Connection) -> None:
    hanging.execute("CREATE TEMP TABLE others (n integer)")
    with hanging.cursor() as cursor, cursor.copy("COPY others FROM STDIN") as copy:
        copy.write_row((1,))
        assert locks.free(store.database) == 0
