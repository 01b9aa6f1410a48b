"""Every metric is in the table of services/metrics.py, whole; nothing else is told, and nobody else makes one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from services.errors import BadInput
from services.metrics import TELLERS, GatewayMetrics, Metrics, Row, WorkerMetrics, listen
from tests.cli.runner import Bygspor
from tests.gateway.conftest import opened

ROOT = Path(__file__).parents[2]
HOME = "services/metrics.py"
# What the format itself is made of; all else in the library makes, or brings, metrics.
MAY_BE_IMPORTED = {"CONTENT_TYPE_LATEST", "generate_latest"}
ROWS = [(teller, attribute, row) for teller in TELLERS for attribute, row in teller.rows()]
each_row = pytest.mark.parametrize(
    ("teller", "attribute", "row"), ROWS, ids=[f"{teller.teller}.{attribute}" for teller, attribute, _ in ROWS]
)
Told = set[tuple[str, str, str]]


def made_elsewhere(code: str) -> Iterator[str]:
    """What a file takes from the client library that only the table may."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.split(".")[0] == "prometheus_client")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "prometheus_client":
            yield from (one.name for one in node.names if one.name not in MAY_BE_IMPORTED)


def told(text: str) -> Told:
    """Name, type and help of everything in an exposition."""
    return {(family.name, family.type, family.documentation) for family in text_string_to_metric_families(text)}


def declared(teller: type[Metrics]) -> Told:
    return {(row.name, row.kind.__name__.lower(), row.help) for _, row in teller.rows()}


def of(registry: CollectorRegistry) -> Told:
    return told(generate_latest(registry).decode())


def test_nobody_makes_metrics_but_their_table() -> None:
    files = [path for path in (ROOT / "services").rglob("*.py") if path != ROOT / HOME]
    found = {str(path.relative_to(ROOT)): list(made_elsewhere(path.read_text())) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "from prometheus_client import Gauge",
        "import prometheus_client",
        "def f():\n    from prometheus_client.metrics import Summary",
        "import prometheus_client.metrics as m",
    ],
)
def test_a_metric_made_elsewhere_is_found(planted: str) -> None:
    assert list(made_elsewhere(planted))


def test_a_running_gateway_tells_what_is_declared(database_url: str, tmp_path: Path) -> None:
    with opened(database_url, tmp_path) as gateway:
        assert gateway.call("GET", "/health").status_code == 200
        assert told(gateway.call("GET", "/metrics").text) == declared(GatewayMetrics)


def test_a_worker_tells_what_is_declared_where_it_is_asked() -> None:
    with listen(WorkerMetrics().registry, "127.0.0.1", 0) as port:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert told(text) == declared(WorkerMetrics)
        with pytest.raises(BadInput), listen(WorkerMetrics().registry, "127.0.0.1", port):
            pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")


def test_a_metric_that_is_not_declared_is_found() -> None:
    metrics = WorkerMetrics()
    Counter("bygspor_planted_events", "planted", registry=metrics.registry)
    assert of(metrics.registry) - declared(WorkerMetrics) == {("bygspor_planted_events", "counter", "planted")}


@each_row
def test_a_metric_says_what_it_is_in_what_unit(teller: type[Metrics], attribute: str, row: Row[Any]) -> None:
    assert row.name.startswith("bygspor_")
    assert row.name.endswith(f"_{row.unit}")
    assert len(row.help.split()) >= 4
    assert not row.help.endswith(".")
    # Only a histogram has buckets, and only what has one label can be told before anything happened.
    assert bool(row.buckets) == (row.kind is Histogram)
    assert not row.values or len(row.labels) == 1


@each_row
def test_the_command_lists_every_metric(bygspor: Bygspor, teller: type[Metrics], attribute: str, row: Row[Any]) -> None:
    assert {
        "teller": teller.teller,
        "name": row.shown,
        "type": row.kind.__name__.lower(),
        "unit": row.unit,
        "labels": list(row.labels),
        "help": row.help,
    } in bygspor.json("metrics")
    assert row.shown in bygspor.done("metrics", columns=200).out


# Taken off this list by whoever begins to tell it.


def test_every_metric_is_told_by_somebody() -> None:
    code = "".join(path.read_text() for path in (ROOT / "services").rglob("*.py") if path != ROOT / HOME)
    untold = {attribute for _, attribute, _ in ROWS if not re.search(rf"metrics\.{attribute}\b", code)}
    assert untold == set()


@pytest.mark.parametrize("label", sorted({label for _, _, row in ROWS for label in row.labels}))
def test_no_label_holds_what_a_sender_wrote(label: str) -> None:
    ours = {"method", "route", "status", "outcome", "topic", "partition"}
    assert label in ours, "say here why nobody outside can write what it holds"
