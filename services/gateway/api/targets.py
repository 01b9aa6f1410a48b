"""The figures of a tender, and why one of them is what it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from schemas.secretariat import CountingRules
from schemas.vocabulary import Language, Metric, Spread
from services.domain.rights import Caller
from services.domain.status import Reason, Status
from services.gateway import insight
from services.gateway.api.addresses import TargetInPath, TenderInPath, segment
from services.gateway.api.answers import keepable, kept
from services.gateway.api.decimals import DecimalText
from services.gateway.api.described import COMMON, NOT_FOUND
from services.gateway.api.tenders import tender_seen
from services.gateway.callers import KeyCaller
from services.gateway.languages import language_of
from services.gateway.parts import Parts, PartsOf
from services.gateway.problems import Refusal
from services.reports.words import unit
from services.store import seen
from services.store.access import seen_by
from services.store.figures import FigureRow

router = APIRouter(tags=["tenders"])


class Sums(BaseModel):
    """Three different counts and the hours, side by side."""

    persons: int
    placements: int
    measured_hours: DecimalText = Field(description="hours that were reported")
    computed_hours: DecimalText = Field(description="hours computed from weekly hours where none were reported")
    person_weeks: DecimalText


class Schedule(BaseModel):
    """The days over which the target is to be delivered."""

    start: date | None
    end: date | None


class TargetFigure(BaseModel):
    """Where a target stands, as last computed. Null is unknown, never zero."""

    target: str
    title: str | None
    agreement: str
    metric: Metric
    unit: str = Field(description="what the amounts are counted in", examples=["FTE"])
    on: date = Field(description="the day it was computed for")
    agreed: DecimalText
    waived: DecimalText
    required: DecimalText = Field(description="agreed less waived; 0 while its phase is not triggered")
    delivered: DecimalText | None
    expected: DecimalText | None = Field(description="by this day")
    forecast: DecimalText | None = Field(description="at handover, of what is agreed now")
    last_date: date | None = Field(description="the last day on which what is missing can still begin")
    status: Status
    status_text: str
    reason: Reason
    reason_text: str
    follow_up_owner: str
    spread: Spread
    schedule: Schedule
    counting_rules: CountingRules = Field(description="as the agreement has them")
    fits: Sums = Field(description="what fits the target itself")
    substituted: Sums = Field(description="what counts by an agreed substitution")
    by_kind: dict[str, Sums] = Field(description="kinds that might tell on a person are one, `jobforloeb`")
    by_contractor: dict[str, Sums] = Field(description="by CVR number")
    site_hours: DecimalText | None
    share_hours: DecimalText | None
    attempts: int
    in_work: dict[str, int]
    on_behalf: int = Field(description="placements reported on a contractor's behalf that await its yes")
    unknown: dict[str, int] = Field(description="placements of which something is not known")
    rules_version: int
    href: str = Field(description="its address, where it is explained")


class Targets(BaseModel):
    """All targets of a tender, in the order of its agreements; none while nothing was computed."""

    items: list[TargetFigure]


class ExplanationLine(BaseModel):
    """One line of an explanation: what, and what is to be said of it."""

    label: str
    text: str


class Behind(BaseModel):
    """Which placements count in the figure."""

    placements: list[str] = Field(description="ids of your own people")
    others: int = Field(description="how many more there are, whom you may not see")


class ExplainedTarget(TargetFigure):
    """A figure with its explanation, which is computed when asked for."""

    explanation: list[ExplanationLine] = Field(description="from what was agreed to how it stands, with the formula")
    behind: Behind


@router.get(
    "/tenders/{tender}/targets",
    response_model=Targets,
    responses={**COMMON, 404: NOT_FOUND, **kept()},
    summary="The figures of a tender",
)
def list_targets(caller: KeyCaller, tender: TenderInPath, request: Request, parts: PartsOf) -> Response:
    """Agreed, delivered, expected by today, forecast and status, as last computed: after changes, and every day."""
    with seen_by(parts.store.database, caller) as connection:
        tender_seen(connection, tender)
        rows = seen.figures(connection, [tender])
    return keepable(Targets(items=[TargetFigure(**_told(row, language_of(request))) for row in rows]), request)


@router.get(
    "/tenders/{tender}/targets/{target}",
    response_model=ExplainedTarget,
    responses={**COMMON, 404: NOT_FOUND, **kept()},
    summary="Why a figure is what it is",
)
def explain_target(
    caller: KeyCaller, tender: TenderInPath, target: TargetInPath, request: Request, parts: PartsOf
) -> Response:
    """One figure with its formula in numbers. Placements behind it are named as far as they are your own people."""
    with seen_by(parts.store.database, caller) as connection:
        tender_seen(connection, tender)
        row = next((row for row in seen.figures(connection, [tender]) if row.target == target), None)
    if row is None:
        raise Refusal(404, "not_found")
    explained = insight.explained(parts.store, row, language_of(request))
    if explained is None:
        raise Refusal(404, "not_found")
    lines = [ExplanationLine(label=line.label, text=line.text) for line in explained.lines]
    behind = _behind(parts, caller, tender, explained.members)
    return keepable(
        ExplainedTarget(**_told(row, language_of(request)), explanation=lines, behind=behind),
        request,
    )


def _behind(parts: Parts, caller: Caller, tender: str, members: frozenset[str]) -> Behind:
    with seen_by(parts.store.database, caller) as connection:
        own = seen.own_among(connection, tender, members)
    return Behind(placements=sorted(own), others=len(members) - len(own))


def _told(row: FigureRow, language: Language) -> dict[str, Any]:
    return {
        **row.doc,
        "counting_rules": CountingRules.model_validate_json(msgspec.json.encode(row.doc["counting_rules"])),
        "unit": unit(row.metric, language),
        "status_text": row.status.label(language),
        "reason_text": row.reason.label(language),
        "href": f"/v1/tenders/{segment(row.tender)}/targets/{segment(row.target)}",
    }
