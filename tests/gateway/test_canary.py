"""A CPR number put wherever something can be put: afterwards it is nowhere, in no answer, table, log or metric."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, MutableMapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
import structlog
from fastapi.routing import iter_route_contexts

from schemas.facts import EVENT_TYPES
from schemas.publish import FOLDER
from services.domain.rights import Kind, Role
from services.gateway.api.described import EXAMPLE
from services.gateway.parts import Options
from services.gateway.shell import Shell
from services.store.vault.tables import beside
from tests.canary import CANARIES, assert_none, database_dump, found
from tests.cli.runner import Bygspor
from tests.gateway.conftest import Gateway, opened
from tests.gateway.people import Person, user_of

Said = Sequence[MutableMapping[str, Any]]
CVR = "10000319"
ALL_KINDS = tuple(Kind)
SPELLINGS = (CANARIES[0], f"{CANARIES[1][:6]}-{CANARIES[1][6:]}", f"cpr:{CANARIES[2]}")
_INPUT = re.compile(r'<(?:input|textarea|select)[^>]*\bname="([^"]+)"')
_ACTION = re.compile(r'<form[^>]*\baction="([^"]+)"')
_TENDER = "10000270:havnegade"
_HEADERS = ("Accept-Language", "User-Agent", "Content-Type", "ce-id", "If-None-Match", "Cookie", "X-Request-Id")


@pytest.fixture(params=[False, True], ids=["cpr off", "cpr on"])
def everything(own_estates: Bygspor, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Gateway]:
    """A gateway on the estates with one organisation that is of every kind, so that every route is open to it."""
    with opened(own_estates.url, tmp_path, Options(cpr=request.param, requests_a_minute=10**6)) as gateway:
        gateway.organisation(CVR, *ALL_KINDS, municipality=461)
        yield gateway


@pytest.fixture
def said() -> Iterator[Said]:
    """Every line that is logged."""
    with structlog.testing.capture_logs() as lines:
        yield lines


def test_a_number_over_the_api_is_left_behind_nowhere(everything: Gateway, said: Said) -> None:
    key = everything.key(CVR)
    answers = [everything.post(event, key, path) for event in _events() for path in ("/v1/events", "/v1/validate")]
    answers += list(_elsewhere(everything, key))
    assert max(answer.status_code for answer in answers) < 500
    _nowhere(everything, answers, said)


def test_a_number_in_the_pages_is_left_behind_nowhere(everything: Gateway, said: Said) -> None:
    person = Person(everything)
    answers = [person.log_in(spelling, spelling) for spelling in SPELLINGS]
    person.log_in(user_of(everything, CVR, Role.ADMINISTRATOR))
    for path in _paths(everything.app):
        answers += _visited(person, path)
    assert max(answer.status_code for answer in answers) < 500
    _nowhere(everything, answers, said)


def test_a_number_that_may_be_given_becomes_a_pseudonym(everything: Gateway) -> None:
    event = json.loads(json.dumps(EXAMPLE))
    event["data"]["person"] = SPELLINGS[2]
    answer = everything.post(event, everything.key(CVR))
    assert answer.status_code == (201 if everything.parts.options.cpr else 422)


def _events() -> Iterator[dict[str, Any]]:
    """An example of every type with a number in the place of each of its texts, one after the other."""
    for kind in EVENT_TYPES.values():
        example = next((FOLDER / "examples" / kind.name).glob("valid-*.json"))
        whole = json.loads(example.read_bytes())
        for number, place in enumerate(_texts(whole)):
            event = json.loads(json.dumps(whole))
            at = event
            for step in place[:-1]:
                at = at[step]
            at[place[-1]] = SPELLINGS[number % len(SPELLINGS)]
            yield event


def _texts(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from _texts(inner, (*place, step))
    if isinstance(value, str):
        yield place


def _elsewhere(gateway: Gateway, key: str) -> Iterator[httpx.Response]:
    """In headers, paths, queries, and bodies that are no events."""
    for spelling in SPELLINGS:
        for path in (
            f"/v1/tenders/{quote(spelling)}",
            f"/nowhere/{quote(spelling)}",
            f"/v1/events?source={quote(spelling)}",
        ):
            yield gateway.call("GET", path, key)
        for name in (
            "Accept-Language",
            "User-Agent",
            "Content-Type",
            "ce-id",
            "If-None-Match",
            "Cookie",
            "X-Request-Id",
        ):
            yield gateway.call("GET", "/v1/tenders", key, headers={name: spelling})
            yield gateway.call("POST", "/v1/events", key, headers={name: spelling}, content=b"{}")
        yield gateway.call("GET", "/v1/tenders", spelling)
        for body in (spelling, f'"{spelling}"', f'[{{"{spelling}": 1}}]', f'{{"type": "{spelling}"'):
            for media in ("application/cloudevents+json", "application/cloudevents-batch+json"):
                yield gateway.call("POST", "/v1/events", key, content=body.encode(), headers={"Content-Type": media})
        attributes = {f"ce-{name}": str(value) for name, value in EXAMPLE.items() if name != "data"}
        headers = {**attributes, "ce-comment": spelling, "Content-Type": "application/json"}
        yield gateway.call("POST", "/v1/events", key, headers=headers, content=msgspec.json.encode(EXAMPLE["data"]))


def _paths(app: Shell) -> list[str]:
    """Every page that can be asked for, with something in the place of what its path names."""
    paths = set()
    for route in iter_route_contexts(_inner(app).routes):
        path = route.path or ""
        if "GET" in (route.methods or ()) and not path.startswith(("/v1", "/static", "/metrics", "/health", "/ready")):
            for named in (_TENDER, SPELLINGS[0]):
                paths.add(re.sub(r"\{[^}]+\}", named, path))
    return sorted(paths)


def _inner(app: Any) -> Any:
    while not hasattr(app, "routes"):
        app = app._app
    return app


def _visited(person: Person, path: str) -> list[httpx.Response]:
    """The page, the page with a number in its query, and its forms with numbers in every field."""
    page = person.get(path)
    answers = [page, person.get(f"{path}?next=/{SPELLINGS[0]}&q={quote(SPELLINGS[1])}&back={SPELLINGS[0]}")]
    fields = {name: SPELLINGS[n % len(SPELLINGS)] for n, name in enumerate(set(_INPUT.findall(page.text)) - {"csrf"})}
    for action in set(_ACTION.findall(page.text)) - {"/logout"}:
        answers.append(person.post(action.replace("&amp;", "&"), fields))
    return answers


def _nowhere(gateway: Gateway, answers: Sequence[httpx.Response], said: Said) -> None:
    url = gateway.parts.store.url
    gateway.parts.vault.ready()
    assert_none(database_dump(url), database_dump(beside(url)), repr(said), gateway.call("GET", "/metrics").content)
    shown = {answer.content + repr(answer.headers).encode(): answer.request for answer in answers}
    repeated = {f"{request.method} {request.url.path}" for text, request in shown.items() if found(text)}
    assert not repeated, sorted(repeated)
