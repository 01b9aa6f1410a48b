"""Sheets over the API: previewed, confirmed, handed back, refused; hostile files, and CPR numbers wherever they fit."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.domain.rights import Role
from services.gateway.uploads import clerk
from services.store.vault.tables import beside
from tests.canary import CANARIES, assert_none, database_dump
from tests.gateway.reporting import CLIENT, FIRM, OTHER_FIRM, SECRETARIAT, TENDER, TOWN, Site, event
from tests.gateway.uploading import JENS, METTE, cells, comments, workbook
from tests.sheets.shelf import SKOVPARKEN, TODAY
from tests.sheets.specimens import CORPUS, Specimen, load

XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
CSV = {"Content-Type": "text/csv"}


def hand_in(site: Site, raw: bytes, cvr: str = FIRM, layout: str = "placements", **more: Any) -> httpx.Response:
    headers = more.pop("headers", XLSX)
    path = f"/v1/sheets/{layout}"
    return site.gateway.call("POST", path, site.gateway.key(cvr), content=raw, headers=headers, **more)


def call(site: Site, method: str, path: str, cvr: str = FIRM) -> httpx.Response:
    return site.gateway.call(method, path, site.gateway.key(cvr))


def test_a_system_hands_in_a_sheet_and_confirms_it(site: Site) -> None:
    wrong = ("Ida Lund", "Havnegade", "Lærling/elev", "Tømrer", "32-13-2026", None, 37)
    answer = hand_in(site, workbook([METTE, JENS, wrong]), params={"file_name": "uge 40.xlsx"})
    assert answer.status_code == 201
    seen = answer.json()
    assert seen["counts"] == {
        "new": 2, "changed": 0, "unchanged": 0, "wrong": 1, "question": 0, "blank": 0, "lines": 1,
    }  # fmt: skip
    assert seen["rows_in_file"] == sum(seen["counts"].values())
    assert [(fault["row"], fault["column"], fault["code"]) for fault in seen["faults"]] == [(4, "E", "no_such_date")]
    here = answer.headers["location"]
    assert call(site, "GET", here).json() == seen
    assert list(comments(call(site, "GET", f"{here}/marked").content)) == ["E4"]
    done = call(site, "POST", f"{here}/confirm")
    assert (done.status_code, done.json()["state"], done.json()["events_sent"]) == (200, "confirmed", 2)
    again = call(site, "POST", f"{here}/confirm")
    assert (again.status_code, again.json()) == (200, done.json())
    assert call(site, "GET", f"{here}/marked").status_code == 404
    repeat = hand_in(site, workbook([METTE, JENS])).json()
    assert repeat["counts"]["unchanged"] == 2
    nothing = call(site, "POST", f"/v1/uploads/{repeat['id']}/confirm")
    assert (nothing.status_code, nothing.json()["events_sent"], repeat["state"]) == (200, 0, "confirmed")
    wrong_only = hand_in(site, workbook([wrong])).json()
    nothing = call(site, "POST", f"/v1/uploads/{wrong_only['id']}/confirm")
    assert (nothing.status_code, nothing.json()["errors"][0]["code"]) == (409, "nothing_to_send")


def test_csv_and_forms_are_taken_too(site: Site) -> None:
    text = "Navn;Udbud;Type;Startdato\nMette Holm;Havnegade;Lærling;02-03-2026\n".encode("cp1252")
    assert hand_in(site, text, headers=CSV).json()["counts"]["new"] == 1
    form = {"file": ("ark.csv", text)}
    answer = site.gateway.call("POST", "/v1/sheets/placements", site.gateway.key(FIRM), files=form)
    assert (answer.status_code, answer.json()["file_name"]) == (201, "ark.csv")
    assert hand_in(site, text, headers={"Content-Type": "application/json"}).status_code == 415
    assert (
        site.gateway.call("POST", "/v1/sheets/placements", site.gateway.key(FIRM), data={"x": "y"}).status_code == 415
    )
    nothing = site.gateway.call("POST", "/v1/sheets/placements", site.gateway.key(FIRM), files={"other": text})
    assert nothing.status_code == 422


def test_nobody_else_meets_it(site: Site) -> None:
    here = hand_in(site, workbook([METTE])).headers["location"]
    for cvr in (OTHER_FIRM, SECRETARIAT, CLIENT, TOWN):
        for method, path in (("GET", here), ("GET", f"{here}/marked"), ("POST", f"{here}/confirm")):
            assert call(site, method, path, cvr).status_code == 404
    assert site.gateway.call("GET", here, site.gateway.key(FIRM, Role.READER)).status_code == 403
    assert site.gateway.call("GET", here).status_code == 401
    assert hand_in(site, workbook([METTE]), CLIENT).status_code == 403
    assert call(site, "GET", "/v1/sheets/placements/template", CLIENT).status_code == 403
    assert cells(call(site, "GET", "/v1/sheets/hours/template?copied=true&month=2026-10").content)[0][0] == "Navn"
    assert call(site, "GET", "/v1/sheets/hours/template?month=oktober").status_code == 422


def test_a_secretariat_reports_for_a_contractor_of_its_own(site: Site) -> None:
    answer = hand_in(site, workbook([METTE]), SECRETARIAT, params={"on_behalf_of": OTHER_FIRM})
    assert (answer.status_code, answer.json()["counts"]["new"]) == (201, 1)
    assert hand_in(site, workbook([METTE]), SECRETARIAT, params={"on_behalf_of": "10000025"}).status_code == 422
    assert hand_in(site, workbook([METTE]), FIRM, params={"on_behalf_of": OTHER_FIRM}).status_code == 422


def test_fifty_systems_at_once_count_once(site: Site) -> None:
    raw, key = workbook([METTE, JENS]), site.gateway.key(FIRM)

    async def one(client: httpx.AsyncClient) -> int:
        headers = {"Authorization": f"Bearer {key}", **XLSX}
        answer = await client.post("/v1/sheets/placements", content=raw, headers=headers)
        assert answer.status_code in {201, 202}
        upload = answer.json()
        while upload["state"] == "reading":
            await asyncio.sleep(0.1)
            upload = (await client.get(f"/v1/uploads/{upload['id']}", headers=headers)).json()
        if not upload["events_to_send"]:
            return 0
        done = await client.post(f"/v1/uploads/{upload['id']}/confirm", headers=headers)
        while done.status_code == 202:
            await asyncio.sleep(0.1)
            done = await client.get(f"/v1/uploads/{upload['id']}", headers=headers)
            done.status_code = 202 if done.json()["state"] == "confirming" else 200
        assert done.status_code == 200
        assert done.json()["state"] == "confirmed"
        return int(done.json()["events_sent"])

    async def all_at_once() -> list[int]:
        transport = httpx.ASGITransport(site.gateway.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://bygspor.test", timeout=120) as client:
            return await asyncio.gather(*(one(client) for _ in range(50)))

    assert sum(asyncio.run(all_at_once())) == 2
    assert len(site.log("bygspor-sheet")) == 2


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return out.getvalue()


def billion_laughs() -> bytes:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([METTE]))) as good, zipfile.ZipFile(out, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, good.read(name))
        archive.writestr("xl/evil.xml", f'<!DOCTYPE x [<!ENTITY a0 "ha">{lines}]><x>&a9;</x>')
    return out.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "bomb": bomb,
    "billion laughs": billion_laughs,
    "html": lambda: b"<html><table><tr><td>Navn</td></tr></table></html>",
    "old excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000,
    "truncated": lambda: workbook([METTE])[:-700],
    "empty": lambda: b"",
    "nothing but noise": lambda: bytes(range(256)) * 400,
    "zeros": lambda: b"\0" * 5_000_000,
    "too big": lambda: b"a;b\n" * 2_700_000,
    "far too big": lambda: b"a;b\n" * 4_000_000,
    "a quotation mark alone": lambda: b'a;b\n"' + b"x;y\n" * 100_000,
    "columns without end": lambda: b";".join(b"x" for _ in range(500_000)) + b"\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_seconds(site: Site, name: str) -> None:
    raw = HOSTILE[name]()
    began = time.monotonic()
    answer = hand_in(site, raw, headers={"Content-Type": "application/octet-stream"})
    assert answer.status_code in {413, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert time.monotonic() - began < 10


def test_a_cpr_number_stays_nowhere(site: Site, database_url: str, capfd: pytest.CaptureFixture[str]) -> None:
    number, parted = CANARIES[0], f"{CANARIES[1][:6]}-{CANARIES[1][6:]}"
    sheets = [
        (workbook([("Mette Holm", "Havnegade", "Lærling", parted, "02-03-2026", None, 37)]), XLSX),
        (workbook([(number, "Havnegade", "Lærling", None, "02-03-2026", None, 37)]), XLSX),
        (workbook([(*METTE, float(number))], ("Navn", "Udbud", "Type", "Fag", "Startdato", "x", "Timer", "CPR")), XLSX),
        (workbook([(*METTE[:2], "Lærling", "Tømrer", "02-03-2026")], ("Navn", "Udbud", "Type", number, parted)), XLSX),
        (workbook([METTE, (parted,)], name=f"Ark {number}"), XLSX),
        (workbook([METTE], ("Navn", "Udbud", "Type", "Fag", f"Start {parted}", "x", "y")), XLSX),
        (f"Navn;Udbud;Type;Startdato\n{parted};{parted};Lærling;{parted}\n".encode(), CSV),
        (f"{parted}\n{number};{number}\n".encode(), CSV),
        (f'Navn;Udbud\n"{parted}'.encode(), CSV),
    ]
    said = []
    for raw, headers in sheets:
        answer = hand_in(site, raw, headers=headers, params={"file_name": f"timer {parted} {number}.xlsx"})
        said.append(answer)
        if answer.status_code == 201:
            here = answer.headers["location"]
            marked = call(site, "GET", f"{here}/marked")
            said += [call(site, "GET", here), marked, call(site, "POST", f"{here}/confirm"), call(site, "GET", here)]
    said.append(call(site, "GET", "/metrics"))
    assert {answer.status_code for answer in said} >= {200, 201}
    captured = capfd.readouterr()
    dumps = [database_dump(url) for url in (database_url, beside(database_url))]
    assert_none(*dumps, captured.out, captured.err, *(str(answer.headers) for answer in said))
    for answer in said:
        assert_none(answer.content)


SOME = sorted(CORPUS.glob("*.txt"))[::7]


@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_the_corpus_comes_to_the_same_through_the_gateway(
    site: Site, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    specimen = load(path)
    if specimen.head.get("Party", "contractor") != "contractor" or "Answers" in specimen.head:
        pytest.skip("of another party, or answered")
    if "4711" in path.read_text(encoding="utf-8"):
        pytest.skip("by a tender's number that only the shelf knows")
    monkeypatch.setattr(clerk, "today", lambda: TODAY)
    _as_on_the_shelf(site, specimen)
    layout = {"p": "placements", "h": "hours", "s": "site_hours", "c": "candidates"}.get(path.stem[0], "placements")
    answer = hand_in(site, specimen.content(), layout=layout, headers={"Content-Type": "application/octet-stream"})
    expected = [line.split() for line in specimen.expected]
    if any(line[0] == "file" for line in expected):
        assert answer.status_code == 422
        return
    assert answer.status_code == 201, answer.text
    seen = answer.json()
    states = [line[1] for line in expected if line[0].isdigit()]
    # What the shelf has forgotten to have told is in the log here: then a row is not new, but unchanged or changed.
    right = ("new", "changed", "unchanged")
    assert sum(map(seen["counts"].get, right)) == sum(map(states.count, right)), seen
    for state in ("wrong", "question"):
        assert seen["counts"][state] == states.count(state), (state, seen)
    assert sum(seen["counts"].values()) == seen["rows_in_file"]


def _as_on_the_shelf(site: Site, specimen: Specimen) -> None:
    """The tenders, names and placements that the corpus is written for, as real ones."""
    shelf = specimen.book()
    frame = {
        "client": CLIENT, "title": "Skovparken etape 2", "secretariat": SECRETARIAT, "municipality": 461,
        "linking_circle": f"{SECRETARIAT}:kreds-461", "contract_kind": "works", "starts_on": "2026-01-01",
    }  # fmt: skip
    engaged = {"company": "x", "engaged_on": "2026-01-01"}
    told = [event("s-1", CLIENT, "tender.registered", SKOVPARKEN, **frame)]
    for nr, tender in enumerate((TENDER, SKOVPARKEN)):
        for cvr in (FIRM, "10000327"):
            told.append(event(f"s-{nr}-{cvr}", CLIENT, "contractor.engaged", tender, contractor=cvr, **engaged))
    for one in shelf.placed:
        start = {"placement": one.id, "person": one.person, "contractor": one.contractor, "kind": one.kind}
        told.append(
            event(f"{one.id}-a", FIRM, "placement.started", one.tender, **start, started_on=f"{one.started_on}")
        )
        if one.ended_on:
            told.append(event(f"{one.id}-e", FIRM, "placement.ended", one.tender, placement=one.id,
                              ended_on=f"{one.ended_on}"))  # fmt: skip
    site.told(*told)
    site.gateway.parts.vault.give_names(FIRM, {named.id: named.name for named in shelf.people()})
