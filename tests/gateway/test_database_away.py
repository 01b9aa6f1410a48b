"""With Kafka: while PostgreSQL is away events come in of whoever was known just before; a list stops keys at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.domain.rights import Kind, Role
from services.gateway import limits
from services.gateway.api.described import EXAMPLE
from services.gateway.parts import Options
from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from tests.conftest import FOR_TESTS
from tests.gateway.conftest import Gateway, opened
from tests.gateway.conveyors import Belt

CVR = "10000319"
NOBODY = "bsk_0123456789_0"


@pytest.fixture
def deny(tmp_path: Path) -> Path:
    return tmp_path / "denied.txt"


@pytest.fixture
def gateway(database_url: str, tmp_path: Path, deny: Path) -> Iterator[Gateway]:
    """A gateway with a conveyor and a list of denied keys that is not there yet, and a contractor."""
    with opened(database_url, tmp_path, Options(deny=deny), Belt()) as found:
        found.organisation(CVR, Kind.CONTRACTOR)
        yield found


def prefix(key: str) -> str:
    return key.rpartition("_")[0]


def test_while_the_database_is_away_known_senders_are_taken_in(
    server_home: Path, tmp_path: Path, deny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STRANGERS_A_MINUTE", 5)
    server = EmbeddedPostgres(server_home / "data")
    with server.running(FOR_TESTS) as url:
        migrate(url)
        with opened(url, tmp_path, Options(deny=deny, cpr=True, requests_a_minute=9), Belt()) as gateway:
            gateway.organisation(CVR, Kind.CONTRACTOR)
            key, never_used = gateway.key(CVR), gateway.parts.access.keys.create(CVR, "x", Role.REPORTER, "test")[1]
            taken = gateway.post(EXAMPLE, key)
            server.stop()
            assert gateway.post(EXAMPLE, key).status_code == 202
            assert gateway.post(EXAMPLE, f"{prefix(key)}_0").status_code == 401
            # Whether these hold nobody can tell now: they are told to come again, and are counted.
            for stranger in (never_used, NOBODY):
                away = gateway.post(EXAMPLE, stranger)
                assert (away.status_code, away.headers["retry-after"]) == (503, "5")
            assert gateway.post(_with_number(), key).status_code == 503
            assert gateway.call("GET", taken.headers["location"], key).status_code == 503
            ready = gateway.call("GET", "/ready").json()
            assert (ready["status"], ready["broker"], ready["database"], ready["vault"]) == (
                *("ready", "ready"),
                *("away", "away"),
            )
            deny.write_text(f"{prefix(key)}\n")
            assert gateway.post(EXAMPLE, key).status_code == 401
            deny.unlink()
            statuses = [gateway.post(EXAMPLE, key).status_code for _ in range(6)]
            assert statuses == [202] * 5 + [429]
            strangers = [gateway.post(EXAMPLE, NOBODY).status_code for _ in range(2)]
            assert strangers == [503, 429]
            server.start(FOR_TESTS)


def test_a_denied_key_is_refused_at_once_and_only_while_it_is_listed(gateway: Gateway, deny: Path) -> None:
    key = gateway.key(CVR)
    assert gateway.post(EXAMPLE, key).status_code == 202
    for text in (
        f"# lost on the train\n\n  {prefix(key)}  # and not found\n",
        prefix(key).removeprefix("bsk_"),
        "bsk_",
    ):
        deny.write_text(text)
        refused = gateway.post(EXAMPLE, key)
        assert (refused.status_code, refused.json()["type"]) == (401, "urn:bygspor:problem:unauthorized")
        assert gateway.call("GET", "/v1/me", key).status_code == 401
    for text in ("", "# nobody\n", "bsk_ffffffffff\n"):
        deny.write_text(text)
        assert gateway.post(EXAMPLE, key).status_code == 202
    deny.write_text(key)
    assert gateway.post(EXAMPLE, key).status_code == 401
    deny.unlink()
    assert gateway.post(EXAMPLE, key).status_code == 202


def test_a_list_that_cannot_be_read_lets_nobody_in(gateway: Gateway, deny: Path) -> None:
    for make, unmake in ((deny.mkdir, deny.rmdir), (lambda: deny.write_bytes(b"\xff\xfe"), deny.unlink)):
        make()
        refused = gateway.post(EXAMPLE, gateway.key(CVR))
        assert (refused.status_code, refused.json()["detail"]) == (503, "gateway.denied")
        unmake()
        assert gateway.post(EXAMPLE, gateway.key(CVR)).status_code == 202


def _with_number() -> dict[str, object]:
    return {**EXAMPLE, "data": {**EXAMPLE["data"], "person": "cpr:0101701234"}}
