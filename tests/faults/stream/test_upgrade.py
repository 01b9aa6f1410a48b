"""An upgrade while events flow: what only the next edition understands waits for it, and the old one stands aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.store import edition
from services.stream.producer import Producer
from tests.faults.stream.flow import OWN
from tests.faults.stream.group import Group
from tests.faults.stream.newer import LATER, become_newer
from tests.faults.stream.planted import planting
from tests.faults.stream.workers import Workers
from tests.faults.zygote import Zygote
from tests.gateway.conftest import opened
from tests.store.told import ask, hours
from tests.waiting import until

WAITING = "SELECT id FROM state.waiting"


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Makes the test one of the next edition, too."""
    yield lambda: become_newer(monkeypatch.setattr)
    monkeypatch.undo()
    edition.edition.cache_clear()


def test_what_waited_for_an_upgrade_is_folded_by_it_and_what_is_old_stands_aside(
    group: Group, crew: Zygote, tmp_path: Path, upgrade: Callable[[], None]
) -> None:
    old = Workers(crew, group.kafka, group.store.url, tmp_path / "old")
    group.workers = Workers(planting(crew, become_newer), group.kafka, group.store.url, tmp_path / "new")
    later = {**hours("later", 10, by=OWN), "type": LATER}
    with (
        group.flowing() as told,
        opened(group.store.url, tmp_path, conveyor=Producer(group.kafka)) as gateway,
    ):
        one = old.start()
        old.until_working(one)
        key = gateway.key(OWN)
        answer = gateway.post(later, key)
        assert (answer.status_code, answer.json()["later_version"]) == (202, True), answer.text
        told.acknowledged.add((later["source"], later["id"]))
        until(lambda: ask(group.store, WAITING) == ["later"], 60, what="the later version")
        assert gateway.call("GET", answer.headers["location"], key).json()["state"] == "applied"
        old.until_more(one)

        new = group.workers.start()
        ended(crew, old, "edition.superseded")
        group.workers.until_working(new)
        old.start()
        ended(crew, old, "edition.newer")
        group.workers.until_more(new)
        assert ask(group.store, WAITING) == []
    upgrade()
    group.holds()
    assert ask(group.store, "SELECT hours FROM state.hours WHERE id = 'later'") == [10]


def ended(crew: Zygote, workers: Workers, why: str) -> None:
    """The one that ran has ended by itself, and says why."""
    (one,) = workers.running
    assert crew.status(one.process, 60) == 3, one.said.read_text()[-3000:]
    workers.running.remove(one)
    assert f"error[{why}]" in one.said.read_text()
