"""The settings: read from the environment handed in, checked, and all with help."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.errors import BadInput
from services.settings import SETTINGS, Oidc, Settings

BROKER = {
    "BYGSPOR_OIDC_ISSUER": "https://broker.example/op",
    "BYGSPOR_OIDC_CLIENT_ID": "bygspor",
    "BYGSPOR_OIDC_CLIENT_SECRET_FILE": "secret",
}


def test_an_empty_environment_gives_usable_defaults() -> None:
    settings = Settings.from_environment({})
    assert settings.data == Path.home() / ".local/share/bygspor"
    assert settings.database_url is None
    assert settings.language == "da"


def test_what_is_set_wins_and_a_relative_folder_is_fixed_to_where_we_are() -> None:
    given = {"BYGSPOR_DATA": "here", "BYGSPOR_DATABASE_URL": "postgresql://db/bygspor", "BYGSPOR_LANG": "en"}
    assert Settings.from_environment(given) == Settings(Path.cwd() / "here", "postgresql://db/bygspor", "en")


def test_the_vault_s_settings() -> None:
    given = {"BYGSPOR_VAULT_URL": "postgresql://safe/v", "BYGSPOR_KEYS": "~/keys.json", "BYGSPOR_CPR": "on"}
    settings = Settings.from_environment(given)
    assert (settings.vault_url, settings.keys, settings.cpr) == (
        "postgresql://safe/v",
        Path.home() / "keys.json",
        True,
    )
    assert Settings.from_environment({}).cpr is False


def test_a_broker_is_set_whole_or_not_at_all() -> None:
    assert Settings.from_environment({}).oidc is None
    assert Settings.from_environment(BROKER).oidc == Oidc("https://broker.example/op", "bygspor", Path.cwd() / "secret")


@pytest.mark.parametrize(
    "environment",
    [
        {"BYGSPOR_LANG": "sv"},
        {"BYGSPOR_DATBASE_URL": "x"},
        {"BYGSPOR_VAULT_URL": "mysql://x"},
        {"BYGSPOR_CPR": "yes"},
        {"BYGSPOR_OIDC_ISSUER": "https://broker.example"},
        {**BROKER, "BYGSPOR_OIDC_ISSUER": "http://broker.example"},
        {**BROKER, "BYGSPOR_OIDC_ISSUER": "https://["},
    ],
)
def test_a_bad_value_or_a_misspelt_name_is_refused_with_a_hint(environment: dict[str, str]) -> None:
    with pytest.raises(BadInput) as caught:
        Settings.from_environment(environment)
    assert caught.value.hint


def test_every_setting_has_a_proper_name_and_help() -> None:
    for setting in SETTINGS:
        assert setting.name.startswith("BYGSPOR_")
        assert setting.help.endswith(".")
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
