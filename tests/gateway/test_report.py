"""Reporting through the pages, from a form that is opened to an event that counts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from services.clock import today
from services.domain.rights import Role
from services.store.vault import Vault
from tests.gateway.people import Person, logged_in, words
from tests.gateway.reporting import (
    CIRCLE,
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


def test_a_start_is_reported_and_the_person_stands_under_the_name_that_was_given(site: Site, clerk: Person) -> None:
    answer = site.send(clerk, "/report/start", person="Mette Holm", **START)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/report?tender={TENDER.replace(':', '%3A')}")
    [said] = site.log()
    assert said["source"] == f"urn:bygspor:{FIRM}:bygspor-web"
    assert said["data"]["contractor"] == FIRM
    assert "Mette" not in str(said)
    assert "Mette Holm Lærling/elev, tømrer 02-03-2026 I gang" in words(clerk.get("/report"))
    colleague = site.person(SECRETARIAT)
    assert "Mette Holm" not in words(colleague.get("/report"))


def test_a_double_click_posts_once(site: Site, clerk: Person) -> None:
    typed = {"drawn": number_of(clerk.get("/report/start")), "person": "Mette Holm", **START, "signed_on": "15-01-2026"}
    assert [clerk.post("/report/start", typed).status_code for _ in range(3)] == [303, 303, 303]
    assert types(site) == ["placement.started", "apprenticeship.agreed"]


def test_a_page_that_was_sent_already_says_so_when_it_is_sent_with_something_else(site: Site, clerk: Person) -> None:
    typed = {"drawn": number_of(clerk.get("/report/start")), "person": "Mette Holm", **START}
    clerk.post("/report/start", typed)
    again = clerk.post("/report/start", {**typed, "kind": "course"})
    assert again.status_code == 422
    assert "Denne side er allerede sendt med noget andet" in words(again)
    assert len(site.log()) == 1


def test_every_fault_of_a_form_stands_at_its_field_and_what_was_typed_is_kept(site: Site, clerk: Person) -> None:
    wrong = site.send(clerk, "/report/start", place="x", person="", kind="", started_on="32-01-2026", weekly_hours="a")
    assert wrong.status_code == 422
    for field in ("place", "person", "kind", "started_on", "weekly_hours"):
        assert f'href="#field-{field}"' in wrong.text
        assert f'id="field-{field}"' in wrong.text
    assert 'value="32-01-2026"' in wrong.text
    assert site.log() == []


def test_a_name_that_is_nearly_known_is_asked_about(site: Site, clerk: Person) -> None:
    site.send(clerk, "/report/start", person="Mette Holm", **START)
    [first] = site.log()
    asked = site.send(clerk, "/report/start", person="Mete Holm", **{**START, "started_on": "01-06-2026"})
    assert asked.status_code == 422
    assert "Mette Holm (Lærling/elev, tømrer, Havnegade)" in words(asked)
    same = {**START, "person": "Mete Holm", "drawn": number_of(asked), "person_chosen": first["data"]["person"]}
    warned = clerk.post("/report/start", same)
    assert "Personen er allerede meldt i gang her" in words(warned)
    assert clerk.post("/report/start", {**same, "again": "yes"}).status_code == 303
    other = {**START, "person": "Mete Holm", "drawn": number_of(clerk.get("/report/start")), "person_chosen": "new"}
    assert clerk.post("/report/start", other).status_code == 303
    persons = [one["data"]["person"] for one in site.log()]
    assert persons[0] == persons[1] != persons[2]


def test_a_code_from_the_job_centre_is_a_person(site: Site, clerk: Person) -> None:
    site.send(clerk, "/report/start", person=f"{SECRETARIAT}:h04", **START)
    assert site.log()[0]["data"]["person"] == f"{SECRETARIAT}:h04"


@pytest.mark.parametrize("number", ["020290-1234", "0202901234", "Mette 020290 1234"])
def test_a_cpr_number_is_refused_and_not_shown_again(site: Site, clerk: Person, number: str) -> None:
    refused = site.send(clerk, "/report/start", person=number, **START)
    assert refused.status_code == 422
    assert "ligner et CPR-nummer" in words(refused)
    assert number not in refused.text
    assert site.log() == []


def test_a_day_to_come_is_an_agreement_that_is_begun_later(site: Site, clerk: Person) -> None:
    ahead = f"{today() + timedelta(days=9):%d-%m-%Y}"
    site.send(clerk, "/report/start", person="Bo", **{**START, "started_on": ahead})
    page = clerk.get("/report")
    assert "Aftalt" in words(page)
    [begin] = re.findall(r'href="(/report/[^"]+/begin\?[^"]+)"', page.text)
    assert site.send(clerk, begin.replace("&amp;", "&"), started_on=f"{today():%d-%m-%Y}").status_code == 303
    assert types(site) == ["placement.agreed", "placement.started"]
    agreed, begun = site.log()
    assert {name: begun["data"][name] for name in ("placement", "person", "kind")} == {
        name: agreed["data"][name] for name in ("placement", "person", "kind")
    }


def test_the_next_start_stands_where_and_in_which_trade_the_last_was(site: Site, clerk: Person) -> None:
    site.send(clerk, "/report/start", person="Mette Holm", **START)
    page = clerk.get("/report/start").text
    assert '<option value="carpenter" selected>' in page
    assert f'value="{today():%d-%m-%Y}"' in page
    assert 'value="37"' in page


@pytest.mark.parametrize(
    ("key", "typed", "kind"),
    [
        ("pause", {"paused_on": "05-03-2026"}, "placement.paused"),
        ("school", {"from_on": "16-03-2026", "to_on": "17-04-2026"}, "school_period.reported"),
        ("change", {"extended_on": "16-03-2026", "weekly_hours": "30"}, "placement.extended"),
        ("end", {"ended_on": "01-06-2026"}, "placement.ended"),
        ("move", {"moved_on": "01-06-2026", "contractor": OTHER_FIRM}, "placement.moved"),
        ("agreement", {"signed_on": "15-01-2026"}, "apprenticeship.agreed"),
    ],
)
def test_what_happens_to_a_placement_is_reported_under_it(
    site: Site, clerk: Person, key: str, typed: dict[str, str], kind: str
) -> None:
    site.told(started("1/a", "h04"))
    answer = site.send(clerk, f"/report/{FIRM}:P-1/a/{key}?tender={TENDER}", **typed)
    assert answer.status_code == 303
    [said] = site.log()
    assert said["type"] == f"dk.bygspor.{kind}.v1"
    assert said["data"]["placement"] == f"{FIRM}:P-1/a"


def test_a_figure_moves_when_a_start_is_reported(site: Site, clerk: Person) -> None:
    def delivered() -> Any:
        site.figures()
        key = site.gateway.key(FIRM)
        return site.gateway.call("GET", f"/v1/tenders/{TENDER}/targets", key).json()

    before = delivered()
    site.send(clerk, "/report/start", person="Mette Holm", **START)
    assert delivered() != before


def test_a_report_is_corrected_with_old_beside_new(site: Site, clerk: Person) -> None:
    site.send(clerk, "/report/start", person="Mette Holm", **START)
    [link] = ways(clerk.get("/report/events"), "correct")
    form = clerk.get(link)
    assert 'value="Mette Holm"' in form.text
    typed = {
        **START,
        "drawn": number_of(form),
        "person": "Mette Holm",
        "started_on": "09-03-2026",
        "kind": "apprenticeship",
    }
    sure = clerk.post(link, typed)
    assert "Første dag 02-03-2026 09-03-2026" in words(sure)
    assert len(site.log()) == 1
    assert clerk.post(link, {**typed, "sure": "yes"}).status_code == 303
    _, said = site.log()
    assert said["type"] == "dk.bygspor.event.corrected.v1"
    assert said["data"]["revision"] == 1
    assert said["data"]["replacement"]["data"]["started_on"] == "2026-03-09"
    assert "Rettet" in words(clerk.get("/report/events"))
    assert "09-03-2026 I gang" in words(clerk.get("/report"))
    form = clerk.get(link)
    assert 'value="09-03-2026"' in form.text
    again = clerk.post(link, {**typed, "drawn": number_of(form), "started_on": "10-03-2026", "sure": "yes"})
    assert again.status_code == 303
    assert site.log()[-1]["data"]["revision"] == 2
    unchanged = clerk.post(link, {**typed, "drawn": number_of(clerk.get(link)), "started_on": "10-03-2026"})
    assert "Der er ikke ændret noget" in words(unchanged)


def test_a_report_is_withdrawn_after_a_question(site: Site, clerk: Person) -> None:
    site.send(clerk, "/report/start", person="Mette Holm", **START)
    [link] = ways(clerk.get("/report/events"), "withdraw")
    assert "det kan ikke fortrydes" in words(clerk.get(link))
    assert site.send(clerk, link).status_code == 303
    assert types(site) == ["placement.started", "event.withdrawn"]
    assert "Mette Holm" not in words(clerk.get("/report"))
    assert "Trukket tilbage" in words(clerk.get("/report/events"))
    assert clerk.get(link).status_code == 404


def test_own_reports_say_what_does_not_count_yet_and_why(site: Site) -> None:
    stranger = "10000327"
    site.gateway.organisation(stranger, *site.gateway.parts.access.organisations.get(FIRM).kinds)  # type: ignore[union-attr]
    site.told(started("9", "h09", stranger))
    page = words(logged_in(site.gateway, stranger).get("/report/events"))
    assert "Tæller ikke endnu" in page
    assert "ikke tilknyttet udbuddet" in page


def test_hours_of_a_month_in_one_table(site: Site, clerk: Person) -> None:
    site.told(started("1", "h01"), started("2", "h02"), started("3", "h03"))
    page = clerk.get("/report/hours")
    fields = re.findall(r'name="(h-[0-9a-f]+)"', page.text)
    assert len(fields) == 3
    typed = {"month": "", "drawn": number_of(page), fields[0]: "148,5", fields[1]: "0", fields[2]: ""}
    assert clerk.post("/report/hours", typed).status_code == 303
    assert sorted(one["data"]["hours"] for one in site.log()) == [0, 148.5]
    again = clerk.get("/report/hours")
    assert 'value="148,5"' in again.text
    site.send(clerk, "/report/hours", **{fields[0]: "148,5", fields[1]: "0", fields[2]: "10:30"})
    assert site.log()[-1]["data"]["hours"] == 10.5
    site.send(clerk, "/report/hours", **{fields[0]: "150", fields[1]: "0", fields[2]: "10,5"})
    assert (site.log()[-1]["data"]["hours"], site.log()[-1]["data"]["revision"]) == (150, 2)
    cleared = site.send(clerk, "/report/hours", **{fields[0]: "", fields[1]: "900", fields[2]: "mange"})
    assert cleared.status_code == 422
    assert [f'href="#field-{field}"' in cleared.text for field in fields] == [True, True, True]
    assert len(site.log()) == 4


def test_many_hours_of_one_person_are_asked_about_by_name(site: Site, clerk: Person) -> None:
    site.told(started("1", "h01"), started("2", "h01"), started("3", "h02"))
    site.gateway.parts.vault.give_name(FIRM, f"{SECRETARIAT}:h01", "Mette Holm")
    page = clerk.get("/report/hours")
    fields = re.findall(r'<label for="field-(h-[0-9a-f]+)">Mette Holm<', page.text)
    assert len(fields) == 2
    assert "timerne er rigtige" not in page.text
    too_many = site.send(clerk, "/report/hours", **{fields[0]: "745"})
    assert "Mette Holm: en måned har højst 744 timer." in words(too_many)
    typed = {fields[0]: "160", fields[1]: "60,5"}
    asked = site.send(clerk, "/report/hours", **typed)
    assert asked.status_code == 422
    assert "Mette Holm: 220,5 timer på en måned er mange. Er det rigtigt?" in words(asked)
    boxes = re.findall(r'name="(sure-h-[0-9a-f]+)"', asked.text)
    assert [f'href="#field-{box}"' in asked.text and f'id="field-{box}"' in asked.text for box in boxes] == [True] * 2
    assert site.log() == []
    assert site.send(clerk, "/report/hours", **typed, **dict.fromkeys(boxes, "yes")).status_code == 303
    assert [one["data"]["hours"] for one in site.log()] == [160, 60.5]
    assert site.send(clerk, "/report/hours", **typed).headers["location"] == "/report"


def test_two_hundred_people_are_found_by_name(site: Site, clerk: Person) -> None:
    site.told(*(started(str(n), f"h{n}") for n in range(200)))
    vault: Vault = site.gateway.parts.vault
    vault.give_name(FIRM, f"{SECRETARIAT}:h117", "Sigurd Ås")
    assert words(clerk.get("/report")).count("I gang") == 200
    found = words(clerk.get("/report?q=sigurd å"))
    assert "Sigurd Ås" in found
    assert found.count("I gang") == 1


def test_a_name_can_be_given_to_somebody_known_by_code(site: Site, clerk: Person) -> None:
    site.told(started("1", "h01"))
    clerk.get("/report")
    clerk.post("/report/names", {"person": f"{SECRETARIAT}:h01", "name": "Birk L."})
    assert "Birk L." in words(clerk.get("/report"))
    clerk.post("/report/names", {"person": f"{SECRETARIAT}:h99", "name": "Ingen"})
    assert site.gateway.parts.vault.names(FIRM, [f"{SECRETARIAT}:h99"]) == {}


def test_openings_and_candidates_meet(site: Site, clerk: Person) -> None:
    post = {
        "place": f"{TENDER} {FIRM}",
        "kind": "apprenticeship",
        "trade": "carpenter",
        "places": "1",
        "starts_on": "04-01-2027",
    }
    assert site.send(clerk, "/openings/new", **post).status_code == 303
    opening = site.log()[0]["data"]["opening"]
    town = site.person(TOWN)
    assert "1 af 1" in words(town.get("/openings"))
    site.send(town, "/candidates/new", person="KA", identified_on="02-03-2026", trades=["carpenter"])
    candidate = site.log()[-1]["subject"]
    assert site.log()[-1]["data"]["linking_circle"] == CIRCLE
    site.send(town, f"/candidates/{candidate}/assessed", result="ready", assessed_on="03-03-2026")
    site.send(town, f"/candidates/{candidate}/consent", to=[FIRM], given_on="03-03-2026", expires_on="31-12-2027")
    assert (
        site.send(town, f"/candidates/{candidate}/presented", opening=opening, presented_on="04-03-2026").status_code
        == 303
    )
    assert (site.log()[-1]["data"]["tender"], site.log()[-1]["data"]["contractor"]) == (TENDER, FIRM)
    assert (
        site.send(clerk, f"/candidates/{candidate}/accepted", opening=opening, accepted_on="05-03-2026").status_code
        == 303
    )
    assert "Har fået pladsen" in words(town.get("/candidates"))
    assert site.send(clerk, f"/openings/{opening}/filled", filled_on="05-03-2026").status_code == 303
    assert "Ingen åbne pladser" in words(clerk.get("/openings"))


def test_what_is_not_ones_own_is_not_there(site: Site) -> None:
    site.told(started("1", "h01"))
    other = site.person(OTHER_FIRM)
    for path in (
        f"/report/{FIRM}:P-1/pause?tender={TENDER}",
        f"/report/events/correct?source=urn:bygspor:{FIRM}:test&id=s-1",
        f"/report/events/withdraw?source=urn:bygspor:{FIRM}:test&id=s-1",
        "/report/nothing",
        f"/report/{FIRM}:P-1/start",
        "/openings/10000319:p-1/filled",
        "/candidates/10000297:k-1/assessed",
    ):
        assert other.get(path).status_code == 404, path


def test_a_reader_reports_nothing_and_nobody_is_asked_to_log_in(site: Site) -> None:
    reader = logged_in(site.gateway, FIRM, Role.READER)
    assert reader.get("/report/start").status_code == 403
    assert reader.post("/report/start", START).status_code == 403
    assert Person(site.gateway).get("/report").status_code == 303


def test_no_form_that_anybody_can_send_breaks_a_page(site: Site, clerk: Person) -> None:
    """Forms full of what nobody should write: an answer, and faults on fields that are there."""
    site.told(started("1", "h01"))
    site.person(TOWN)
    paths = ["/report/start", "/openings/new", "/report/hours", "/links"]
    paths += [f"/report/{FIRM}:P-1/{form}?tender={TENDER}" for form in ("pause", "school", "change", "end", "move")]
    nasty = [
        "",
        "\x00",
        "0202901234",
        "'\"><script>",
        "9" * 5_000,
        "31-02-2026",
        "01-01-2099",
        "-1",
        "apprenticeship",
        "𝕏",
    ]
    for path in paths:
        names = set(re.findall(r'name="([a-z_0-9-]+)"', clerk.get(path).text)) - {"csrf", "q", "tender", "robots"}
        for value in nasty:
            answer = clerk.post(
                path.split("?")[0] if path == "/report/hours" else path, dict.fromkeys(sorted(names), value)
            )
            assert answer.status_code in {200, 303, 422}, (path, value)
            for field in re.findall(r'href="#field-([^"]+)"', answer.text):
                assert f'id="field-{field}"' in answer.text, (path, value, field)
            assert "<script>'" not in answer.text
            assert "0202901234" not in answer.text
