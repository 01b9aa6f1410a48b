"""The API does what its description says, whatever is sent: schemathesis, in this process, on a real database.

Two rounds. One asks as a stranger to the model would: anything that the description allows, and what it does not. The
other posts events that might be accepted: what a JSON Schema cannot say (CVR numbers, who sends) is put right first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from services.domain.rights import Kind
from services.gateway import limits
from services.gateway.parts import Options
from tests.cli.runner import Bygspor
from tests.gateway.conftest import Gateway, opened

CVR = "10000289"
LONG_SECONDS = 300
_NUMBER = re.compile(r"^(urn:bygspor:)?[0-9]{8}(?=$|:)")
# A batch is answered with one result for each event, whatever they are.
_OWN_RESULTS = {"negative_data_rejection": {"expected-statuses": ["200", "207", "4xx"]}}
# That the rest can be accepted at all is what the second round is for.
_CHECKS = {"positive_data_acceptance": {"enabled": False}, "negative_data_rejection": {"expected-statuses": ["4xx"]}}


@pytest.fixture
def asked(own_estates: Bygspor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """The three estates, seen by who is everything at one of them, and in no hurry."""
    monkeypatch.setattr(limits, "STRANGERS_A_MINUTE", 1_000_000)
    with opened(own_estates.url, tmp_path, Options(requests_a_minute=100_000_000)) as gateway:
        gateway.organisation(CVR, *Kind, municipality=461)
        yield gateway


def ask(gateway: Gateway, **more: Any) -> tuple[Counter[tuple[str, int]], list[str]]:
    """How often each operation answered with each status, and what was not as described."""
    headers = {"Authorization": f"Bearer {gateway.key(CVR)}"}
    settings = {
        "continue-on-failure": True,
        # How hard it is to think of wrong values says nothing of the API.
        "suppress-health-check": ["all"],
        "headers": headers,
        "checks": _CHECKS,
        **more,
    }
    config = SchemathesisConfig.from_dict(settings)
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", gateway.app, config=config)
    schema.hook("map_body")(_put_right if more["generation"].get("mode") == "positive" else _as_it_is)
    statuses: Counter[tuple[str, int]] = Counter()
    wrong: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            statuses.update(_statuses(event))
            wrong += _failures(event)
        elif isinstance(event, (events.NonFatalError, events.FatalError)):
            wrong.append(str(event))
    return statuses, wrong


def _statuses(event: events.ScenarioFinished) -> Iterator[tuple[str, int]]:
    for interaction in event.recorder.interactions.values():
        if interaction.response is not None:
            yield event.recorder.label, interaction.response.status_code


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    for checks in event.recorder.checks.values():
        for check in checks:
            if (failed := check.failure_info) is not None:
                yield f"{event.recorder.label}: {failed.failure.title}: {failed.failure.message}\n{failed.code_sample}"


def _as_it_is(_context: object, body: Any) -> Any:
    return body


def _put_right(_context: object, body: Any) -> Any:
    """The same with our organisation wherever one is named, and nobody it is on behalf of."""
    if isinstance(body, dict):
        return {name: _put_right(_context, value) for name, value in body.items() if name != "on_behalf_of"}
    if isinstance(body, list):
        return [_put_right(_context, value) for value in body]
    return _NUMBER.sub(rf"\g<1>{CVR}", body) if isinstance(body, str) else body


def _any(*, everything: bool) -> dict[str, Any]:
    # Each event type has so many edges that to try them all takes minutes.
    posts = {"include-method": "POST", "checks": _OWN_RESULTS, "phases": {"coverage": {"enabled": everything}}}
    phases = {"stateful": {"enabled": False}, "examples": {"enabled": everything}}
    return {"phases": phases, "operations": [posts], **_as_many(3, everything=everything)}


def _acceptable(*, everything: bool) -> dict[str, Any]:
    others = {"exclude-path": "/v1/events", "enabled": False}
    gets = {"include-method": "GET", "enabled": False}
    phases = {name: {"enabled": False} for name in ("stateful", "coverage", "examples")}
    told = _as_many(20, everything=everything)
    return {
        "phases": phases,
        "operations": [others, gets],
        **told,
        "generation": {**told["generation"], "mode": "positive"},
    }


def _as_many(few: int, *, everything: bool) -> dict[str, Any]:
    """A few requests of each kind, the same ones every time; or new ones for minutes."""
    if everything:
        return {"max-time": LONG_SECONDS, "generation": {"max-examples": 1_000}}
    return {"generation": {"max-examples": few, "deterministic": True}}


def check_any(gateway: Gateway, *, everything: bool) -> None:
    statuses, wrong = ask(gateway, **_any(everything=everything))
    assert not wrong, "\n\n".join(wrong[:5])
    assert {status for _, status in statuses} >= {200, 204, 401, 404, 405, 422}
    assert len({operation for operation, _ in statuses}) >= 16


def check_acceptable(gateway: Gateway, *, everything: bool) -> None:
    statuses, wrong = ask(gateway, **_acceptable(everything=everything))
    assert not wrong, "\n\n".join(wrong[:5])
    assert statuses["POST /v1/events", 201] > 5


def test_whatever_is_sent_the_answer_is_as_described(asked: Gateway) -> None:
    check_any(asked, everything=False)


def test_what_is_accepted_is_answered_as_described(asked: Gateway) -> None:
    check_acceptable(asked, everything=False)


@pytest.mark.soak
def test_for_minutes_whatever_is_sent(asked: Gateway) -> None:
    check_any(asked, everything=True)


@pytest.mark.soak
def test_for_minutes_what_is_accepted(asked: Gateway) -> None:
    check_acceptable(asked, everything=True)
