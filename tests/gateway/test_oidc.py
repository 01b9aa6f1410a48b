"""Coming in by MitID Erhverv, against a broker that signs: who comes in, who waits, and what lets nobody in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from services.domain.rights import Kind, Role
from services.gateway.parts import Broker, Options
from tests.canary import CANARIES
from tests.gateway.conftest import Gateway, opened
from tests.gateway.people import Person, logged_in, words
from tests.gateway.provider import CLIENT, SECRET, Provider, running, unsigned

FIRM = "10000319"
CPR = CANARIES[0]
METTE = {"sub": "mette-7f3a", "cvrNumberIdentifier": FIRM, "name": "Mette Holm"}


@pytest.fixture(scope="module")
def _provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(_provider: Provider) -> Provider:
    _provider.__init__(_provider.address)  # type: ignore[misc]
    _provider.says = dict(METTE)
    return _provider


@pytest.fixture
def gateway(database_url: str, tmp_path: Path, provider: Provider) -> Iterator[Gateway]:
    options = Options(url="http://bygspor.test", broker=Broker(provider.issuer, CLIENT, SECRET))
    with opened(database_url, tmp_path, options) as found:
        found.organisation(FIRM, Kind.CONTRACTOR, name="Tømrermester Bo & Søn A/S")
        yield found


def come_back(person: Person, provider: Provider, back: str = "/account", **changed: str | None) -> httpx.Response:
    away = person.get("/oidc/login", params={"next": back})
    assert away.status_code == 303, words(away)
    answered = {**provider.log_in(away.headers["location"]), **changed}
    return person.get("/oidc/callback", params={name: value for name, value in answered.items() if value is not None})


def let_in(gateway: Gateway, role: Role = Role.REPORTER) -> None:
    (user,) = gateway.parts.access.users.list(FIRM)
    gateway.parts.access.users.change_role(user.no, role)
    gateway.parts.access.users.let_in(user.no)


def test_what_is_asked_of_the_broker(gateway: Gateway, provider: Provider) -> None:
    come_back(Person(gateway), provider)
    asked = provider.asked
    assert asked["redirect_uri"] == "http://bygspor.test/oidc/callback"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["scope"] == "openid profile"
    assert "cpr" not in str(asked).lower()
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_somebody_new_waits_for_an_administrator_who_opens_the_door(gateway: Gateway, provider: Provider) -> None:
    boss, mette = logged_in(gateway, FIRM, Role.ADMINISTRATOR), Person(gateway)
    for _ in range(2):
        answer = come_back(mette, provider)
        assert answer.status_code == 403
        assert "Du mangler kun et ja fra din administrator" in words(answer)
        assert "Mette Administrator" in words(answer)
        assert mette.get("/account").headers["location"].startswith("/login")
    page = boss.get(f"/administration/{FIRM}")
    assert words(page).count("Mette Holm mitid-") == 1
    assert "Læser Aldrig Venter på jer" in words(page)
    no = next(user.no for user in gateway.parts.access.users.list(FIRM) if user.awaits)
    assert "MitID Erhverv" in words(boss.get(f"/administration/{FIRM}/people/{no}"))
    boss.post(f"/administration/{FIRM}/people/{no}/role", {"role": "reporter"})
    answer = come_back(mette, provider, "/account?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    page = mette.get("/account")
    assert "Mette Holm" in words(page)
    assert "Indberetter" in words(page)


def test_a_login_begins_a_session_of_its_own(gateway: Gateway, provider: Provider) -> None:
    mette = Person(gateway)
    come_back(mette, provider)
    let_in(gateway)
    come_back(mette, provider)
    first = mette.cookies.get("bygspor")
    come_back(mette, provider)
    assert mette.cookies.get("bygspor") not in {None, first}
    assert mette.cookies.get("bygspor-oidc") is None


def test_who_was_shut_out_stays_out(gateway: Gateway, provider: Provider) -> None:
    mette = Person(gateway)
    come_back(mette, provider)
    let_in(gateway)
    assert come_back(mette, provider).status_code == 303
    (user,) = gateway.parts.access.users.list(FIRM)
    gateway.parts.access.users.deactivate(user.no)
    assert mette.get("/account").headers["location"].startswith("/login")
    assert come_back(mette, provider).status_code == 403
    assert mette.get("/account").headers["location"].startswith("/login")


@pytest.mark.parametrize("known", [False, True])
def test_an_organisation_that_is_not_here_is_told_kindly(gateway: Gateway, provider: Provider, known: bool) -> None:
    if known:
        gateway.parts.access.organisations.change(FIRM, active=False)
    provider.says["cvrNumberIdentifier"] = FIRM if known else "10000009"
    answer = come_back(Person(gateway), provider)
    assert answer.status_code == 403
    assert "Din virksomhed er ikke i BygSpor endnu" in words(answer)
    assert gateway.parts.access.users.list() == []


def test_acting_for_another_organisation_than_before_is_somebody_new(gateway: Gateway, provider: Provider) -> None:
    mette = Person(gateway)
    come_back(mette, provider)
    let_in(gateway)
    gateway.organisation("10000009", Kind.CONTRACTOR, name="Malerfirmaet Vest")
    provider.says["cvrNumberIdentifier"] = "10000009"
    assert come_back(mette, provider).status_code == 403
    assert mette.get("/account").headers["location"].startswith("/login")


def claims(**changed: Any) -> Callable[[dict[str, Any]], None]:
    def spoil(told: dict[str, Any]) -> None:
        told.update(changed)
        for name in [name for name, value in changed.items() if value is None]:
            del told[name]

    return spoil


@pytest.mark.parametrize(
    ("spoils", "said"),
    [
        (claims(nonce="another"), "kunne ikke godkendes"),
        (claims(nonce=None), "kunne ikke godkendes"),
        (claims(aud="somebody-else"), "kunne ikke godkendes"),
        (claims(aud=["somebody-else", CLIENT], azp="somebody-else"), "kunne ikke godkendes"),
        (claims(iss="https://elsewhere.example"), "kunne ikke godkendes"),
        (claims(exp=1_600_000_000), "kunne ikke godkendes"),
        (claims(exp=None), "kunne ikke godkendes"),
        (claims(iat=4_000_000_000), "kunne ikke godkendes"),
        (claims(sub=None), "kunne ikke godkendes"),
        (claims(sub=CPR), "kunne ikke godkendes"),
        (claims(sub=7), "kunne ikke godkendes"),
        (claims(cvrNumberIdentifier=None), "uden en virksomhed"),
        (claims(cvrNumberIdentifier="12345678"), "uden en virksomhed"),
        (claims(cvrNumberIdentifier=10000319), "uden en virksomhed"),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    gateway: Gateway, provider: Provider, spoils: Callable[[dict[str, Any]], None], said: str
) -> None:
    mette = Person(gateway)
    come_back(mette, provider)
    let_in(gateway)
    provider.spoils = spoils
    answer = come_back(mette, provider)
    assert answer.status_code == 403
    assert said in words(answer)
    assert CPR not in answer.text
    assert mette.cookies.get("bygspor") is None


def by_another_key(told: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"}, told, RSAKey.generate_key(2048, {"kid": "1"}))


def by_our_secret(told: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, told, OctKey.import_key(SECRET.ljust(32)))


@pytest.mark.parametrize("signs", [unsigned, by_another_key, by_our_secret, lambda told: "no.token.atall"])
def test_a_token_that_the_broker_did_not_sign_lets_nobody_in(
    gateway: Gateway, provider: Provider, signs: Callable[[dict[str, Any]], str]
) -> None:
    mette = Person(gateway)
    come_back(mette, provider)
    let_in(gateway)
    provider.signs = signs
    answer = come_back(mette, provider)
    assert (answer.status_code, mette.cookies.get("bygspor")) == (403, None)
    assert "kunne ikke godkendes" in words(answer)


def test_an_answer_to_nothing_or_to_another_login_lets_nobody_in(gateway: Gateway, provider: Provider) -> None:
    mette = Person(gateway)
    assert "Svaret hører ikke til" in words(mette.get("/oidc/callback", params={"code": "x", "state": "y"}))
    assert "Svaret hører ikke til" in words(come_back(mette, provider, state="another"))
    assert "Svaret hører ikke til" in words(come_back(mette, provider, state=None))
    assert "gennemførte ikke" in words(come_back(mette, provider, code=None, error="access_denied"))
    assert "gennemførte ikke" in words(come_back(mette, provider, code="invented"))
    mette.set_cookie("bygspor-oidc", "WyJ4Il0=")
    assert "Svaret hører ikke til" in words(mette.get("/oidc/callback", params={"code": "x", "state": "y"}))
    assert gateway.parts.access.users.list() == []


def test_a_code_is_good_for_once(gateway: Gateway, provider: Provider) -> None:
    mette = Person(gateway)
    come_back(mette, provider)
    let_in(gateway)
    away = mette.get("/oidc/login")
    kept, answered = mette.cookies.get("bygspor-oidc") or "", provider.log_in(away.headers["location"])
    assert mette.get("/oidc/callback", params=answered).status_code == 303
    again = Person(gateway)
    assert again.get("/oidc/callback", params=answered).status_code == 403
    again.set_cookie("bygspor-oidc", kept)
    answer = again.get("/oidc/callback", params=answered)
    assert "gennemførte ikke" in words(answer)
    assert again.cookies.get("bygspor") is None


def test_a_broker_that_is_away_is_said_to_be(gateway: Gateway, provider: Provider) -> None:
    mette = Person(gateway)
    away = mette.get("/oidc/login")
    answered = provider.log_in(away.headers["location"])
    provider.away = True
    for answer in (mette.get("/oidc/login"), mette.get("/oidc/callback", params=answered)):
        assert answer.status_code == 503
        assert "svarer ikke lige nu" in words(answer)


def test_a_broker_that_calls_itself_another_is_not_believed(gateway: Gateway, provider: Provider) -> None:
    provider.issuer += "/other"
    assert Person(gateway).get("/oidc/login").status_code == 503


def test_cpr_numbers_of_the_broker_are_dropped(gateway: Gateway, provider: Provider) -> None:
    provider.says |= {"cpr": CPR, "cprNumberIdentifier": CPR, "name": f"Mette {CPR}"}
    mette = Person(gateway)
    assert CPR not in come_back(mette, provider).text
    let_in(gateway)
    assert come_back(mette, provider).status_code == 303
    assert CPR not in mette.get("/account").text
    (user,) = gateway.parts.access.users.list(FIRM)
    assert user.name.startswith("mitid-")


def test_a_login_leads_to_no_other_site(gateway: Gateway, provider: Provider) -> None:
    mette = Person(gateway)
    come_back(mette, provider)
    let_in(gateway)
    assert come_back(mette, provider, "//elsewhere.example").headers["location"] == "/"


def test_the_login_page_offers_it_where_there_is_a_broker(gateway: Gateway, database_url: str, tmp_path: Path) -> None:
    page = Person(gateway).get("/login", params={"next": "/account"})
    assert 'href="/oidc/login?next=/account"' in page.text
    with opened(database_url, tmp_path) as without:
        assert "MitID" not in words(Person(without).get("/login"))
        assert Person(without).get("/oidc/login").status_code == 404
