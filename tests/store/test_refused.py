"""A server that answers and does not let us in is not asked for ever; one that is starting is."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import make_url

from services.errors import DatabaseUnavailable
from services.store.connections import Database, translated

FAILED = 'connection failed: connection to server at "127.0.0.1", port 5432 failed: '


@pytest.mark.parametrize(("user", "database"), [(None, "nodb"), ("nobody", None)])
def test_an_unknown_database_or_user_is_refused_for_good(
    postgres_url: str, user: str | None, database: str | None
) -> None:
    parts = make_url(postgres_url)
    wrong = parts.set(username=user or parts.username, database=database or parts.database)
    pool = Database(wrong.render_as_string(hide_password=False))
    with pytest.raises(DatabaseUnavailable) as caught, pool.transaction():
        pass
    error = caught.value
    assert (error.code, error.retriable) == ("database.refused", False)
    assert "does not exist" in error.message
    assert "does not answer" not in error.message
    assert "BYGSPOR_DATABASE_URL" in str(error.hint)


@pytest.mark.parametrize(
    "words",
    [
        'FATAL:  password authentication failed for user "app"',
        "fe_sendauth: no password supplied",
        'FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "app", database "appdb", no encryption',
        'FATAL:  role "app" is not permitted to log in',
        'FATAL:  permission denied for database "appdb"',
    ],
)
def test_a_server_that_does_not_let_us_in_is_not_tried_again(words: str) -> None:
    error = said(words)
    assert (error.code, error.retriable) == ("database.refused", False)
    assert words.removeprefix("FATAL:  ") in error.message


@pytest.mark.parametrize(
    "words",
    [
        "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?",
        "FATAL:  the database system is starting up",
        "FATAL:  the database system is shutting down",
        "FATAL:  sorry, too many clients already",
        'FATAL:  too many connections for role "app"',
    ],
)
def test_a_server_that_is_not_ready_is_tried_again(words: str) -> None:
    error = said(words)
    assert (error.code, error.retriable) == ("database.unavailable", True)


def said(words: str) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as caught, translated():
        raise psycopg.OperationalError(FAILED + words)
    return caught.value
