"""Who sees what over HTTP: every route there is, for everybody who may ask (domain.md section 12).

A route that is not in the table fails the test: somebody must decide who sees it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import psycopg
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import make_url

from schemas.codec import Waiting
from services.domain.rights import Caller, Kind, Role
from services.gateway.api.receipts import taken
from services.gateway.app import routed
from services.sheets.layouts import LAYOUTS
from services.store.batches import Decoded
from services.store.stream import Place, Record, RecordKey, apply_records, numbered
from tests.access.world import CALLERS, HAVNEGADE, KORSKAER, ROSENHOEJ, Row, World
from tests.gateway.conftest import Gateway, opened
from tests.gateway.conveyors import TOPIC, TOPIC_ID

TENDERS = (HAVNEGADE, KORSKAER, ROSENHOEJ)
TARGETS = {
    HAVNEGADE: "oplaering",
    KORSKAER: "laerlinge",
    ROSENHOEJ: "laerlinge",
}
NO_TENDERS_HERE = 999
NO_UPLOAD = "0" * 32
NAMES = [name for name, who in CALLERS.items() if who.organisation is not None]
FORMS = {
    "rows": {"secretariat", "contractor", "job_centre"},
    "lines": {"client", "secretariat", "site", "auditor"},
    "subcontractors": {"client", "secretariat", "contractor"},
}
Check = Callable[["Asked", str], None]


class Asked:
    """The gateway as one caller meets it."""

    def __init__(self, gateway: Gateway, world: World, who: Caller) -> None:
        assert who.organisation is not None
        self.gateway, self.world, self.who, self.cvr = gateway, world, who, who.organisation
        self.key = _key(gateway, who)

    def get(self, path: str) -> httpx.Response:
        return self.gateway.call("GET", path, self.key)

    def as_reporter(self, path: str) -> httpx.Response:
        return self.gateway.call("GET", path, self.gateway.key(self.cvr))

    def known(self, tender: str) -> set[str]:
        """The ids of placements and persons that are the caller's own people."""
        rows = [row for row in self.world.rows("state.placement") if self.handles(row, tender)]
        return {row["placement"] for row in rows} | {row["person"] for row in rows}

    def relations(self, tender: str) -> set[str]:
        return self.world.relations(self.who, tender)

    def own_people(self, tender: str) -> set[str]:
        """The placements that are the caller's own people, from the events alone."""
        return {row["placement"] for row in self.world.rows("state.placement") if self.handles(row, tender)}

    def handles(self, row: Row, tender: str) -> bool:
        if self.world.subjects[row["subject_no"]] != tender:
            return False
        relations = self.relations(tender)
        named = {row["contractor"], *(workplace[1] for workplace in row["doc"]["workplaces"])}
        return (
            "secretariat" in relations
            or ("contractor" in relations and self.cvr in named)
            or (Kind.JOB_CENTRE in self.who.kinds and self.cvr in _handled_by(self.world, row))
        )


def _handled_by(world: World, row: Row) -> set[str]:
    words = ("placement.reported", "placement.confirmed", "placement.disputed", "placement.followed_up")
    types = {f"dk.bygspor.{word}.v1" for word in (*words, "grant.given", "mentor.assigned")}
    told = (said["data"] for said in world.told if said["type"] in types)
    return {row["doc"]["referred_by"]} | {
        data.get("on_behalf_of") or data["reported_by"] for data in told if data["placement"] == row["placement"]
    }


def _key(gateway: Gateway, who: Caller) -> str:
    cvr = str(who.organisation)
    municipality = who.municipality or NO_TENDERS_HERE
    if gateway.parts.access.organisations.get(cvr) is None:
        gateway.organisation(cvr, *who.kinds, municipality=municipality)
    gateway.parts.access.organisations.change(cvr, kinds=who.kinds, municipality=municipality)
    return gateway.key(cvr, Role.READER)


class _Told(World):
    """The same, asked once: nothing is told while these tests run."""

    rows = cache(World.rows)
    relations = cache(World.relations)
    __hash__ = object.__hash__


@pytest.fixture(scope="module")
def world_gateway(
    postgres_url: str, estates_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Gateway, World]]:
    name = "who_sees_what_over_http"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {estates_template}".encode())
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with opened(url, Path(tmp_path_factory.mktemp("gateway"))) as gateway:
        auditor = CALLERS["auditor"]
        _key(gateway, auditor)
        gateway.parts.access.mandates.give(str(auditor.organisation), KORSKAER, "test")
        yield gateway, _Told(gateway.parts.store)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def me(asked: Asked, path: str) -> None:
    told = asked.get(path).json()
    assert (told["organisation"], set(told["kinds"])) == (asked.cvr, {kind.value for kind in asked.who.kinds})


