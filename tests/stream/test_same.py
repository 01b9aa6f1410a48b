"""The same events through Kafka and without it: the same read model, whoever takes them in and in whatever order."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from services.clock import today
from services.sample.portfolio import portfolio
from services.settings import Kafka
from services.store import figures
from services.store.batches import Decoded, read
from services.store.store import Store
from services.stream.names import TopicNames
from services.stream.producer import Producer
from services.stream.standing import admin, members
from tests.store.told import correct, empty, hours, in_lots, registered, started, state, tell
from tests.stream.processes import workers
from tests.stream.running import batch, count, make_topics, produce
from tests.waiting import until

_AT_ONCE = 2_000
_DUPLICATES = 0.3


def told(number: int) -> list[Decoded]:
    """So many made-up events, shuffled, three tenths of them twice."""
    lines = islice(portfolio(number // 1_500 + 50, 3, 7), number)
    items = [item for item in map(read, lines) if isinstance(item, Decoded)]
    chance = random.Random(11)  # noqa: S311 -- the same every time
    items += chance.sample(items, int(len(items) * _DUPLICATES))
    chance.shuffle(items)
    return items


def seen(store: Store) -> dict[str, object]:
    """Everything that is read of a store: its state, its figures, and what was rejected."""
    figures.tick(store, today())
    rows = [{**row.doc, "on": row.on.isoformat()} for row in figures.latest(store)]
    rejected = sorted((one.payload, [fault.code for fault in one.faults]) for one in store.rejected())
    return {**state(store), "figures": sorted(msgspec.json.encode(row) for row in rows), "rejected": rejected}


@pytest.mark.parametrize("number", [1, 4])
def test_few_events_give_the_same_read_model_through_any_number_of_workers(
    number: int, store: Store, kafka: Kafka, database_url: str, tmp_path: Path
) -> None:
    same_through(number, 9_000, store, kafka, (database_url, tmp_path))


@pytest.mark.soak
@pytest.mark.parametrize("number", [1, 2, 4])
def test_many_events_give_the_same_read_model_through_any_number_of_workers(
    number: int, store: Store, kafka: Kafka, database_url: str, tmp_path: Path
) -> None:
    same_through(number, 200_000, store, kafka, (database_url, tmp_path))


def same_through(number: int, events: int, store: Store, kafka: Kafka, where: tuple[str, Path]) -> None:
    """`events` events by the store alone, and by `number` workers: everything that can be read must be the same."""
    items = told(events)
    for lot in in_lots(items, _AT_ONCE):
        store.apply(lot)
    embedded = seen(store)
    forget(store)
    make_topics(kafka)
    producer = Producer(kafka)
    places = [place for lot in in_lots(items, _AT_ONCE) for place in producer.send(lot)]
    producer.close()
    assert len({place.partition for place in places}) > 1
    records = len({(place.partition, place.offset) for place in places})
    with workers(number, kafka, *where) as alive:
        until(lambda: count(store, "stream.applied_record") == records, within=300, alive=alive)
    assert [name for name, what in seen(store).items() if what != embedded[name]] == []
    assert not any(embedded[name] == [] for name in ("placement", "hours", "figures"))


def test_one_tender_over_two_partitions_and_two_workers_folds_right(
    store: Store, kafka: Kafka, database_url: str, tmp_path: Path
) -> None:
    events = [registered(), *(started(f"s{n}", f"p{n}", f"a{n}") for n in range(40))]
    events += [hours(f"h{n}-{month}", 100, month, f"p{n}") for n in range(40) for month in range(1, 13)]
    events += [correct(one, f"c-{one['id']}", hours=120) for one in events if one["id"].startswith("h1")]
    chance = random.Random(5)  # noqa: S311 -- the same every time
    chance.shuffle(events)
    tell(store, *events)
    at_once = seen(store)
    forget(store)
    names = make_topics(kafka, partitions=2)
    values = [batch(*lot) for lot in in_lots(events, 7)]
    with workers(2, kafka, database_url, tmp_path) as both:
        until(lambda: shares(kafka) == [1, 1], alive=both)
        for partition in (0, 1):
            produce(kafka, names.events, values[partition::2], partition=partition)
        until(lambda: count(store, "stream.applied_record") == len(values), alive=both)
    assert [name for name, what in seen(store).items() if what != at_once[name]] == []


def shares(kafka: Kafka) -> list[int]:
    """How many partitions each worker of the group has."""
    with admin(kafka) as opened:
        return [len(member.partitions) for member in members(opened, TopicNames(kafka.prefix).group)]


def forget(store: Store) -> None:
    """Begin with an empty database; names keep their numbers."""
    empty(store)
    with store.database.transaction() as connection:
        connection.execute(b"TRUNCATE figures.figure, figures.finding, stream.applied_record, stream.dead_letter")
