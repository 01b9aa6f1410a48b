"""`ingest` killed fifty times at random moments, PostgreSQL left alive: then every event is there exactly once."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from random import Random

import msgspec
import psycopg
import pytest

from services.sample.portfolio import portfolio
from tests.cli.runner import Bygspor
from tests.faults.zygote import Zygote

KILLS, EVENTS, SEED = 50, 20_000, 20
# Most runs take few events at once, so that fifty kills meet as many commits as there can be. Some take as many as they
# like, and the last are by a crew of processes, who go on for a while when their starter is killed.
FEW, BY_CREW = 200, 3
_FAR = "SELECT coalesce(max(position), 0) FROM log.applied_batch"
_SEEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def clean(postgres_url: str, template_database: str, tmp_path: Path) -> Bygspor:
    """A second database, for the run that nobody kills."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS clean WITH (FORCE)")
        connection.execute(f"CREATE DATABASE clean TEMPLATE {template_database}".encode())
        host = connection.info.host
    return Bygspor(f"postgresql://bygspor@/clean?host={host}", tmp_path)


def test_fifty_kills_lose_nothing_and_double_nothing(
    database_url: str, clean: Bygspor, zygote: Zygote, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    killed, file = Bygspor(database_url, tmp_path), tmp_path / "events.jsonl"
    lines = list(islice(portfolio(26, 2, SEED), EVENTS))
    file.write_bytes(b"\n".join(lines) + b"\n")
    rng, met = Random(SEED), Counter[str]()  # noqa: S311
    with psycopg.connect(database_url, autocommit=True) as watching:
        for nth in range(KILLS):
            met[_kill(zygote, watching, file, rng, nth)] += 1
        far = _one(watching, _FAR)
    record_property("kills", ", ".join(f"{count} {when}" for when, count in met.items()) + f"; {far} commits by then")
    assert met["at its work"] >= KILLS // 2
    report = killed.json("ingest", file)
    assert report["lines"] == report["new"] + report["duplicate"]
    assert report["duplicate"] > 0
    assert identities(killed) == Counter({identity(line) for line in lines})
    assert all(check["ok"] for check in killed.json("verify"))
    clean.json("ingest", file)
    assert killed.json("status") == clean.json("status")
    assert killed.json("findings") == clean.json("findings")
    assert killed.json("ingest", file)["new"] == 0


def identity(line: bytes) -> tuple[str, str]:
    event = msgspec.json.decode(line)
    return event["source"], event["id"]


def identities(bygspor: Bygspor) -> Counter[tuple[str, str]]:
    """How often each event is in the log."""
    with psycopg.connect(bygspor.url) as connection:
        rows = connection.execute("SELECT s.name, e.id FROM log.event e JOIN log.source s ON s.no = e.source_no")
        return Counter(rows.fetchall())


def _kill(zygote: Zygote, watching: psycopg.Connection, file: Path, rng: Random, nth: int) -> str:
    """Kill one run at a random moment; where it was then."""
    turn = 0 if nth >= KILLS - BY_CREW else None if nth % 10 == 5 else FEW
    run = zygote.start("ingest", str(file), environ=_environ(watching), said=file.with_name("said"), turn=turn)
    far, connected = _one(watching, _FAR), False
    if nth % 10:
        connected = _wait(lambda: _one(watching, _SEEN) > 0)
        if turn == FEW and rng.random() < 0.7:
            _wait(lambda: _one(watching, _FAR) > far + rng.randrange(2))
    time.sleep(rng.uniform(0, 0.12 if turn else 2.0 if turn == 0 else 0.8))
    os.kill(run, signal.SIGKILL)
    if zygote.status() != -signal.SIGKILL:
        return "after its end"
    _wait(lambda: _one(watching, _SEEN) == 0, 0.3)
    return "at its work" if connected else "before its work"


def _environ(watching: psycopg.Connection) -> dict[str, str]:
    info = watching.info
    return {"BYGSPOR_DATABASE_URL": f"postgresql://bygspor@/{info.dbname}?host={info.host}"}


def _one(watching: psycopg.Connection, query: str) -> int:
    return int(watching.execute(query.encode()).fetchall()[0][0])


def _wait(until: Callable[[], bool], seconds: float = 3) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until():
            return True
        time.sleep(0.003)
    return False
