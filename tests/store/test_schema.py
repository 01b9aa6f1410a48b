"""The tables as the code knows them and as the migrations make them; migrated by many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, make_url

import services.store.access.tables
import services.store.stream.tables
import services.store.uploads.tables  # noqa: F401 -- their tables are there once they are imported
from services.domain.units import Family, unit_of
from services.sample.portfolio import portfolio
from services.store.cells import FAMILIES, number_of, number_of_event
from services.store.connections import BY_INDEX, sqlalchemy_url
from services.store.log import unit_hash
from services.store.migrate import migrate
from services.store.refolding import SIBLINGS
from services.store.store import Store
from services.store.tables import metadata
from tests.store.told import hours, read_all, tell


def test_code_and_database_agree(database_url: str) -> None:
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.connect() as connection:
        options = {"include_schemas": True, "compare_server_default": False}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, metadata)
    # Comments are for those who look at the database; the code has its own.
    beside = ("comment", "alembic_version")
    assert [one for one in differences if not any(word in str(one) for word in beside)] == []


def test_many_may_migrate_at_once_and_again(postgres_url: str) -> None:
    urls = []
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name in ("at_once_a", "at_once_b"):
            connection.execute(f"CREATE DATABASE {name}".encode())
            urls.append(make_url(postgres_url).set(database=name).render_as_string(hide_password=False))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(migrate, urls * 4))
    for url in urls:
        migrate(url)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for url in urls:
            connection.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)".encode())


def test_siblings_are_found_by_index(store: Store) -> None:
    tell(store, *(hours(f"h{month}", 10, month) for month in range(1, 13)))
    with store.database.transaction(BY_INDEX) as connection:
        plan = connection.execute(b"EXPLAIN " + SIBLINGS, [[1, 2], [3, 4], 0]).fetchall()
    text = "\n".join(line for (line,) in plan)
    assert "event_by_unit" in text
    assert "event_pkey" in text
    assert "Seq Scan" not in text


def test_every_family_has_its_place() -> None:
    assert set(FAMILIES) == set(Family)
    assert len(FAMILIES) <= 16


def test_the_short_cut_for_hours_goes_where_the_long_way_goes() -> None:
    for item in read_all(portfolio(1, 1, 3)):
        number = unit_hash(item.event)
        if number is not None:
            assert number == number_of_event(item.event) == number_of(unit_of(item.event))  # type: ignore[arg-type]
