"""Keys while the database does not answer: what was said last holds for a quarter of an hour, and never longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.rights import Kind, Role
from services.errors import DatabaseUnavailable
from services.store.access import Access
from services.store.access.keys import HOLDS_WHILE_AWAY, REMEMBERED
from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from services.store.store import Store
from tests.access.conftest import CONTRACTOR, Clock
from tests.conftest import FOR_TESTS


@pytest.fixture
def server(server_home: Path) -> Iterator[EmbeddedPostgres]:
    """A server of the test's own, to be stopped."""
    found = EmbeddedPostgres(server_home / "data")
    with found.running(FOR_TESTS) as url:
        migrate(url)
        yield found


def test_what_the_database_said_last_holds_a_quarter_of_an_hour(server: EmbeddedPostgres, clock: Clock) -> None:
    store = Store(server.start(FOR_TESTS))
    access = Access(store.database, clock)
    access.organisations.register(CONTRACTOR, "Tømrerfirmaet Lærke", [Kind.CONTRACTOR])
    create = access.keys.create
    lasting, text = create(CONTRACTOR, "løn", Role.REPORTER, "user:1")
    _, ending = create(CONTRACTOR, "tid", Role.REPORTER, "user:1", clock.at + timedelta(minutes=10))
    _, never_used = create(CONTRACTOR, "ny", Role.REPORTER, "user:1")
    caller = access.keys.caller_of_key(text)
    assert caller is not None
    assert access.keys.caller_of_key(ending) is not None
    server.stop()
    with pytest.raises(DatabaseUnavailable):
        access.keys.caller_of_key(never_used)
    clock.move(seconds=REMEMBERED.total_seconds())
    assert access.keys.caller_of_key(text) == caller
    assert access.keys.caller_of_key(f"{text[:-1]}x") is None
    clock.move(minutes=10)
    assert access.keys.caller_of_key(ending) is None
    clock.move(seconds=HOLDS_WHILE_AWAY.total_seconds() - REMEMBERED.total_seconds() - 601)
    assert access.keys.caller_of_key(text) == caller
    clock.move(seconds=1)
    with pytest.raises(DatabaseUnavailable):
        access.keys.caller_of_key(text)
    server.start(FOR_TESTS)
    assert access.keys.caller_of_key(text) == caller
    Access(store.database, clock).keys.revoke(lasting.no)
    clock.move(seconds=REMEMBERED.total_seconds())
    assert access.keys.caller_of_key(text) is None
    store.close()


def test_a_database_that_hangs_holds_up_one_request_not_all(store: Store, access: Access, clock: Clock) -> None:
    _, text = access.keys.create(CONTRACTOR, "løn", Role.REPORTER, "user:1")
    caller = access.keys.caller_of_key(text)
    clock.move(seconds=REMEMBERED.total_seconds())
    with store.database.transaction("LOCK TABLE access.api_key"):
        held = threading.Thread(target=access.keys.caller_of_key, args=[text])
        held.start()
        began = time.monotonic()
        found = [access.keys.caller_of_key(text) for _ in range(20)]
        assert time.monotonic() - began < 4
        assert held.is_alive()
    held.join(10)
    assert found == [caller] * 20
