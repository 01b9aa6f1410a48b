"""The command line on an empty database, and on one that holds the three estates."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from services.sample.estates import DATA
from tests.cli.runner import Bygspor

_copies = itertools.count()


@pytest.fixture
def bygspor(database_url: str, tmp_path: Path) -> Bygspor:
    """`bygspor` on an empty database."""
    return Bygspor(database_url, tmp_path)


@pytest.fixture(scope="session")
def estates_template(postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the three estates as `ingest` takes them in, to be copied."""
    name = "estates_template"
    _execute(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template_database}")
    Bygspor(_of(postgres_url, name), tmp_path_factory.mktemp("estates")).done("ingest", DATA)
    return name


@pytest.fixture(scope="session")
def estates(postgres_url: str, estates_template: str, tmp_path_factory: pytest.TempPathFactory) -> Bygspor:
    """`bygspor` on the three estates, shared by all tests: take nothing in."""
    return _copy(postgres_url, estates_template, tmp_path_factory.mktemp("shared"))


@pytest.fixture
def own_estates(postgres_url: str, estates_template: str, tmp_path: Path) -> Iterator[Bygspor]:
    """`bygspor` on the three estates in a database of the test's own."""
    found = _copy(postgres_url, estates_template, tmp_path)
    yield found
    _execute(postgres_url, f"DROP DATABASE {make_url(found.url).database} WITH (FORCE)")


def _copy(url: str, template: str, home: Path) -> Bygspor:
    name = f"estates_{next(_copies)}"
    _execute(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return Bygspor(_of(url, name), home)


def _of(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
