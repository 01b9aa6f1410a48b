"""Accepted events over HTTP: against the same server that only validates, and against the framework doing nothing."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench.load import BATCH, STRUCTURED, Answered, events, loaded, paced, requests
from tests.bench.served import CVR

_SINGLES, _IN_BATCHES, _BATCH = 20_000, 200_000, 500
_CONNECTIONS = 64
_RATE, _PACED_SECONDS = 200, 20


def over_http(url: str, folder: Path) -> None:
    """Measure and print."""
    print(f"== over HTTP, one server process, load generator beside it; singles at {_CONNECTIONS} connections")
    with served("empty", folder) as (port, _):
        nothing = _show("empty handler, singles", loaded(port, _singles("", "none"), _CONNECTIONS), 1)
    with served(url, folder) as (port, key):
        _show("validated only, singles", loaded(port, _singles(key, "dry", "/v1/validate"), _CONNECTIONS), 1)
        single = _show("committed, singles", loaded(port, _singles(key, "single"), _CONNECTIONS), 1)
        dry = _show(
            f"validated only, batches of {_BATCH}", loaded(port, _batches(key, "dry", "/v1/validate"), 4), _BATCH
        )
        batch = _show(f"committed, batches of {_BATCH}", loaded(port, _batches(key, "batch"), 4), _BATCH)
        calm = paced(port, _singles(key, "calm")[: _RATE * _PACED_SECONDS], _RATE)
        print(f"   {_RATE} singles a second: p50 {calm.percentile(50):.1f} ms, p99 {calm.percentile(99):.1f} ms")
    print(f"   singles: {single.per_second / nothing.per_second:.2f} of the empty handler")
    print(f"   batches: {batch.per_second / dry.per_second:.2f} of validation only")


def _singles(key: str, run: str, path: str = "/v1/events") -> list[bytes]:
    return requests(path, key, list(events(CVR, _SINGLES, run)), STRUCTURED)


def _batches(key: str, run: str, path: str = "/v1/events") -> list[bytes]:
    bodies = [b"[" + b",".join(some) + b"]" for some in _in_lots(list(events(CVR, _IN_BATCHES, run)))]
    return requests(path, key, bodies, BATCH)


def _in_lots(all_of_them: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    yield from (all_of_them[start : start + _BATCH] for start in range(0, len(all_of_them), _BATCH))


@contextmanager
def served(url: str, folder: Path, *kafka: str) -> Iterator[tuple[int, str]]:
    """The gateway in a process of its own: its port, and a key. `kafka`: brokers and prefix, where it has one."""
    command = [sys.executable, "-m", "tests.bench.served", url, str(folder / "keys.json"), *kafka]
    with (
        (folder / "gateway.log").open("ab") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        port, _, key = process.stdout.readline().strip().partition(" ")
        try:
            _until_answering(int(port), process)
            yield int(port), key
        finally:
            process.terminate()


def _until_answering(port: int, process: subprocess.Popen[str]) -> None:
    # It has its port before it listens on it.
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the gateway ended; gateway.log says why")


def _show(name: str, found: Answered, events_each: int) -> Answered:
    rate = found.per_second * events_each
    print(f"   {name:<46} {rate:>10,.0f} events/s  p50 {found.percentile(50):6.1f} ms", flush=True)
    return found