def tenders(asked: Asked, path: str) -> None:
    told = {one["tender"]: set(one["relations"]) for one in asked.get(path).json()["items"]}
    assert told == {name: asked.relations(name) for name in TENDERS if asked.relations(name)}


def of_parties(asked: Asked, path: str) -> None:
    """All who are anything to the tender, and only they; for others it does not exist."""
    for name in TENDERS:
        answer = asked.get(path.format(tender=name, target=_target(name)))
        if asked.relations(name):
            assert answer.status_code == 200
        else:
            assert_not_there(asked, answer, path)


def assert_not_there(asked: Asked, answer: httpx.Response, path: str) -> None:
    nowhere = asked.get(path.format(tender="10000270:findes-ikke", target="10000270:x"))
    assert (answer.status_code, answer.content) == (nowhere.status_code, nowhere.content)
    assert answer.status_code == 404


def explained(asked: Asked, path: str) -> None:
    of_parties(asked, path)
    for name in TENDERS:
        if asked.relations(name):
            behind = asked.get(path.format(tender=name, target=_target(name))).json()["behind"]
            assert set(behind["placements"]) <= asked.own_people(name)
            assert behind["others"] >= 0


def placements(asked: Asked, path: str) -> None:
    for name in TENDERS:
        at, relations = path.format(tender=name), asked.relations(name)
        if not relations:
            assert_not_there(asked, asked.get(at), path)
            continue
        fitting = [form for form, may in FORMS.items() if may & relations]
        shown = asked.get(at + "?limit=500").json()
        assert (shown["shown_as"], shown["also"]) == (fitting[0], fitting[1:])
        for form in FORMS:
            answer = asked.get(f"{at}?limit=500&as={form}")
            assert answer.status_code == (200 if form in fitting else 403)
            if answer.status_code == 200 and form == "rows":
                assert {one["placement"] for one in answer.json()["items"]} == asked.own_people(name)
            elif answer.status_code == 200:
                assert not _ids_of_people(asked.world, name) & _texts(answer.json())


def own_events(asked: Asked, path: str) -> None:
    told: list[dict[str, Any]] = []
    page: str | None = path + "?limit=500"
    while page:
        answer = asked.get(page).json()
        told += answer["items"]
        page = answer["next"]
    mine = {(one["source"], one["id"]) for one in asked.world.told if asked.cvr in _spoken_for(one)}
    assert {(one["receipt"]["source"], one["receipt"]["id"]) for one in told} == mine
    assert {one["on_behalf"] for one in told} <= {True, False}
    for one in told:
        assert one["on_behalf"] == (f":{asked.cvr}:" not in one["receipt"]["source"])


def _spoken_for(said: Row) -> set[str | None]:
    data = said["data"]
    inner = data.get("replacement", {}).get("data", {})
    return {said["source"].split(":")[2], data.get("on_behalf_of") or inner.get("on_behalf_of")}


def receipt(asked: Asked, path: str) -> None:
    for said in asked.world.told[::40]:
        answer = asked.get(f"{path}?source={said['source']}&id={said['id']}")
        if asked.cvr in _spoken_for(said):
            assert answer.json()["event"]["data"] == said["data"]
        else:
            assert answer.content == asked.get(f"{path}?source=urn:bygspor:10000009:x&id=nothing").content
            assert answer.status_code == 404


def fate(asked: Asked, path: str) -> None:
    """As if one record had brought everything: of what is asked with a token, its sender alone is told."""
    store = asked.world.store
    apply_records(store, [Record(RecordKey(numbered(store.database, TOPIC, TOPIC_ID), 0, 0), [])])
    for said in asked.world.told[::40]:
        event = Waiting(said["id"], said["source"], said["type"], said["subject"])
        token = taken(Decoded(b"", event), Place(str(TOPIC_ID), 0, 0, 0)).token
        answer = asked.get(path.format(token=token))
        if f":{asked.cvr}:" in said["source"]:
            assert (answer.json()["id"], answer.json()["state"]) == (said["id"], "applied")
        else:
            assert answer.status_code == 404


def nothing_of_anybody(asked: Asked, path: str) -> None:
    answer = asked.gateway.call("GET", path.format(type="dk.bygspor.placement.started.v1"))
    assert answer.status_code == 200


