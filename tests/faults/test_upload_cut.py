"""Sheets whose way is cut: at every kilobyte of the upload, and by killing the gateway around the yes.

All or nothing, once, and nothing left on a disk.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest

from schemas.codec import decode
from services.domain.rights import Kind, Role
from services.store.access import Access
from services.store.batches import Decoded
from services.store.store import Store
from services.store.vault import Keyring
from tests.gateway.reporting import FIRM, frame
from tests.gateway.uploading import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS, KILLS, SEED = 100, 6, 31
MOST_GROWTH_KB = 60_000


@dataclass
class Gateway:
    """A gateway that can be killed, with a contractor's key for it."""

    url: str
    store: Store
    key: str
    home: Path

    @contextlib.contextmanager
    def running(self) -> Iterator[Running]:
        (self.home / "tmp").mkdir(exist_ok=True)
        command = [sys.executable, "-m", "tests.faults.serving", self.url, str(self.home / "keys.json")]
        environment = {**os.environ, "TMPDIR": str(self.home / "tmp")}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        ) as process:
            assert process.stdout is not None
            try:
                found = Running(int(process.stdout.readline()), process.pid, self.key)
                found.wait()
                yield found
            finally:
                process.kill()

    def log(self) -> int:
        return self.one("SELECT count(*) FROM log.event e JOIN log.source s ON s.no = e.source_no "
                        "WHERE s.name LIKE '%:bygspor-sheet'")  # fmt: skip

    def one(self, query: str) -> int:
        with self.store.database.transaction() as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return int(row[0])


@dataclass
class Running:
    """A gateway's process."""

    port: int
    pid: int
    key: str

    def call(self, method: str, path: str, content: bytes = b"") -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": XLSX}
        return httpx.request(
            method, f"http://127.0.0.1:{self.port}{path}", headers=headers, content=content, timeout=60
        )

    def wait(self) -> None:
        """Until it answers."""
        for _ in range(200):
            with contextlib.suppress(httpx.ConnectError):
                self.call("GET", "/health")
                return
            time.sleep(0.05)

    def memory_kb(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])

    def files(self) -> list[str]:
        """Files on disks that it holds open, those without a name any more too."""
        found = (str(link.readlink()) for link in Path(f"/proc/{self.pid}/fd").iterdir())
        return [name for name in found if name.startswith(("/tmp", "/var/tmp"))]  # noqa: S108


@pytest.fixture
def gateway(database_url: str, tmp_path: Path) -> Iterator[Gateway]:
    store = Store(database_url)
    store.apply([Decoded(raw := msgspec.json.encode(one), decode(raw)) for one in frame()])
    access = Access(store.database)
    access.organisations.register(FIRM, "Tømrermester Bo & Søn A/S", [Kind.CONTRACTOR])
    _, key = access.keys.create(FIRM, "test", Role.REPORTER, "test")
    Keyring(tmp_path / "keys.json").make()
    yield Gateway(database_url, store, key, tmp_path)
    store.close()


def sheet(rows: int, seed: int = SEED) -> bytes:
    rng = random.Random(seed)  # noqa: S311
    return workbook(
        [
            (f"Person {nr} {rng.randbytes(30).hex()}", "Havnegade", "Lærling/elev", "Tømrer", "02-03-2026", None, 37)
            for nr in range(rows)
        ]
    )


def send_part(port: int, head: bytes, body: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sending:
        sending.sendall(head + body)


def heads(key: str, raw: bytes) -> list[tuple[bytes, bytes]]:
    """The file as the body, and in a form; each with its head."""
    start = f"POST /v1/sheets/placements HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n".encode()
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
    form = part + raw + b"\r\n--b--\r\n"
    plain = start + f"Content-Type: {XLSX}\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
    multipart = b"Content-Type: multipart/form-data; boundary=b\r\n"
    return [(plain, raw), (start + multipart + f"Content-Length: {len(form)}\r\n\r\n".encode(), form)]


def test_an_upload_cut_at_every_kilobyte_leaves_nothing(
    gateway: Gateway, record_property: Callable[[str, object], None]
) -> None:
    raw = sheet(1_500)
    with gateway.running() as running:
        running.call("POST", "/v1/sheets/placements", sheet(3))
        before, cuts = running.memory_kb(), 0
        for head, body in heads(gateway.key, raw):
            for size in range(0, len(body) - 1, 1024):
                send_part(running.port, head, body[:size])
                cuts += 1
        assert running.call("GET", "/health").status_code == 200
        assert gateway.one("SELECT count(*) FROM desk.upload") == 1
        assert gateway.log() == 0
        assert running.files() == []
        assert list((gateway.home / "tmp").iterdir()) == []
        grown = running.memory_kb() - before
        record_property("cuts", f"{cuts}, memory grown by {grown} kB")
        assert grown < MOST_GROWTH_KB
        assert running.call("POST", "/v1/sheets/placements", raw).json()["counts"]["new"] == 1_500


def test_a_gateway_killed_around_the_yes_sends_all_or_nothing_and_in_the_end_once(
    gateway: Gateway, record_property: Callable[[str, object], None]
) -> None:
    rng, met, told = random.Random(SEED), {"before": 0, "after": 0}, 0  # noqa: S311
    for nth in range(KILLS):
        with gateway.running() as running:
            upload = running.call("POST", "/v1/sheets/placements", sheet(ROWS, nth)).json()
            assert upload["counts"]["new"] == ROWS
            path = f"/v1/uploads/{upload['id']}"
            if nth:  # the first is killed between the preview and the yes
                threading.Thread(target=_confirm, args=(running, path)).start()
                time.sleep(rng.uniform(0.05, 0.8))
            os.kill(running.pid, signal.SIGKILL)
        _wait_for_backends(gateway)
        found = gateway.log() - told
        assert found in {0, ROWS}
        met["after" if found else "before"] += 1
        with gateway.running() as running:
            assert _confirmed(running, path)
        told += ROWS
        assert gateway.log() == told
    assert list((gateway.home / "tmp").iterdir()) == []
    record_property("killed", f"{met['before']} before the commit, {met['after']} after it")


def _confirm(running: Running, path: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        running.call("POST", f"{path}/confirm")


def _confirmed(running: Running, path: str) -> bool:
    """What was killed goes on when somebody looks; what nobody had said yes to waits for it."""
    for _ in range(200):
        state = running.call("GET", path).json()["state"]
        if state == "previewed":
            running.call("POST", f"{path}/confirm")
        elif state == "confirmed":
            return True
        time.sleep(0.05)
    return False


def _wait_for_backends(gateway: Gateway) -> None:
    """Until PostgreSQL has noticed that the gateway is gone."""
    for _ in range(200):
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' "
        if not gateway.one(others + "AND pid <> pg_backend_pid()"):
            return
        time.sleep(0.05)
