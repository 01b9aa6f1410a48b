"""A CPR number over HTTP: a pseudonym where it may be sent, 503 while the vault is away, else no word of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.domain.rights import Kind
from services.gateway.api.described import EXAMPLE
from services.gateway.app import create_app
from services.gateway.parts import Options
from services.store.vault import Keyring, Vault
from tests.canary import CANARIES
from tests.cli.runner import Bygspor
from tests.gateway.conftest import Gateway, opened

CARPENTER = "10000319"


def started(number: str, **more: Any) -> dict[str, Any]:
    """Somebody begins at Havnegade, named by number."""
    event = json.loads(json.dumps(EXAMPLE)) | more
    event["data"]["person"] = f"cpr:{number}"
    return dict(event)


@pytest.fixture
def open_to_numbers(own_estates: Bygspor, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway that takes CPR numbers, with the carpenter of Havnegade."""
    with opened(own_estates.url, tmp_path, Options(cpr=True)) as gateway:
        gateway.organisation(CARPENTER, Kind.CONTRACTOR)
        yield gateway


def test_the_same_number_is_the_same_event_again(open_to_numbers: Gateway) -> None:
    key = open_to_numbers.key(CARPENTER)
    first, again = (open_to_numbers.post(started(CANARIES[0]), key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_a_dry_run_puts_nobody_into_the_vault(open_to_numbers: Gateway) -> None:
    answer = open_to_numbers.post(started(CANARIES[0]), open_to_numbers.key(CARPENTER), "/v1/validate")
    assert answer.json()["acceptable"] == 1
    assert [version.persons for version in open_to_numbers.parts.vault.versions()] in ([], [0])


def test_a_tender_of_others_gives_no_pseudonym(open_to_numbers: Gateway) -> None:
    foreign = started(CANARIES[0], subject="10000009:korskaerparken")
    answer = open_to_numbers.post(foreign, open_to_numbers.key(CARPENTER))
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["cpr_no_circle"]


def test_with_the_vault_away_only_what_carries_a_number_waits(open_to_numbers: Gateway, tmp_path: Path) -> None:
    away = Vault("postgresql://nobody@127.0.0.1:9/nowhere", Keyring(tmp_path / "keys.json"))
    parts = replace(open_to_numbers.parts, vault=away)
    gateway = Gateway(parts, create_app(parts))
    key = open_to_numbers.key(CARPENTER)
    refused = gateway.post(started(CANARIES[0]), key)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    other = started(CANARIES[0], id="other")
    other["data"]["person"] = "10000270:k4f7"
    assert gateway.post(other, key).status_code == 201
    assert gateway.call("GET", "/ready").json()["vault"] == "away"
    away.close()
