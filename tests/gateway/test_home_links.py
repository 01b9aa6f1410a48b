"""Every link on the front page leads somewhere, whoever of the sample looks, whatever the ids look like."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from services.clock import today
from services.sample.desks import DESKS
from tests.gateway.conftest import Gateway
from tests.gateway.people import Person, logged_in
from tests.gateway.reporting import FIRM, TENDER, Site, event

_LINK = re.compile(r"<main.*</main>", re.DOTALL)
_ADDRESS = re.compile(r'href="(/[^"#]*)"')


def followed(person: Person) -> dict[str, int]:
    """The links of somebody's front page, and how each is answered."""
    main = _LINK.search(person.get("/").text)
    assert main is not None
    return {link: person.get(unescape(link)).status_code for link in _ADDRESS.findall(main[0])}


def test_every_link_of_every_desk_of_the_sample_leads_somewhere(estates_gateway: Gateway) -> None:
    for desk in DESKS:
        estates_gateway.organisation(desk.cvr, desk.kind, municipality=desk.municipality)
    people = {desk.cvr: logged_in(estates_gateway, desk.cvr) for desk in DESKS}
    found = {(cvr, link): code for cvr, person in people.items() for link, code in followed(person).items()}
    assert {about: code for about, code in found.items() if code != 200} == {}
    assert len(found) > len(DESKS)


def test_the_slash_of_an_id_leads_to_its_form_from_both_pages(site: Site) -> None:
    past = (today() - timedelta(days=2)).isoformat()
    placement = f"{FIRM}:havnegade/h08-1"
    about = {"placement": placement, "person": f"{FIRM}:h/1", "contractor": FIRM, "kind": "apprenticeship"}
    site.told(event("s", FIRM, "placement.started", **about, started_on="2026-03-02", planned_end=past))
    address = f"/report/{placement}/end?tender={TENDER.replace(':', '%3A')}"
    assert followed(site.person(FIRM))[address] == 200
    assert address in site.person(FIRM).get("/report").text
