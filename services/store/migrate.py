"""Bring a database's tables up to date, once, whoever else is at it."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import ProgrammingError

from services.errors import DatabaseUnavailable
from services.store import rights
from services.store.connections import sqlalchemy_url, translated

# Any number will do that nobody else takes; this one spells "spor".
_LOCK = 0x73706F72
_ONE_THREAD = threading.Lock()


def migrate(url: str) -> None:
    """Make or update all tables in the database at `url`. Nothing to do is fine; of several at once, one works.

    Leaves no connection behind. Raises DatabaseUnavailable, also where a newer edition of the program made the tables,
    and with the SQL that a superuser is to run (`database.rights`) where the user may not make them.
    """
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    # alembic keeps what it works on in global variables, so the threads of a process take turns.
    with translated(), _telling_newer(), _telling_rights(engine), _ONE_THREAD, engine.begin() as connection:
        # Held to the end of the transaction, so whoever waited finds the work done.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextlib.contextmanager
def _telling_newer() -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        if "locate revision" not in str(error):
            raise
        raise DatabaseUnavailable(
            "edition.newer",
            "A newer edition of BygSpor has changed the tables; this one does not know them.",
            "Install the newer one here.",
        ) from error


@contextlib.contextmanager
def _telling_rights(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (ProgrammingError, psycopg.ProgrammingError) as error:
        refused = error.orig if isinstance(error, ProgrammingError) else error
        if not isinstance(refused, psycopg.errors.InsufficientPrivilege):
            raise
        with engine.connect() as connection:
            missing = rights.missing(connection)
        raise DatabaseUnavailable(
            "database.rights",
            f"The user of the database may not make BygSpor's tables: {str(refused).splitlines()[0]}.",
            f"Let a superuser run: {missing}"
            if missing
            else 'See what it needs in README, "A PostgreSQL of your own".',
        ) from error
