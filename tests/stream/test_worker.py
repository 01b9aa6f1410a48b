"""The worker against a real broker and a real database."""

from __future__ import annotations

import msgspec

from services.settings import Kafka
from services.store.store import Store
from tests.store.told import hours
from tests.stream.running import batch, count, make_topics, produce, working
from tests.waiting import until


def test_what_a_topic_holds_comes_into_the_log_once(store: Store, kafka: Kafka) -> None:
    names = make_topics(kafka)
    told = [hours(f"h{n}", 10, 1 + n % 12, f"p{n}") for n in range(60)]
    values = [batch(*told[n : n + 5]) for n in range(0, 60, 5)] + [msgspec.json.encode(one) for one in told[:10]]
    produce(kafka, names.events, values)
    with working(store, kafka):
        until(lambda: count(store, "stream.applied_record") == len(values))
    assert count(store, "log.event") == 60
    produce(kafka, names.events, values)
    with working(store, kafka):
        until(lambda: count(store, "stream.applied_record") == 2 * len(values))
    assert count(store, "log.event") == 60
    assert all(check.ok for check in store.verify())
