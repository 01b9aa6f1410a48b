"""State folded by another edition of the program is noticed, rebuilt once, and its figures are computed anew."""

from __future__ import annotations

import pytest

from services.store import edition
from services.store.store import Store
from tests.store.told import TENDER, ask, hours, say, state, tell


def test_an_empty_store_and_what_is_told_to_it_are_of_this_edition(store: Store) -> None:
    assert not store.is_outdated()
    tell(store, say("works.started", "w", started_on="2025-01-01"), hours("h1", 10))
    assert not store.is_outdated()


def test_state_of_another_edition_is_rebuilt_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not store.is_outdated()
    tell(store, say("works.started", "w", started_on="2025-01-01"), hours("h1", 10))
    before = state(store)
    ask(store, "DELETE FROM state.dirty_tender RETURNING subject_no")
    monkeypatch.setattr(edition, "edition", lambda: "another")
    assert store.is_outdated()
    store.rebuild()
    assert not store.is_outdated()
    assert state(store) == before
    marked = "SELECT s.name FROM state.dirty_tender d JOIN log.subject s ON s.no = d.subject_no"
    assert ask(store, marked) == [TENDER]


def test_an_edition_is_known_by_what_it_understands(monkeypatch: pytest.MonkeyPatch) -> None:
    name = edition.edition()
    edition.edition.cache_clear()
    monkeypatch.setattr("services.store.edition.FOLD_VERSION", -1)
    try:
        assert edition.edition() != name
    finally:
        edition.edition.cache_clear()
