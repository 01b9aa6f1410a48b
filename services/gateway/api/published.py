"""The types of events and their JSON Schemas: open to all, because they say nothing of anybody."""

from __future__ import annotations

import json
from functools import cache

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from schemas import publish
from schemas.codec import EVENT_TYPES
from schemas.facts import Fact
from schemas.vocabulary import Party, Subject
from services.gateway.api.answers import keepable, kept
from services.gateway.api.described import INVALID, NOT_FOUND
from services.gateway.problems import Refusal

router = APIRouter(tags=["types"])

_MEDIA_TYPE = "application/schema+json"


class EventType(BaseModel):
    """A type of event that can be posted."""

    type: str = Field(examples=["dk.bygspor.placement.started.v1"])
    da: str = Field(description="what people call it in Danish")
    en: str = Field(description="and in English")
    senders: list[Party] = Field(description="who may send it")
    subject: Subject = Field(description="what it is about: goes into `subject`")
    rules: list[str] = Field(description="what must hold beyond the schema")
    href: str = Field(description="address of its JSON Schema")


class EventTypes(BaseModel):
    """All types, by who sends them."""

    items: list[EventType]


@router.get("/types", response_model=EventTypes, responses=kept(), summary="The types of events")
def list_types(request: Request) -> Response:
    """Everything that can be posted to `/v1/events`."""
    return keepable(_types(), request)


@router.get(
    "/schemas/{type}",
    response_class=Response,
    responses={
        200: {"content": {_MEDIA_TYPE: {"schema": {"type": "object"}}}, "description": "A JSON Schema, 2020-12"},
        404: NOT_FOUND,
        422: INVALID,
    },
    summary="The JSON Schema of a type",
)
def show_schema(type: str) -> Response:  # noqa: A002 -- the name in the address
    """Of a whole event of this type, as ``dk.bygspor.placement.started.v1``."""
    cls = EVENT_TYPES.get(type)
    if cls is None:
        raise Refusal(404, "not_found")
    return Response(json.dumps(publish.event_schema(cls), ensure_ascii=False), media_type=_MEDIA_TYPE)


@cache
def _types() -> EventTypes:
    return EventTypes(items=[_described(cls) for cls in EVENT_TYPES.values()])


def _described(cls: type[Fact]) -> EventType:
    return EventType(
        type=cls.type(),
        da=cls.da,
        en=cls.en,
        senders=list(cls.senders),
        subject=cls.about,
        rules=publish.rules_of(cls),
        href=f"/v1/schemas/{cls.type()}",
    )
