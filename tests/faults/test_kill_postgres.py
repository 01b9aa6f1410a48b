"""PostgreSQL killed while `ingest` works: the command says so and ends with 3, and the same again brings all in."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from itertools import islice
from pathlib import Path

import psycopg

from services.sample.portfolio import portfolio
from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from tests.cli.runner import Bygspor, run
from tests.faults.test_kill_ingest import identities, identity
from tests.faults.zygote import Zygote

EVENTS = 4_000
_FAR = "SELECT coalesce(max(position), 0) FROM log.applied_batch"


def test_killing_postgres_midway_is_said_so_and_the_same_again_brings_all_in(
    server_home: Path, zygote: Zygote, tmp_path: Path
) -> None:
    data, file, said = server_home / "data", tmp_path / "events.jsonl", tmp_path / "said"
    lines = list(islice(portfolio(10, 1, 7), EVENTS))
    file.write_bytes(b"\n".join(lines) + b"\n")
    server, environ = EmbeddedPostgres(data), {"BYGSPOR_DATA": str(data), "BYGSPOR_DATABASE_URL": ""}
    try:
        for reached in (3, 8):
            url = server.start()
            migrate(url)
            zygote.start("ingest", str(file), environ=environ, said=said, turn=200)
            _kill_once(server, url, reached)
            code, words = zygote.status(), " ".join(said.read_text().split())
            assert (code, "error[database.unavailable]" in words) == (3, True), words
            assert "can be tried again" in words
            assert "Traceback" not in words
        again = run(["ingest", str(file), "--json"], environ)
        assert again.code == 0, again.words
        assert again.json["duplicate"] >= 1_600
        checks = run(["verify", "--json"], environ)
        assert (checks.code, all(check["ok"] for check in checks.json)) == (0, True)
        assert identities(Bygspor(server.start(), data)) == Counter({identity(line) for line in lines})
    finally:
        server.stop()


def _kill_once(server: EmbeddedPostgres, url: str, position: int) -> None:
    """Kill the postmaster when the log has come so far; its children end by themselves."""
    pid = server.status().pid
    assert pid is not None
    with psycopg.connect(url, autocommit=True) as watching:
        end = time.monotonic() + 20
        while watching.execute(_FAR).fetchall()[0][0] < position:
            assert time.monotonic() < end, "nothing came in"
            time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
