"""One event after another into a real PostgreSQL: what is new, what is told again, what is told differently."""

from __future__ import annotations

import json
from decimal import Decimal

import psycopg
import pytest

from schemas.faults import Fault
from services.errors import DatabaseUnavailable
from services.store.batches import Decoded, Outcome, Refused, read
from services.store.connections import Connection
from services.store.store import Store
from tests.store.told import (
    CANDIDATE,
    CIRCLE,
    CLIENT,
    JOB_CENTRE,
    MAIN,
    OTHER,
    TENDER,
    ask,
    correct,
    hours,
    raw,
    read_all,
    registered,
    same_as,
    say,
    started,
    state,
    stop_backends,
    tell,
    tell_one_by_one,
    withdraw,
)

NEW, DUPLICATE, CONFLICT, WAITING = Outcome.NEW, Outcome.DUPLICATE, Outcome.CONFLICT, Outcome.WAITING
HOURS = "SELECT hours FROM state.hours ORDER BY from_on, hours"
DIRTY = "SELECT s.name FROM state.dirty_tender d JOIN log.subject s ON s.no = d.subject_no ORDER BY 1"


def test_an_event_is_in_the_log_as_sent_and_in_the_state(store: Store) -> None:
    said = json.dumps(dict(reversed(hours("h", 37.5).items())), indent=2).encode()
    assert store.apply(read_all([said])).outcomes == (NEW,)
    assert ask(store, "SELECT body FROM log.event") == [said]
    assert ask(store, HOURS) == [Decimal("37.5")]


def test_positions_are_dense_and_in_order_of_commit(store: Store) -> None:
    positions = [store.apply(read_all([raw(hours(f"h{month}", 10, month))])).position for month in range(1, 5)]
    assert positions == [1, 2, 3, 4]
    assert store.apply(read_all([raw(hours("h1", 10, 1))])).position is None
    assert ask(store, "SELECT position FROM log.applied_batch ORDER BY known_at") == positions


def test_the_same_again_changes_nothing(store: Store) -> None:
    tell(store, hours("h", 10))
    before = state(store)
    again = {**hours("h", 10), "recordedtime": "2025-05-05T10:00:00Z"}
    backwards = dict(reversed(again.items()))
    assert tell_one_by_one(store, hours("h", 10), again, backwards) == [DUPLICATE] * 3
    assert state(store) == before
    assert ask(store, "SELECT count(*) FROM log.event") == [1]


def test_the_same_id_with_another_body_is_refused_and_kept(store: Store) -> None:
    tell(store, hours("h", 10))
    before = state(store)
    assert tell(store, hours("h", 11)) == (CONFLICT,)
    assert tell(store, {**hours("h", 10), "subject": f"{CLIENT}:another"}) == (CONFLICT,)
    assert state(store) == before
    assert [one.faults[0].code for one in store.rejected()] == ["conflict", "conflict"]


def test_within_a_batch_it_is_as_if_told_one_by_one(store: Store) -> None:
    batch = [hours("h", 10), hours("h", 10), hours("h", 11), hours("h", 10), hours("h", 11)]
    assert tell(store, *batch) == (NEW, DUPLICATE, CONFLICT, DUPLICATE, CONFLICT)
    # What is in the log holds, not what is first in the batch.
    assert tell(store, hours("h", 11), hours("h", 10), hours("h", 11)) == (CONFLICT, DUPLICATE, CONFLICT)
    assert ask(store, HOURS) == [10]


def test_an_empty_batch_is_nothing(store: Store) -> None:
    assert store.apply([]).position is None
    assert ask(store, "SELECT count(*) FROM log.applied_batch") == [0]


def test_a_correction_replaces_and_a_withdrawal_restores(store: Store) -> None:
    first = hours("h", 10)
    better, best = correct(first, "c1", hours=20), correct(first, "c2", revision=2, hours=30)
    seen = []
    for said in (first, best, better, withdraw(best, "w1"), withdraw(better, "w2"), withdraw(first, "w3")):
        assert tell(store, said) == (NEW,)
        seen.append(ask(store, HOURS))
    assert seen == [[10], [30], [30], [20], [10], []]


def test_a_correction_may_come_before_its_target(store: Store) -> None:
    first = hours("h", 10)
    early = [withdraw(correct(first, "c2", 2, hours=30), "w"), correct(first, "c1", hours=20)]
    tell_one_by_one(store, *early, correct(first, "c2", 2, hours=30))
    assert ask(store, "SELECT id, standing FROM state.amendment ORDER BY id") == [
        ("c1", "waits"),
        ("c2", "withdrawn"),
        ("w", "holds"),
    ]
    assert ask(store, HOURS) == []
    tell(store, first)
    assert ask(store, HOURS) == [20]
    assert ask(store, "SELECT id, standing FROM state.amendment ORDER BY id") == [
        ("c1", "holds"),
        ("c2", "withdrawn"),
        ("w", "holds"),
    ]


