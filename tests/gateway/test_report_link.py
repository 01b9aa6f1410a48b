"""The personal link: one question, answered without logging in, changed until it expires."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.clock import today
from services.gateway.reporting.asking import key_of
from services.store import seen
from services.store.access import seen_by
from tests.gateway.conftest import Gateway
from tests.gateway.people import Person, words
from tests.gateway.reporting import (
    CLIENT,
    FIRM,
    OTHER_FIRM,
    SECRETARIAT,
    TENDER,
    Site,
    event,
    number_of,
    site_of,
    started,
)

DAY = f"{today():%d-%m-%Y}"


@pytest.fixture
def site(gateway: Gateway) -> Site:
    site = site_of(gateway)
    site.told(*(started(str(n), f"h{n}") for n in range(3)), started("9", "h9", OTHER_FIRM))
    return site


def made(site: Site, by: str = FIRM, **typed: Any) -> str:
    """A link's path, as it was shown once."""
    person = site.person(by)
    person.get("/links")
    page = person.post("/links", {"place": f"{TENDER} {FIRM}", "label": "Kontoret", "days": "14", **typed})
    [path] = re.findall(r"http://[^/\"]+(/link/[0-9a-f]+)", page.text)
    return str(path)


def key(number: int) -> str:
    return key_of(TENDER, f"{FIRM}:P-{number}")


def answer(visitor: Person, link: str, **typed: str) -> Any:
    return visitor.post(link, {"drawn": number_of(visitor.get(link)), **typed})


def said(site: Site) -> list[tuple[str, str]]:
    return [
        (one["type"].removeprefix("dk.bygspor.").removesuffix(".v1"), one["data"].get("placement", ""))
        for one in site.log("bygspor-link")
    ]


def silent(site: Site) -> bool:
    site.figures()
    caller = site.gateway.parts.access.keys.caller_of_key(site.gateway.key(SECRETARIAT))
    assert caller
    with seen_by(site.gateway.parts.store.database, caller) as connection:
        return any(one.code == "silent" and one.organisation == FIRM for one in seen.findings(connection, TENDER))


def test_all_are_still_here_in_one_click_ends_the_contractors_silence(site: Site) -> None:
    assert silent(site)
    visitor, link = Person(site.gateway), made(site)
    page = visitor.get(link)
    assert "Er disse 3 her stadig?" in words(page)
    assert answer(visitor, link, all="yes").status_code == 303
    assert said(site) == [("placement.confirmed", f"{FIRM}:P-{n}") for n in range(3)]
    [one, *_] = site.log("bygspor-link")
    assert one["source"] == f"urn:bygspor:{FIRM}:bygspor-link"
    assert "on_behalf_of" not in one["data"]
    assert not silent(site)


@pytest.mark.parametrize(
    "typed",
    [
        {"answer": "still"},
        {"answer": "school", "from_on": DAY, "to_on": f"{today() + timedelta(days=30):%d-%m-%Y}"},
        {"answer": "ended", "ended_on": "01-04-2026"},
    ],
)
def test_every_answer_ends_the_silence(site: Site, typed: dict[str, str]) -> None:
    visitor, link = Person(site.gateway), made(site)
    assert answer(visitor, link, **{f"{name}-{key(0)}": text for name, text in typed.items()}).status_code == 303
    assert not silent(site)


def test_who_stopped_and_who_is_at_school_is_told_and_the_rest_is_here(site: Site) -> None:
    visitor, link = Person(site.gateway), made(site)
    typed = {
        f"answer-{key(0)}": "ended",
        f"ended_on-{key(0)}": "30-06-2026",
        f"answer-{key(1)}": "school",
        f"from_on-{key(1)}": "01-11-2026",
        f"to_on-{key(1)}": "30-11-2026",
    }
    assert answer(visitor, link, all="yes", **typed).status_code == 303
    by_type: dict[str, list[str]] = {}
    for kind, placement in said(site):
        by_type.setdefault(kind, []).append(placement)
    assert sorted(by_type["placement.confirmed"]) == [f"{FIRM}:P-{n}" for n in range(3)]
    assert by_type["placement.ended"] == [f"{FIRM}:P-0"]
    assert by_type["school_period.reported"] == [f"{FIRM}:P-1"]


