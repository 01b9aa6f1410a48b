"""Registers on an empty, migrated database, with a clock that a test sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import make_url

from services.domain.rights import Kind
from services.store.access import Access
from services.store.store import Store
from tests.access.world import World, tell_more

CONTRACTOR, JOB_CENTRE = "10000319", "10000297"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def access(store: Store, clock: Clock) -> Access:
    found = Access(store.database, clock)
    found.organisations.register(CONTRACTOR, "Tømrerfirmaet Lærke", [Kind.CONTRACTOR])
    return found


@pytest.fixture(scope="session")
def world(postgres_url: str, estates_template: str) -> Iterator[World]:
    name = "who_sees_what"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {estates_template}".encode())
    store = Store(make_url(postgres_url).set(database=name).render_as_string(hide_password=False))
    tell_more(store)
    yield World(store)
    store.close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
