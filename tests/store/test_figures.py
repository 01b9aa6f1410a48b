"""Figures are of one state and one day: right beside others who compute, and new when a day has passed."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from services.domain.assessment import Assessment, assess
from services.sample.portfolio import portfolio
from services.store import figures
from services.store.store import Store
from tests.domain.story import MAIN, TENDER, Story, target
from tests.store.told import ask, in_lots, read_all, tell

MARKED = "SELECT s.name FROM state.dirty_tender d JOIN log.subject s ON s.no = d.subject_no"
ON = date(2026, 6, 1)


def computed(store: Store) -> object:
    """Everything stored of figures, but when it was computed."""
    kept = "SELECT to_jsonb(t) - 'computed_at_position' FROM figures.{} t ORDER BY 1"
    return [ask(store, kept.format(table)) for table in ("figure", "finding")]


@pytest.mark.parametrize("findings_only", [False, True])
def test_computing_at_once_leaves_what_the_last_state_says(
    store: Store, database_url: str, findings_only: bool
) -> None:
    raws = list(portfolio(1, 2, 5))
    if findings_only:
        # Without an agreement there are no targets, and so no figures that two of them could both write.
        raws = [raw for raw in raws if b".agreement." not in raw]
    tender = next(json.loads(raw)["subject"] for raw in raws if b".tender.registered." in raw)
    store.apply(read_all(raws[:200]))
    done = threading.Event()
    computers = [Store(database_url) for _ in range(3)]

    def compute(own: Store) -> int:
        rounds = 0
        while not done.is_set() or not rounds:
            figures.compute(own, tender, ON)
            rounds += 1
        return rounds

    with ThreadPoolExecutor(len(computers)) as pool:
        running = [pool.submit(compute, own) for own in computers]
        for lot in in_lots(raws[200:800], 10):
            store.apply(read_all(lot))
        done.set()
        assert all(one.result() for one in running)
    for own in computers:
        own.close()
    figures.refresh(store, ON)
    assert ask(store, MARKED) == []
    stored = computed(store)
    ask(store, "DELETE FROM figures.figure RETURNING 1")
    ask(store, "DELETE FROM figures.finding RETURNING 1")
    figures.compute(store, tender, ON)
    assert computed(store) == stored


def test_an_event_meanwhile_neither_undoes_the_computing_nor_is_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story().tender().agreement(target("fte", 2))
    tell(store, *story.bodies)
    times: list[int] = []

    def interrupted(*args: object) -> Assessment:
        times.append(1)
        tell(store, story.starts(f"P{len(times)}", "2026-01-05"))
        return assess(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(figures, "assess", interrupted)
    figures.compute(store, TENDER, ON)
    assert len(times) == 1
    assert ask(store, MARKED) == [TENDER]
    monkeypatch.setattr(figures, "assess", assess)
    figures.refresh(store, ON)
    assert ask(store, MARKED) == []


def test_what_changes_with_time_alone_changes_by_the_tick(store: Store) -> None:
    story = Story().tender("2026-01-01", "2026-12-31").agreement(target("fte", 2))
    story.starts("P1", "2026-01-05")
    decided = {"owner": "K. Lund", "owner_organisation": MAIN, "opened_on": "2026-01-06", "due_on": "2026-03-01"}
    story.says("action.opened", action="A1", what="Find to lærlinge", **decided)
    tell(store, *story.bodies)

    def ticked(on: date) -> tuple[set[str], str, object]:
        figures.tick(store, on)
        assert ask(store, MARKED) == []
        codes = {doc["code"] for _, doc in figures.stored_findings(store, TENDER)}
        (row,) = figures.latest(store, TENDER)
        assert row.on == on
        return codes & {"silent", "action_overdue"}, row.status.value, row.expected

    early = ticked(date(2026, 1, 10))
    late = ticked(date(2026, 11, 1))
    assert early[0] == set()
    assert late[0] == {"silent", "action_overdue"}
    assert early[1] != late[1]
    assert early[2] != late[2]
    # Nothing was told in between, and nothing is computed twice of one day.
    assert figures.not_ticked(store, date(2026, 11, 1)) == []
