"""Mine opgaver: what waits for each party, with the one button that resolves it, and nothing that is not its own."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

from services.clock import today
from services.domain.rights import Kind, Role
from tests.gateway.conftest import Gateway
from tests.gateway.people import logged_in, words
from tests.gateway.reporting import CLIENT, FIRM, OTHER_FIRM, SECRETARIAT, TENDER, TOWN, Site, event, number_of, site_of

_TASK = re.compile(r'<a class="button button-secondary" href="(/[^"]*)">([^<]+)')


def tasks(site: Site, cvr: str) -> dict[str, str]:
    """The buttons of somebody's tasks: what they say, and where they lead."""
    page = site.person(cvr).get("/")
    return {text.strip(): unquote(unescape(address)) for address, text in _TASK.findall(page.text)}


def said(site: Site, cvr: str) -> str:
    return words(site.person(cvr).get("/"))


def start(number: str, cvr: str = FIRM, /, **data: Any) -> dict[str, Any]:
    placement = {"placement": f"{cvr}:{number}", "person": f"{cvr}:p-{number}", "contractor": cvr}
    begun = {"kind": "apprenticeship", "started_on": (today() - timedelta(days=3)).isoformat()}
    return event(number, cvr, "placement.started", **{**placement, **begun, **data})


def test_nothing_waits_for_an_organisation_without_a_tender(gateway: Gateway) -> None:
    site_of(gateway)
    gateway.organisation("10000378", Kind.CONTRACTOR)
    page = words(logged_in(gateway, "10000378").get("/"))
    assert "I er ikke med i et udbud endnu" in page


def test_a_silent_contractor_is_asked_for_hours_and_the_secretariat_sees_who_is_silent(site: Site) -> None:
    assert tasks(site, FIRM)["Meld timer"] == f"/report/hours?tender={TENDER}"
    assert "har ikke indberettet i" in said(site, FIRM)
    assert "Bøgelund El" not in said(site, FIRM)
    page = site.person(SECRETARIAT).get("/")
    assert "Hvem er tavs?" in words(page)
    assert words(page).count("Send et link") == 2
    found = re.search(r'<a href="(/links\?place=[^"]*)">Send et link<span class="sr-only"> Tømrermester', page.text)
    assert found is not None
    answer = site.person(SECRETARIAT).get(found[1])
    assert answer.status_code == 200
    assert re.search(rf'<option value="{TENDER} {FIRM}" selected>', answer.text)


def test_a_reader_sees_what_waits_and_no_way_to_report_it(site: Site) -> None:
    reader = logged_in(site.gateway, FIRM, Role.READER)
    page = reader.get("/")
    assert "har ikke indberettet i" in words(page)
    assert "/report" not in page.text
    assert "Se udbuddet" in words(page)


def test_once_everything_is_told_nothing_waits(site: Site) -> None:
    site.told(start("p1"))
    assert "Intet venter på jer" in said(site, FIRM)


def test_what_a_contractor_must_do_has_its_button_and_the_name_it_gave(site: Site) -> None:
    past = (today() - timedelta(days=2)).isoformat()
    agreed = {"kind": "apprenticeship", "contractor": FIRM, "planned_start": past}
    site.told(
        event("a", FIRM, "placement.agreed", placement=f"{FIRM}:a", person=f"{FIRM}:p-a", agreed_on=past, **agreed),
        start("b", planned_end=past),
    )
    site.gateway.parts.vault.give_name(FIRM, f"{FIRM}:p-b", "Ali Hansen")
    found = tasks(site, FIRM)
    assert found["Meld start"] == f"/report/{FIRM}:a/begin?tender={TENDER}"
    assert found["Meld slut"] == f"/report/{FIRM}:b/end?tender={TENDER}"
    assert "Ali Hansen Lærling/elev Planlagt slut er passeret" in said(site, FIRM)
    for address in found.values():
        assert site.person(FIRM).get(address).status_code == 200, address
    for other in (OTHER_FIRM, CLIENT):
        assert "Ali Hansen" not in said(site, other)
        assert "Meld slut" not in said(site, other)


def test_what_was_reported_for_a_contractor_waits_for_its_yes(site: Site) -> None:
    told = start("c") | {"source": f"urn:bygspor:{SECRETARIAT}:test"}
    told["data"] |= {"reported_by": SECRETARIAT, "on_behalf_of": FIRM}
    site.told(told)
    assert tasks(site, FIRM)["Se og sig ja"] == f"/report?tender={TENDER}"


