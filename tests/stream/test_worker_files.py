"""Where a worker is started it leaves nothing, and it works where it may not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.settings import Kafka
from services.store.store import Store
from tests.store.told import hours
from tests.stream.running import batch, count, make_topics, produce, working
from tests.waiting import until


def test_a_worker_leaves_nothing_where_it_is_started(
    store: Store, kafka: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = make_topics(kafka)
    produce(kafka, names.events, [batch(hours("h1", 10))])
    monkeypatch.chdir(tmp_path)
    with working(store, kafka):
        until(lambda: count(store, "log.event") == 1)
    assert list(tmp_path.iterdir()) == []
