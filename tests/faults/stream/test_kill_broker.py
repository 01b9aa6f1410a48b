"""The broker killed in mid-flow, its data kept, and started again: what it acknowledged comes into the log, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from deploy.kafka.broker import Broker
from services.store.store import Store
from services.stream.running import LETS_GO_WITHIN_SECONDS
from tests.faults.stream.group import Group
from tests.faults.zygote import Zygote
from tests.kafka import settings_for
from tests.waiting import until

Note = Callable[[str, object], None]
SEED = 7
# It cannot acknowledge anything, and gives up after this.
STOPS_WITHIN, SLACK = 3.0, 10.0


@pytest.fixture
def broken(crew: Zygote, kafka_broker: Broker, database_url: str, tmp_path: Path) -> Iterator[Group]:
    """A group on a broker of its own."""
    made = Group(crew, settings_for(kafka_broker.servers), Store(database_url), tmp_path / "broken", SEED)
    yield made
    made.close()


@pytest.mark.parametrize("kills", [1, pytest.param(30, marks=pytest.mark.soak)])
def test_a_killed_broker_keeps_what_it_acknowledged(
    kills: int, broken: Group, kafka_broker: Broker, record_property: Note
) -> None:
    rng, workers, back = Random(SEED), broken.workers, []  # noqa: S311
    both = [workers.start(), workers.start()]
    with broken.flowing() as told:
        for one in both:
            workers.until_working(one)
        for nth in range(kills):
            time.sleep(rng.uniform(0, 2))
            failures = told.failures
            kafka_broker.kill()
            if nth % 3 == 0:
                # Away for so long that senders are told that it is.
                until(lambda: told.failures > failures, 30, what="noticing")  # noqa: B023 -- called in this turn
            kafka_broker.start_node()
            began = time.monotonic()
            for one in both:
                workers.until_more(one, 90)
            back.append(f"{time.monotonic() - began:.1f} s")
    record_property("kills", f"{kills}, workers back after {', '.join(back)}")
    record_property("counted", broken.holds())


def test_a_worker_whose_broker_is_away_stops_when_it_is_told_to(
    broken: Group, kafka_broker: Broker, record_property: Note
) -> None:
    one = broken.workers.start(stops_within=STOPS_WITHIN)
    with broken.flowing():
        broken.workers.until_working(one)
        kafka_broker.kill()
        took = broken.workers.stop(one)
        kafka_broker.start_node()
    record_property("stopped", f"{took:.1f} s")
    record_property("counted", broken.holds())
    assert took < STOPS_WITHIN + LETS_GO_WITHIN_SECONDS + SLACK