def test_a_job_centre_is_asked_to_confirm_to_follow_a_grant_up_and_sees_who_is_ready(site: Site) -> None:
    long_ago = (today() - timedelta(days=30)).isoformat()
    until = (today() - timedelta(days=1)).isoformat()
    site.told(
        start("d", kind="work_placement", started_on=long_ago, referred_by=TOWN),
        event(
            "g",
            TOWN,
            "grant.given",
            placement=f"{FIRM}:d",
            kind="work_placement",
            given_on=long_ago,
            authorised_until=until,
        ),
        event(
            "k",
            TOWN,
            "candidate.identified",
            subject=f"{TOWN}:k",
            person=f"{TOWN}:p-k",
            linking_circle=f"{SECRETARIAT}:kreds-461",
            identified_on=long_ago,
        ),
        event(
            "l",
            TOWN,
            "candidate.assessed",
            subject=f"{TOWN}:k",
            result="ready",
            assessed_on=long_ago,
        ),
    )
    found = tasks(site, TOWN)
    assert found["Skriv bevillingen"] == f"/report/{FIRM}:d/grant?tender={TENDER}"
    assert found["Bekræft"] == f"/report/{FIRM}:d/confirm?tender={TENDER}"
    assert "1 kandidat er klar" in said(site, TOWN)
    for address in found.values():
        assert site.person(TOWN).get(address).status_code == 200, address


def test_what_was_decided_at_a_meeting_is_shown_to_whom_it_was_given(site: Site) -> None:
    late = (today() - timedelta(days=12)).isoformat()
    soon = (today() + timedelta(days=5)).isoformat()
    far = (today() + timedelta(days=50)).isoformat()
    opened = {"owner": "LN", "owner_organisation": FIRM, "opened_on": "2026-01-05"}
    site.told(
        *(
            event(f"o{n}", CLIENT, "action.opened", action=f"{CLIENT}:o{n}", what=what, due_on=due, **opened)
            for n, (what, due) in enumerate([("Find en mentor", late), ("Ring til skolen", soon), ("Senere", far)])
        ),
        start("p2"),
    )
    page = said(site, FIRM)
    assert "Find en mentor ▼ Overskredet 12 dage" in page
    assert "Ring til skolen Senest" in page
    assert "Senere" not in page
    assert page.count("Find en mentor ▼") == 1
    assert "Find en mentor" not in said(site, OTHER_FIRM)


def opened(number: str, owner: str, what: str) -> dict[str, Any]:
    about = {"action": f"{CLIENT}:{number}", "what": what, "owner": "LN", "owner_organisation": owner}
    return event(number, CLIENT, "action.opened", **about, opened_on="2026-01-05", due_on="2026-02-05")


def test_what_was_decided_is_said_to_be_done_where_it_waits(site: Site) -> None:
    site.told(opened("o1", FIRM, "Indberet timer"), opened("o2", FIRM, "Find en mentor"), opened("o3", TOWN, "Ring"))
    clerk = site.person(FIRM)
    page = clerk.get("/")
    assert "Udført : Indberet timer" in words(page)
    typed = {"drawn": number_of(page), "tender": TENDER, "action": f"{CLIENT}:o1"}
    assert [clerk.post("/actions/close", typed).status_code for _ in range(2)] == [303, 303]
    clerk.post("/actions/close", {**typed, "action": f"{CLIENT}:o2"})
    clerk.post("/actions/close", {**typed, "action": f"{CLIENT}:o3"})
    assert [one["data"] for one in site.log()] == [
        {"reported_by": FIRM, "action": f"{CLIENT}:{number}", "closed_on": today().isoformat()}
        for number in ("o1", "o2")
    ]
    assert "Indberet timer" not in said(site, FIRM)


def test_who_may_not_close_an_action_has_no_button_for_it(site: Site) -> None:
    site.told(opened("o3", TOWN, "Ring"), opened("o4", FIRM, "Indberet timer"))
    reader = logged_in(site.gateway, FIRM, Role.READER)
    for page in (site.person(TOWN).get("/"), reader.get("/")):
        assert "Udført" not in words(page)
        assert "Se udbuddet" in words(page)
    assert reader.post("/actions/close", {"tender": TENDER, "action": f"{CLIENT}:o4"}).status_code == 403
    assert site.log() == []
