"""The description of the API (OpenAPI 3.1): what FastAPI reads off the code, and what only the events' schemas know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from schemas import publish
from schemas.codec import EVENT_TYPES
from schemas.facts import Fact
from services.gateway.api.cloudevents import STRUCTURED
from services.gateway.problems import Problem

Doc = dict[str, Any]

_AT = "#/components/schemas/"
# Said in words: a generator of clients or of bodies can do little with a pattern that no text anywhere may fit.
_NOT_SAID = ("Keepable",)
_ENVELOPE = """One event. `type` decides which of the schemas below it must satisfy.

What a JSON Schema cannot say: a CVR number (also within an id or a source) satisfies modulus 11; `data.reported_by` is
the organisation in `source`, and that is the organisation of your credential; whole numbers are written without
decimals; no text anywhere may hold what looks like a CPR number, or NUL. Rules between fields stand with each type. A
version of a type that is newer than those below is accepted, and waits until the installation understands it."""
_TAGS = [
    {"name": "events", "description": "Posting events, and what became of them."},
    {"name": "tenders", "description": "What your organisation may see of tenders; of others there is nothing, 404."},
    {"name": "sheets", "description": "Handing in spreadsheets: previewed first, reported once confirmed."},
    {"name": "types", "description": "The types of events and their JSON Schemas; open to all."},
    {"name": "running", "description": "Whether it runs, and who you are."},
]
_REQUEST_ID = {"description": "names the request in the log", "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}


def _types() -> list[type[Fact]]:
    """The event types by name: the order they were registered in depends on who imported what first."""
    return sorted(EVENT_TYPES.values(), key=lambda cls: cls.type())


def document(app: FastAPI) -> Doc:
    """The whole description, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _document(app)
    return app.openapi_schema


def _document(app: FastAPI) -> Doc:
    doc = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes, tags=_TAGS)
    doc["components"]["schemas"] |= {**event_schemas(), **_problems()}
    for operation in _operations(doc):
        for response in operation["responses"].values():
            response.setdefault("headers", {})["X-Request-Id"] = _REQUEST_ID
        content = operation.get("requestBody", {}).get("content", {})
        if STRUCTURED in content:
            content[STRUCTURED]["examples"] = _examples()
    return doc


def event_schemas() -> dict[str, Doc]:
    """One schema per type of event, what they share, and `CloudEvent`, which is any of them."""
    found: dict[str, Doc] = {}
    for cls in _types():
        schema = publish.event_schema(cls)
        shared = schema.pop("$defs")
        kept = {key: schema[key] for key in ("title", "description", "x-senders", "type", "required", "properties")}
        found[_name(cls)] = {**kept, "additionalProperties": schema["additionalProperties"]}
        found |= {name: one for name, one in shared.items() if name not in _NOT_SAID}
    found["Replacement"] = _replacement(found["Replacement"])
    types = {cls.type(): f"{_AT}{_name(cls)}" for cls in _types()}
    found["CloudEvent"] = {
        "description": _ENVELOPE,
        "oneOf": [{"$ref": ref} for ref in types.values()],
        "discriminator": {"propertyName": "type", "mapping": types},
    }
    return {name: _rerouted(schema) for name, schema in found.items()}


def _problems() -> dict[str, Doc]:
    """What every refusal is told as: no route names it as its answer, so nobody else describes it."""
    schema = Problem.model_json_schema(ref_template=f"{_AT}{{model}}")
    return {**schema.pop("$defs"), Problem.__name__: schema}


def _replacement(schema: Doc) -> Doc:
    """What a correction puts in the place of an event: a type and the data of that type."""
    cases = [
        {"properties": {"type": case["if"]["properties"]["type"], "data": {"$ref": _data(case)}}}
        for case in schema["allOf"]
    ]
    return {
        "description": schema["description"],
        "type": "object",
        "properties": {"type": {"type": "string"}, "data": {"type": "object"}},
        "required": ["type", "data"],
        "additionalProperties": False,
        "oneOf": cases,
    }


def _data(case: Doc) -> str:
    cls = EVENT_TYPES[case["if"]["properties"]["type"]["const"]]
    return f"{_AT}{cls.__name__}"


def _rerouted(schema: Any) -> Any:
    """The same with what it refers to among the components."""
    if isinstance(schema, list):
        return [_rerouted(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value.replace("#/$defs/", _AT) if key == "$ref" and isinstance(value, str) else _rerouted(value)
        for key, value in schema.items()
    }


def _operations(doc: Doc) -> Iterator[Doc]:
    return (operation for path in doc["paths"].values() for operation in path.values())


def _examples() -> dict[str, Doc]:
    """One event of each type, as it is published."""
    return {_name(cls): {"summary": cls.en, "value": _example(cls)} for cls in _types()}


def _example(cls: type[Fact]) -> Any:
    folder = publish.FOLDER / "examples" / cls.name
    return json.loads(min(folder.glob("valid-*.json")).read_text(encoding="utf-8"))


def _name(cls: type[Fact]) -> str:
    return publish.file_name(cls).removesuffix(".json")
