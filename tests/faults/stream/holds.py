"""What must hold after every fault (faults.md, I1 to I6), looked at from outside: from the brokers and the tables."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

from services.settings import Kafka
from services.store.store import Store
from services.stream.names import TopicNames
from services.stream.standing import Standing, admin, standing, taken_from
from tests.faults.stream.flow import Told
from tests.faults.stream.workers import Workers
from tests.store.told import ask

LAG_GONE_WITHIN = 90.0

_EVENTS = "SELECT s.name, e.id FROM log.event e JOIN log.source s ON s.no = e.source_no"
_RECORDS = """
SELECT t.name, r.partition, r."offset" FROM stream.applied_record r JOIN stream.topic t ON t.no = r.topic_no"""
_COUNTED = "SELECT coalesce(sum(new), 0), coalesce(sum(events), 0) FROM stream.applied_record"


def until_no_lag(kafka: Kafka, within: float = LAG_GONE_WITHIN) -> float:
    """Wait until the group has acknowledged all there is, by itself; how many seconds it took."""
    names, began = TopicNames(kafka.prefix), time.monotonic()
    with admin(kafka) as opened:
        topics = taken_from(opened, names)
        while lag := _lag(now := standing(opened, names.group, topics)):
            assert time.monotonic() < began + within, f"still {lag} records behind after {within:.0f} seconds: {now}"
            time.sleep(0.05)
    too_far = {one: stands for one, stands in now.items() if (stands.committed or 0) > stands.end}
    assert too_far == {}, f"acknowledged beyond its end: {too_far}"
    return time.monotonic() - began


def all_holds(kafka: Kafka, store: Store, workers: Workers, told: Told) -> dict[str, object]:
    """Nothing lost, nothing twice, nothing invented, nothing half done. Workers run; they are stopped on the way.

    Returns what was counted, for those who read the output.
    """
    lag_gone = until_no_lag(kafka)
    stopped = workers.stop()
    lines = Counter(ask(store, _EVENTS))
    assert told.acknowledged - lines.keys() == set(), "acknowledged, and not in the log"
    assert lines.keys() - told.acknowledged - told.unknown == set(), "in the log, and never sent"
    assert [line for line, times in lines.items() if times > 1] == [], "in the log more than once"
    refused = Counter(row.payload for row in store.rejected())
    assert told.bad_acknowledged - refused.keys() == set(), "acknowledged, and neither in the log nor rejected"
    assert refused.keys() - told.bad_acknowledged - told.bad_unknown == set(), "rejected, and never sent"
    assert [line for line, times in refused.items() if times > 1] == [], "rejected more than once"
    records = _every_offset_is_in(kafka, store)
    ((new, events),) = ask(store, _COUNTED)
    assert new == len(lines), "the records do not add up to the log"
    assert [check for check in store.verify() if not check.ok] == []
    healed = sum(one.lines("records_were_missing") for one in workers.all)
    assert healed == 0, "a worker lost records that the gap check had to take in"
    counted = workers.counted()
    return {
        "acknowledged": len(told.acknowledged),
        "unknown": len(told.unknown - told.acknowledged),
        "rejected": len(refused),
        "records": records,
        "events in them": int(events),
        "records delivered again": counted["known"],
        "lag gone after": f"{lag_gone:.1f} s",
        "stopped within": f"{stopped:.1f} s",
    }


def _every_offset_is_in(kafka: Kafka, store: Store) -> int:
    """Every offset below what is acknowledged has its row, and no row is of an offset that is not there."""
    names = TopicNames(kafka.prefix)
    with admin(kafka) as opened:
        now = standing(opened, names.group, taken_from(opened, names))
    there: dict[tuple[str, int], set[int]] = {}
    for topic, partition, offset in ask(store, _RECORDS):
        there.setdefault((topic, partition), set()).add(offset)
    for one, stands in now.items():
        rows = there.pop((one.topic, one.partition), set())
        assert rows == set(range(stands.end)), f"{one} is not in as it should be: {stands}"
    assert there == {}
    return sum(stands.end for stands in now.values())


def _lag(now: Mapping[object, Standing]) -> int:
    return sum(max(0, stands.end - (stands.committed or 0)) for stands in now.values())
