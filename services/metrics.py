"""Every metric of BygSpor: its name, type, unit, labels and help, and who tells it. One that is not here is none.

A class is one teller's table: each row is declared once, as an attribute, and is a metric of prometheus-client in an
instance, in a registry of its own. Names end in their unit (Prometheus adds `_total` to a counter). No label holds
anything a sender wrote.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, overload

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    start_http_server,
)

from services.errors import BadInput

# When a counter was made is said by nobody's dashboard, and would be a third of what is told.
disable_created_metrics()  # type: ignore[no-untyped-call]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# What people wait for: from a blink to a day on which nobody saw that the database was away.
_DELAY = (0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400)
_EVENTS = (1, 2, 5, 10, 50, 100, 500, 1_000, 4_000, 10_000)

M = TypeVar("M", bound="Counter | Gauge | Histogram")


@dataclass(frozen=True, slots=True)
class Row(Generic[M]):
    """One metric as it is declared. `values` are of its only label, where all are known: told as 0 from the start."""

    kind: type[M]
    name: str
    unit: str
    help: str
    labels: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @overload
    def __get__(self, teller: None, of: type) -> Row[M]: ...
    @overload
    def __get__(self, teller: object, of: type) -> M: ...
    def __get__(self, teller: object | None, of: type) -> Row[M] | M:
        # An instance has its metric under the same name, and is never asked for it here.
        return self

    @property
    def shown(self) -> str:
        """The name that Prometheus gives it."""
        return f"{self.name}_total" if self.kind is Counter else self.name

    def made(self, registry: CollectorRegistry) -> M:
        """The metric, in a registry."""
        more: dict[str, Any] = {"buckets": self.buckets} if self.buckets else {}
        metric: M = self.kind(self.name, self.help, self.labels, unit=self.unit, registry=registry, **more)
        for value in self.values:
            metric.labels(value)
        return metric


class Metrics:
    """The metrics of one teller, in a registry of their own."""

    teller: ClassVar[str]

    def __init__(self) -> None:
        """Make them all."""
        self.registry = CollectorRegistry()
        for attribute, row in self.rows():
            setattr(self, attribute, row.made(self.registry))

    @classmethod
    def rows(cls) -> Iterator[tuple[str, Row[Any]]]:
        """What is declared, with its attribute."""
        return ((attribute, row) for attribute, row in vars(cls).items() if isinstance(row, Row))


class GatewayMetrics(Metrics):
    """What a gateway tells at /metrics."""

    teller = "gateway"

    requests = Row(
        Counter,
        "bygspor_requests",
        "requests",
        "Requests answered, by route as it is written in the code",
        ("method", "route", "status"),
    )
    seconds = Row(
        Histogram,
        "bygspor_request_seconds",
        "seconds",
        "Time to the first byte of the answer",
        ("route",),
        buckets=_SECONDS,
    )
    events = Row(Counter, "bygspor_events", "events", "Events received over HTTP, by what became of them", ("outcome",))
    group = Row(
        Histogram, "bygspor_commit_events", "events", "Events committed together in one transaction", buckets=_EVENTS
    )
    forwarded = Row(Histogram, "bygspor_forwarded_events", "events", "Events sent to Kafka together", buckets=_EVENTS)
    waiting = Row(Gauge, "bygspor_waiting_events", "events", "Events that wait to be committed, or sent to Kafka")


class WorkerMetrics(Metrics):
    """What a worker tells at the address it is given (`listen`)."""

    teller = "worker"

    lag = Row(
        Gauge,
        "bygspor_worker_lag_records",
        "records",
        "Records of a partition that the workers have not applied yet",
        ("topic", "partition"),
    )
    records = Row(Counter, "bygspor_worker_records", "records", "Records applied, by topic", ("topic",))
    events = Row(
        Counter,
        "bygspor_worker_events",
        "events",
        "Events applied, by what became of them",
        ("outcome",),
        values=("new", "duplicate", "rejected", "waiting"),
    )
    batch_events = Row(
        Histogram, "bygspor_worker_batch_events", "events", "Events applied in one transaction", buckets=_EVENTS
    )
    batch_seconds = Row(
        Histogram,
        "bygspor_worker_batch_seconds",
        "seconds",
        "Time from a batch taken to its commit, waits for the database included",
        buckets=_SECONDS,
    )
    retries = Row(
        Counter, "bygspor_worker_retries", "retries", "Times a batch was tried again because the database was away"
    )
    letters_sent = Row(
        Counter, "bygspor_worker_sent_letters", "letters", "Dead letters the dead-letter topic has acknowledged"
    )
    letters_unsent = Row(
        Gauge, "bygspor_worker_unsent_letters", "letters", "Dead letters in the database that are not sent yet"
    )
    gaps_found = Row(
        Counter, "bygspor_worker_gaps_found_records", "records", "Records that were acknowledged and are not applied"
    )
    gaps_healed = Row(
        Counter, "bygspor_worker_gaps_healed_records", "records", "Records of gaps that were read again and applied"
    )
    delay = Row(
        Histogram,
        "bygspor_figure_delay_seconds",
        "seconds",
        "From an event's acceptance to figures that count it, the oldest of each commit",
        buckets=_DELAY,
    )
    last_commit = Row(
        Gauge,
        "bygspor_worker_last_commit_timestamp_seconds",
        "seconds",
        "When the worker last committed a batch (Unix time; 0 before the first): old, with a lag, is a worker at rest",
    )
    last_look = Row(
        Gauge,
        "bygspor_worker_last_look_timestamp_seconds",
        "seconds",
        "When the worker last looked after itself, every minute (Unix time): what it tells of its lag is of then",
    )


TELLERS: tuple[type[Metrics], ...] = (GatewayMetrics, WorkerMetrics)


@contextlib.contextmanager
def listen(registry: CollectorRegistry, host: str, port: int) -> Iterator[int]:
    """Tell what is in a registry at this address only, within the block; the port. Raises BadInput."""
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        problem = f"Cannot tell metrics on {host}:{port}: {error.strerror}."
        raise BadInput("metrics.address", problem, "Choose another address with BYGSPOR_METRICS.") from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
