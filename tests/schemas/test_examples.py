"""The published examples: the valid ones pass everywhere, the invalid ones fail with exactly the faults they name."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic_core.core_schema import ErrorType
from referencing import Registry, Resource

from schemas.codec import EVENT_TYPES, canonical, decode, encode
from schemas.envelope import Event
from schemas.facts import Fact
from schemas.faults import InvalidEventError, known_codes
from schemas.publish import FOLDER, event_schema

EXAMPLES = FOLDER / "examples"
VALID = sorted(EXAMPLES.glob("*/valid-*.json"))
INVALID = sorted(EXAMPLES.glob("*/invalid-*.json"))
TYPES = sorted(EVENT_TYPES.values(), key=lambda cls: cls.type())
# What JSON Schema cannot say: modulus 11, and rules between fields. It calls 1.0 whole, where we do not.
BEYOND_JSON_SCHEMA = {
    *("cvr", "id_cvr", "source_cvr", "reported_by", "on_behalf_of_self", "order", "one_month", "one_measure", "under"),
    "nothing_changed",
    *("successor", "cut_off", "after_weeks", "percent", "local_clause", "target_twice", "to_target", "two_ids"),
    "comparison",
}

FORMATS = FormatChecker(formats=["date"])


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


SCHEMAS = {cls.type(): event_schema(cls) for cls in TYPES}
REGISTRY: Registry[Any] = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in SCHEMAS.values())
VALIDATORS = {
    name: Draft202012Validator(schema, registry=REGISTRY, format_checker=FORMATS) for name, schema in SCHEMAS.items()
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def loaded(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def fields_set(value: object, path: str = "") -> set[str]:
    """Paths of what an event says, members of lists taken together."""
    if isinstance(value, dict):
        return {path}.union(*(fields_set(inner, f"{path}.{name}") for name, inner in value.items()))
    if isinstance(value, list):
        return {path}.union(*(fields_set(inner, path) for inner in value))
    return {path}


def fields_known(schema: Any, root: Any, path: str = "") -> set[str]:
    if "$ref" in schema:
        return fields_known(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, path)
    found = {path}.union(
        *(fields_known(inner, root, f"{path}.{name}") for name, inner in schema.get("properties", {}).items())
    )
    inner = [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    return found.union(*(fields_known(part, root, path) for part in inner))


@pytest.mark.parametrize("cls", TYPES, ids=lambda cls: cls.name)
def test_type_has_examples_of_both_sorts(cls: type[Fact]) -> None:
    assert (EXAMPLES / cls.name / "valid-full.json").exists()
    assert list((EXAMPLES / cls.name).glob("invalid-*.json"))


@pytest.mark.parametrize("cls", TYPES, ids=lambda cls: cls.name)
def test_valid_examples_show_every_field(cls: type[Fact]) -> None:
    schema = SCHEMAS[cls.type()]
    shown = set().union(*(fields_set(loaded(path)["data"]) for path in (EXAMPLES / cls.name).glob("valid-*.json")))
    known = fields_known(schema["properties"]["data"], schema)
    assert known - shown <= {".on_behalf_of"}  # every fact has it; not every sender would use it


def test_examples_stand_under_their_type() -> None:
    names = {cls.name for cls in TYPES}
    assert {path.parent.name for path in EXAMPLES.glob("*/*")} == names | {"_envelope"}
    assert all(loaded(path)["type"].removeprefix("dk.bygspor.").startswith(path.parent.name) for path in VALID)
    assert set(EXAMPLES.glob("*/*")) == {*VALID, *INVALID}


def test_identities_are_unique() -> None:
    keys = [(event["source"], event["id"]) for event in map(loaded, VALID)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_valid_example_passes_and_comes_back(path: Path) -> None:
    event = decode(path.read_bytes())
    assert isinstance(event, Event)
    again = decode(encode(event))
    assert again == event


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_valid_example_satisfies_the_published_schema(path: Path) -> None:
    event = loaded(path)
    assert list(VALIDATORS[event["type"]].iter_errors(event)) == []


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_what_we_write_satisfies_the_published_schema(path: Path) -> None:
    event = decode(path.read_bytes())
    assert isinstance(event, Event)
    assert list(VALIDATORS[event.type].iter_errors(json.loads(encode(event)))) == []


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_invalid_example_is_refused_for_what_it_names(path: Path) -> None:
    example = loaded(path)
    raw = example["raw"].encode() if "raw" in example else json.dumps(example["event"]).encode()
    with pytest.raises(InvalidEventError) as refused:
        decode(raw)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == sorted_like(
        refused.value, example["faults"]
    )
    assert all(fault.code in known_codes() for fault in refused.value.faults)


def sorted_like(refused: InvalidEventError, faults: dict[str, str]) -> list[tuple[str, str]]:
    """The named faults in the order in which they were found: the order is no promise."""
    found = [fault.field for fault in refused.faults]
    return sorted(faults.items(), key=lambda item: found.index(item[0]) if item[0] in found else len(found))


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_published_schema_refuses_it_too_where_it_can(path: Path) -> None:
    example = loaded(path)
    event = example.get("event", {})
    validator = VALIDATORS.get(event.get("type"))
    if validator is not None and not BEYOND_JSON_SCHEMA.issuperset(example["faults"].values()):
        assert not validator.is_valid(event)


def test_every_fault_of_our_own_has_an_example() -> None:
    shown = {code for path in INVALID for code in loaded(path)["faults"].values()}
    assert known_codes() - set(get_args(ErrorType)) <= shown


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_same_event_written_otherwise_is_the_same_event(path: Path) -> None:
    event = loaded(path)
    otherwise = json.dumps(dict(reversed(event.items())), indent=3) + "\n"
    told = json.dumps({**event, "recordedtime": "2026-11-21T10:00:00Z"})
    assert canonical(path.read_bytes()) == canonical(otherwise.encode()) == canonical(told.encode())
    assert canonical(json.dumps({**event, "id": "another"}).encode()) != canonical(path.read_bytes())
