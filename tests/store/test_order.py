"""State is a function of the set of accepted events: any order, any repeats, any batches, and the log alone."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import codec
from services.sample.portfolio import portfolio
from services.store.batches import Outcome
from services.store.store import Store
from tests.store.told import (
    CANDIDATE,
    CLIENT,
    JOB_CENTRE,
    MAIN,
    OTHER,
    TENDER,
    Said,
    ask,
    correct,
    empty,
    hours,
    in_lots,
    read_all,
    registered,
    same_as,
    say,
    started,
    state,
    tell,
    withdraw,
)

_H1, _H2, _S1 = hours("h1", 10), hours("h2", 12, revision=2), started("s1")
_C1, _C2 = correct(_H1, "c1", hours=20, placement=f"{MAIN}:p2"), correct(_H1, "c2", revision=2, hours=30)
_AT = {"tender": TENDER, "opening": f"{MAIN}:o", "contractor": MAIN, "by": JOB_CENTRE, "subject": CANDIDATE}
_PRESENTED = say("candidate.presented", "k1", presented_on="2025-02-01", **_AT)
WORLD: tuple[Said, ...] = (
    registered(),
    registered("reg2", title="Another"),
    _S1,
    started("s2", "p2", "b", started_on="2025-02-01"),
    say("placement.ended", "e1", placement=f"{MAIN}:p1", ended_on="2025-06-30", reason="as_planned", outcome="pending"),
    _H1,
    _H2,
    hours("h3", 7, from_on="2025-03-10"),
    hours("h4", 9, 4, "p2"),
    _C1,
    _C2,
    withdraw(_C2, "w1"),
    withdraw(withdraw(_C2, "w1"), "w2"),
    {**(c3 := correct(_H1, "c3", hours=99)), "data": {**c3["data"], "target_id": "c1"}},
    correct(_H2, "c4", by=OTHER, hours=99),
    correct(_S1, "c5", person=f"{CLIENT}:c"),
    withdraw(_S1, "w3", by=OTHER),
    withdraw(hours("h5", 1), "w4"),
    hours("h5", 1),
    same_as("l1", "a", "b"),
    same_as("l2", "b", "c"),
    withdraw(same_as("l1", "a", "b"), "w5"),
    _PRESENTED,
    correct(_PRESENTED, "c6", tender=f"{CLIENT}:other"),
    say("placement.matched", "m1", placement=f"{MAIN}:p1", other=f"{MAIN}:p2", decided_on="2025-05-01"),
    say("site_meeting.held", "x1", meeting=f"{MAIN}:m", held_on="2025-03-01"),
    {**hours("v9", 1), "type": "dk.bygspor.hours.reported.v9"},
)


@st.composite
def tellings(draw: st.DrawFn) -> Sequence[Sequence[Said]]:
    """Some of the world, in some order, some of it twice, in batches of some size."""
    chosen = draw(st.lists(st.sampled_from(WORLD), min_size=1, max_size=40))
    return list(in_lots(chosen, draw(st.integers(1, 12))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tellings(), st.randoms(use_true_random=False))
def test_any_order_repeats_and_batches_give_the_same_state(
    store: Store, batches: Sequence[Sequence[Said]], shuffler: random.Random
) -> None:
    empty(store)
    for batch in batches:
        tell(store, *batch)
    after = state(store)
    assert [check for check in store.verify() if not check.ok] == []
    once = {one["id"]: one for batch in batches for one in batch}
    shuffled = list(once.values())
    shuffler.shuffle(shuffled)
    empty(store)
    tell(store, *shuffled)
    assert state(store) == after
    _take_state_away(store)
    store.rebuild()
    assert state(store) == after


def test_a_portfolio_shuffled_and_repeated_gives_the_same_state(store: Store) -> None:
    raws = list(portfolio(2, 2, 7))
    new = [outcome for lot in in_lots(raws, 500) for outcome in store.apply(read_all(lot)).outcomes].count(Outcome.NEW)
    after = state(store)
    assert min(len(rows) for table, rows in after.items() if table != "waiting") > 0
    empty(store)
    shuffler = random.Random(1)  # noqa: S311
    again = [*raws, *shuffler.sample(raws, len(raws) // 3)]
    shuffler.shuffle(again)
    outcomes = [outcome for lot in in_lots(again, 333) for outcome in store.apply(read_all(lot)).outcomes]
    assert outcomes.count(Outcome.NEW) == new
    assert state(store) == after
    assert [check for check in store.verify() if not check.ok] == []


def test_rebuild_puts_right_what_is_wrong_and_marks_the_tenders(store: Store) -> None:
    raws = list(portfolio(2, 2, 7))
    for lot in in_lots(raws, 1000):
        store.apply(read_all(lot))
    after = state(store)
    for damage in (
        "DELETE FROM state.placement WHERE placement < (SELECT max(placement) FROM state.placement)",
        "UPDATE state.hours SET hours = hours + 1 WHERE id = (SELECT min(id) FROM state.hours)",
        "INSERT INTO state.hours SELECT * FROM state.hours LIMIT 1",
        "DELETE FROM state.amended",
        "UPDATE state.amendment SET standing = 'void'",
        "DELETE FROM state.person_link",
    ):
        with store.database.transaction() as connection:
            connection.execute(damage.encode() + b"; DELETE FROM state.dirty_tender")
        assert any(not check.ok for check in store.verify())
        assert store.rebuild().mended > 0
        assert state(store) == after
        assert ask(store, "SELECT count(*) > 0 FROM state.dirty_tender") == [True]
    assert store.rebuild().mended == 0


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        ("DELETE FROM log.event WHERE id = 'h1'", "log.batches"),
        ("DELETE FROM log.applied_batch WHERE position = 1", "log.positions"),
        ("UPDATE log.applied_batch SET known_at = '2000-01-01' WHERE position = 2", "log.positions"),
        ("UPDATE log.event SET subject_no = 99999 WHERE id = 'h1'", "log.names"),
        ("UPDATE log.event SET unit_hash = 3 WHERE id = 'h1'", "log.units"),
        ("UPDATE log.rejected SET faults = '[]'", "log.rejected"),
        ("UPDATE state.dirty_tender SET since_position = 99", "state.dirty_tender"),
        ("DELETE FROM state.waiting", "state.waiting"),
    ],
)
def test_verify_tells_damage(store: Store, damage: str, name: str) -> None:
    tell(store, hours("h1", 10), {**hours("v9", 1), "type": "dk.bygspor.hours.reported.v9"})
    tell(store, hours("h2", 10, 4), hours("h1", 11))
    assert [check for check in store.verify() if not check.ok] == []
    with store.database.transaction() as connection:
        connection.execute(damage.encode())
    assert name in {check.name for check in store.verify() if not check.ok}


def test_what_waited_for_an_upgrade_is_folded_by_rebuild(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(store, hours("h1", 10))
    expected = state(store)
    empty(store)
    with monkeypatch.context() as older:
        models = {kind: model for kind, model in codec._MODELS.items() if kind != "dk.bygspor.hours.reported.v1"}
        older.setattr(codec, "_MODELS", models)
        assert tell(store, hours("h1", 10)) == (Outcome.WAITING,)
    assert tell(store, hours("h1", 10)) == (Outcome.DUPLICATE,)
    store.rebuild()
    assert state(store) == expected
    assert [check for check in store.verify() if not check.ok] == []


def _take_state_away(store: Store) -> None:
    with store.database.transaction() as connection:
        for (table,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'state'").fetchall():
            connection.execute(f"DELETE FROM state.{table}".encode())  # noqa: S608
