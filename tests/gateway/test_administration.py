"""Administration: an organisation's own people and keys by its administrators, organisations by operators."""

from __future__ import annotations

import re

import pytest

from services.domain.rights import Kind, Role
from tests.gateway.conftest import Gateway
from tests.gateway.people import PASSWORD, Person, logged_in, words
from tests.gateway.reporting import CLIENT, OTHER_FIRM, SECRETARIAT, TENDER, event, site_of
from tests.gateway.reporting import FIRM as SITE_FIRM

FIRM, OTHER, AUDITOR = "10000319", "10000009", "10000017"
HERE = f"/administration/{FIRM}"


@pytest.fixture
def firm(gateway: Gateway) -> Gateway:
    gateway.organisation(FIRM, Kind.CONTRACTOR, Kind.CLIENT, name="Tømrermester Bo & Søn A/S")
    gateway.organisation(OTHER, Kind.CONTRACTOR, name="Malerfirmaet Vest")
    return gateway


@pytest.fixture
def boss(firm: Gateway) -> Person:
    return logged_in(firm, FIRM, Role.ADMINISTRATOR)


def secret_of(page: str) -> str:
    found = re.search(r"<code[^>]*>([^<]+)</code>", page)
    assert found is not None
    return found[1]


def no_of(person: Person, name: str) -> int:
    users = person.gateway.parts.access.users.list(FIRM)
    return next(user.no for user in users if user.name == name)


def invite(boss: Person, name: str = "Mette Holm", login: str = "mette@bo.example", role: str = "reporter") -> str:
    boss.get(f"{HERE}/people/new")
    answer = boss.post(f"{HERE}/people/new", {"name": name, "login": login, "role": role})
    assert answer.status_code == 200
    return secret_of(answer.text)


def test_an_administrator_invites_a_colleague_who_then_chooses_a_password(boss: Person) -> None:
    assert boss.get("/administration").headers["location"] == HERE
    once = invite(boss)
    page = words(boss.get(HERE))
    assert "Mette Holm mette@bo.example Indberetter Aldrig Åben" in page
    assert once not in page
    mette = Person(boss.gateway)
    assert mette.log_in("mette@bo.example", once).headers["location"] == "/password"
    mette.get("/password")
    assert mette.post("/password", {"old": once, "new": PASSWORD, "again": PASSWORD}).status_code == 303
    assert mette.get("/administration").status_code == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "", "login": "", "role": ""}, ["Skriv personens navn.", "Skriv et brugernavn.", "Vælg en rolle."]),
        ({"name": "Mette", "login": "to ord", "role": "reader"}, ["ikke indeholde mellemrum"]),
        ({"name": "Mette", "login": f"administrator@{FIRM}.example", "role": "reader"}, ["optaget"]),
        ({"name": "Mette 010190-1234", "login": "m", "role": "reader"}, ["CPR-nummer"]),
        ({"name": "M" * 101, "login": "m", "role": "reader"}, ["højst 100 tegn"]),
        ({"name": "Mette", "login": "m", "role": "operator"}, ["Vælg en rolle."]),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said_at_its_field(
    boss: Person, fields: dict[str, str], said: list[str]
) -> None:
    boss.get(f"{HERE}/people/new")
    answer = boss.post(f"{HERE}/people/new", fields)
    assert answer.status_code == 422
    assert all(text in words(answer) for text in said)
    assert "010190" not in answer.text
    assert len(boss.gateway.parts.access.users.list(FIRM)) == 1


def test_a_colleague_changes_role_gets_a_new_password_and_is_shut_out(boss: Person) -> None:
    once = invite(boss)
    mette = Person(boss.gateway)
    mette.log_in("mette@bo.example", once)
    person = f"{HERE}/people/{no_of(boss, 'Mette Holm')}"
    assert "Mette Holm" in words(boss.get(person))
    assert boss.post(f"{person}/role", {"role": "administrator"}).status_code == 303
    assert "Mette Holm er nu administrator." in words(boss.get(HERE))
    assert "ny adgangskode?" in words(boss.get(f"{person}/password"))
    twice = secret_of(boss.post(f"{person}/password").text)
    assert twice != once
    assert mette.get("/account").headers["location"].startswith("/login")
    assert mette.log_in("mette@bo.example", once).status_code == 422
    assert mette.log_in("mette@bo.example", twice).status_code == 303
    assert "Luk adgangen for Mette Holm?" in words(boss.get(f"{person}/close"))
    boss.post(f"{person}/close")
    assert "Mette Holm kan ikke længere logge ind." in words(boss.get(HERE))
    assert mette.get("/account").headers["location"].startswith("/login")
    assert mette.log_in("mette@bo.example", twice).status_code == 422
    boss.get(person)
    boss.post(f"{person}/role", {"role": "reader"})
    assert "Mette Holm kan nu logge ind som læser." in words(boss.get(HERE))
    assert mette.log_in("mette@bo.example", twice).status_code == 303


