"""Measures ingest, rebuild and the gateway against floors and peers, and whether time and memory stay flat.

Nothing here is asserted: machines differ, so only ratios of one run mean anything.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from services.store.server import EmbeddedPostgres
from tests.bench.http import over_http
from tests.bench.measure import Measured, alone
from tests.bench.sheets import over_sheets
from tests.bench.work import HUGE, PORTFOLIO, computed, copied, ingested, known_on, rebuilt, status_read, written


def main() -> None:
    """Run all benchmarks on a server of their own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--events", type=int, default=500_000, help="events of the main comparison")
    parser.add_argument("--few", type=int, default=200_000, help="the smaller size of the flatness check")
    parser.add_argument("--many", type=int, default=2_000_000, help="its larger size")
    parser.add_argument("--rows", type=int, default=50_000, help="of the sheet")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bygspor-bench-") as folder:
        Path(folder).chmod(0o755)
        files = Path(folder)
        with EmbeddedPostgres(files / "server").running() as url:
            _against_the_floor(url, files, chosen.events)
            _flat(url, files, chosen.few, chosen.many)
            _known(url, files)
            with _database(url, "gateway") as database:
                over_http(database, files)
            with _database(url, "sheets") as database:
                over_sheets(database, files, chosen.rows, _show)


def _against_the_floor(url: str, files: Path, events: int) -> None:
    print(f"== {events:,} events of a portfolio, as a file of JSON lines")
    path = _written(files / "portfolio.jsonl", PORTFOLIO, events, 1)
    with _database(url, "floor") as database:
        bare = _show("bare binary COPY into one table", alone(copied, database, path, keyed=False))
        keyed = _show("the same, with the key (source, id)", alone(copied, database, path, keyed=True))
    with _database(url, "ingest") as database:
        taken = _show("ingest: validate, deduplicate, fold, write", alone(ingested, database, path))
        _show("figures of all its tenders (tenders a second)", alone(computed, database))
        again = _show("rebuild", alone(rebuilt, database))
    for name, measured in (("ingest", taken), ("rebuild", again)):
        print(
            f"   {name}: {measured.per_second / keyed.per_second:.2f} of the floor with the key, "
            f"{measured.per_second / bare.per_second:.2f} of the floor without"
        )


def _flat(url: str, files: Path, few: int, many: int) -> None:
    for kind in (PORTFOLIO, HUGE):
        print(f"== flat? {few:,} against {many:,} events, {kind}")
        found = []
        for size in (few, many):
            path = _written(files / "flat.jsonl", kind, size, 2)
            with _database(url, f"flat_{size}") as database:
                found.append(_show(f"ingest of {size:,}", alone(ingested, database, path)))
                _show("figures (tenders a second)", alone(computed, database))
                if size == many:
                    _show("status of one tender (SQL, median)", alone(status_read, database))
        small, large = found
        slower, larger = small.per_second / large.per_second, large.peak / small.peak
        print(f"   time per event {slower:.2f} x, peak memory {larger:.2f} x")


def _known(url: str, files: Path) -> None:
    print("== as known on: one tender of 20,000 events refolded from the log")
    path = _written(files / "known.jsonl", HUGE, 20_000, 3)
    with _database(url, "known") as database:
        alone(ingested, database, path)
        _show("as known on, figures and findings", alone(known_on, database))


def _written(path: Path, kind: str, count: int, seed: int) -> Path:
    # In a process of its own: what is started later would begin with this one's memory as its peak.
    alone(written, path, kind, count, seed)
    return path


@contextmanager
def _database(url: str, name: str) -> Iterator[str]:
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


def _show(name: str, measured: Measured) -> Measured:
    rate = f"{measured.per_second:>10,.0f}/s" if measured.events > 1 else " " * 12
    print(f"   {name:<46} {measured.seconds:>8.3f} s {rate}  peak {measured.peak / 1e6:>6.0f} MB", flush=True)
    return measured


if __name__ == "__main__":
    main()
