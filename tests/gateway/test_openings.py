"""What openings say to whom: the kind of a filled place would tell on the person who fills it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.conftest import Gateway
from tests.gateway.people import words
from tests.gateway.reporting import CLIENT, FIRM, OTHER_FIRM, SECRETARIAT, TENDER, TOWN, Site, event, site_of

POSTED: dict[str, Any] = {
    "opening": f"{FIRM}:p-1",
    "contractor": FIRM,
    "kind": "work_placement",
    "trade": "electrician",
    "places": 1,
    "starts_on": "2026-12-14",
    "weekly_hours": 37,
    "posted_on": "2026-03-02",
}


@pytest.fixture
def site(gateway: Gateway) -> Site:
    site = site_of(gateway)
    site.told(event("p-1", FIRM, "opening.posted", **POSTED))
    return site


@pytest.mark.parametrize("cvr", [CLIENT, OTHER_FIRM])
def test_who_does_not_know_the_person_is_not_told_the_kind(site: Site, cvr: str) -> None:
    pages = [site.person(cvr).get(path) for path in ("/openings", f"/tenders/{TENDER}")]
    answer = site.gateway.call("GET", f"/v1/tenders/{TENDER}/openings", site.gateway.key(cvr))
    assert [one["kind"] for one in answer.json()["items"]] == ["jobforloeb"]
    for page in pages:
        assert "Jobforløb, elektriker" in words(page)
        assert "irksomhedspraktik" not in page.text


@pytest.mark.parametrize("cvr", [FIRM, SECRETARIAT, TOWN])
def test_who_knows_the_person_sees_the_kind(site: Site, cvr: str) -> None:
    answer = site.gateway.call("GET", f"/v1/tenders/{TENDER}/openings", site.gateway.key(cvr))
    assert [one["kind"] for one in answer.json()["items"]] == ["work_placement"]
    for path in ("/openings", f"/tenders/{TENDER}"):
        assert "Virksomhedspraktik, elektriker" in words(site.person(cvr).get(path))