def test_a_correction_may_move_an_event_to_another_unit_and_back(store: Store) -> None:
    first = hours("h", 10)
    moved = correct(first, "c", from_on="2025-04-01", to_on="2025-04-30", placement=f"{MAIN}:p2")
    where = "SELECT placement, from_on::text FROM state.hours"
    tell(store, first)
    before = state(store)
    tell(store, moved)
    assert ask(store, where) == [(f"{MAIN}:p2", "2025-04-01")]
    # A neighbour in the new unit meets the moved event there, and one in the old unit does not.
    tell(store, hours("n", 5, 4, "p2", revision=2))
    assert ask(store, HOURS) == [5, 10]
    tell(store, withdraw(moved, "w"), withdraw(hours("n", 5, 4, "p2", revision=2), "wn"))
    assert state(store)["hours"] == before["hours"]


def test_a_correction_may_turn_one_kind_of_event_into_another(store: Store) -> None:
    first = hours("h", 10)
    meeting = say("site_meeting.held", "x", meeting=f"{MAIN}:m", held_on="2025-03-01")
    turned = {**correct(first, "c"), "data": {**correct(first, "c")["data"]}}
    turned["data"]["replacement"] = {"type": meeting["type"], "data": meeting["data"]}
    tell(store, first, turned)
    assert ask(store, HOURS) == []
    assert ask(store, "SELECT held_on::text FROM state.meeting") == ["2025-03-01"]


def test_another_organisation_corrects_nothing(store: Store) -> None:
    first = hours("h", 10)
    tell(store, first, correct(first, "c", by=OTHER, hours=99), withdraw(first, "w", by=OTHER))
    assert ask(store, HOURS) == [10]
    assert ask(store, "SELECT standing FROM state.amendment") == ["void", "void"]


def test_who_it_was_sent_for_may_correct_it(store: Store) -> None:
    first = say(
        "hours.reported", "h", by=CLIENT, behalf=MAIN, placement=f"{MAIN}:p1", from_on="2025-03-01", to_on="2025-03-31",
        hours=10,
    )  # fmt: skip
    own = correct(first, "c", by=MAIN, hours=20)
    del own["data"]["replacement"]["data"]["on_behalf_of"]
    tell(store, first, own)
    assert ask(store, HOURS) == [20]


def test_a_correction_under_another_subject_waits(store: Store) -> None:
    first = hours("h", 10)
    tell(store, first, {**correct(first, "c", hours=20), "subject": f"{CLIENT}:another"})
    assert ask(store, HOURS) == [10]
    assert ask(store, "SELECT standing FROM state.amendment") == ["waits"]


def test_hours_of_a_period_are_a_register_and_overlaps_do_not_sum(store: Store) -> None:
    tell(store, hours("h1", 10), hours("h2", 12, revision=2), hours("h3", 5, from_on="2025-03-10"))
    assert ask(store, "SELECT hours, holds FROM state.hours ORDER BY from_on") == [(12, True), (5, False)]


def test_man_days_are_hours(store: Store) -> None:
    said = hours("h", 0, man_days=2.5)
    del said["data"]["hours"]
    tell(store, said)
    assert ask(store, HOURS) == [Decimal("18.50")]


def test_a_change_marks_the_tenders_it_bears_on_and_no_others(store: Store) -> None:
    other = f"{CLIENT}:other"
    tell(store, registered(), started("s"), {**started("s2", "p2", "b"), "subject": other})
    tell(store, say("tender.registered", "reg2", by=CLIENT, subject=other, title="B", client=CLIENT, municipality=751,
                    linking_circle=f"{CLIENT}:elsewhere"))  # fmt: skip
    assert ask(store, DIRTY) == [other, TENDER]
    _clean(store)
    tell(store, same_as("l", "a", "b"))
    assert ask(store, DIRTY) == [TENDER]
    _clean(store)
    tell(store, withdraw(same_as("l", "a", "b"), "w"))
    # The withdrawal itself is under the circle, which is no tender, and is marked without harm.
    assert TENDER in ask(store, DIRTY)
    assert other not in ask(store, DIRTY)


def test_a_candidate_marks_the_tenders_it_names_and_named(store: Store) -> None:
    at = {"tender": TENDER, "opening": f"{MAIN}:o", "contractor": MAIN, "by": JOB_CENTRE, "subject": CANDIDATE}
    presented = say("candidate.presented", "k1", presented_on="2025-02-01", **at)
    tell(store, registered(), presented)
    _clean(store)
    tell(store, correct(presented, "c", tender=f"{CLIENT}:other"), say("placement.ended", "x", placement=f"{MAIN}:p",
         ended_on="2025-02-02", reason="as_planned", outcome="pending", subject=f"{CLIENT}:other"))  # fmt: skip
    assert {TENDER, f"{CLIENT}:other"} <= set(ask(store, DIRTY))


