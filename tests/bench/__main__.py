"""Measures ingest, rebuild, gateway and stream against floors and peers, and whether time and memory stay flat.

Nothing here is asserted: machines differ, so only ratios of one run mean anything.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from services.store.server import EmbeddedPostgres
from tests.bench.databases import database
from tests.bench.http import over_http
from tests.bench.measure import Measured, alone
from tests.bench.sheets import over_sheets
from tests.bench.stream import over_many, over_stream
from tests.bench.work import HUGE, PORTFOLIO, computed, copied, ingested, known_on, rebuilt, status_read, written


def main() -> None:
    """Run the benchmarks that are named, or all, on a server of their own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*_PARTS, []], help="which of them; without any, all")
    parser.add_argument("--events", type=int, default=500_000, help="events of the main comparison")
    parser.add_argument("--few", type=int, default=200_000, help="the smaller size of the flatness check")
    parser.add_argument("--many", type=int, default=2_000_000, help="its larger size")
    parser.add_argument("--rows", type=int, default=50_000, help="of the sheet")
    parser.add_argument("--streamed", type=int, default=200_000, help="events of the comparison over Kafka")
    parser.add_argument("--replay", action="store_true", help="of the stream: how it takes --many events (minutes)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bygspor-bench-") as folder:
        Path(folder).chmod(0o755)
        files = Path(folder)
        with EmbeddedPostgres(files / "server").running() as url:
            for name in chosen.parts or _PARTS:
                _PARTS[name](url, files, chosen)


def _against_the_floor(url: str, files: Path, chosen: argparse.Namespace) -> None:
    events = chosen.events
    print(f"== {events:,} events of a portfolio, as a file of JSON lines")
    path = _written(files / "portfolio.jsonl", PORTFOLIO, events, 1)
    with database(url, "floor") as own:
        bare = _show("bare binary COPY into one table", alone(copied, own, path, keyed=False))
        keyed = _show("the same, with the key (source, id)", alone(copied, own, path, keyed=True))
    with database(url, "ingest") as own:
        taken = _show("ingest: validate, deduplicate, fold, write", alone(ingested, own, path))
        _show("figures of all its tenders (tenders a second)", alone(computed, own))
        again = _show("rebuild", alone(rebuilt, own))
    for name, measured in (("ingest", taken), ("rebuild", again)):
        print(
            f"   {name}: {measured.per_second / keyed.per_second:.2f} of the floor with the key, "
            f"{measured.per_second / bare.per_second:.2f} of the floor without"
        )


def _flat(url: str, files: Path, chosen: argparse.Namespace) -> None:
    few, many = chosen.few, chosen.many
    for kind in (PORTFOLIO, HUGE):
        print(f"== flat? {few:,} against {many:,} events, {kind}")
        found = []
        for size in (few, many):
            path = _written(files / "flat.jsonl", kind, size, 2)
            with database(url, f"flat_{size}") as own:
                found.append(_show(f"ingest of {size:,}", alone(ingested, own, path)))
                _show("figures (tenders a second)", alone(computed, own))
                if size == many:
                    _show("status of one tender (SQL, median)", alone(status_read, own))
        small, large = found
        slower, larger = small.per_second / large.per_second, large.peak / small.peak
        print(f"   time per event {slower:.2f} x, peak memory {larger:.2f} x")


def _known(url: str, files: Path, chosen: argparse.Namespace) -> None:
    print("== as known on: one tender of 20,000 events refolded from the log")
    path = _written(files / "known.jsonl", HUGE, 20_000, 3)
    with database(url, "known") as own:
        alone(ingested, own, path)
        _show("as known on, figures and findings", alone(known_on, own))


def _http(url: str, files: Path, chosen: argparse.Namespace) -> None:
    with database(url, "gateway") as own:
        over_http(own, files)


def _sheets(url: str, files: Path, chosen: argparse.Namespace) -> None:
    with database(url, "sheets") as own:
        over_sheets(own, files, chosen.rows, _show)


def _stream(url: str, files: Path, chosen: argparse.Namespace) -> None:
    if chosen.replay:
        over_many(url, files, chosen.many)
    else:
        over_stream(url, files, chosen.streamed, _show)


def _written(path: Path, kind: str, count: int, seed: int) -> Path:
    # In a process of its own: what is started later would begin with this one's memory as its peak.
    alone(written, path, kind, count, seed)
    return path


def _show(name: str, measured: Measured) -> Measured:
    rate = f"{measured.per_second:>10,.0f}/s" if measured.events > 1 else " " * 12
    print(f"   {name:<46} {measured.seconds:>8.3f} s {rate}  peak {measured.peak / 1e6:>6.0f} MB", flush=True)
    return measured


_PARTS: dict[str, Callable[[str, Path, argparse.Namespace], None]] = {
    "floor": _against_the_floor,
    "flat": _flat,
    "known": _known,
    "http": _http,
    "sheets": _sheets,
    "stream": _stream,
}

if __name__ == "__main__":
    main()