def test_an_answer_can_be_changed_as_often_as_one_likes(site: Site) -> None:
    visitor, link = Person(site.gateway), made(site)

    def state() -> str:
        row = next(row for row in placements(site) if row.placement.placement == f"{FIRM}:P-0")
        return f"{row.placement.end} {len(row.placement.school)}"

    ended = {f"answer-{key(0)}": "ended", f"ended_on-{key(0)}": "30-06-2026"}
    school = {f"answer-{key(0)}": "school", f"from_on-{key(0)}": "01-11-2026", f"to_on-{key(0)}": "30-11-2026"}
    still = {f"answer-{key(0)}": "still"}
    seen_states = []
    for typed in (ended, {**ended, f"ended_on-{key(0)}": "01-07-2026"}, school, still, ended, still, school):
        assert answer(visitor, link, **typed).status_code == 303
        seen_states.append(state())
    assert seen_states == ["2026-06-30 0", "2026-07-01 0", "None 1", "None 0", "2026-06-30 0", "None 0", "None 1"]
    page = visitor.get(link).text
    assert re.search(rf'id="answer-{key(0)}-school"[^>]* checked', page)
    assert f'name="to_on-{key(0)}" type="text" value="30-11-2026"' in page


def placements(site: Site) -> list[seen.PlacementRow]:
    caller = site.gateway.parts.access.keys.caller_of_key(site.gateway.key(FIRM))
    assert caller
    with seen_by(site.gateway.parts.store.database, caller) as connection:
        return seen.placements(connection, TENDER)


def test_the_same_answer_sent_twice_is_told_once(site: Site) -> None:
    visitor, link = Person(site.gateway), made(site)
    typed = {"drawn": number_of(visitor.get(link)), f"answer-{key(0)}": "ended", f"ended_on-{key(0)}": "30-06-2026"}
    assert [visitor.post(link, typed).status_code for _ in range(3)] == [303, 303, 303]
    assert sorted(said(site)) == [("placement.confirmed", f"{FIRM}:P-0"), ("placement.ended", f"{FIRM}:P-0")]


def test_every_fault_stands_at_its_field_and_nothing_is_kept(site: Site) -> None:
    visitor, link = Person(site.gateway), made(site)
    ahead = f"{today() + timedelta(days=2):%d-%m-%Y}"
    typed = {
        f"answer-{key(0)}": "ended",
        f"ended_on-{key(0)}": ahead,
        f"answer-{key(1)}": "school",
        f"from_on-{key(1)}": "10-11-2026",
        f"to_on-{key(1)}": "01-11-2026",
        f"answer-{key(2)}": "ended",
        f"ended_on-{key(2)}": "01-01-2026",
    }
    wrong = answer(visitor, link, all="yes", **typed)
    assert wrong.status_code == 422
    for field in (f"ended_on-{key(0)}", f"to_on-{key(1)}", f"ended_on-{key(2)}"):
        assert f'href="#field-{field}"' in wrong.text
        assert f'id="field-{field}"' in wrong.text
    assert said(site) == []
    assert "Svar for mindst én person" in words(answer(visitor, link))
    assert answer(visitor, link, **{f"answer-{key(0)}": "sure", "answer-0": "still"}).status_code == 422


def test_one_person_is_asked_about_with_one_button_and_no_word_of_another(gateway: Gateway) -> None:
    site = site_of(gateway)
    site.told(started("0", "h0"))
    visitor, link = Person(gateway), made(site)
    page = visitor.get(link)
    buttons = re.findall(r'<button class="button button-(\w+)"[^>]*>([^<]+)</button>', page.text)
    assert [button for button in buttons if button[0] == "primary"] == [("primary", "Send svaret")]
    empty = answer(visitor, link)
    assert "Vælg et svar, og tryk på »Send svaret«." in words(empty)
    assert "Alle er her stadig" not in words(empty)
    assert answer(visitor, link, **{f"answer-{key(0)}": "still"}).status_code == 303
    assert said(site) == [("placement.confirmed", f"{FIRM}:P-0")]


def test_a_link_that_is_ready_can_be_copied_like_a_key(site: Site) -> None:
    person = site.person(FIRM)
    person.get("/links")
    page = person.post("/links", {"place": f"{TENDER} {FIRM}", "label": "Kontoret", "days": "14"}).text
    assert re.search(r'<code id="secret-address">http://[^<]+/link/[0-9a-f]+</code>', page)
    assert 'data-copies="secret-address"' in page