def test_content_of_every_kind_survives(store: Store) -> None:
    title = 'Øl & "citat" \\ tab? \u2028 \U0001f3d7 \\N %s {x} $1 ;--'.replace("\u2028", " ")
    said = registered(title=title)
    tell(store, said)
    assert ask(store, "SELECT title FROM state.tender") == [title]
    assert ask(store, "SELECT body FROM log.event") == [raw(said)]


def test_what_is_refused_is_kept_scrubbed_once_and_marked_when_mended(store: Store) -> None:
    bad = Refused(b'{"cpr": "010203-1234", "\\u0000": 1}', (Fault("x", "\x00" * 300, "", "da", "en"),), "a.jsonl", 7)
    store.apply([], [bad, bad])
    elsewhere = bad._replace(origin="b.jsonl", line=1)
    assert store.apply(read_all([raw(hours("h", 10))]), [bad, elsewhere]).mended == 0
    (first,) = store.rejected()
    assert (first.origin, first.line, first.times) == ("a.jsonl", 7, 4)
    assert b"010203" not in first.payload
    mended = read(raw(hours("h2", 11, 4)), "mended.jsonl", 1, first.no)
    assert isinstance(mended, Decoded)
    store.apply([mended])
    assert store.rejected() == []
    assert store.rejected(resolved_too=True)[0].resolved_at is not None
    # Reading either file again finds the line known, and it stays resolved.
    assert store.apply([], [bad, elsewhere]).mended == 2
    assert store.rejected() == []


def test_a_mended_line_that_is_still_wrong_takes_the_place_of_the_first(store: Store) -> None:
    store.apply([], [Refused(b"one", (Fault("x", "f", "", "da", "en"),), "a.jsonl", 7)])
    (first,) = store.rejected()
    store.apply([], [Refused(b"two", (Fault("y", "f", "", "da", "en"),), "b.jsonl", 1, first.no)])
    (still,) = store.rejected()
    assert (still.no, still.payload, still.faults[0].code, still.times) == (first.no, b"two", "y", 2)


def test_an_unknown_version_is_kept_and_counted_apart(store: Store) -> None:
    later = {**hours("h", 10), "type": "dk.bygspor.hours.reported.v9"}
    assert tell(store, later) == (WAITING,)
    assert tell(store, later) == (DUPLICATE,)
    assert ask(store, HOURS) == []
    assert ask(store, "SELECT id FROM state.waiting") == ["h"]
    # A correction of it waits too: nobody knows yet what it is about.
    tell(store, correct(hours("h", 10), "c", hours=20))
    assert ask(store, "SELECT standing FROM state.amendment") == ["waits"]


def test_who_applies_cannot_change_or_delete_the_log(store: Store) -> None:
    tell(store, hours("h", 10))
    attempts = """UPDATE log.event SET id = 'x'; DELETE FROM log.event; TRUNCATE log.event; DELETE FROM log.rejected;
        DELETE FROM log.applied_batch; UPDATE log.subject SET name = 'x'"""
    for attempt in attempts.split(";"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), store.database.transaction() as connection:
            connection.execute(f"SET LOCAL ROLE bygspor_apply; {attempt}".encode())


def test_who_reads_sees_the_boards_and_no_person(store: Store) -> None:
    tell(store, registered(), started("s"), hours("h", 10))
    with store.database.transaction() as connection:
        connection.execute("SET LOCAL ROLE bygspor_read")
        views = connection.execute(
            "SELECT table_name FROM information_schema.views WHERE table_schema = 'board'"
        ).fetchall()
        assert len(views) == 6
        for (view,) in views:
            connection.execute(b"SELECT * FROM board." + view.encode())
    for secret in ("SELECT person FROM state.placement", "SELECT body FROM log.event", "SELECT * FROM state.candidate"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), store.database.transaction() as connection:
            connection.execute(f"SET LOCAL ROLE bygspor_read; {secret}".encode())


def test_a_lost_connection_is_replaced(store: Store, database_url: str) -> None:
    tell(store, hours("h1", 10, 1))
    stop_backends(database_url)
    assert tell(store, hours("h2", 10, 2)) == (NEW,)


def test_a_connection_lost_in_the_middle_is_said_so_and_may_be_tried_again(store: Store, database_url: str) -> None:
    def work(connection: Connection) -> None:
        stop_backends(database_url)
        connection.execute("SELECT 1")

    tell(store, hours("h1", 10, 1))
    with pytest.raises(DatabaseUnavailable) as caught:
        store.database.in_transaction(work)
    assert caught.value.retriable
    assert tell(store, hours("h2", 10, 2)) == (NEW,)


def test_subjects_of_the_same_name_do_not_mix(store: Store) -> None:
    tell(store, {**registered(), "subject": CIRCLE}, same_as("l", "a", "b"))
    assert ask(store, "SELECT person, root FROM state.person_link ORDER BY 1") == [
        (f"{CLIENT}:a", f"{CLIENT}:a"),
        (f"{CLIENT}:b", f"{CLIENT}:a"),
    ]


def _clean(store: Store) -> None:
    with store.database.transaction() as connection:
        connection.execute("DELETE FROM state.dirty_tender")
