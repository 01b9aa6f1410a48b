"""Whatever is sent, decode answers with an event, with Waiting, or with faults that have a text in Danish.

And where a published schema allows what was sent, decode refuses it only for what JSON Schema cannot say.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from schemas.codec import EVENT_TYPES, Waiting, canonical, decode, encode, without_cpr
from schemas.envelope import Event
from schemas.faults import InvalidEventError, known_codes
from schemas.publish import FOLDER, event_schema

EVENTS = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("examples/*/valid-*.json"))]
SCHEMAS = {name: event_schema(cls) for name, cls in EVENT_TYPES.items()}
REGISTRY: Registry[Any] = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in SCHEMAS.values())
# Modulus 11; rules between fields; 1.0, which JSON Schema calls whole; and the 31st of June in a point in time.
BEYOND_JSON_SCHEMA = {
    *("cvr", "id_cvr", "source_cvr", "reported_by", "on_behalf_of_self", "order", "one_month", "one_measure", "under"),
    "nothing_changed",
    *("successor", "cut_off", "after_weeks", "percent", "local_clause", "target_twice", "to_target", "two_ids"),
    *("comparison", "int_type", "extension", "datetime_parsing"),
}

LIKELY = st.sampled_from(
    [
        *("", " ", "x", "10000009", "12345678", "10000009:x", "urn:bygspor:10000009:x", "2026-05-31", "2026-06-31"),
        *("2026-05-31T10:00:00Z", "2026-05-31T10:00:00", "2026-05-31 10:00:00Z", "0001-01-01T00:00:00+23:00", "37,5"),
        *("37.5", "NaN", "1e3", "Infinity", "true", "null", "apprenticeship", "æøå", "a\nb", "a\x00b", "x" * 500),
        *(0, -1, 1, 1.0, 37, 0.004, 10**10, 10**30, 1e300, -0.0, True, False, None, [], {}, [1], {"a": 1}, [None]),
        *("3112990000", 3112990000, "dk.bygspor.works.started.v1", "dk.bygspor.works.started.v2"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.text(max_size=8) | st.sampled_from(["contract", "man_days", "on_behalf_of", "note"])
VALUES = (LIKELY | JSON).map(copy.deepcopy)


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where something stands inside an event, parents before children."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def change(draw: st.DrawFn, event: dict[str, Any]) -> None:
    """Drop, replace or add something somewhere."""
    *path, last = draw(st.sampled_from(list(places(event))))
    holder: Any = event
    for step in path:
        holder = holder[step]
    action = draw(st.sampled_from(["drop", "replace", "replace", "add"]))
    if action == "drop":
        del holder[last]
    elif action == "replace":
        holder[last] = draw(VALUES)
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[cast(int, last)]))
    else:
        holder[draw(NAMES)] = draw(VALUES)


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    event: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(EVENTS)))
    for _ in range(draw(st.integers(1, 3))):
        if event:
            change(draw, event)
    return event


def codes_of(raw: bytes) -> set[str]:
    """The faults of an event, none if it is accepted; then it can be written, and told from others, too."""
    try:
        event = decode(raw)
    except InvalidEventError as refused:
        return {fault.code for fault in refused.faults} or {"refused for nothing"}
    assert canonical(raw) == canonical(canonical(raw))
    if isinstance(event, Event):
        again = decode(encode(event))
        assert isinstance(again, Event)
        assert encode(again) == encode(event)  # an extension attribute that is null is, as CloudEvents says, not there
    else:
        assert isinstance(event, Waiting)
    return set()


@settings(deadline=None)
@given(
    st.binary(max_size=200) | st.text(max_size=100).map(str.encode) | JSON.map(lambda value: json.dumps(value).encode())
)
@example(b"\xff")
def test_any_bytes_are_an_event_or_an_invalid_one(raw: bytes) -> None:
    codes_of(raw)
    without_cpr(raw)


@settings(deadline=None)
@given(st.sampled_from(EVENTS), st.data())
def test_damaged_bytes_are_an_event_or_an_invalid_one(event: dict[str, Any], data: st.DataObject) -> None:
    raw = json.dumps(event, ensure_ascii=data.draw(st.booleans())).encode()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(raw))] * 2)))
    codes_of(raw[:start] + data.draw(st.binary(max_size=6)) + raw[end:])


@settings(max_examples=1500, deadline=None)
@given(mutants())
def test_any_fault_has_a_danish_text(event: dict[str, Any]) -> None:
    codes = codes_of(json.dumps(event).encode())
    assert codes <= known_codes()


@settings(max_examples=600, deadline=None)
@given(mutants())
def test_what_a_published_schema_allows_is_refused_only_for_what_it_cannot_say(event: dict[str, Any]) -> None:
    schema = SCHEMAS.get(event["type"]) if isinstance(event.get("type"), str) else None
    if schema is not None:
        validator = Draft202012Validator(schema, registry=REGISTRY, format_checker=FormatChecker(formats=["date"]))
        if validator.is_valid(event):
            assert codes_of(json.dumps(event).encode()) <= BEYOND_JSON_SCHEMA


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["id"])
def test_every_field_that_must_be_there_is_missed(event: dict[str, Any]) -> None:
    cls = EVENT_TYPES[event["type"]]
    for name in event["data"]:
        less = event | {"data": {key: value for key, value in event["data"].items() if key != name}}
        found = codes_of(json.dumps(less).encode())
        assert ("missing" in found) == cls.model_fields[name].is_required(), name
