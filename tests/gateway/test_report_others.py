"""What is said for others and of others: by a secretariat for a firm, and by a job centre of a firm's people."""

from __future__ import annotations

import re

from services.clock import today
from tests.gateway.people import Person, words
from tests.gateway.reporting import (
    FIRM,
    OTHER_FIRM,
    SECRETARIAT,
    START,
    TENDER,
    TOWN,
    Site,
    number_of,
    started,
    types,
    ways,
)


def test_a_secretariat_reports_on_behalf_of_a_contractor_until_it_says_yes(site: Site, clerk: Person) -> None:
    helper = site.person(SECRETARIAT)
    page = helper.get("/report/start")
    assert "Havnegade – Tømrermester Bo & Søn A/S" in words(page)
    typed = {**START, "drawn": number_of(page), "person": f"{SECRETARIAT}:h04"}
    assert helper.post("/report/start", typed).status_code == 303
    helper.post(
        "/report/start", {**typed, "drawn": number_of(helper.get("/report/start")), "person": f"{SECRETARIAT}:h05"}
    )
    said, _ = site.log()
    assert (said["data"]["reported_by"], said["data"]["on_behalf_of"]) == (SECRETARIAT, FIRM)
    pause = helper.get(f"/report/{said['data']['placement']}/pause?tender={TENDER}")
    assert "på vegne af Tømrermester Bo & Søn A/S" in words(pause)

    waiting = clerk.get("/report")
    assert "Er det rigtigt? 2 forløb er meldt for jer" in words(waiting)
    keys = sorted(set(re.findall(r'name="yes" value="([0-9a-f]+)"', waiting.text)))
    assert clerk.post("/report/yes", {"drawn": number_of(waiting), "yes": keys}).status_code == 303
    assert types(site)[2:] == ["placement.confirmed", "placement.confirmed"]
    assert "Er det rigtigt?" not in words(clerk.get("/report"))


def test_a_contractor_corrects_what_was_reported_for_it(site: Site, clerk: Person) -> None:
    helper = site.person(SECRETARIAT)
    site.send(helper, "/report/start", person=f"{SECRETARIAT}:h04", **START)
    [link] = ways(clerk.get("/report/events"), "correct")
    typed = {**START, "person": "h04", "started_on": "03-03-2026", "sure": "yes"}
    assert site.send(clerk, link, **typed).status_code == 303
    replacement = site.log()[-1]["data"]["replacement"]["data"]
    assert replacement["reported_by"] == FIRM
    assert "on_behalf_of" not in replacement
    assert "03-03-2026 I gang" in words(clerk.get("/report"))


def test_who_is_reported_for_knows_the_person_by_the_name_that_was_given_and_may_say_no(
    site: Site, clerk: Person
) -> None:
    helper = site.person(SECRETARIAT)
    assert "det firma, I melder for" in words(helper.get("/report/start"))
    for name in ("Mette Holm", "Bo Lund"):
        site.send(helper, "/report/start", person=name, **START)
    site.gateway.parts.vault.give_name(FIRM, site.log()[1]["data"]["person"], "Bo fra Vejle")
    site.send(helper, "/report/start", person="Bo Lund", **START, again="yes")
    page = clerk.get("/report")
    assert "Mette Holm, Lærling/elev, tømrer" in words(page)
    assert "Bo fra Vejle, Lærling/elev" in words(page)
    placement = site.log()[0]["data"]["placement"]
    no = f"/report/{placement}/dispute?tender={TENDER.replace(':', '%3A')}"
    assert f'href="{no}"' in page.text
    assert site.send(clerk, no, reason="other_dates", disputed_on=f"{today():%d-%m-%Y}").status_code == 303
    said = site.log()[-1]
    assert (said["type"], said["data"]["reported_by"]) == ("dk.bygspor.placement.disputed.v1", FIRM)
    after = clerk.get("/report")
    assert no not in after.text
    assert f"I gang Bestridt {today():%d-%m-%Y}" in words(after)
    assert f'href="{no.replace("/dispute?", "/confirm?")}"' in after.text
    assert helper.get(no).status_code == 404


def test_a_job_centre_reports_its_view_confirms_and_follows_up(site: Site) -> None:
    site.told(started("1", "h01", referred_by=TOWN))
    town = site.person(TOWN)
    seen = town.get("/report")
    assert "Bekræft forløbet" in words(seen)
    site.send(town, f"/report/{FIRM}:P-1/confirm?tender={TENDER}", confirmed_on="10-03-2026")
    site.send(town, f"/report/{FIRM}:P-1/follow-up?tender={TENDER}", followed_up_on="10-06-2026", in_work="yes")
    grant = {"kind": "wage_subsidy", "given_on": "01-03-2026", "authorised_until": "01-09-2026"}
    site.send(town, f"/report/{FIRM}:P-1/grant?tender={TENDER}", **grant)
    view = {"place": f"{TENDER} {OTHER_FIRM}", "person": "KA", "kind": "wage_subsidy", "started_on": "02-03-2026"}
    assert site.send(town, "/report/view", **view).status_code == 303
    assert types(site) == ["placement.confirmed", "placement.followed_up", "grant.given", "placement.reported"]
    assert town.get(f"/report/{FIRM}:P-1/pause?tender={TENDER}").status_code == 404


def test_what_a_job_centre_said_stands_in_its_list_and_is_not_asked_again(site: Site) -> None:
    site.told(started("1", "h04", referred_by=TOWN))
    town, form = site.person(TOWN), f"/report/{FIRM}:P-1"
    assert "Bekræft forløbet" in words(town.get("/report"))
    site.send(town, f"{form}/confirm", confirmed_on="10-03-2026")
    page = words(town.get("/report"))
    assert "I gang Bekræftet 10-03-2026" in page
    assert "Bekræft forløbet" not in page
    site.send(town, f"{form}/dispute", disputed_on="11-03-2026", reason="other_dates")
    page = words(town.get("/report"))
    assert "I gang Bestridt 11-03-2026" in page
    assert "Bekræft forløbet" in page
    assert "Noget er forkert" not in page
