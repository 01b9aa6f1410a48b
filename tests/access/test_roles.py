"""What the gateway's roles may not do, and that a fault in the policies would be found."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.access.test_matrix import ABOUT_ME, BOARDS, MATRIX, SEEN, placement
from tests.access.world import CALLERS, World, seen
from tests.store.told import ask


@pytest.mark.parametrize("table", [*MATRIX, *BOARDS, *SEEN, *sorted(ABOUT_ME)])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES", "TRUNCATE {}"])
def test_the_gateway_s_reader_writes_nothing(world: World, table: str, statement: str) -> None:
    with world.store.database.transaction() as connection:
        connection.execute("SET LOCAL ROLE bygspor_gateway")
        with pytest.raises((errors.InsufficientPrivilege, errors.WrongObjectType, errors.ObjectNotInPrerequisiteState)):
            connection.execute(statement.format(table).encode())
        connection.rollback()


@pytest.mark.parametrize("role", ["bygspor_gateway", "bygspor_access", "bygspor_apply"])
def test_a_role_belongs_to_no_other_and_does_not_log_in(world: World, role: str) -> None:
    member = f"SELECT count(*) FROM pg_auth_members WHERE member = '{role}'::regrole"  # noqa: S608
    attributes = f"SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = '{role}'"  # noqa: S608
    assert ask(world.store, member) == [0]
    assert ask(world.store, attributes) == [(False, False, False, False)]
    with world.store.database.transaction() as connection:
        connection.execute(f"SET LOCAL SESSION AUTHORIZATION {role}".encode())
        for other in {"bygspor_gateway", "bygspor_access", "bygspor_apply", "bygspor_read"} - {role}:
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"SET LOCAL ROLE {other}".encode())
        connection.rollback()


@pytest.mark.parametrize(("setting", "value"), [("bygspor.organisation", "10000270"), ("role", "bygspor_apply")])
def test_no_function_says_who_asks(world: World, setting: str, value: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        seen(world, CALLERS["stranger"], f"SELECT set_config('{setting}', '{value}', true)")


def test_the_registers_reader_never_reads_the_data(world: World) -> None:
    for table in MATRIX:
        if table.startswith("access."):
            continue
        with world.store.database.transaction("SET LOCAL ROLE bygspor_access") as connection:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(f"SELECT FROM {table}".encode())
            connection.rollback()


FAULTS = {
    "a policy too many": "CREATE POLICY slip ON state.placement FOR SELECT TO bygspor_gateway USING (true)",
    "no row-level security": "ALTER TABLE state.placement DISABLE ROW LEVEL SECURITY",
    "a policy dropped": "DROP POLICY own_people ON state.placement",
    "a view with its owner's eyes": "ALTER VIEW board.placement SET (security_invoker = false)",
    "a right too many": "GRANT SELECT ON state.person_link TO bygspor_gateway",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(world: World, fault: str) -> None:
    """The same questions as above, on a database where one thing is wrong."""
    # Asked first: whoever changes a table keeps everybody else away from it.
    expected = sum(placement(world, CALLERS["contractor"], row) for row in world.rows("state.placement"))
    with world.store.database.transaction() as connection:
        connection.execute(FAULTS[fault].encode())
        connection.execute("SELECT set_config('bygspor.organisation', '10000319', true)")
        connection.execute("SET LOCAL ROLE bygspor_gateway")
        caught = not _as_told(expected, connection)
        connection.rollback()
    assert caught


def _as_told(expected: int, connection: psycopg.Connection[Any]) -> bool:
    counted = "SELECT (SELECT count(*) FROM state.placement), (SELECT count(*) FROM board.placement)"
    found = connection.execute(counted.encode()).fetchone()
    try:
        with connection.transaction():
            connection.execute("SELECT FROM state.person_link")
    except errors.InsufficientPrivilege:
        return found == (expected, expected)
    return False
