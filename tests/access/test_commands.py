"""`org`, `user`, `key` and `link`: secrets shown once, in two languages, and every refusal with what to do."""

from __future__ import annotations

import pytest

from services.store.access import Access
from services.store.store import Store
from tests.access.conftest import CONTRACTOR, JOB_CENTRE
from tests.cli.runner import Bygspor


@pytest.fixture
def known(bygspor: Bygspor) -> Bygspor:
    bygspor.done("org", "add", CONTRACTOR, "Lærke Tømrer", "--kind", "contractor", "--kind", "site")
    return bygspor


def test_an_organisation_is_added_changed_and_listed(known: Bygspor) -> None:
    (listed,) = known.json("org", "list")
    assert (listed["cvr"], listed["kinds"], listed["active"]) == (CONTRACTOR, ["contractor", "site"], True)
    changed = known.json("org", "change", CONTRACTOR, "--inactive", "--kind", "client")
    assert (changed["name"], changed["kinds"], changed["active"]) == ("Lærke Tømrer", ["client"], False)
    assert "har ikke adgang" in known.done("org", "change", CONTRACTOR).words
    assert "Bygherre" in known.done("org", "list").words
    job_centre = ("org", "add", JOB_CENTRE, "Jobcenter Odense", "--kind", "job_centre")
    assert "municipality" in known(*job_centre).words
    assert known.json(*job_centre, "--municipality", "461")["municipality"] == 461


def test_a_user_is_added_given_a_password_and_shut_out(known: Bygspor, store: Store) -> None:
    made = known.json("user", "add", "Anna@x.dk", "--name", "Anna", "--org", CONTRACTOR)
    users = Access(store.database).users
    assert users.check_login("anna@x.dk", made["password"]) is not None
    told = known.done("user", "password", "anna@x.dk").out
    password = told.splitlines()[0].rpartition(" ")[2]
    assert users.check_login("anna@x.dk", made["password"]) is None
    assert users.check_login("anna@x.dk", password) is not None
    assert password not in known.done("user", "list").out
    known.done("user", "deactivate", "anna@x.dk")
    assert users.check_login("anna@x.dk", password) is None
    assert known("user", "deactivate", "nobody").code == 2


def test_a_key_is_made_rotated_and_revoked(known: Bygspor, store: Store) -> None:
    made = known.json("key", "add", CONTRACTOR, "løn", "--expires", "2099-12-31")
    second = known.done("key", "rotate", str(made["no"]), "--lang", "en")
    text = second.out.splitlines()[0].rpartition(" ")[2]
    keys = Access(store.database).keys
    assert keys.caller_of_key(made["key"]) is not None
    assert keys.caller_of_key(text) is not None
    refused = known("key", "rotate", str(made["no"]))
    assert refused.code == 2
    assert "key.too_many" in refused.err
    known.done("key", "revoke", str(made["no"]))
    assert Access(store.database).keys.caller_of_key(made["key"]) is None
    listed = known.done("key", "list", columns=200).out
    assert made["prefix"] in listed
    assert made["key"] not in listed


def test_a_link_is_made_and_revoked(known: Bygspor, store: Store) -> None:
    made = known.json("link", "add", CONTRACTOR, "mester", "--days", "3")
    links = Access(store.database).links
    assert links.caller_of_link(made["token"]) is not None
    assert "mester" in known.done("link", "list").words
    known.done("link", "revoke", str(made["no"]))
    assert links.caller_of_link(made["token"]) is None
    assert known("link", "revoke", "99").code == 2


def test_a_link_names_its_tender_as_other_commands_do_and_is_shown_as_a_whole_address(own_estates: Bygspor) -> None:
    own_estates.done("org", "add", "10000319", "Mosevang Murer", "--kind", "contractor")
    made = own_estates.json("link", "add", "10000319", "mester", "--tender", "havnegade")
    assert made["tender"] == "10000270:havnegade"
    assert made["address"] == f"http://127.0.0.1:8731/link/{made['token']}"
    assert "http://127.0.0.1:8731/link/" in own_estates.done("link", "add", "10000319", "mester").out
    refused = own_estates("link", "add", "10000319", "mester", "--tender", "havnegad")
    assert (refused.code, "tender.unknown" in refused.err) == (2, True)
    assert len(own_estates.json("link", "list", "--org", "10000319")) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("org", "add", "12345678", "X", "--kind", "client"), "no CVR number"),
        (("org", "add", JOB_CENTRE, "X", "--kind", "boss"), "none of"),
        (("org", "add", JOB_CENTRE, "X"), "one or several of"),
        (("key", "add", JOB_CENTRE, "X"), "There is no org"),
        (("key", "add", CONTRACTOR, "X", "--role", "operator"), "reporter or reader"),
        (("user", "add", "x", "--name", "X"), "does not fit"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(known: Bygspor, arguments: tuple[str, ...], said: str) -> None:
    found = known(*arguments, columns=200)
    assert found.code == 2
    assert said in found.words