def test_nobody_shuts_themselves_out(boss: Person) -> None:
    own = f"{HERE}/people/{no_of(boss, 'Mette Administrator')}"
    assert "Det er dig selv." in words(boss.get(own))
    for path, fields in [("close", {}), ("role", {"role": "reader"}), ("password", {})]:
        assert boss.post(f"{own}/{path}", fields).status_code == 403
    assert boss.get(HERE).status_code == 200


def test_a_key_is_made_shown_once_renewed_and_closed(boss: Person) -> None:
    gateway = boss.gateway
    boss.get(f"{HERE}/keys/new")
    fields = {"label": "Lønsystem", "role": "reporter", "lasts": "365"}
    secret = secret_of(boss.post(f"{HERE}/keys/new", fields).text)
    caller = gateway.parts.access.keys.caller_of_key(secret)
    assert caller is not None
    assert (caller.organisation, caller.role) == (FIRM, Role.REPORTER)
    page = boss.get(HERE)
    assert secret not in page.text
    assert "Lønsystem" in words(page)
    assert boss.post(f"{HERE}/keys/new", fields).status_code == 422
    no = gateway.parts.access.keys.list(FIRM)[0].no
    assert "Lav en ny nøgle til Lønsystem?" in words(boss.get(f"{HERE}/keys/{no}/renew"))
    second = secret_of(boss.post(f"{HERE}/keys/{no}/renew").text)
    assert gateway.parts.access.keys.caller_of_key(second) is not None
    assert boss.post(f"{HERE}/keys/{no}/renew").status_code == 303
    assert "To nøgler med det navn er i brug." in words(boss.get(HERE))
    assert "Luk nøglen Lønsystem" in words(boss.get(f"{HERE}/keys/{no}/close"))
    assert boss.post(f"{HERE}/keys/{no}/close").status_code == 303
    assert gateway.parts.access.keys.caller_of_key(secret) is None
    assert gateway.parts.access.keys.caller_of_key(second) is not None
    assert boss.get(f"{HERE}/keys/{no}/close").status_code == 404


def test_a_key_without_a_name_or_choices_is_not_made(boss: Person) -> None:
    boss.get(f"{HERE}/keys/new")
    answer = boss.post(f"{HERE}/keys/new", {"label": " ", "role": "administrator"})
    assert answer.status_code == 422
    assert "Der er 3 fejl at rette" in words(answer)
    assert boss.gateway.parts.access.keys.list(FIRM) == []


