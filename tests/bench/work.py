"""The pieces of work that are measured: the shipped code, and the floor it is held against."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from statistics import median

import msgspec
import psycopg

from services.domain.assessment import assess
from services.sample.portfolio import one_huge_tender, portfolio
from services.store import figures
from services.store.crew import take_in
from services.store.current import BEGIN
from services.store.intake import Line
from services.store.loading import known
from services.store.migrate import migrate
from services.store.rebuild import rebuild
from services.store.store import Store
from tests.bench.measure import timed

TODAY = date(2026, 11, 20)
_BATCH = 4_000
_TIMES = 21


PORTFOLIO, HUGE = "a portfolio", "one huge tender"
_EVENTS_PER_TENDER = 1_500


class Identity(msgspec.Struct):
    """What makes an event this one."""

    source: str
    id: str


def copied(url: str, path: Path, *, keyed: bool) -> tuple[int, float]:
    """The floor: the events by binary COPY into one table, a transaction a batch; reading them is left out."""
    decoder = msgspec.json.Decoder(Identity)
    rows = [(one.source, one.id, raw) for raw in path.read_bytes().splitlines() for one in [decoder.decode(raw)]]
    with psycopg.connect(url) as connection:
        make_floor(connection, keyed=keyed)
        wanted = (
            rows if not keyed else list({(source, name): (source, name, raw) for source, name, raw in rows}.values())
        )
        _, seconds = timed(lambda: _copy(connection, iter(wanted)))
    return len(wanted), seconds


def _copy(connection: psycopg.Connection, rows: Iterator[tuple[str, str, bytes]]) -> None:
    while batch := list(islice(rows, _BATCH)):
        copy_into_floor(connection, batch)


def make_floor(connection: psycopg.Connection, *, keyed: bool) -> None:
    """The table of the floor, empty."""
    key = ", PRIMARY KEY (source, id)" if keyed else ""
    connection.execute("DROP TABLE IF EXISTS floor")
    connection.execute(f"CREATE TABLE floor (source text, id text, body bytea{key})".encode())
    connection.commit()


def copy_into_floor(connection: psycopg.Connection, rows: Iterable[tuple[str, str, bytes]]) -> None:
    """A batch, in a transaction of its own."""
    with connection.cursor() as cursor, cursor.copy("COPY floor FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["text", "text", "bytea"])
        for row in rows:
            copy.write_row(row)
    connection.commit()


def ingested(url: str, path: Path) -> tuple[int, float]:
    """`bygspor ingest` of a file, without the figures that follow."""
    migrate(url)
    store = Store(url)

    def work() -> int:
        with path.open("rb") as opened:
            lines = (Line(path.name, number, raw) for number, raw in enumerate(opened, start=1))
            return take_in(store, lines, path.stat().st_size, lambda _: None).lines

    found, seconds = timed(work)
    store.close()
    return int(found), seconds


def written(path: Path, kind: str, count: int, seed: int) -> tuple[int, float]:
    """A file of made-up events: of a portfolio, or of one huge tender."""

    def work() -> int:
        tenders = count // _EVENTS_PER_TENDER + 50
        lines = one_huge_tender(count, seed) if kind == HUGE else portfolio(tenders, 3, seed)
        with path.open("wb") as out:
            out.writelines(line.rstrip(b"\n") + b"\n" for line in islice(lines, count))
        return count

    return timed(work)


def computed(url: str) -> tuple[int, float]:
    """The figures of every tender that changed: how many tenders, and how long."""
    store = Store(url)
    found, seconds = timed(lambda: figures.refresh(store, TODAY))
    store.close()
    return int(found), seconds


def rebuilt(url: str) -> tuple[int, float]:
    """`bygspor rebuild` of what is there, without the figures that follow."""
    store = Store(url)
    found, seconds = timed(lambda: rebuild(store.database, store.names))
    store.close()
    return int(found.events), seconds


def status_read(url: str) -> tuple[int, float]:
    """The stored figures of the tender with the most events, as `status` reads them."""
    store = Store(url)
    tender = _largest(store)
    found = [timed(lambda: figures.latest(store, tender))[1] for _ in range(_TIMES)]
    store.close()
    return 1, median(found)


def known_on(url: str) -> tuple[int, float]:
    """The figures of the largest tender as known now, refolded from the log."""
    store = Store(url)
    tender = _largest(store)

    def work() -> None:
        with store.database.transaction(BEGIN) as connection:
            assess(known(store, connection, tender, datetime.now(UTC)), TODAY)

    _, seconds = timed(work)
    store.close()
    return 1, seconds


def _largest(store: Store) -> str:
    query = b"""
    SELECT s.name FROM log.event e JOIN log.subject s ON s.no = e.subject_no JOIN state.tender t ON t.subject_no = s.no
    GROUP BY s.name ORDER BY count(*) DESC LIMIT 1"""
    with store.database.transaction() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])