def template(asked: Asked, path: str) -> None:
    """A sheet to fill in names one's own people and nobody else; a reader has nothing to fill in."""
    assert asked.get(path.format(layout="hours")).status_code == 403
    foreign = {name for tender in TENDERS for name in _ids_of_people(asked.world, tender) - asked.known(tender)}
    for layout in LAYOUTS:
        answer = asked.as_reporter(path.format(layout=layout))
        assert answer.status_code in {200, 403}
        if answer.status_code == 200:
            assert not foreign & _cells(answer.content)


def _cells(workbook: bytes) -> set[str]:
    sheets = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets
    return {str(value) for sheet in sheets for row in sheet.iter_rows(values_only=True) for value in row}


def nobody_elses(asked: Asked, path: str) -> None:
    """What others handed in: tests/gateway/test_upload_api.py has it among two who did."""
    assert asked.get(path.format(upload=NO_UPLOAD)).status_code == 403
    assert asked.as_reporter(path.format(upload=NO_UPLOAD)).status_code == 404


def empty(asked: Asked, path: str) -> None:
    assert asked.get(path).json()["items"] == []


CHECKS: dict[str, Check] = {
    "/v1/me": me,
    "/v1/tenders": tenders,
    "/v1/tenders/{tender}": of_parties,
    "/v1/tenders/{tender}/targets": of_parties,
    "/v1/tenders/{tender}/targets/{target}": explained,
    "/v1/tenders/{tender}/findings": of_parties,
    "/v1/tenders/{tender}/openings": of_parties,
    "/v1/tenders/{tender}/placements": placements,
    "/v1/events": own_events,
    "/v1/events/receipt": receipt,
    "/v1/receipts/{token}": fate,
    "/v1/rejected": empty,
    "/v1/sheets/{layout}/template": template,
    "/v1/uploads/{upload}": nobody_elses,
    "/v1/uploads/{upload}/marked": nobody_elses,
    "/v1/types": nothing_of_anybody,
    "/v1/schemas/{type}": nothing_of_anybody,
    "/v1/": nothing_of_anybody,
    "/v1/openapi.json": nothing_of_anybody,
}
WITHOUT_A_KEY = {path for path, check in CHECKS.items() if check is nothing_of_anybody}


def test_every_route_is_in_the_table() -> None:
    routes = iter_route_contexts(routed().routes)
    found = {
        str(route.path) for route in routes if str(route.path).startswith("/v1") and "GET" in (route.methods or ())
    }
    assert found == CHECKS.keys()


@pytest.mark.parametrize("path", CHECKS)
@pytest.mark.parametrize("name", NAMES)
def test_everybody_sees_exactly_what_is_theirs(world_gateway: tuple[Gateway, World], name: str, path: str) -> None:
    CHECKS[path](Asked(*world_gateway, CALLERS[name]), path)


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_names_anybody_the_caller_may_not_know(world_gateway: tuple[Gateway, World], name: str) -> None:
    asked = Asked(*world_gateway, CALLERS[name])
    said_to_me = {text for said in asked.world.told if asked.cvr in _spoken_for(said) for text in _texts(said)}
    for tender in TENDERS:
        foreign = _ids_of_people(asked.world, tender) - asked.known(tender) - said_to_me
        for path in CHECKS:
            answer = asked.get(
                path.format(
                    tender=tender, target=_target(tender), type="x", layout="x", upload=NO_UPLOAD, token=NO_UPLOAD
                )
            )
            assert not foreign & _texts(_json(answer)), path


@pytest.mark.parametrize("path", sorted(CHECKS.keys() - WITHOUT_A_KEY))
@pytest.mark.parametrize("key", [None, "bsk_0123456789_0", "nonsense"])
def test_without_a_key_nobody_sees_anything(world_gateway: tuple[Gateway, World], path: str, key: str | None) -> None:
    gateway, _ = world_gateway
    answer = gateway.call(
        "GET", path.format(tender=HAVNEGADE, target="nonsense", layout="hours", upload=NO_UPLOAD, token=NO_UPLOAD), key
    )
    assert answer.status_code in {401, 429}
    assert answer.headers["content-type"] == "application/problem+json"


def _target(tender: str) -> str:
    return f"{tender}~{TARGETS[tender]}"


def _ids_of_people(world: World, tender: str) -> set[str]:
    rows = [row for row in world.rows("state.placement") if world.subjects[row["subject_no"]] == tender]
    return {row["placement"] for row in rows} | {row["person"] for row in rows if row["person"]}


def _json(answer: httpx.Response) -> Any:
    return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text


def _texts(value: Any) -> set[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        return {text for one in value.items() for part in one for text in _texts(part)}
    if isinstance(value, list):
        return {text for one in value for text in _texts(one)}
    return {value} if isinstance(value, str) else set()
