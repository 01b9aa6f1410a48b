"""From found to placed: nobody hears of a candidate before consent, and after it the firm hears what it may."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import msgspec
import pytest

from services.clock import today
from services.gateway.reporting.correcting import form_for
from tests.gateway.conftest import Gateway
from tests.gateway.people import words
from tests.gateway.reporting import CIRCLE, CLIENT, FIRM, OTHER_FIRM, TENDER, TOWN, Site, event, site_of

CANDIDATE, OPENING = f"{TOWN}:k-1", f"{FIRM}:p-1"
PAST = (today() - timedelta(days=5)).isoformat()
STEPS = f"/candidates/{CANDIDATE}"


def opening(number: str, cvr: str, **data: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": "apprenticeship", "trade": "carpenter", "places": 1, "weekly_hours": 37}
    days = {"starts_on": "2027-01-11", "posted_on": PAST}
    return event(number, cvr, "opening.posted", opening=f"{cvr}:p-1", contractor=cvr, **{**said, **days, **data})


def candidate(number: str, name: str, **data: Any) -> dict[str, Any]:
    return event(number, TOWN, f"candidate.{name}", CANDIDATE, **data)


def consent(*firms: str) -> dict[str, Any]:
    until = (today() + timedelta(days=90)).isoformat()
    return event("c-ok", TOWN, "consent.given", CANDIDATE, to=list(firms), given_on=PAST, expires_on=until)


def presented(number: str, cvr: str = FIRM) -> dict[str, Any]:
    match = {"tender": TENDER, "opening": f"{cvr}:p-1", "contractor": cvr}
    return candidate(number, "presented", presented_on=PAST, **match)


@pytest.fixture
def site(gateway: Gateway) -> Site:
    site = site_of(gateway)
    found: dict[str, Any] = {"person": f"{TOWN}:h01", "linking_circle": CIRCLE, "age_band": "18_24"}
    site.told(
        opening("o-1", FIRM),
        opening("o-2", OTHER_FIRM),
        candidate("c-1", "identified", identified_on=PAST, trades=["carpenter"], **found),
    )
    return site


def present(site: Site, **typed: Any) -> httpx.Response:
    return site.send(site.person(TOWN), f"{STEPS}/presented", opening=OPENING, presented_on="02-03-2026", **typed)


def test_a_candidate_without_consent_is_presented_to_nobody(site: Site) -> None:
    refused = present(site)
    assert refused.status_code == 422
    assert "Bo & Søn A/S må ikke få noget at vide endnu" in html.unescape(words(refused))
    assert f'href="{STEPS}/consent"' in unquote(refused.text)
    assert site.log() == []
    site.told(consent(OTHER_FIRM))
    assert present(site).status_code == 422
    site.told({**consent(FIRM), "id": "c-ok-2"})
    assert present(site).status_code == 303


def test_a_firm_hears_of_a_candidate_only_after_consent(site: Site) -> None:
    """The presentation itself is taken from a job centre's own system; it tells the firm nothing."""
    answer = site.gateway.post(presented("c-2"), site.gateway.key(TOWN))
    assert answer.status_code in {200, 201, 202}
    site.figures()
    firm = site.person(FIRM)
    assert "Ingen kandidater endnu" in words(firm.get("/candidates"))
    assert firm.get(f"{STEPS}/accepted").status_code == 404
    site.told(consent(FIRM))
    page = words(firm.get("/candidates"))
    assert "h01 Tømrer" in page
    assert "Præsenteret" in page


def test_only_steps_that_make_sense_are_offered(site: Site) -> None:
    town = site.person(TOWN)
    offered = words(town.get("/candidates"))
    assert "Samtykke" in offered
    for step, text in {"accepted": "Får pladsen", "consent-withdrawn": "Samtykke trukket tilbage"}.items():
        assert text not in offered
        assert town.get(f"{STEPS}/{step}").status_code == 404
    site.told(consent(FIRM), presented("c-2"))
    offered = words(town.get("/candidates"))
    assert "Får pladsen" in offered
    assert "Samtykke trukket tilbage" in offered