def test_a_link_asks_only_about_its_contractors_people_on_its_tender(site: Site) -> None:
    site.told(
        event("other-1", CLIENT, "contractor.left", contractor=OTHER_FIRM, left_on="2026-10-01", reason="finished")
    )
    page = words(Person(site.gateway).get(made(site)))
    assert [code in page for code in ("h0", "h1", "h2", "h9")] == [True, True, True, False]
    visitor, link = Person(site.gateway), made(site)
    foreign = key_of(TENDER, f"{OTHER_FIRM}:P-9")
    assert answer(visitor, link, **{f"answer-{foreign}": "still"}).status_code == 422
    assert said(site) == []


def test_a_secretariat_makes_a_link_that_speaks_for_the_contractor_itself(site: Site) -> None:
    link = made(site, SECRETARIAT)
    site.gateway.parts.vault.give_name(SECRETARIAT, f"{SECRETARIAT}:h1", "Navnet hos sekretariatet")
    visitor = Person(site.gateway)
    assert "Navnet hos sekretariatet" not in words(visitor.get(link))
    answer(visitor, link, all="yes")
    assert {one["data"]["reported_by"] for one in site.log("bygspor-link")} == {FIRM}
    assert "Kontoret" in words(site.person(SECRETARIAT).get("/links"))


def test_a_link_is_for_contractors_one_may_speak_for(site: Site) -> None:
    other = site.person(OTHER_FIRM)
    other.get("/links")
    refused = other.post("/links", {"place": f"{TENDER} {FIRM}", "label": "x", "days": "14"})
    assert refused.status_code == 422
    assert site.gateway.parts.access.links.list() == []
    clerk = site.person(FIRM)
    clerk.get("/links")
    wrong = clerk.post("/links", {"place": "", "label": "020290-1234", "days": "32"})
    assert [f'href="#field-{name}"' in wrong.text for name in ("place", "label", "days")] == [True, True, True]
    assert "020290" not in wrong.text


def test_a_link_that_is_over_says_so_kindly_and_whom_to_ask(site: Site) -> None:
    visitor, link = Person(site.gateway), made(site)
    visitor.get(link)
    clerk = site.person(FIRM)
    clerk.get("/links")
    [link_row] = site.gateway.parts.access.links.list(FIRM)
    other = site.person(OTHER_FIRM)
    other.get("/links")
    other.post("/links/revoke", {"no": str(link_row.no)})
    assert visitor.get(link).status_code == 200
    clerk.post("/links/revoke", {"no": str(link_row.no)})
    for gone in (visitor.get(link), visitor.post(link, {"all": "yes"}), visitor.get("/link/" + "0" * 32)):
        assert gone.status_code == 410
        assert "Skriv til den, der sendte dig linket" in words(gone)
    _, token = site.gateway.parts.access.links.create(
        FIRM, "kort", "user:1", datetime.now(UTC) + timedelta(milliseconds=50)
    )
    import time  # noqa: PLC0415

    time.sleep(0.1)
    assert visitor.get(f"/link/{token}").status_code == 410
    assert said(site) == []


def test_trying_links_is_slow(site: Site) -> None:
    visitor = Person(site.gateway)
    statuses = [visitor.get(f"/link/{n:032x}").status_code for n in range(12)]
    assert statuses == [410] * 10 + [429] * 2


def test_a_links_token_goes_nowhere(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    visitor, link = Person(site.gateway), made(site)
    for shown in (visitor.get(link), answer(visitor, link, all="yes"), visitor.get("/link/0000")):
        assert shown.headers["referrer-policy"] == "strict-origin"
        assert "noindex" in shown.headers["x-robots-tag"]
        assert shown.headers["cache-control"] == "no-store"
    token = link.rpartition("/")[2]
    assert token not in capsys.readouterr().out
    assert token not in site.gateway.call("GET", "/metrics").text
    assert token not in str(site.log("bygspor-link"))
    assert token not in visitor.get(link).text.replace(f"/language/en?back=/link/{token}", "")


def test_who_needs_no_links_is_told_whom_they_are_for(site: Site) -> None:
    page = words(site.person(CLIENT).get("/links"))
    assert "Links er for entreprenører og sekretariater" in page
    assert "I er ikke med i et udbud" not in page
