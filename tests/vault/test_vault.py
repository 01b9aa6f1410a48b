"""Numbers, names and sealed bytes: what the vault promises as long as its keys stay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import CPR_SHAPE
from services.errors import BadInput, BygSporError
from services.store.vault import Keyring, Vault
from services.store.vault.names import closest, normalised
from services.store.vault.numbers import new_subject_id, ten_digits

CIRCLE, OTHER_CIRCLE = "10000270:kreds", "10000270:anden-kreds"
FIRM, OTHER_FIRM = "10000319", "10000335"
PERSON, OTHER_PERSON = "10000270:k4f7", "10000270:m2p9"
# A day that no calendar has: nobody's number.
NUMBER = "3102991234"

DIGITS = st.from_regex(r"(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])[0-9]{6}", fullmatch=True)
PARTED = st.sampled_from(["", "-", " ", " - ", "–", "\u2011", "\u00a0", " \u2014 ", "\u2212"])


def test_a_number_is_one_person_in_a_circle_however_it_is_written(vault: Vault) -> None:
    person = vault.subject_of(CIRCLE, NUMBER)
    assert person.startswith("10000270:p")
    assert vault.subject_of(CIRCLE, f" {NUMBER[:6]}-{NUMBER[6:]}") == person
    assert vault.subject_of(CIRCLE, f"{NUMBER[:6]} – {NUMBER[6:]} ") == person


def test_circles_and_numbers_are_kept_apart(vault: Vault) -> None:
    found = {vault.subject_of(circle, number) for circle in (CIRCLE, OTHER_CIRCLE) for number in (NUMBER, "3102991235")}
    assert len(found) == 4


def test_eight_threads_that_see_a_number_first_agree_on_its_person(vault_url: str, keyring: Keyring) -> None:
    vaults = [Vault(vault_url, Keyring(keyring.path)) for _ in range(8)]
    numbers = [f"310299{n:04}" for n in range(25)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda vault: [vault.subject_of(CIRCLE, number) for number in numbers], vaults))
    for vault in vaults:
        vault.close()
    assert all(one == told[0] for one in told)
    assert len(set(told[0])) == len(numbers)


@given(DIGITS, PARTED, st.sampled_from(["", " ", "\t", "\u00a0"]))
def test_normalisation_takes_every_parting_and_no_check_digit_counts(digits: str, parted: str, around: str) -> None:
    assert ten_digits(f"{around}{digits[:6]}{parted}{digits[6:]}{around}") == digits


@given(st.text(max_size=20))
def test_what_is_no_number_is_refused_and_not_repeated(text: str) -> None:
    if not CPR_SHAPE.fullmatch(text.strip()):
        with pytest.raises(BadInput) as caught:
            ten_digits(f"x{text}")
        assert caught.value.message == "That is no CPR number: six digits that begin like a date, then four."


def test_a_random_id_never_looks_like_a_number() -> None:
    assert not any(CPR_SHAPE.search(f"10000270:{new_subject_id()}") for _ in range(1000))


def test_names_are_each_organisation_s_own(vault: Vault) -> None:
    vault.give_name(FIRM, PERSON, "  Åse   Holm ")
    vault.give_name(FIRM, OTHER_PERSON, "Bo Lind")
    vault.give_name(OTHER_FIRM, PERSON, "Åse H.")
    assert vault.names(FIRM, [PERSON, "10000270:nobody"]) == {PERSON: "Åse Holm"}
    assert vault.all_names(FIRM) == {PERSON: "Åse Holm", OTHER_PERSON: "Bo Lind"}
    assert vault.all_names(OTHER_FIRM) == {PERSON: "Åse H."}
    assert vault.names(FIRM, []) == {}


def test_a_name_given_again_replaces_the_first(vault: Vault) -> None:
    vault.give_name(FIRM, PERSON, "Åse Holm")
    vault.give_name(FIRM, PERSON, "Åse Holm Lund")
    assert vault.all_names(FIRM) == {PERSON: "Åse Holm Lund"}
    assert vault.find(FIRM, "Åse Holm") == []


def test_a_name_is_found_whatever_its_case_and_spaces_and_may_be_two_persons(vault: Vault) -> None:
    vault.give_name(FIRM, PERSON, "Åse Holm")
    vault.give_name(FIRM, OTHER_PERSON, "åse holm")
    assert vault.find(FIRM, " ÅSE  HOLM") == [PERSON, OTHER_PERSON]
    assert vault.find(OTHER_FIRM, "Åse Holm") == []
    assert vault.find(FIRM, "Åse") == []


@pytest.mark.parametrize("name", ["Aase Holm", "Holm, Åse", "Åse Hoim", "Åse M. Holm"])
def test_a_name_much_like_another_is_near_it(vault: Vault, name: str) -> None:
    vault.give_name(FIRM, PERSON, "Åse Holm")
    vault.give_name(FIRM, OTHER_PERSON, "Mohammed Al-Sayed")
    assert vault.near(FIRM, name) == [(PERSON, "Åse Holm")]
    assert vault.near(FIRM, "åse holm") == []


@given(st.text(max_size=30), st.lists(st.tuples(st.just(PERSON), st.text(max_size=30)), max_size=10))
def test_at_most_five_are_near_and_none_is_the_name_itself(name: str, known: list[tuple[str, str]]) -> None:
    found = closest(name, known)
    assert len(found) <= 5
    assert all(normalised(other) != normalised(name) for _, other in found)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "Bo\x00Lind", "Bo 310299-1234"])
def test_what_is_no_name_is_refused_and_not_repeated(vault: Vault, name: str) -> None:
    with pytest.raises(BadInput) as caught:
        vault.give_name(FIRM, PERSON, name)
    assert not name.strip() or name not in str(caught.value)


def test_sealed_bytes_open_for_their_organisation_only(vault: Vault) -> None:
    sealed = vault.seal(FIRM, b"Bo Lind;37,5")
    assert b"Bo" not in sealed
    assert vault.unseal(FIRM, sealed) == b"Bo Lind;37,5"
    for organisation, found in ((OTHER_FIRM, sealed), (FIRM, sealed[:-1]), (FIRM, b"")):
        with pytest.raises(BygSporError, match="not what was put there"):
            vault.unseal(organisation, found)


def test_erasing_leaves_nothing_of_a_person_and_all_of_the_others(vault: Vault, vault_url: str) -> None:
    person = vault.subject_of(CIRCLE, NUMBER)
    vault.give_name(FIRM, person, "Åse Holm")
    vault.give_name(OTHER_FIRM, person, "Åse H.")
    vault.give_name(FIRM, OTHER_PERSON, "Bo Lind")
    erased = vault.erase(person)
    assert (erased.names, erased.numbers) == (2, 1)
    assert vault.all_names(FIRM) == {OTHER_PERSON: "Bo Lind"}
    assert vault.all_names(OTHER_FIRM) == {}
    with psycopg.connect(vault_url) as connection:
        assert connection.execute("SELECT owner FROM data_key").fetchall() == [(OTHER_PERSON,)]
    assert vault.subject_of(CIRCLE, NUMBER) != person
    assert vault.erase("10000270:nobody") == type(erased)(0, 0)


def test_a_row_moved_to_another_person_or_organisation_does_not_open(vault: Vault, vault_url: str) -> None:
    vault.give_name(FIRM, PERSON, "Åse Holm")
    with psycopg.connect(vault_url) as connection:
        connection.execute("UPDATE name SET organisation = %s", [OTHER_FIRM])
    with pytest.raises(BygSporError, match="moved from where it belongs"):
        vault.all_names(OTHER_FIRM)
