"""The pages of uploads, as a clerk meets them without JavaScript."""

from __future__ import annotations

import io
import re
import time
from datetime import timedelta
from typing import Any

import httpx
from openpyxl import load_workbook

from services.clock import today
from services.domain.rights import Role
from services.gateway.uploads.templates import month_of
from tests.gateway.people import Person, words
from tests.gateway.reporting import CLIENT, FIRM, OTHER_FIRM, SECRETARIAT, Site
from tests.gateway.uploading import METTE, cells, workbook

WRONG = ("Ida Lund", "Havnegade", "Lærling/elev", "Tømrer", "32-13-2026", None, 37)


def handed_in(who: Person, raw: bytes, name: str = "ark.xlsx", **fields: Any) -> httpx.Response:
    """The page that the clerk ends on once the file is read."""
    who.get("/upload")
    answer = who.post("/upload", fields, files={"file": (name, raw)})
    return arrived(who, answer)


def arrived(who: Person, answer: httpx.Response) -> httpx.Response:
    for _ in range(200):
        if answer.status_code == 303:
            answer = who.get(answer.headers["location"])
        elif "refresh" in answer.headers:
            time.sleep(0.05)
            answer = who.get(answer.url.path)
        else:
            break
    return answer


def edition(page: httpx.Response) -> str:
    found = re.search(r'name="edition" value="(\d+)"', page.text)
    assert found
    return found[1]


def send(who: Person, page: httpx.Response) -> httpx.Response:
    return arrived(who, who.post(f"{page.url.path}/confirm", {"edition": edition(page)}))


def test_a_clerk_sees_what_a_sheet_would_do_and_says_yes(site: Site) -> None:
    who = site.person(FIRM)
    page = handed_in(who, workbook([METTE, WRONG]))
    assert page.status_code == 200
    text = words(page)
    assert "Send 1 række" in text
    assert "1 række bliver ikke sendt" in text
    assert "Række 3, kolonne E (Startdato): »32-13-2026«" in text
    assert "Rækker i filen 3" in text
    done = send(who, page)
    assert "1 række er indberettet" in words(done)
    assert "Ikke sendt: fejl og spørgsmål 1" in words(done)
    assert len(site.log("bygspor-sheet")) == 1
    assert "Alt er kendt i forvejen" in words(handed_in(who, workbook([METTE])))
    front = words(who.get("/upload"))
    assert "Alt er kendt i forvejen" in front
    assert "Venter på dit ja" not in front


def test_the_marked_sheet_is_mended_and_sent(site: Site) -> None:
    who = site.person(FIRM)
    page = handed_in(who, workbook([METTE, WRONG]), "forløb uge 40.xlsx")
    send(who, page)
    page = handed_in(who, workbook([METTE, WRONG]), "forløb uge 40.xlsx")
    marked = who.get(f"{page.url.path}/marked")
    assert "filename*=UTF-8''forl%C3%B8b%20uge%2040%20%E2%80%93%20rettes.xlsx" in marked.headers["content-disposition"]
    book = load_workbook(io.BytesIO(marked.content))
    book.worksheets[0]["E3"] = "12-10-2026"
    out = io.BytesIO()
    book.save(out)
    page = handed_in(who, out.getvalue())
    assert "Send 1 række" in words(page)
    send(who, page)
    assert len(site.log("bygspor-sheet")) == 2


def test_a_changed_row_is_shown_old_and_new(site: Site) -> None:
    who = site.person(FIRM)
    send(who, handed_in(who, workbook([METTE])))
    changed = ("Mette Holm", "Havnegade", "Lærling/elev", "Murer", "02-03-2026", None, 30.5)
    text = words(handed_in(who, workbook([changed])))
    assert "Timer pr. uge 37 30,50" in text
    assert "Fag Tømrer Murer" in text


def test_what_was_read_of_new_rows_is_shown(site: Site) -> None:
    who = site.person(FIRM)
    page = handed_in(who, workbook([METTE]))
    for text in ("Type: Lærling/elev", "Fag: Tømrer", "Startdato: 02-03-2026", "Timer pr. uge: 37", "Udbud: Havnegade"):
        assert text in words(page), words(page)
    send(who, page)
    week = words(handed_in(who, workbook([("Mette Holm", "uge 40 2026", 37)], ("Navn", "Uge", "Timer"))))
    assert "Timer: 22,20" in week
    assert "Timer: 14,80" in week
    assert "Delt ved månedsskiftet" in week


def test_a_question_is_answered_without_javascript(site: Site) -> None:
    who = site.person(FIRM)
    send(who, handed_in(who, workbook([METTE])))
    page = handed_in(who, workbook([("Mette Holmm", *METTE[1:4], "01-06-2026", None, 37)]))
    assert "Mener du Mette Holm?" in words(page)
    assert "Send" not in re.findall(r"Send \d+ række", words(page))
    answered = arrived(who, who.post(f"{page.url.path}/answers", {"edition": edition(page), "q-0": "new"}))
    assert "Send 1 række" in words(answered)
    send(who, answered)
    assert len(site.log("bygspor-sheet")) == 2


