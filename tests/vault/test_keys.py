"""The key file: made once, closed to others, held against the vault, and changed while everybody works."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from services.errors import BadInput, DatabaseUnavailable
from services.settings import Settings
from services.store.vault import Keyring, Vault
from services.store.vault.tables import beside
from services.wiring import open_vault
from tests.vault.test_vault import CIRCLE, FIRM, NUMBER, OTHER_PERSON, PERSON


@pytest.fixture
def other(vault_url: str, keyring: Keyring) -> Iterator[Vault]:
    """The same vault in another process, as good as."""
    opened = Vault(vault_url, Keyring(keyring.path))
    yield opened
    opened.close()


def rows(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT subject_id, circle, key_version FROM subject ORDER BY 1").fetchall()


def test_the_key_file_is_made_at_first_use_for_us_alone(vault: Vault, keyring: Keyring) -> None:
    assert not keyring.path.exists()
    vault.ready()
    assert keyring.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in keyring.path.parent.iterdir()] == ["keys.json"]
    made = keyring.keys()
    assert made is not None
    secret = made.current.secret
    assert len(secret) == 32
    assert repr(secret) not in f"{made.current!r} {keyring!r}"


def test_of_many_that_make_the_first_key_one_does(vault_url: str, keyring: Keyring) -> None:
    vaults = [Vault(vault_url, Keyring(keyring.path)) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        persons = set(pool.map(lambda vault: vault.subject_of(CIRCLE, NUMBER), vaults))
    for vault in vaults:
        vault.close()
    assert len(persons) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_may_read_is_refused(vault: Vault, keyring: Keyring, mode: int) -> None:
    vault.ready()
    keyring.path.chmod(mode)
    with pytest.raises(DatabaseUnavailable, match="others") as caught:
        vault.ready()
    assert (caught.value.code, caught.value.retriable) == ("vault.keys_open", False)
    assert "chmod 600" in str(caught.value)


@pytest.mark.parametrize(
    "raw", ["", "{}", '{"keys": []}', '{"keys": [{"version": 1, "made_at": "x", "key": "secret"}]}']
)
def test_a_file_that_holds_no_keys_is_refused_and_not_repeated(vault: Vault, keyring: Keyring, raw: str) -> None:
    keyring.path.write_text(raw)
    keyring.path.chmod(0o600)
    with pytest.raises(DatabaseUnavailable) as caught:
        vault.ready()
    assert caught.value.code == "vault.keys_damaged"
    assert "secret" not in str(caught.value)


def test_the_keys_of_another_vault_and_missing_keys_are_refused(vault: Vault, other: Vault, keyring: Keyring) -> None:
    vault.give_name(FIRM, PERSON, "Åse Holm")
    kept = keyring.path.read_bytes()
    keyring.path.unlink()
    for opened in (vault, other):
        with pytest.raises(DatabaseUnavailable, match="is gone") as gone:
            opened.all_names(FIRM)
        assert gone.value.code == "vault.wrong_keys"
    Keyring(keyring.path).make()
    with pytest.raises(DatabaseUnavailable, match="not those") as wrong:
        vault.all_names(FIRM)
    assert wrong.value.code == "vault.wrong_keys"
    keyring.path.write_bytes(kept)
    assert other.all_names(FIRM) == vault.all_names(FIRM) == {PERSON: "Åse Holm"}


def test_a_rotation_changes_nothing_that_can_be_seen(vault: Vault, other: Vault, vault_url: str) -> None:
    person = vault.subject_of(CIRCLE, NUMBER)
    vault.give_name(FIRM, person, "Åse Holm")
    sealed = vault.seal(FIRM, b"preview")
    rotated = vault.rotate()
    assert (rotated.version, rotated.data_keys, rotated.names, rotated.waiting) == (2, 2, 1, 1)
    for opened in (vault, other):
        assert opened.all_names(FIRM) == {person: "Åse Holm"}
        assert opened.find(FIRM, "åse holm") == [person]
        assert opened.unseal(FIRM, sealed) == b"preview"
    assert [version for _, _, version in rows(vault_url)] == [1]
    assert other.subject_of(CIRCLE, NUMBER) == person
    assert [version for _, _, version in rows(vault_url)] == [2]
    assert vault.subject_of(CIRCLE, NUMBER) == person


def test_a_key_goes_when_nothing_needs_it_and_not_before(vault: Vault, other: Vault, keyring: Keyring) -> None:
    person = vault.subject_of(CIRCLE, NUMBER)
    vault.give_name(FIRM, person, "Åse Holm")
    vault.rotate()
    with pytest.raises(BadInput, match="needed by 1 CPR"):
        vault.retire(1)
    with pytest.raises(BadInput, match="in use"):
        vault.retire(2)
    with pytest.raises(BadInput, match="no key version 3"):
        vault.retire(3)
    other.subject_of(CIRCLE, NUMBER)
    vault.retire(1)
    assert list(keyring.keys() or ()) == [2]
    assert other.subject_of(CIRCLE, NUMBER) == person
    assert other.names(FIRM, [person]) == {person: "Åse Holm"}
    assert vault.rotate().version == 3


def test_a_retirement_cut_off_by_a_power_cut_is_healed(vault: Vault, vault_url: str, keyring: Keyring) -> None:
    """The key is out of the file, and the row that names it was rolled back."""
    vault.give_name(FIRM, PERSON, "Åse Holm")
    vault.rotate()
    keys = keyring.keys()
    assert keys is not None
    keyring.remove(keys, 1)
    assert vault.all_names(FIRM) == {PERSON: "Åse Holm"}
    assert [version.version for version in vault.versions()] == [2]


def test_a_rotation_cut_off_by_a_power_cut_is_finished_by_the_next(vault: Vault, keyring: Keyring) -> None:
    """The key is in the file, and nothing was written with it."""
    person = vault.subject_of(CIRCLE, NUMBER)
    vault.give_name(FIRM, person, "Åse Holm")
    keys = keyring.keys()
    assert keys is not None
    keyring.add(keys, 2)
    vault.give_name(FIRM, OTHER_PERSON, "Åse Holm")
    assert vault.find(FIRM, "Åse Holm") == sorted([person, OTHER_PERSON])
    assert vault.rotate().version == 3
    assert vault.find(FIRM, "Åse Holm") == sorted([person, OTHER_PERSON])
    assert vault.subject_of(CIRCLE, NUMBER) == person
    vault.retire(1)
    vault.retire(2)


def test_numbers_seen_while_keys_rotate_stay_one_person_each(vault_url: str, keyring: Keyring) -> None:
    numbers = [f"310299{n:04}" for n in range(30)]
    vaults = [Vault(vault_url, Keyring(keyring.path)) for _ in range(5)]
    over = threading.Event()

    def rotating(vault: Vault) -> None:
        for _ in range(5):
            vault.rotate()
        over.set()

    def seeing(vault: Vault) -> set[tuple[str, str]]:
        seen: set[tuple[str, str]] = set()
        while not over.is_set() or not seen:
            seen |= {(number, vault.subject_of(CIRCLE, number)) for number in numbers}
        return seen

    with ThreadPoolExecutor(5) as pool:
        rotation = pool.submit(rotating, vaults[0])
        told = set.union(*pool.map(seeing, vaults[1:]))
        rotation.result()
    for vault in vaults:
        vault.close()
    assert len(told) == len(numbers)
    assert len(rows(vault_url)) == len(numbers)


def test_a_vault_that_is_away_may_be_tried_again_and_comes_back(
    tmp_path: Path, keyring: Keyring, vault_url: str
) -> None:
    away = Vault(f"postgresql://bygspor@/bygspor_vault?host={tmp_path}", keyring)
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable) as caught:
            away.subject_of(CIRCLE, NUMBER)
        assert (caught.value.code, caught.value.retriable) == ("vault.unavailable", True)
        assert NUMBER not in str(caught.value)
    assert not keyring.path.exists()


def test_a_connection_lost_in_the_middle_is_an_unavailable_vault(
    vault: Vault, vault_url: str, postgres_url: str
) -> None:
    vault.ready()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = vault_url.rpartition("/")[2].partition("?")[0].encode()
        connection.execute(b"ALTER DATABASE %s ALLOW_CONNECTIONS off" % name)
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name.decode()])
        with pytest.raises(DatabaseUnavailable) as caught:
            vault.ready()
        assert caught.value.code == "vault.unavailable"
        connection.execute(b"ALTER DATABASE %s ALLOW_CONNECTIONS on" % name)
    vault.ready()


def test_the_vault_is_closed_to_the_roles_of_the_boards(vault: Vault, vault_url: str) -> None:
    vault.ready()
    with psycopg.connect(vault_url) as connection:
        allowed = "SELECT has_database_privilege('pg_monitor', current_database(), 'CONNECT')"
        assert connection.execute(allowed).fetchone() == (False,)


def test_a_vault_of_a_newer_program_is_left_alone(vault: Vault, vault_url: str, keyring: Keyring) -> None:
    vault.ready()
    with psycopg.connect(vault_url) as connection:
        connection.execute("INSERT INTO vault_step VALUES (99)")
    newer = Vault(vault_url, keyring)
    with pytest.raises(DatabaseUnavailable) as caught:
        newer.ready()
    newer.close()
    assert caught.value.code == "vault.newer"


def test_the_key_file_and_a_backup_of_the_database_are_enough(vault: Vault, keyring: Keyring, tmp_path: Path) -> None:
    vault.give_name(FIRM, PERSON, "Åse Holm")
    copy = tmp_path / "elsewhere.json"
    shutil.copy(keyring.path, copy)
    restored = Vault(vault.url, Keyring(copy))
    assert restored.all_names(FIRM) == {PERSON: "Åse Holm"}
    restored.close()
    assert len(json.loads(copy.read_text())["keys"]) == 1


def test_a_vault_lies_beside_the_database_unless_it_is_told_where(tmp_path: Path) -> None:
    assert beside("postgresql://me:word@host:1/bygspor?a=b") == "postgresql://me:word@host:1/bygspor_vault?a=b"
    settings = Settings(tmp_path, "postgresql://host/bygspor", "da")
    assert "host/bygspor_vault" in open_vault(settings).url
    elsewhere = Settings(tmp_path, "postgresql://host/bygspor", "da", vault_url="postgresql://safe/v")
    assert "safe/v" in open_vault(elsewhere).url


def test_a_vault_that_may_not_be_made_says_so(vault_url: str, keyring: Keyring, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE makes_nothing LOGIN")
    refused = Vault(vault_url.replace("bygspor@", "makes_nothing@"), keyring)
    try:
        with pytest.raises(DatabaseUnavailable, match="may not make one") as caught:
            refused.ready()
        assert caught.value.code == "vault.no_database"
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("DROP ROLE makes_nothing")
