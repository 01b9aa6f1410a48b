"""A gateway on a real database: its application in this process, organisations of every kind, and keys for them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from services.domain.rights import Kind, Role
from services.gateway.app import create_app
from services.gateway.forwarding import Conveyor
from services.gateway.parts import Options, Parts
from services.gateway.shell import Shell
from services.store.keeper import Keeper
from services.store.store import Store
from services.store.vault import Keyring, Vault
from services.store.vault.tables import beside
from tests.cli.runner import Bygspor
from tests.gateway.people import Person
from tests.gateway.reporting import FIRM, Site, site_of


@dataclass
class Gateway:
    """An application under test. `key(cvr)` gives a reporter's key of an organisation that is made when missing."""

    parts: Parts
    app: Shell
    _keys: dict[tuple[str, Role], str] = field(default_factory=dict)

    def organisation(self, cvr: str, *kinds: Kind, name: str = "", municipality: int | None = None) -> None:
        self.parts.access.organisations.register(cvr, name or f"Firma {cvr}", kinds, municipality)

    def key(self, cvr: str, role: Role = Role.REPORTER) -> str:
        if (cvr, role) not in self._keys:
            _, self._keys[cvr, role] = self.parts.access.keys.create(cvr, f"test {role.value}", role, "test")
        return self._keys[cvr, role]

    def call(self, method: str, path: str, key: str | None = None, **more: Any) -> httpx.Response:
        """One request, from beginning to end, in an event loop of its own."""
        headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **more.pop("headers", {})}

        async def request() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://bygspor.test") as client:
                return await client.request(method, path, headers=headers, **more)

        return asyncio.run(request())

    def post(self, event: dict[str, Any], key: str | None = None, path: str = "/v1/events") -> httpx.Response:
        """One event, structured."""
        headers = {"Content-Type": "application/cloudevents+json"}
        return self.call("POST", path, key, content=msgspec.json.encode(event), headers=headers)


@contextlib.contextmanager
def opened(
    database_url: str, home: Path, options: Options | None = None, conveyor: Conveyor | None = None
) -> Iterator[Gateway]:
    """A gateway on a database; figures are computed when a test says so (`parts.keeper` is not started)."""
    store = Store(database_url)
    vault = Vault(beside(database_url), Keyring(home / "keys.json"))
    parts = Parts.of(store, vault, Keeper(store), options or Options(), conveyor)
    yield Gateway(parts, create_app(parts))
    parts.uploads.work.stop()
    parts.admission.close()
    if parts.forwarding:
        parts.forwarding.close()
    vault.close()
    store.close()


@pytest.fixture
def gateway(database_url: str, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway without organisations."""
    with opened(database_url, tmp_path) as found:
        yield found


@pytest.fixture
def estates_gateway(own_estates: Bygspor, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway on the three estates, for one test."""
    with opened(own_estates.url, tmp_path) as found:
        yield found


@pytest.fixture
def site(gateway: Gateway) -> Site:
    """A tender on which a contractor, a secretariat and a job centre report."""
    return site_of(gateway)


@pytest.fixture
def clerk(site: Site) -> Person:
    """Somebody at the contractor's office, logged in."""
    return site.person(FIRM)