def test_columns_are_chosen_and_remembered(site: Site) -> None:
    who = site.person(FIRM)
    send(who, handed_in(who, workbook([METTE])))
    headers = ("Kollega", "Lønmåned", "Præstation")
    page = handed_in(who, workbook([("Mette Holm", "oktober 2026", 120)], headers))
    chooser = who.get(f"{page.url.path}/columns")
    assert "oktober 2026" in words(chooser)
    switched = arrived(who, who.post(f"{page.url.path}/columns", {"edition": edition(chooser), "layout": "hours"}))
    chooser = who.get(f"{switched.url.path}/columns")
    chosen = {"layout": "hours", "column-person": "0", "column-period": "1", "column-hours": "2"}
    page = arrived(who, who.post(f"{page.url.path}/columns", {"edition": edition(chooser), **chosen}))
    assert "Send 1 række" in words(page)
    send(who, page)
    page = handed_in(who, workbook([("Mette Holm", "september 2026", 100)], headers))
    assert "Send 1 række" in words(page)
    assert "Som sidst" in words(page)


def test_a_file_that_is_no_sheet_is_refused_on_its_field(site: Site) -> None:
    who = site.person(FIRM)
    for raw, what in ((b"%PDF-1.7", "PDF"), (b"", "Filen er tom"), (b"PK\x03\x04broken", "beskadiget")):
        page = handed_in(who, raw, "x.xlsx")
        assert (page.status_code, what in words(page)) == (422, True), words(page)
    who.get("/upload")
    assert who.post("/upload", {"x": "y"}).status_code == 422


def test_a_file_that_is_far_too_large_is_answered_with_a_page_that_leads_back(site: Site) -> None:
    who = site.person(FIRM)
    who.get("/upload")
    page = who.post("/upload", {}, files={"file": ("stor.xlsx", b"x" * 15_000_000)}, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "En fil må højst fylde 10 MB" in words(page)
    assert 'class="button button-primary" href="/upload"' in page.text
    plain = who.post("/upload", {}, files={"file": ("stor.xlsx", b"x" * 15_000_000)}, headers={"Accept": "*/*"})
    assert (plain.status_code, plain.headers["content-type"]) == (413, "application/problem+json")


def test_a_secretariat_says_for_whom(site: Site) -> None:
    who = site.person(SECRETARIAT)
    assert "Bøgelund El" in who.get("/upload").text
    page = handed_in(who, workbook([METTE]), on_behalf_of=OTHER_FIRM)
    assert "på vegne af Bøgelund El A/S" in words(page)
    send(who, page)
    assert site.log("bygspor-sheet")[0]["data"]["on_behalf_of"] == OTHER_FIRM
    who.get("/upload")
    foreign = who.post("/upload", {"on_behalf_of": "10000025"}, files={"file": ("a.xlsx", workbook([METTE]))})
    assert foreign.status_code == 422


def test_a_sheet_is_put_away(site: Site) -> None:
    who = site.person(FIRM)
    page = handed_in(who, workbook([METTE]))
    away = who.get(who.post(f"{page.url.path}/discard").headers["location"])
    assert "Arket er kasseret" in words(away)
    assert "Intet fra arket er indberettet" in words(who.get(page.url.path))
    assert who.get(f"{page.url.path}/marked").status_code == 404


def test_others_find_nothing_there(site: Site) -> None:
    page = handed_in(site.person(FIRM), workbook([METTE]))
    for who in (site.person(OTHER_FIRM), site.person(SECRETARIAT)):
        assert who.get(page.url.path).status_code == 404
        assert who.get(f"{page.url.path}/marked").status_code == 404
        assert who.post(f"{page.url.path}/confirm", {"edition": "1"}).status_code == 404
        assert who.post(f"{page.url.path}/discard").status_code == 303
    assert "Send 1 række" in words(site.person(FIRM).get(page.url.path))
    assert site.person(CLIENT, Role.READER).get("/upload").status_code == 403


def test_a_template_comes_filled_and_goes_back_unchanged(site: Site) -> None:
    who = site.person(FIRM)
    send(who, handed_in(who, workbook([METTE])))
    made = who.get("/upload/template/placements")
    assert "attachment" in made.headers["content-disposition"]
    assert cells(made.content)[2][:3] == ["Mette Holm", "Havnegade", "Tømrermester Bo & Søn A/S"]
    assert "Alt er kendt i forvejen" in words(handed_in(who, made.content))
    hours = who.get("/upload/template/hours?copied=true")
    assert cells(hours.content)[2][0] == "Mette Holm"
    assert "Alt i arket er allerede indberettet" in words(handed_in(who, hours.content))
    assert who.get("/upload/template/candidates").status_code == 404
    assert who.get("/upload/template/nothing").status_code == 404


def test_a_template_of_hours_is_of_the_month_that_is_over_or_of_the_one_chosen(site: Site) -> None:
    who = site.person(FIRM)
    send(who, handed_in(who, workbook([METTE])))
    send(who, handed_in(who, workbook([("Mette Holm", "august 2026", 111)], ("Navn", "Måned", "Timer"))))
    over = today().replace(day=1) - timedelta(days=1)
    front = who.get("/upload")
    assert len(re.findall(r'<option value="20\d\d-\d\d"', front.text)) == 6
    assert f'<option value="{over:%Y-%m}">' in front.text
    default, chosen = (
        cells(who.get(f"/upload/template/hours{query}").content)[2] for query in ("", "?copied=true&month=2026-09")
    )
    assert default[:4] == ["Mette Holm", "Havnegade", month_of(over).text("da"), None]
    assert chosen[:4] == ["Mette Holm", "Havnegade", "september 2026", 111]
    assert who.get("/upload/template/hours?month=2026-13").status_code == 422
