"""The vault's database and its tables: made when missing, brought up to date when old."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psycopg
from psycopg import errors, sql
from sqlalchemy import make_url

from services.errors import DatabaseUnavailable
from services.store.connections import translated

STEPS = ("0001_tables.sql",)
# Any number will do that nobody else takes in this database; this one spells "vaul".
_LOCK = 0x7661756C


def beside(url: str) -> str:
    """The URL of the vault that goes with a database: on the same server, its name with `_vault` after it."""
    parts = make_url(url)
    return parts.set(database=f"{parts.database}_vault").render_as_string(hide_password=False)


def make_ready(url: str) -> None:
    """Make the database and all tables that are missing; of several at once, one works. Raises DatabaseUnavailable."""
    with translated():
        try:
            _update(url)
        except psycopg.OperationalError as error:
            if not _is_missing(error):
                raise
            _make_database(url)
            _update(url)
        except errors.InsufficientPrivilege as error:
            raise DatabaseUnavailable(
                "vault.rights",
                f"The user of the vault's database may not make its tables: {error}.",
                "Let the user of BYGSPOR_VAULT_URL own that database.",
            ) from error


def _update(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        connection.execute("CREATE TABLE IF NOT EXISTS vault_step (step integer PRIMARY KEY)")
        (done,) = connection.execute("SELECT coalesce(max(step), 0) FROM vault_step").fetchone() or (0,)
        if done > len(STEPS):
            raise DatabaseUnavailable(
                "vault.newer", "The vault was made by a newer BygSpor than this one.", "Use the newer one."
            )
        for step, name in enumerate(STEPS[done:], done + 1):
            connection.execute(Path(__file__).with_name(name).read_bytes())
            connection.execute("INSERT INTO vault_step VALUES (%s)", [step])


def _is_missing(error: psycopg.OperationalError) -> bool:
    """Whether the server is there, but not the database. Where connecting fails the driver gives only the words."""
    return isinstance(error, errors.InvalidCatalogName) or "does not exist" in str(error)


def _make_database(url: str) -> None:
    parts = make_url(url)
    server = parts.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(parts.database or ""))
        try:
            # Somebody else may have been quicker, by a little or in this very moment.
            with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                connection.execute(statement)
        except errors.InsufficientPrivilege:
            raise DatabaseUnavailable(
                "vault.no_database",
                f"There is no database {parts.database} for the vault, and we may not make one.",
                f"Let a superuser run: {_made(connection, parts.database or '')} "
                "Or set BYGSPOR_VAULT_URL to one that is there.",
            ) from None


def _made(connection: psycopg.Connection, database: str) -> str:
    statement = sql.SQL("CREATE DATABASE {} OWNER {};")
    return statement.format(sql.Identifier(database), sql.Identifier(connection.info.user)).as_string()
