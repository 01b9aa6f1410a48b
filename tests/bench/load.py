"""A load on a server over plain sockets: with little work of our own, so that the server is what is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import msgspec

STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"


@dataclass(frozen=True, slots=True)
class Answered:
    """How many requests were answered in how many seconds, and how long each took.

    `answered_at` is when each was answered, in the order they were given (seconds since 1970).
    """

    requests: int
    seconds: float
    latencies: Sequence[float]
    answered_at: Sequence[float]

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds within which so many percent were answered."""
        return quantiles(self.latencies, n=100)[percent - 1] * 1000


def events(cvr: str, count: int, run: str, tenders: Sequence[str] = ()) -> Iterator[bytes]:
    """Reports of hours: nine in ten of what a site sends, and a placement before every ten of them."""
    source, tenders = f"urn:bygspor:{cvr}:bench", tenders or [f"{cvr}:maalt"]
    for number in range(count):
        tender = tenders[number // 10 % len(tenders)]
        data: dict[str, Any]
        placement, month = f"{cvr}:{run}-{number // 10}", number % 10 + 1
        if month == 1:
            kind = "placement.started"
            data = {
                "placement": placement,
                "person": f"{cvr}:p-{number // 10}",
                "contractor": cvr,
                "kind": "apprenticeship",
                "trade": "carpenter",
                "started_on": "2026-01-05",
            }
        else:
            kind = "hours.reported"
            data = {
                "placement": placement,
                "from_on": f"2026-{month:02}-01",
                "to_on": f"2026-{month:02}-28",
                "hours": 120,
            }
        yield msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": f"{run}-{number}",
                "source": source,
                "type": f"dk.bygspor.{kind}.v1",
                "subject": tender,
                "time": "2026-11-20T08:00:00Z",
                "data": {"reported_by": cvr, **data},
            }
        )


def requests(path: str, key: str, bodies: Sequence[bytes], media: str) -> list[bytes]:
    """Whole requests as bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nContent-Type: {media}\r\n"
    return [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]


def loaded(port: int, wanted: Sequence[bytes], connections: int) -> Answered:
    """Send all requests over so many connections, each as fast as it is answered. Raises where one is refused."""
    return asyncio.run(_loaded(port, wanted, connections, None))


def paced(port: int, wanted: Sequence[bytes], per_second: float, connections: int = 64) -> Answered:
    """Send requests at a fixed rate, whether or not earlier ones are answered; waiting for a connection counts."""
    return asyncio.run(_loaded(port, wanted, connections, per_second))


async def _loaded(port: int, wanted: Sequence[bytes], connections: int, rate: float | None) -> Answered:
    latencies, answered_at = list[float](), [0.0] * len(wanted)
    queue = iter(enumerate(wanted))
    began = time.perf_counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, request in queue:
            due = began + number / rate if rate else time.perf_counter()
            await asyncio.sleep(max(0, due - time.perf_counter()))
            writer.write(request)
            await _answer(reader)
            latencies.append(time.perf_counter() - due)
            answered_at[number] = time.time()
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return Answered(len(latencies), time.perf_counter() - began, latencies, answered_at)


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201", b"HTTP/1.1 202")):
        raise RuntimeError(head.splitlines()[0].decode())
    length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.partition(b":")[2]))
