"""What a worker tells of itself while it works: what it took in, when, and how soon people could see it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from services.metrics import WorkerMetrics, listen
from services.settings import Kafka, Settings
from services.store import figures
from services.store.store import Store
from services.wiring import open_worker
from tests.domain.story import TENDER, Story, target
from tests.stream.running import batch, make_topics, produce
from tests.waiting import until


def test_a_worker_tells_what_it_took_in_and_how_soon_it_was_visible(
    store: Store, database_url: str, kafka: Kafka, tmp_path: Path
) -> None:
    topic = make_topics(kafka).events
    settings = Settings(data=tmp_path, database_url=database_url, language="da", kafka=kafka)
    metrics, began = WorkerMetrics(), time.time()
    worker, keeper = open_worker(settings, store, metrics)
    thread = threading.Thread(target=lambda: asyncio.run(worker.run()))
    bodies = Story().tender().agreement(target("fte", 2)).bodies
    with listen(metrics.registry, "127.0.0.1", 0) as port:
        keeper.start()
        thread.start()
        produce(kafka, topic, [batch(*bodies), batch(*bodies), batch(b'{"id": "no event"}')])
        until(lambda: _told(port)["bygspor_worker_records_total", topic] == 3)
        # Delays are told of commits with something new in them, once figures that count it are there.
        until(lambda: _told(port)["bygspor_figure_delay_seconds_count", ""] >= 1)
        assert [row.tender for row in figures.latest(store)] == [TENDER]
        told = _told(port)
        worker.stop()
        thread.join()
        keeper.stop()
    assert told["bygspor_worker_events_total", "new"] == len(bodies)
    assert told["bygspor_worker_events_total", "duplicate"] == len(bodies)
    assert told["bygspor_worker_events_total", "rejected"] == 1
    assert told["bygspor_worker_batch_events_sum", ""] == 2 * len(bodies) + 1
    assert began <= told["bygspor_worker_last_commit_timestamp_seconds", ""] <= time.time()
    assert 0 < told["bygspor_figure_delay_seconds_sum", ""] < time.time() - began


def _told(port: int) -> Counter[tuple[str, str]]:
    """Each sample by its name and the value of its only label; what was not told yet is 0."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return Counter({(sample.name, "".join(sample.labels.values())): sample.value for sample in samples})
