"""Organisations, people, keys, sessions and links: who comes in, until when, and who no longer does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.domain.rights import Caller, Kind, Role
from services.errors import BadInput
from services.store.access import Access, Key, passwords
from services.store.store import Store
from tests.access.conftest import CONTRACTOR, JOB_CENTRE, Clock
from tests.store.told import ask

PASSWORD = "tre blå heste i regn"  # noqa: S105


def user_of(access: Access, login: str = "Anna@Example.dk", role: Role = Role.REPORTER) -> tuple[int, str]:
    user, password = access.users.create(CONTRACTOR, login, "Anna", role)
    return user.no, password


def key_of(access: Access, label: str = "løn") -> tuple[Key, str]:
    return access.keys.create(CONTRACTOR, label, Role.REPORTER, "user:1")


def test_an_organisation_is_registered_once_changed_and_listed(access: Access) -> None:
    with pytest.raises(BadInput, match="registered already"):
        access.organisations.register(CONTRACTOR, "Igen", [Kind.CONTRACTOR])
    changed = access.organisations.change(CONTRACTOR, kinds=[Kind.SITE, Kind.CONTRACTOR])
    assert changed.kinds == {Kind.SITE, Kind.CONTRACTOR}
    assert changed.name == "Tømrerfirmaet Lærke"
    assert access.organisations.get(CONTRACTOR) == changed
    assert access.organisations.list() == [changed]


@pytest.mark.parametrize(
    ("cvr", "name", "kinds"),
    [
        ("10000318", "A", [Kind.CLIENT]),
        (JOB_CENTRE, " ", [Kind.CLIENT]),
        (JOB_CENTRE, "A", []),
        (JOB_CENTRE, "A", None),
    ],
)
def test_what_is_no_organisation_is_refused(access: Access, cvr: str, name: str, kinds: list[Kind] | None) -> None:
    with pytest.raises(BadInput):
        access.organisations.register(cvr, name, [Kind.JOB_CENTRE] if kinds is None else kinds)


def test_a_new_user_logs_in_with_a_password_for_one_login(access: Access) -> None:
    no, password = user_of(access)
    user = access.users.check_login(" ANNA@example.dk ", password)
    assert user is not None
    assert (user.no, user.must_change, user.organisation) == (no, True, CONTRACTOR)
    access.users.set_password(no, PASSWORD)
    assert access.users.check_login("anna@example.dk", password) is None
    again = access.users.check_login("anna@example.dk", PASSWORD)
    assert again is not None
    assert not again.must_change
    assert again.last_login_at is not None


def test_nobody_logs_in_with_what_is_wrong(access: Access) -> None:
    no, password = user_of(access)
    assert access.users.check_login("anna@example.dk", password + "x") is None
    assert access.users.check_login("nobody", password) is None
    access.users.deactivate(no)
    assert access.users.check_login("anna@example.dk", password) is None


def test_an_unknown_login_costs_a_whole_hash_too(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    matches = passwords.matches

    def watched(kept: str | None, given: str) -> bool:
        asked.append(kept)
        return matches(kept, given)

    monkeypatch.setattr(passwords, "matches", watched)
    assert access.users.check_login("nobody", "whatever") is None
    assert asked == [None]


@pytest.mark.parametrize("password", ["kort", "adgangskode123", "aaaaaaaaaaaaaaaa", "anna@example.dk1", "Qwerty123456"])
def test_passwords_that_are_tried_first_are_refused(access: Access, password: str) -> None:
    no, _ = user_of(access)
    with pytest.raises(BadInput):
        access.users.set_password(no, password)


def test_an_old_hash_is_made_anew_at_login(access: Access, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    no, password = user_of(access)
    before = ask(store, "SELECT password_hash FROM access.app_user")
    monkeypatch.setattr(passwords, "is_outdated", lambda _: True)
    assert access.users.check_login("anna@example.dk", password) is not None
    assert ask(store, "SELECT password_hash FROM access.app_user") != before
    assert access.users.check_login("anna@example.dk", password) is not None
    assert no == 1


def test_logins_are_taken_once_and_roles_fit(access: Access) -> None:
    user_of(access)
    with pytest.raises(BadInput, match="taken"):
        user_of(access, "ANNA@EXAMPLE.DK")
    with pytest.raises(BadInput, match="does not fit"):
        access.users.create(None, "x", "X", Role.REPORTER)
    with pytest.raises(BadInput, match="does not fit"):
        access.users.create(CONTRACTOR, "x", "X", Role.OPERATOR)
    with pytest.raises(BadInput, match="no org"):
        access.users.create(JOB_CENTRE, "x", "X", Role.READER)


def test_the_first_administrator_is_made_once(access: Access) -> None:
    made = access.users.first_administrator()
    assert made is not None
    user, password = made
    assert (user.login, user.role, user.organisation) == ("admin", Role.OPERATOR, None)
    assert access.users.check_login("admin", password) is not None
    assert access.users.first_administrator() is None


def test_a_broker_s_identity_is_one_user_s(access: Access) -> None:
    for name in ("Anna", "Anna Holm"):
        access.users.await_decision(CONTRACTOR, name, "https://broker", "s-1")
    assert access.users.by_oidc("https://broker", "s-1") is None
    [one] = access.users.list()
    assert one.awaits
    access.users.let_in(one.no)
    found = access.users.by_oidc("https://broker", "s-1")
    assert found is not None
    assert found.no == one.no
    assert access.users.by_oidc("https://other", "s-1") is None


def test_a_key_opens_for_its_organisation(access: Access) -> None:
    key, text = key_of(access)
    assert text.startswith(f"bsk_{key.prefix}_")
    caller = access.keys.caller_of_key(text)
    assert caller == Caller(CONTRACTOR, frozenset({Kind.CONTRACTOR}), Role.REPORTER, f"key:{key.no}")


@pytest.mark.parametrize(
    "text", ["", "bsk", "bsk__", "bsk_x", "abc_{p}_{s}", "bsk_{p}_", "bsk_{p}_{s}x", "bsk_zz_{s}", "bsk_ø_{s}"]
)
def test_what_is_no_key_opens_nothing(access: Access, text: str) -> None:
    key, whole = key_of(access)
    secret = whole.rpartition("_")[2]
    assert access.keys.caller_of_key(text.format(p=key.prefix, s=secret)) is None


def test_of_a_secret_only_the_hash_is_kept(access: Access, store: Store) -> None:
    _, text = key_of(access)
    _, password = user_of(access)
    token = access.sessions.open(1)
    _, link = access.links.create(CONTRACTOR, "mester", "user:1", access.keys.list()[0].created_at + timedelta(days=3))
    tables = ("organisation", "app_user", "api_key", "session", "link")
    kept = "".join(str(row) for table in tables for row in ask(store, f"TABLE access.{table}"))
    for secret in (text.rpartition("_")[2], password, token, link):
        assert secret not in kept


def test_two_keys_of_a_label_live_at_once_and_no_third(access: Access) -> None:
    first, old = key_of(access)
    second, new = access.keys.rotate(first.no, "user:1")
    assert (second.label, second.role) == (first.label, first.role)
    with pytest.raises(BadInput, match="Two keys"):
        access.keys.rotate(first.no, "user:1")
    assert access.keys.caller_of_key(old) is not None
    access.keys.revoke(first.no)
    assert access.keys.caller_of_key(old) is None
    assert access.keys.caller_of_key(new) is not None
    access.keys.rotate(second.no, "user:1")


def test_a_key_expires(access: Access, clock: Clock) -> None:
    _, text = access.keys.create(CONTRACTOR, "løn", Role.READER, "user:1", clock.at + timedelta(seconds=10))
    assert access.keys.caller_of_key(text) is not None
    clock.move(seconds=10)
    assert access.keys.caller_of_key(text) is None


def test_a_key_revoked_elsewhere_is_closed_within_half_a_minute(access: Access, store: Store, clock: Clock) -> None:
    key, text = key_of(access)
    assert access.keys.caller_of_key(text) is not None
    Access(store.database, clock).keys.revoke(key.no)
    assert access.keys.caller_of_key(text) is not None
    clock.move(seconds=30)
    assert access.keys.caller_of_key(text) is None


def test_a_closed_organisation_s_credentials_open_nothing(access: Access, clock: Clock) -> None:
    _, text = key_of(access)
    no, _ = user_of(access)
    token = access.sessions.open(no)
    _, link = access.links.create(CONTRACTOR, "mester", "user:1", clock.at + timedelta(days=1))
    assert access.keys.caller_of_key(text) is not None
    access.organisations.change(CONTRACTOR, active=False)
    assert access.keys.caller_of_key(text) is None
    assert access.sessions.caller_of_session(token) is None
    assert access.links.caller_of_link(link) is None


def test_the_last_use_of_a_key_is_written_once_a_minute(access: Access, clock: Clock) -> None:
    key, text = key_of(access)
    used = []
    for _ in range(5):
        access.keys.caller_of_key(text)
        used.append(access.keys.list()[0].last_used_at)
        clock.move(seconds=20)
    assert len(set(used)) == 2
    assert used[0] == key.created_at


def test_a_session_lasts_eight_idle_hours_and_seven_days(access: Access, clock: Clock) -> None:
    no, _ = user_of(access)
    token = access.sessions.open(no)
    found = access.sessions.caller_of_session(token)
    assert found is not None
    assert found.caller.who == f"user:{no}"
    assert found.must_change
    assert found.csrf
    for _ in range(23):
        clock.move(hours=7)
        assert access.sessions.caller_of_session(token) is not None
    clock.move(hours=7)
    assert access.sessions.caller_of_session(token) is None
    other = access.sessions.open(no)
    clock.move(hours=8)
    assert access.sessions.caller_of_session(other) is None


def test_sessions_are_closed_one_by_one_and_all_at_once(access: Access) -> None:
    no, _ = user_of(access)
    one, two, three = (access.sessions.open(no) for _ in range(3))
    access.sessions.close(one)
    assert access.sessions.caller_of_session(one) is None
    assert access.sessions.caller_of_session(two) is not None
    access.sessions.close_all(no)
    assert access.sessions.caller_of_session(two) is None
    again = access.sessions.open(no)
    access.users.set_password(no, PASSWORD)
    assert access.sessions.caller_of_session(again) is None
    assert access.sessions.caller_of_session(three) is None


def test_a_link_asks_one_question_until_it_expires(access: Access, clock: Clock) -> None:
    until = clock.at + timedelta(days=14)
    link, token = access.links.create(CONTRACTOR, "mester", "user:1", until, "10000270:havnegade")
    found = access.links.caller_of_link(token)
    assert found is not None
    assert found[0] == Caller(CONTRACTOR, frozenset({Kind.CONTRACTOR}), Role.REPORTER, f"link:{link.no}")
    assert found[1] == link
    assert access.links.list()[0].last_used_at == clock.at
    clock.move(days=14)
    assert access.links.caller_of_link(token) is None
    assert access.links.caller_of_link("x") is None
    with pytest.raises(BadInput, match="expired"):
        access.links.create(CONTRACTOR, "mester", "user:1", until)


def test_a_link_is_revoked(access: Access, clock: Clock) -> None:
    link, token = access.links.create(CONTRACTOR, "mester", "user:1", clock.at + timedelta(days=14))
    access.links.revoke(link.no)
    assert access.links.caller_of_link(token) is None
    with pytest.raises(BadInput, match="no link"):
        access.links.revoke(99)


def test_a_mandate_is_given_changed_and_taken_back(access: Access, clock: Clock) -> None:
    access.mandates.give(CONTRACTOR, "10000270:havnegade", "user:1")
    access.mandates.give(CONTRACTOR, "10000270:havnegade", "user:2", clock.at.date())
    (mandate,) = access.mandates.list(CONTRACTOR)
    assert (mandate.given_by, mandate.until) == ("user:2", clock.at.date())
    access.mandates.take_back(CONTRACTOR, "10000270:havnegade")
    assert access.mandates.list() == []


def test_looks_are_kept(access: Access) -> None:
    caller = Caller(CONTRACTOR, frozenset(), Role.READER, "user:1")
    access.looked(caller, "placements", "10000270:havnegade")
    (look,) = access.looks.of("10000270:havnegade")
    assert (look.who, look.organisation, look.what) == ("user:1", CONTRACTOR, "placements")
