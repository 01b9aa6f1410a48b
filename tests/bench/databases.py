"""A database for one measurement, on the server that all share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def database(url: str, name: str) -> Iterator[str]:
    """An empty database; it is gone afterwards."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield _at(url, name)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _at(url: str, name: str) -> str:
    before, _, parameters = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{parameters}"
