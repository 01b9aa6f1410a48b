"""A vault of the test's own: an empty database and a key file."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from services.store.store import Store
from services.store.vault import Keyring, Vault

_numbers = itertools.count()


@pytest.fixture
def vault_url(postgres_url: str) -> Iterator[str]:
    """Where a vault's database will be: nothing is there yet; gone after the test."""
    name = f"own_vault_{next(_numbers)}"
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys.json")


@pytest.fixture
def vault(vault_url: str, keyring: Keyring) -> Iterator[Vault]:
    opened = Vault(vault_url, keyring)
    yield opened
    opened.close()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()
