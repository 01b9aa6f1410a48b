"""What every test may ask for: a real PostgreSQL and a real Kafka of its own, and in them what is one test's."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from services.store.server import EmbeddedPostgres
from tests.cli.databases import bygspor, estates, estates_template, own_estates
from tests.kafka import kafka, kafka_broker, kafka_home, kafka_programs, kafka_servers

__all__ = [
    "bygspor",
    "estates",
    "estates_template",
    "kafka",
    "kafka_broker",
    "kafka_home",
    "kafka_programs",
    "kafka_servers",
    "own_estates",
]

# A test's data need not survive a power cut; everything else is as in earnest.
FOR_TESTS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}
TEMPLATE = "bygspor_template"

_numbers = itertools.count()


@pytest.fixture
def server_home() -> Iterator[Path]:
    """A folder where a server can have its data: unlike `tmp_path`, the server's user may pass through it."""
    with _passable_folder() as home:
        yield home


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """One server per pytest process (so one per xdist worker), stopped at the end whatever happened."""
    with _passable_folder() as home, EmbeddedPostgres(home / "data").running(FOR_TESTS) as url:
        yield url


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """The database the tests' databases are copies of, brought up to date once by the migrations, if there are any."""
    _execute(postgres_url, f"CREATE DATABASE {TEMPLATE}")
    url = _with_database(postgres_url, TEMPLATE)
    if importlib.util.find_spec("services.store.migrate"):
        importlib.import_module("services.store.migrate").migrate(url)
    return TEMPLATE


@pytest.fixture
def database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """A fresh database with all tables and no rows; gone after the test."""
    name = f"test_{next(_numbers)}"
    _execute(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template_database}")
    yield _with_database(postgres_url, name)
    _execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests counted on their way is told also where they pass."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {name}: {value}")


@contextlib.contextmanager
def _passable_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bygspor-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
