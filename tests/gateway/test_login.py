"""Coming in and going out: sessions, forms that cannot be forged, one answer for every wrong login."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from services.domain.rights import Kind, Role
from services.gateway.limits import STRANGERS_A_MINUTE
from tests.gateway.conftest import Gateway
from tests.gateway.people import PASSWORD, Person, logged_in, user_of, words

FIRM = "10000319"


@pytest.fixture
def firm(gateway: Gateway) -> Gateway:
    gateway.organisation(FIRM, Kind.CONTRACTOR, name="Tømrermester Bo & Søn A/S")
    return gateway


def session_cookie(person: Person) -> str | None:
    return person.cookies.get("bygspor")


def test_nobody_is_sent_to_the_login_page_and_back(firm: Gateway) -> None:
    person = Person(firm)
    answer = person.get("/password?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/password%3Fx%3D1"
    login = user_of(firm, FIRM)
    page = person.get(answer.headers["location"])
    assert re.search(r'name="next" value="/password\?x=1"', page.text)
    answer = person.post("/login", {"login": login, "password": PASSWORD, "next": "/password?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/password?x=1")
    page = person.get("/password")
    assert page.status_code == 200
    assert "Tømrermester Bo & Søn A/S" in words(page)
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "back",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:1", "/\t/x.example", ""],
)
def test_a_login_leads_to_no_other_site(firm: Gateway, back: str) -> None:
    person = Person(firm)
    person.get("/login", params={"next": back})
    answer = person.post("/login", {"login": user_of(firm, FIRM), "password": PASSWORD, "next": back})
    assert answer.headers["location"] == "/"
    assert person.get("/login", params={"next": back}).headers["location"] == "/"


def test_htmx_is_told_to_go_to_the_login_page(firm: Gateway) -> None:
    answer = Person(firm).get("/password", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login?next=/password")


def test_the_session_cookie_says_nothing_and_changes_at_login(firm: Gateway) -> None:
    person = Person(firm)
    login = user_of(firm, FIRM)
    answer = person.log_in(login)
    first = session_cookie(person)
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("bygspor="))
    assert re.fullmatch(r"bygspor=[0-9a-f]{32}; HttpOnly; Path=/; SameSite=lax", cookie)
    token = person.token
    person.get("/password")
    assert person.token != token
    other = Person(firm)
    other.set_cookie("bygspor", first or "")
    other.get("/password")
    assert other.post("/login", {"login": login, "password": PASSWORD}).status_code == 303
    assert session_cookie(other) != first
    assert person.get("/password").headers["location"] == "/login?next=/password"


@pytest.mark.parametrize(("login", "password"), [("nobody@nowhere.example", PASSWORD), ("known", "forkert og lang")])
def test_a_wrong_login_is_answered_the_same_whoever_asks(firm: Gateway, login: str, password: str) -> None:
    known = user_of(firm, FIRM)
    person = Person(firm)
    answer = person.log_in(known if login == "known" else login, password)
    assert answer.status_code == 422
    assert "Brugernavnet eller adgangskoden er forkert." in words(answer)
    assert password not in answer.text
    assert session_cookie(person) is None


def test_a_wrong_login_takes_as_long_whoever_asks(firm: Gateway) -> None:
    firm.parts.limits.check_login = lambda whose: None  # type: ignore[method-assign]
    known, person = user_of(firm, FIRM), Person(firm)

    def fastest(login: str) -> float:
        took = []
        for _ in range(5):
            began = time.perf_counter()
            person.log_in(login, "forkert og lang")
            took.append(time.perf_counter() - began)
        return min(took)

    assert 0.5 < fastest(known) / fastest("nobody@nowhere.example") < 2


def test_too_many_wrong_logins_as_one_user_wait_and_keep_nobody_else_out(firm: Gateway) -> None:
    login = user_of(firm, FIRM)
    person = Person(firm)
    person.get("/login")
    answers = [person.post("/login", {"login": "x", "password": "forkert"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) <= 60
    assert "Vent et minut" in words(answers[-1])
    assert person.log_in(login).status_code == 303


def test_too_many_logins_from_an_address_wait(firm: Gateway) -> None:
    login, limits = user_of(firm, FIRM), firm.parts.limits
    for _ in range(STRANGERS_A_MINUTE):
        limits.check_stranger("127.0.0.1")
    assert Person(firm).log_in(login).status_code == 429


def test_too_many_logins_as_one_user_wait_wherever_they_come_from(firm: Gateway) -> None:
    login, limits = user_of(firm, FIRM), firm.parts.limits
    for _ in range(10):
        limits.check_login(f"login {login}")
    assert Person(firm).log_in(login.upper()).status_code == 429


def test_a_password_for_one_login_has_to_be_changed(firm: Gateway) -> None:
    user, once = firm.parts.access.users.create(FIRM, "bo@bo.example", "Bo", Role.REPORTER)
    person = Person(firm)
    assert person.log_in(user.login, once).headers["location"] == "/password"
    assert person.get("/account").headers["location"] == "/password"
    assert "Vælg din egen adgangskode" in words(person.get("/password"))
    wrong = person.post("/password", {"old": "forkert", "new": "kort", "again": "anden"})
    assert wrong.status_code == 422
    assert "Den nuværende adgangskode er forkert." in words(wrong)
    assert "ikke ens" in words(wrong)
    for new, said in [("kort", "12 til 200 tegn"), ("bygspor12345", "blandt de første"), (once, "en anden end")]:
        wrong = person.post("/password", {"old": once, "new": new, "again": new})
        assert wrong.status_code == 422
        assert said in words(wrong)
    before = session_cookie(person)
    answer = person.post("/password", {"old": once, "new": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert session_cookie(person) not in {None, before}
    page = person.get("/account")
    assert page.status_code == 200
    assert "Din adgangskode er skiftet." in words(page)
    assert "Din adgangskode er skiftet." not in words(person.get("/account"))
    assert Person(firm).log_in(user.login, once).status_code == 422
    assert Person(firm).log_in(user.login).status_code == 303


def test_logging_out_ends_the_session_and_says_so(firm: Gateway) -> None:
    person = logged_in(firm, FIRM)
    token = session_cookie(person)
    answer = person.post("/logout")
    assert answer.headers["location"] == "/login"
    assert session_cookie(person) is None
    assert "Du er logget ud." in words(person.get("/login"))
    person.set_cookie("bygspor", token or "")
    assert person.get("/account").status_code == 303


def test_logging_out_everywhere(firm: Gateway) -> None:
    here = logged_in(firm, FIRM)
    there = Person(firm)
    there.log_in(f"reporter@{FIRM}.example")
    here.post("/logout", {"everywhere": "yes"})
    assert there.get("/account").status_code == 303


@pytest.mark.parametrize("after", [timedelta(hours=8, minutes=1), timedelta(days=8)])
def test_a_session_ends_by_itself(firm: Gateway, after: timedelta) -> None:
    person = logged_in(firm, FIRM)
    room = firm.parts.access.sessions._room
    object.__setattr__(room, "now", lambda: datetime.now(UTC) + after)
    assert person.get("/account").headers["location"] == "/login?next=/account"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_from_another_site_changes_nothing(firm: Gateway, headers: dict[str, str]) -> None:
    person = logged_in(firm, FIRM)
    answer = person.post("/logout", headers=headers)
    assert answer.status_code == 403
    assert "BygSpors egne sider" in words(answer)
    assert person.get("/account").status_code == 200
    own = {"Origin": "http://bygspor.test", "Sec-Fetch-Site": "same-origin"}
    assert person.post("/logout", headers=own).status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 32, "æøå"])
def test_a_form_without_the_visitors_own_token_changes_nothing(firm: Gateway, token: str) -> None:
    person = logged_in(firm, FIRM)
    assert "for gammel" in words(person.post("/logout", {"csrf": token}))
    assert person.post("/logout", {"csrf": token}).status_code == 403
    another = Person(firm)
    another.get("/login")
    assert person.post("/logout", {"csrf": another.token}).status_code == 403
    assert person.get("/account").status_code == 200


def test_a_login_cannot_be_forged_from_outside(firm: Gateway) -> None:
    login = user_of(firm, FIRM)
    answer = Person(firm).post("/login", {"login": login, "password": PASSWORD})
    assert answer.status_code == 403


def test_the_token_may_come_in_a_header(firm: Gateway) -> None:
    person = logged_in(firm, FIRM)
    answer = person.post("/logout", {"csrf": ""}, headers={"X-CSRF-Token": person.token})
    assert answer.status_code == 303


def test_words_that_another_put_into_the_cookie_are_not_shown(firm: Gateway) -> None:
    person = logged_in(firm, FIRM)
    person.set_cookie("bygspor-flash", "W1sic3VjY2VzcyIsICJ4Il1d.0000")
    assert person.get("/account").status_code == 200


def test_a_page_that_is_not_there_is_a_page_for_people_and_a_problem_for_programs(firm: Gateway) -> None:
    person = Person(firm)
    page = person.get("/nothing")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Siden findes ikke" in words(page)
    problem = person.get("/nothing", headers={"Accept": "application/json"})
    assert problem.headers["content-type"] == "application/problem+json"
    assert person.get("/v1/nothing").headers["content-type"] == "application/problem+json"


def test_somebody_who_may_not_come_in_any_more_is_out_at_once(firm: Gateway) -> None:
    person = logged_in(firm, FIRM)
    firm.parts.access.organisations.change(FIRM, active=False)
    assert person.get("/account").status_code == 303
    assert person.log_in(f"reporter@{FIRM}.example").status_code in {303, 422}
    assert person.get("/account").status_code == 303
