"""The description of the API: fresh, whole, and true of the events that there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from schemas import publish as events
from schemas.codec import EVENT_TYPES
from services.gateway.api import publish
from services.gateway.app import routed

DOCUMENT: dict[str, Any] = routed().openapi()
DATES = jsonschema.FormatChecker(["date"])
VALIDATOR = jsonschema.Draft202012Validator(
    {**DOCUMENT, "$ref": "#/components/schemas/CloudEvent"}, format_checker=DATES
)
EXAMPLES = sorted(path for path in (events.FOLDER / "examples").glob("*/*.json"))
# What a JSON Schema cannot say, or this one leaves to its description.
UNSAID = frozenset(
    [
        "cvr",
        "id_cvr",
        "source_cvr",
        "cpr",
        "nul",
        "reported_by",
        "on_behalf_of_self",
        "order",
        "one_month",
        "int_from_float",
        "nothing_changed",
        "one_measure",
        "under",
        "successor",
        "cut_off",
        "after_weeks",
        "percent",
        "local_clause",
        "target_twice",
        "to_target",
        "two_ids",
        "comparison",
        "correction_of_correction",
        "json_invalid",
    ]
)


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, found in DOCUMENT["paths"].items():
        for method, operation in found.items():
            yield f"{method.upper()} {path}", operation


def test_the_published_description_is_fresh() -> None:
    assert publish.FILE.read_text("utf-8") == publish.text(), "run: python -m services.gateway.api.publish"
    assert publish.FILE.stat().st_size < 1_500_000


@pytest.mark.parametrize("operation", [found for _, found in operations()], ids=[name for name, _ in operations()])
def test_every_operation_is_told_whole(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    for status, response in operation["responses"].items():
        assert response["description"]
        assert "X-Request-Id" in response["headers"]
        if int(status) >= 400:
            assert response["content"].keys() == {"application/problem+json"}
    if "security" in operation:
        assert {"401", "429", "503"} <= operation["responses"].keys()


def test_nothing_is_referred_to_that_is_not_there() -> None:
    def refs(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for one in value.values():
                yield from refs(one)
        elif isinstance(value, list):
            for one in value:
                yield from refs(one)

    names = {ref.removeprefix("#/components/schemas/") for ref in refs(DOCUMENT)}
    assert names <= DOCUMENT["components"]["schemas"].keys()


def test_every_type_is_described_with_an_example() -> None:
    discriminator = DOCUMENT["components"]["schemas"]["CloudEvent"]["discriminator"]
    assert discriminator["mapping"].keys() == EVENT_TYPES.keys()
    for name, operation in operations():
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            if media == "application/cloudevents+json":
                assert {one["value"]["type"] for one in content["examples"].values()} == EVENT_TYPES.keys(), name


@pytest.mark.parametrize("path", EXAMPLES, ids=[f"{path.parent.name}/{path.stem}" for path in EXAMPLES])
def test_the_description_of_an_event_says_what_is_accepted(path: Any) -> None:
    told = json.loads(path.read_text("utf-8"))
    if path.stem.startswith("valid-"):
        VALIDATOR.validate(told)
    elif "event" in told and not set(told["faults"].values()) & UNSAID:
        assert not VALIDATOR.is_valid(told["event"])
