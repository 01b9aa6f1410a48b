"""Connections and transactions: errors of the database as ours, and a lost race run again."""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg import errors
from sqlalchemy import URL, Engine, create_engine, exc, make_url

from services.errors import DatabaseUnavailable

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
T = TypeVar("T")

BY_INDEX = (
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off; "
    "SET LOCAL enable_material = off; SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off"
)
"""For a transaction that looks few rows up in large tables. The planner knows nothing of arrays, of fresh temporary
tables and of tables filled for the first time; where it guesses wrong it reads a whole tender for every row."""

# Somebody else was faster, and PostgreSQL undid our half: nothing has happened, so it can be done again.
_LOST_RACES = (errors.DeadlockDetected, errors.SerializationFailure)
# The last is a connection that the server ended because we were silent on it for too long (`services.store.locks`).
_LOST_CONNECTION = (psycopg.OperationalError, psycopg.InterfaceError, errors.IdleInTransactionSessionTimeout)
# The driver gives no code where connecting fails, only words: those of a server that is there and does not let us in.
_REFUSED = re.compile(
    r"""password[ ]authentication[ ]failed.*|authentication[ ]failed[ ]for[ ]user.*|fe_sendauth:.*
    |no[ ]pg_hba\.conf[ ]entry.*
    |role[ ]".*"[ ](?:does[ ]not[ ]exist|is[ ]not[ ]permitted[ ]to[ ]log[ ]in)|database[ ]".*"[ ]does[ ]not[ ]exist
    |permission[ ]denied[ ]for[ ]database.*""",
    re.VERBOSE,
)
_TRIES = 10
_FIRST_PAUSE = 0.01


def sqlalchemy_url(url: str) -> URL:
    """The URL with the driver named, whatever SQLAlchemy's own choice would be."""
    return make_url(url).set(drivername="postgresql+psycopg")


def columns(rows: Iterable[tuple[object, ...]], width: int) -> list[list[object]]:
    """Rows as the arrays that `unnest` makes the same rows of; `width` arrays also where there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Within it, a database that does not answer is a `DatabaseUnavailable` that may be tried again.

    One that answers and does not let us in is `database.refused`, which may not: somebody has to mend it first.
    """
    try:
        yield
    except exc.OperationalError as error:
        raise _unavailable(error.orig or error) from error
    except exc.TimeoutError as error:
        # All connections were busy for as long as anybody should wait for one.
        raise _unavailable(error) from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise _unavailable(error) from error
        raise
    except _LOST_CONNECTION as error:
        if isinstance(error, _LOST_RACES):
            raise
        raise _unavailable(error) from error


class Database:
    """A small pool of connections to one database."""

    def __init__(self, url: str, *, size: int = 4) -> None:
        # A connection that died in the pool is replaced before anybody gets it.
        self._engine: Engine = create_engine(
            sqlalchemy_url(url),
            pool_size=size,
            max_overflow=size,
            pool_pre_ping=True,
            connect_args={"autocommit": False},
        )

    def close(self) -> None:
        """Close all connections that nobody uses."""
        self._engine.dispose()

    @contextlib.contextmanager
    def transaction(self, begin: str = "") -> Iterator[Connection]:
        """One transaction: committed at the end of the block, undone if it raises. `begin` is SQL to start it with."""
        with translated():
            pooled = self._engine.raw_connection()
            connection: Connection = pooled.driver_connection  # type: ignore[assignment]
            try:
                if begin:
                    connection.execute(begin.encode())
                yield connection
                connection.commit()
            except BaseException:
                # What was under way when it broke may still be under way: only a connection that rolls back is kept.
                with contextlib.suppress(psycopg.Error):
                    connection.rollback()
                raise
            finally:
                if connection.closed or connection.broken:
                    pooled.invalidate()
                pooled.close()

    def in_transaction(self, work: Callable[[Connection], T], begin: str = "") -> T:
        """Do `work` in one transaction, again where a race was lost: it must do nothing outside its transaction."""
        for attempt in range(_TRIES - 1):
            try:
                with self.transaction(begin) as connection:
                    return work(connection)
            except _LOST_RACES:
                time.sleep(random.uniform(0, _FIRST_PAUSE * 2**attempt))  # noqa: S311
        with self.transaction(begin) as connection:
            return work(connection)


def _unavailable(error: BaseException) -> DatabaseUnavailable:
    refused = _REFUSED.search(str(error))
    if refused:
        return DatabaseUnavailable(
            "database.refused",
            f"PostgreSQL does not let BygSpor in: {refused.group().strip()}.",
            "Mend user, password and database in BYGSPOR_DATABASE_URL, or at the server; trying again changes nothing.",
        )
    return DatabaseUnavailable(
        "database.unavailable",
        f"PostgreSQL does not answer: {_first_line(error)}.",
        "Nothing half done is left behind; the same can be tried again.",
        retriable=True,
    )


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