def test_another_organisation_is_not_there(boss: Person) -> None:
    other, once = boss.gateway.parts.access.users.create(OTHER, "anden", "Anden", Role.READER)
    boss.gateway.key(OTHER)
    paths = [f"/administration/{OTHER}", f"/administration/{OTHER}/people/new", f"/administration/{OTHER}/keys/new"]
    paths += [f"/administration/{OTHER}/people/{other.no}", f"/administration/{OTHER}/looks", "/administration/new"]
    # Nor by way of one's own address.
    paths += [f"{HERE}/people/{other.no}", f"{HERE}/people/{other.no}/close", f"{HERE}/keys/1/close", f"{HERE}/change"]
    assert {path: boss.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
    posts = [f"{HERE}/people/{other.no}/{what}" for what in ("role", "close", "password")]
    posts += [f"{HERE}/keys/1/close", f"/administration/{OTHER}/people/new", f"{HERE}/change"]
    assert {path: boss.post(path, {"role": "reader"}).status_code for path in posts} == dict.fromkeys(posts, 404)
    assert boss.gateway.parts.access.users.check_login("anden", once) is not None


@pytest.mark.parametrize("role", [Role.REPORTER, Role.READER])
def test_others_than_administrators_are_told_that_they_may_not(firm: Gateway, role: Role) -> None:
    person = logged_in(firm, FIRM, role)
    assert person.get(HERE).status_code == 403
    assert "Spørg en administrator" in words(person.get(HERE))
    assert person.post(f"{HERE}/people/new", {"name": "x", "login": "x", "role": "administrator"}).status_code == 403
    assert "Administration" not in words(person.get("/account"))


def test_an_operator_lets_an_organisation_in_and_gives_it_an_administrator(firm: Gateway) -> None:
    operator = logged_in(firm, None, Role.OPERATOR)
    assert operator.get("/").headers["location"] == "/administration"
    assert "Malerfirmaet Vest" in words(operator.get("/administration"))
    operator.get("/administration/new")
    wrong = operator.post("/administration/new", {"cvr": "12345678", "name": "X", "kinds": "job_centre"})
    assert wrong.status_code == 422
    assert "Der er 2 fejl at rette Det er ikke et CVR-nummer." in words(wrong)
    wrong = operator.post("/administration/new", {"cvr": OTHER, "name": "", "municipality": "Odense"})
    assert "Der er 3 fejl at rette" in words(wrong)
    wrong = operator.post("/administration/new", {"cvr": OTHER, "name": "X", "kinds": "client"})
    assert "Organisationen er oprettet i forvejen." in words(wrong)
    fields = {"cvr": AUDITOR, "name": "Jobcenter Odense", "kinds": ["job_centre", "client"], "municipality": "461"}
    answer = operator.post("/administration/new", fields)
    assert answer.headers["location"] == f"/administration/{AUDITOR}/people/new"
    page = operator.get(answer.headers["location"])
    assert "Jobcenter Odense er oprettet." in words(page)
    assert re.search(r'value="administrator" checked', page.text)
    made = firm.parts.access.organisations.get(AUDITOR)
    assert made is not None
    assert made.municipality == 461
    assert made.kinds == {Kind.JOB_CENTRE, Kind.CLIENT}


def test_an_operator_changes_and_closes_an_organisation(firm: Gateway) -> None:
    operator, clerk = logged_in(firm, None, Role.OPERATOR), logged_in(firm, FIRM)
    page = operator.get(f"{HERE}/change")
    assert "Tømrermester Bo &amp; Søn A/S" in page.text
    fields = {"name": "Bo & Søn ApS", "kinds": "contractor"}
    assert operator.post(f"{HERE}/change", fields).status_code == 303
    assert "Bo & Søn ApS" in words(operator.get(HERE))
    assert clerk.get("/account").status_code == 303
    operator.post(f"{HERE}/change", {**fields, "active": "yes"})
    assert Person(firm).log_in(f"reporter@{FIRM}.example").status_code == 303
    assert operator.post(f"{HERE}/change", {"name": "", "kinds": "job_centre"}).status_code == 422


def test_who_looked_begins_empty(boss: Person) -> None:
    assert "Ingen har set noget endnu" in words(boss.get(f"{HERE}/looks"))


def test_who_looked_at_our_people_is_told_and_what_is_not_ours_is_not(gateway: Gateway) -> None:
    site = site_of(gateway)
    for cvr in (SITE_FIRM, OTHER_FIRM):
        terms = {"placement": f"{cvr}:1", "person": f"{cvr}:p", "contractor": cvr, "kind": "apprenticeship"}
        site.told(event(cvr, cvr, "placement.started", started_on="2026-03-02", **terms))
    for cvr in (SITE_FIRM, SECRETARIAT, OTHER_FIRM, CLIENT):
        site.person(cvr, Role.ADMINISTRATOR).get(f"/tenders/{TENDER}")
    page = words(site.person(SITE_FIRM).get(f"/administration/{SITE_FIRM}/looks"))
    assert "Havnegade Tømrermester Bo & Søn A/S Mette Administrator" in page
    assert "Havnegade Sekretariatet –" in page
    assert "Bøgelund" not in page


def test_a_client_lets_an_auditor_see_a_tender_and_takes_it_back(gateway: Gateway) -> None:
    site = site_of(gateway)
    gateway.organisation(AUDITOR, Kind.AUDITOR, name="Revision Nord")
    client, auditor = site.person(CLIENT, Role.ADMINISTRATOR), site.person(AUDITOR)
    assert "Havnegade" not in words(auditor.get("/tenders"))
    here = f"/administration/{CLIENT}/auditors"
    client.get(here)
    assert client.post(here, {"tender": "10000270:other", "auditor": FIRM, "lasts": "7"}).status_code == 422
    assert client.post(here, {"tender": TENDER, "auditor": AUDITOR, "lasts": "90"}).status_code == 303
    page = client.get(here)
    assert "Revision Nord kan nu se Havnegade." in words(page)
    assert "Havnegade" in words(auditor.get("/tenders"))
    take = f"{here}/{AUDITOR}/{TENDER}/take-back"
    assert "Skal Revision Nord ikke længere se Havnegade?" in words(client.get(take))
    firm = site.person(SITE_FIRM, Role.ADMINISTRATOR)
    assert firm.get(f"/administration/{SITE_FIRM}/auditors/{AUDITOR}/{TENDER}/take-back").status_code == 404
    assert firm.post(f"/administration/{SITE_FIRM}/auditors/{AUDITOR}/{TENDER}/take-back").status_code == 404
    client.get(here)
    assert client.post(take).status_code == 303
    assert "Havnegade" not in words(auditor.get("/tenders"))


def test_auditors_need_a_tender_to_see(boss: Person) -> None:
    assert "Her er ikke noget at give adgang til endnu" in words(boss.get(f"{HERE}/auditors"))