def test_a_ready_candidate_is_called_ready_but_not_to_a_firm(site: Site) -> None:
    site.told(candidate("c-3", "assessed", assessed_on=PAST, result="ready"), consent(FIRM), presented("c-2"))
    assert "1 kandidat er klar" in words(site.person(TOWN).get("/"))
    assert "Klar, Præsenteret" in words(site.person(TOWN).get("/candidates"))
    assert "Klar" not in words(site.person(FIRM).get("/candidates"))


def test_a_firm_never_hears_how_it_went_elsewhere(site: Site) -> None:
    declined = {"tender": TENDER, "opening": f"{OTHER_FIRM}:p-1", "contractor": OTHER_FIRM, "by": "contractor"}
    site.told(
        consent(FIRM), presented("c-2"), candidate("c-3", "declined", declined_on=today().isoformat(), **declined)
    )
    assert "Blev ikke til noget" in words(site.person(TOWN).get("/candidates"))
    page = words(site.person(FIRM).get("/candidates"))
    assert "Præsenteret" in page
    assert page.count("Blev ikke til noget") == 1, "the form, not the status"


def test_a_firm_without_an_account_is_called_as_it_was_engaged(site: Site) -> None:
    """It has no account here, but whoever engaged it said what it is called."""
    stranger = "10000327"
    named = {"contractor": stranger, "company": "Maler Holm ApS", "engaged_on": "2026-01-01"}
    site.told(event("t-9", CLIENT, "contractor.engaged", **named), opening("o-3", stranger))
    town = site.person(TOWN)
    for path in (f"{STEPS}/consent", f"{STEPS}/presented", "/openings"):
        page = words(town.get(path))
        assert "Maler Holm ApS" in page
        assert stranger not in page


def test_a_firm_is_told_that_a_candidate_waits_and_whom_to_call(site: Site) -> None:
    site.told(consent(FIRM, OTHER_FIRM))
    assert present(site, shown_as="Karim Ali 0202901234").status_code == 422
    assert present(site, shown_as="Karim Ali, 12 34 56 78").status_code == 303
    assert b"Karim" not in msgspec.json.encode(site.log())
    firm, other = site.person(FIRM), site.person(OTHER_FIRM)
    home = firm.get("/")
    assert "En kandidat er præsenteret til jeres plads: tømrer fra uge 2" in words(home)
    assert 'href="/candidates"' in home.text
    assert 'href="/candidates"' in firm.get("/report").text
    page = words(firm.get("/candidates"))
    assert "Karim Ali, 12 34 56 78 Tømrer 18-24 Præsenteret" in page
    looks = site.gateway.parts.access.looks.of(TENDER)
    assert [(look.organisation, look.what) for look in looks] == [(FIRM, "candidates")]
    assert "præsenteret" not in words(other.get("/"))
    assert 'href="/candidates"' not in other.get("/report").text
    assert "Karim" not in words(other.get("/candidates"))
    assert "Karim" not in words(site.person(TOWN).get("/candidates"))
    site.send(firm, f"{STEPS}/interviewed", opening=OPENING, interviewed_on=f"{today():%d-%m-%Y}")
    assert "præsenteret" not in words(firm.get("/"))


def test_a_name_that_the_firm_gave_itself_stays(site: Site) -> None:
    site.gateway.parts.vault.give_name(FIRM, f"{TOWN}:h01", "Kalle")
    site.told(consent(FIRM))
    present(site, shown_as="Karim Ali")
    assert "Kalle" in words(site.person(FIRM).get("/candidates"))


def test_a_correction_does_not_ask_for_the_name_that_no_event_may_hold() -> None:
    form = form_for("dk.bygspor.candidate.presented.v1")
    assert form is not None
    assert {field.name for field in form.fields} == {"opening", "presented_on"}
