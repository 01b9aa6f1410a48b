"""State folded by another edition of the program is noticed, rebuilt once, and its figures are computed anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from services.errors import DatabaseUnavailable
from services.store import edition, figures
from services.store.migrate import migrate
from services.store.store import Store
from tests.faults.stream.newer import LATER, become_newer
from tests.store.told import MAIN, TENDER, ask, correct, hours, raw, say, state, tell, withdraw

NEWER = "1000.1.1-another"


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Makes us the next edition, which knows a later version of a type."""
    yield lambda: become_newer(monkeypatch.setattr)
    monkeypatch.undo()
    edition.edition.cache_clear()


def test_an_empty_store_and_what_is_told_to_it_are_of_this_edition(store: Store) -> None:
    assert not store.is_outdated()
    tell(store, say("works.started", "w", started_on="2025-01-01"), hours("h1", 10))
    assert not store.is_outdated()


def test_state_of_another_edition_is_rebuilt_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not store.is_outdated()
    tell(store, say("works.started", "w", started_on="2025-01-01"), hours("h1", 10))
    before = state(store)
    ask(store, "DELETE FROM state.dirty_tender RETURNING subject_no")
    monkeypatch.setattr(edition, "edition", lambda: NEWER)
    assert store.is_outdated()
    store.renew()
    assert not store.is_outdated()
    assert state(store) == before
    marked = "SELECT s.name FROM state.dirty_tender d JOIN log.subject s ON s.no = d.subject_no"
    assert ask(store, marked) == [TENDER]


def test_of_several_that_renew_the_state_one_does(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not store.is_outdated()
    tell(store, hours("h1", 10))
    monkeypatch.setattr(edition, "edition", lambda: NEWER)
    store.renew()
    ask(store, "UPDATE state.hours SET hours = 99 RETURNING 1")
    store.renew()
    assert ask(store, "SELECT hours FROM state.hours") == [99]


def test_a_program_of_an_older_edition_that_still_runs_writes_nothing_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not store.is_outdated()
    tell(store, say("works.started", "w", started_on="2025-01-01"), hours("h1", 10))
    with monkeypatch.context() as newer:
        newer.setattr(edition, "edition", lambda: NEWER)
        store.renew()
    before, marks = state(store), ask(store, "SELECT count(*) FROM state.dirty_tender")
    for write in (lambda: tell(store, hours("h2", 10, 4)), lambda: figures.compute(store, TENDER, date(2025, 6, 1))):
        with pytest.raises(DatabaseUnavailable) as refused:
            write()
        assert (refused.value.code, refused.value.retriable) == ("edition.superseded", False)
    assert state(store) == before
    assert ask(store, "SELECT id FROM log.event ORDER BY id") == ["h1", "w"]
    assert ask(store, "SELECT count(*) FROM state.dirty_tender") == marks


def test_a_program_of_an_older_edition_folds_nothing_back_unless_it_is_told_to(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store, hours("h1", 10))
    with monkeypatch.context() as newer:
        newer.setattr(edition, "edition", lambda: NEWER)
        store.renew()
    with pytest.raises(DatabaseUnavailable) as refused:
        store.is_outdated()
    assert refused.value.code == "edition.newer"
    store.rebuild()
    assert not store.is_outdated()


def test_an_edition_is_known_by_what_it_understands(monkeypatch: pytest.MonkeyPatch) -> None:
    name = edition.edition()
    edition.edition.cache_clear()
    monkeypatch.setattr("services.store.edition.FOLD_VERSION", -1)
    try:
        assert edition.edition() != name
    finally:
        edition.edition.cache_clear()


def test_what_waited_and_is_none_of_its_version_is_rejected_and_keeps_no_upgrade_from_its_work(
    store: Store, newer: Callable[[], None]
) -> None:
    assert not store.is_outdated()
    unfit = {**hours("unfit", 10), "type": LATER, "data": {"reported_by": MAIN, "hours": "many"}}
    tell(store, unfit, withdraw(unfit, "w"), {**hours("fit", 10, 4), "type": LATER})
    newer()
    assert store.is_outdated()
    store.renew()
    assert ask(store, "SELECT id FROM state.hours") == ["fit"]
    assert ask(store, "SELECT id FROM state.waiting") == ["unfit"]
    (told,) = store.rejected()
    assert (told.origin, told.payload, told.times) == ("upgrade", raw(unfit), 1)
    assert "data.placement" in {fault.field for fault in told.faults}
    assert ask(store, "SELECT organisation FROM log.rejected") == [MAIN]
    tell(store, correct(hours("fit", 10, 4), "c", hours=11), withdraw(unfit, "w2"))
    store.rebuild()
    assert [line.times for line in store.rejected()] == [1]
    assert [check for check in store.verify() if not check.ok] == []


def test_tables_of_a_newer_edition_are_left_alone(store: Store) -> None:
    ask(store, "UPDATE alembic_version SET version_num = '9999' RETURNING 1")
    with pytest.raises(DatabaseUnavailable) as refused:
        migrate(store.url)
    assert refused.value.code == "edition.newer"
