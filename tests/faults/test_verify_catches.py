"""`verify` must fail where something is wrong: every check is shown to, and so are stores with a planted fault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

import psycopg
import pytest

from services.sample.estates import lines
from services.store import amending, log, refolding, rejections
from services.store import apply as applying
from services.store.log import Row
from services.store.positions import Touched
from services.store.recompute import DERIVED
from tests.cli.runner import Bygspor
from tests.store.told import correct, hours, raw, read_all, registered, started, tell, withdraw

LOG = {
    "an event twice": (
        "log.identity",
        "ALTER TABLE log.event DROP CONSTRAINT event_pkey; INSERT INTO log.event SELECT * FROM log.event WHERE nr = 2",
    ),
    "an event of a source without a name": ("log.names", "UPDATE log.event SET source_no = 9999 WHERE nr = 2"),
    "an event of a type without a name": ("log.names", "UPDATE log.event SET type_no = 9999 WHERE nr = 2"),
    "an event lost": ("log.batches", "DELETE FROM log.event WHERE nr = 2"),
    "a batch lost": ("log.batches", "DELETE FROM log.applied_batch WHERE position = 1"),
    "a gap in the positions": ("log.positions", "UPDATE log.applied_batch SET position = 9 WHERE position = 2"),
    "time that runs backwards": (
        "log.positions",
        "UPDATE log.applied_batch SET known_at = known_at - interval '1 hour' WHERE position = 2",
    ),
    "a rejected line without a fault": ("log.rejected", "UPDATE log.rejected SET faults = '[]'"),
    "a mark of the future": (
        "state.dirty_tender",
        "INSERT INTO state.dirty_tender SELECT subject_no, 99 FROM state.tender LIMIT 1",
    ),
    "somebody who sees what is not theirs": (
        "access.visible",
        "INSERT INTO access.visible SELECT '10000009', subject_no, 'contractor' FROM state.tender",
    ),
    "an event in another place": ("log.units", "UPDATE log.event SET unit_hash = unit_hash + 1 WHERE nr = 2"),
}


@pytest.fixture
def tampered(bygspor: Bygspor) -> Bygspor:
    """Something of everything the state can hold, one rejected line, and one event that waits for an upgrade."""
    others = (line for line in lines("korskaerparken") if b"area_indicator" in line or b"person.same_as" in line)
    bygspor.ingest([*lines("havnegade"), *others])
    later = {**hours("later", 1), "type": "dk.bygspor.hours.reported.v9"}
    bygspor.ingest([b"nonsense", raw(later)], code=1)
    return bygspor


def change(bygspor: Bygspor, statements: str) -> None:
    """What no program of ours does, past every constraint."""
    with psycopg.connect(bygspor.url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statements.encode())


def failing(bygspor: Bygspor) -> set[str]:
    found = bygspor("verify", "--json")
    failed = {check["name"] for check in found.json if not check["ok"]}
    assert found.code == (1 if failed else 0)
    assert all(check["detail"] for check in found.json if not check["ok"])
    return failed


def test_every_check_can_fail(tampered: Bygspor) -> None:
    """The log's and the state's checks are all named in the tests below."""
    names = {check["name"] for check in tampered.json("verify")}
    assert names == {name for name, _ in LOG.values()} | {f"state.{table}" for table in DERIVED}


@pytest.mark.parametrize("what", LOG)
def test_tampering_with_the_log_is_caught(tampered: Bygspor, what: str) -> None:
    name, statement = LOG[what]
    assert failing(tampered) == set()
    change(tampered, statement)
    assert name in failing(tampered)


@pytest.mark.parametrize("table", DERIVED)
def test_tampering_with_the_state_is_caught_and_a_rebuild_mends_it(tampered: Bygspor, table: str) -> None:
    for statement in (_LOSE, _DOUBLE):
        change(tampered, _keyless(tampered, table) + statement.format(table))
        # Who may see what follows from the state, and is wrong with it.
        assert failing(tampered) - {"access.visible"} == {f"state.{table}"}
        assert tampered.json("rebuild")["mended"] > 0
        assert failing(tampered) == set()


_LOSE = "DELETE FROM state.{0} WHERE ctid = (SELECT min(ctid) FROM state.{0})"
_DOUBLE = "INSERT INTO state.{0} SELECT * FROM state.{0} WHERE ctid = (SELECT min(ctid) FROM state.{0})"
_KEYS = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u')"


def _keyless(bygspor: Bygspor, table: str) -> str:
    with psycopg.connect(bygspor.url) as connection:
        keys = connection.execute(_KEYS, [f"state.{table}"]).fetchall()
    return "".join(f"ALTER TABLE state.{table} DROP CONSTRAINT {name}; " for (name,) in keys)


VALUES = [
    "UPDATE state.hours SET hours = hours + 0.01 WHERE ctid = (SELECT min(ctid) FROM state.hours)",
    "UPDATE state.site_hours SET holds = NOT holds WHERE ctid = (SELECT min(ctid) FROM state.site_hours)",
    "UPDATE state.tender SET title = 'Another' WHERE title LIKE 'Havne%'",
    "UPDATE state.placement SET person = 'another' WHERE placement LIKE '%h01-1'",
    "UPDATE state.person_link SET root = person WHERE person <> root",
    "UPDATE state.amendment SET standing = 'waits' WHERE standing <> 'waits'",
]


@pytest.mark.parametrize("statement", VALUES)
def test_a_value_that_is_not_what_was_told_is_caught(tampered: Bygspor, statement: str) -> None:
    change(tampered, statement)
    assert failing(tampered) == {statement.split()[1]}
    tampered.done("rebuild")
    assert failing(tampered) == set()


PLAIN = [registered(), started("s"), hours("h", 10), hours("other", 20, 4)]
AMENDED = [*PLAIN, correct(hours("h", 10), "c", hours=12), withdraw(hours("other", 20, 4), "w")]


def without_state(*_: Any) -> Touched:
    return Touched()


def last_row_swallowed(connection: Any, rows: refolding.Rows) -> None:
    write({family: list(of_family)[:-1] for family, of_family in rows.items()}, connection)


def write(rows: refolding.Rows, connection: Any) -> None:
    _WRITE(connection, rows)


def always_new(connection: Any, batch_no: int, rows: Iterable[Row]) -> set[int]:
    """The lost dedupe: what is there already is written again."""
    connection.execute("RESET ROLE")
    connection.execute("ALTER TABLE log.event DROP CONSTRAINT IF EXISTS event_pkey")
    connection.execute("SET LOCAL ROLE bygspor_apply")
    assert _INSERT(connection, batch_no, rows) == set()
    return set()


def nothing_settled(connection: Any, names: Any, new: Any) -> Any:
    """Amendments are logged and their targets forgotten."""
    return _SETTLE(connection, names, [])


_WRITE, _INSERT, _SETTLE = refolding.write, log.insert, amending.settle

PLANTED: dict[str, tuple[Any, str, Any, list[Any]]] = {
    "the log without the state": (applying, "_fold", without_state, PLAIN),
    "an error swallowed": (refolding, "write", last_row_swallowed, PLAIN),
    "the dedupe lost": (log, "insert", always_new, [*PLAIN, *PLAIN]),
    "amendments without effect": (amending, "settle", nothing_settled, AMENDED),
    "what was there before not taken away": (refolding, "delete", lambda *_: {}, AMENDED),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_store_with_a_fault_is_caught(bygspor: Bygspor, what: str) -> None:
    room, name, fault, said = PLANTED[what]
    with bygspor.store() as store:
        with patch.object(room, name, fault):
            for one in said:
                store.apply(read_all([raw(one)]))
        assert any(not check.ok for check in store.verify()), what


@pytest.mark.parametrize("said", [PLAIN, [*PLAIN, *PLAIN], AMENDED], ids=["plain", "twice", "amended"])
def test_a_store_without_a_fault_is_not(bygspor: Bygspor, said: list[Any]) -> None:
    with bygspor.store() as store:
        for one in said:
            tell(store, one)
        assert all(check.ok for check in store.verify())


def test_a_rejected_line_that_is_not_kept_is_seen_in_the_counts(bygspor: Bygspor) -> None:
    with patch.object(rejections, "keep", lambda *_: None):
        report = bygspor.ingest([b"nonsense"], code=1)
    assert report["rejected"] == 1
    assert report["faults"] == []
