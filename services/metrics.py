"""Every metric of the gateway, with its type, its labels and its help: one that is not here does not exist."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_EVENTS = (1, 2, 5, 10, 50, 100, 500, 1_000, 4_000)


class Metrics:
    """The metrics of one gateway, in a registry of their own. No label holds anything a sender wrote."""

    def __init__(self) -> None:
        """Declare them all."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "bygspor_requests",
            "Requests answered, by route as it is written in the code",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "bygspor_request_seconds",
            "Time to the first byte of the answer",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.events = Counter(
            "bygspor_events", "Events received over HTTP, by what became of them", ("outcome",), registry=self.registry
        )
        self.group = Histogram(
            "bygspor_commit_events", "Events committed together", buckets=_EVENTS, registry=self.registry
        )
        self.waiting = Gauge("bygspor_events_waiting", "Events that wait to be committed", registry=self.registry)
