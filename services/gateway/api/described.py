"""What the OpenAPI description says that cannot be read off the code: events as bodies, and what can go wrong."""

from __future__ import annotations

from typing import Any

from services.gateway.api.cloudevents import BATCH, MOST_IN_A_BATCH, STRUCTURED
from services.gateway.problems import MEDIA_TYPE, Problem

Responses = dict[int | str, dict[str, Any]]

EXAMPLE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "2026-0117",
    "source": "urn:bygspor:10000319:erp",
    "type": "dk.bygspor.placement.started.v1",
    "subject": "10000270:havnegade",
    "time": "2026-03-02T08:10:00Z",
    "data": {
        "reported_by": "10000319",
        "placement": "10000319:P-31",
        "person": "10000270:k4f7",
        "contractor": "10000319",
        "kind": "apprenticeship",
        "trade": "carpenter",
        "weekly_hours": 37,
        "started_on": "2026-03-02",
    },
}

_EVENT = {"$ref": "#/components/schemas/CloudEvent"}


def _problem(description: str, **headers: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
    }
    if headers:
        shown["headers"] = {
            name.replace("_", "-"): {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    return shown


UNAUTHORIZED = _problem("No credential, or one that does not hold", WWW_Authenticate="how to send one")
FORBIDDEN = _problem("The credential may not do this")
NOT_FOUND = _problem("Does not exist, or the caller may not see it: the two are told apart to nobody")
TOO_MANY = _problem("Too many requests", Retry_After="seconds to wait")
UNAVAILABLE = _problem("The database does not answer; nothing is half done", Retry_After="seconds to wait")
INVALID = _problem("What was sent cannot be used; one entry per fault")

COMMON: Responses = {401: UNAUTHORIZED, 422: INVALID, 429: TOO_MANY, 503: UNAVAILABLE}
"""The problems of every call that needs a key."""

EVENT_PROBLEMS: Responses = {
    **COMMON,
    400: _problem("No JSON, or no batch"),
    403: _problem("The credential may not report, or not this"),
    409: _problem("The identity (source, id) is taken by another body"),
    413: _problem(f"Larger than 12 MB, or more than {MOST_IN_A_BATCH} events"),
    415: _problem("Another content type", Accept_Post="the content types that can be posted"),
}

SHEET_PROBLEMS: Responses = {
    **COMMON,
    400: _problem("A form that cannot be read"),
    403: FORBIDDEN,
    413: _problem("Larger than 12 MB"),
    415: _problem("Another content type"),
}
NOT_TO_BE_CONFIRMED = _problem("Not to be confirmed: nothing in it can be sent, it changed since, or it is over")

_BINARY = "in binary mode, with `Content-Type: application/json`: an attribute of the event"


def _attribute(name: str) -> dict[str, Any]:
    return {"name": f"ce-{name}", "in": "header", "description": _BINARY, "schema": {"type": "string"}}


EVENT_BODY: dict[str, Any] = {
    "parameters": [_attribute(name) for name in ("specversion", "id", "source", "type", "subject", "time")],
    "requestBody": {
        "required": True,
        "content": {
            STRUCTURED: {"schema": _EVENT, "examples": {"a placement started": {"value": EXAMPLE}}},
            BATCH: {
                "schema": {"type": "array", "items": _EVENT, "maxItems": MOST_IN_A_BATCH},
                "examples": {"a batch of one": {"value": [EXAMPLE]}},
            },
            "application/json": {
                "schema": {"type": "object", "description": "binary mode: `data`; its attributes are headers"},
                "examples": {"data of a placement started": {"value": EXAMPLE["data"]}},
            },
        },
    },
}
