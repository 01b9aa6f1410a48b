"""A PostgreSQL as its administrator hands it out: what is missing is said in SQL, and with that SQL all works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from services.errors import DatabaseUnavailable
from services.store.access import Access
from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from services.store.store import Store
from services.store.vault import Keyring, Vault
from services.store.vault.tables import beside
from tests.conftest import FOR_TESTS
from tests.domain.story import Story, target
from tests.store.told import tell

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def superuser(server_home: Path) -> Iterator[str]:
    """A server that has never seen BygSpor, with a user `app` that owns the database `appdb` and may nothing else."""
    with EmbeddedPostgres(server_home / "data").running(FOR_TESTS) as url:
        run(url, "CREATE ROLE app LOGIN; CREATE ROLE other LOGIN")
        run(url, "CREATE DATABASE appdb OWNER app")
        run(url, "CREATE DATABASE otherdb OWNER other")
        yield url


def test_a_user_without_rights_is_told_the_sql_and_with_it_all_works(superuser: str, tmp_path: Path) -> None:
    url = of(superuser, "app", "appdb")
    error = refused(url)
    assert "permission denied to create role" in error.message
    assert "CREATE ROLE bygspor_read;" in str(error.hint)
    follow(superuser, error)
    migrate(url)
    works(url, tmp_path)
    # Roles belong to the whole server: another user finds them there, and may not act as them.
    second = of(superuser, "other", "otherdb")
    error = refused(second)
    assert str(error.hint).startswith("Let a superuser run: GRANT bygspor_apply, ")
    assert "TO other; CREATE DATABASE otherdb_vault OWNER other;" in str(error.hint)
    follow(superuser, error)
    migrate(second)
    works(second, tmp_path / "second")


def test_the_sql_of_the_readme_is_all_that_a_user_needs(superuser: str, tmp_path: Path) -> None:
    found = re.search(r"### A PostgreSQL of your own.*?```sql\n(.*?)```", README.read_text(), re.DOTALL)
    assert found is not None
    on_server, in_database = found.group(1).split("\\connect appdb")
    execute_each(superuser, on_server)
    execute_each(of(superuser, None, "appdb"), in_database)
    url = of(superuser, "app", "appdb")
    migrate(url)
    works(url, tmp_path)
    with psycopg.connect(url) as connection:
        connection.execute("SET ROLE bygspor_gateway")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT set_config('bygspor.organisation', '10000319', true)")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(of(superuser, "other", "appdb"))


def test_another_s_database_and_a_vault_that_may_not_be_made_are_told_with_their_sql(
    superuser: str, tmp_path: Path
) -> None:
    assert "ALTER DATABASE otherdb OWNER TO app;" in str(refused(of(superuser, "app", "otherdb")).hint)
    with pytest.raises(DatabaseUnavailable) as caught:
        Vault(beside(of(superuser, "app", "appdb")), Keyring(tmp_path / "keys.json")).ready()
    assert caught.value.code == "vault.no_database"
    assert 'CREATE DATABASE "appdb_vault" OWNER "app";' in str(caught.value.hint)
    with pytest.raises(DatabaseUnavailable) as caught:
        Vault(of(superuser, "app", "otherdb"), Keyring(tmp_path / "keys.json")).ready()
    assert caught.value.code == "vault.rights"


def works(url: str, home: Path) -> None:
    """What a gateway does with the store and the vault."""
    store = Store(url)
    try:
        tell(store, *Story().tender("2025-01-01", "2035-12-31").agreement(target("fte", 2)).bodies)
        assert Access(store.database).users.first_administrator() is not None
    finally:
        store.close()
    vault = Vault(beside(url), Keyring(home / "keys.json"))
    try:
        vault.give_name("10000319", "10000319:a", "Kim")
        assert vault.find("10000319", "kim") == ["10000319:a"]
    finally:
        vault.close()


def refused(url: str) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as caught:
        migrate(url)
    assert (caught.value.code, caught.value.retriable) == ("database.rights", False)
    return caught.value


def follow(superuser: str, error: DatabaseUnavailable) -> None:
    execute_each(superuser, str(error.hint).removeprefix("Let a superuser run: "))


def execute_each(url: str, statements: str) -> None:
    for statement in filter(str.strip, statements.split(";")):
        run(url, statement)


def run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def of(url: str, user: str | None, database: str) -> str:
    parts = make_url(url)
    return parts.set(username=user or parts.username, database=database).render_as_string(hide_password=False)
