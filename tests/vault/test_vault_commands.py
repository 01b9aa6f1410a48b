"""`bygspor vault`: what an operator sees and does, without ever seeing a name, a number or a key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import make_url

from services.gateway import server
from services.store.vault import Keyring, Vault
from tests.cli.runner import Bygspor, Done
from tests.vault.test_vault import CIRCLE, FIRM, NUMBER

Run: TypeAlias = Callable[..., Done]


@pytest.fixture
def run(bygspor: Bygspor, vault_url: str, keyring: Keyring) -> Run:
    """`bygspor vault ...` on a vault of the test's own."""

    def run(*args: str, **environ: str) -> Done:
        told = {"BYGSPOR_VAULT_URL": vault_url, "BYGSPOR_KEYS": str(keyring.path), **environ}
        return bygspor("vault", *args, stdin=b"", columns=80, **told)

    return run


@pytest.fixture
def serve(bygspor: Bygspor, vault_url: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`bygspor serve` on such a vault, told to stop as soon as it has started."""
    monkeypatch.setattr(server, "serve", lambda _app, listening, **_: listening.close())

    def serve(*args: str, **environ: str) -> Done:
        told = {"BYGSPOR_VAULT_URL": vault_url, "BYGSPOR_KEYS": str(keyring.path), **environ}
        return bygspor("serve", "--port", "0", *args, stdin=b"", columns=80, **told)

    return serve


def test_a_life_of_keys(run: Run, vault: Vault) -> None:
    person = vault.subject_of(CIRCLE, NUMBER)
    vault.give_name(FIRM, person, "Åse Holm")
    (one,) = run("status", "--json").json
    assert (one["version"], one["persons"], one["names"]) == (1, 1, 1)
    assert run("rotate", "--json").json == {"version": 2, "data_keys": 1, "names": 1, "waiting": 1}
    refused = run("retire", "1")
    assert refused.code == 2
    assert "error[vault.version_needed]" in refused.words
    assert vault.subject_of(CIRCLE, NUMBER) == person
    assert "Nøgle 1 er slettet" in run("retire", "1").words
    assert run("erase", "--yes", person, "--json").json == {"names": 1, "numbers": 1}
    assert vault.all_names(FIRM) == {}


@pytest.mark.parametrize(("lang", "words"), [("da", "navne er flyttet"), ("en", "names moved")])
def test_both_languages(run: Run, lang: str, words: str) -> None:
    assert words in run("rotate", "--lang", lang).words
    assert ("CPR-numre" if lang == "da" else "CPR numbers") in run("status", "--lang", lang).words
    nothing = run("erase", "--yes", "10000270:nobody", "--lang", lang)
    assert nothing.code == 0
    assert "10000270:nobody" in nothing.words


def test_nothing_secret_is_shown(run: Run, vault: Vault, keyring: Keyring) -> None:
    vault.give_name(FIRM, vault.subject_of(CIRCLE, NUMBER), "Åse Holm")
    shown = "".join(run(*command).words for command in (("status",), ("status", "--json"), ("rotate", "--json")))
    assert not any(text in shown for text in ("Holm", NUMBER, keyring.path.read_text().split('"key": "')[1][:20]))


def test_a_vault_that_is_away_and_one_without_its_keys_have_their_exit_code(run: Run, tmp_path: Path) -> None:
    assert run("status").code == 0
    away = run("status", BYGSPOR_VAULT_URL=f"postgresql://bygspor@/v?host={tmp_path}")
    assert away.code == 3
    assert "error[vault.unavailable]" in away.words
    without = run("status", BYGSPOR_KEYS=str(tmp_path / "none.json"))
    assert without.code == 3
    assert "error[vault.wrong_keys]" in without.words


def test_a_vault_that_lets_nobody_in_is_no_vault_that_is_away(run: Run, vault: Vault) -> None:
    wrong = make_url(vault.url).set(username="nobody").render_as_string(hide_password=False)
    found = run("status", BYGSPOR_VAULT_URL=wrong)
    assert found.code == 3
    assert 'error[vault.refused]: The vault: PostgreSQL does not let BygSpor in: role "nobody"' in found.words
    assert "BYGSPOR_VAULT_URL" in found.words


@pytest.mark.parametrize(("lang", "words"), [("da", "Advarsel: boksen"), ("en", "Warning: the vault")])
def test_a_gateway_that_lacks_the_key_file_says_so_at_its_start(
    serve: Run, tmp_path: Path, lang: str, words: str
) -> None:
    assert words not in serve("--lang", lang).err
    without = serve("--lang", lang, BYGSPOR_KEYS=str(tmp_path / "none.json"))
    assert without.code == 0
    assert without.err.count(words) == 1
    assert "error[vault.wrong_keys]" in without.err


def test_a_folder_without_data_is_not_filled(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    found = run("status", BYGSPOR_DATABASE_URL="", BYGSPOR_DATA=str(empty))
    assert found.code == 2
    assert not empty.exists()
