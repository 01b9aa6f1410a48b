"""A group of workers with a database, topics and a flow of events of its own; as many as a test wants."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from services.store.store import Store
from tests.faults.stream.group import Group
from tests.faults.stream.workers import WATCHED
from tests.faults.zygote import Zygote
from tests.kafka import forget, settings_for

_numbers = itertools.count()


@pytest.fixture(scope="session")
def crew() -> Iterator[Zygote]:
    """Starts workers, having imported all that they need."""
    started = Zygote(WATCHED, "services.cli.worker", "services.stream.work", "services.store.migrate")
    yield started
    started.close()


@pytest.fixture
def new_group(
    crew: Zygote, kafka_servers: str, postgres_url: str, template_database: str, tmp_path: Path
) -> Iterator[Callable[[int], Group]]:
    """Makes groups, by seed, on the broker and the database server that tests share."""
    made: list[Group] = []

    def make(seed: int) -> Group:
        name = f"faults_{next(_numbers)}"
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}".encode())
        url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
        made.append(Group(crew, settings_for(kafka_servers), Store(url), tmp_path / name, seed))
        return made[-1]

    yield make
    for group in made:
        group.close()
        forget(group.kafka)
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {make_url(group.store.url).database} WITH (FORCE)".encode())


@pytest.fixture
def group(new_group: Callable[[int], Group]) -> Group:
    """One of them."""
    return new_group(4)
