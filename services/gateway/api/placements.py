"""The placements of a tender: as rows, as lines without persons, or as counts per subcontractor, by who asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from schemas.vocabulary import EndReason, Language, PlacementKind, Trade
from services.clock import today
from services.gateway.api.addresses import TenderInPath
from services.gateway.api.answers import answer
from services.gateway.api.decimals import DecimalText, decimal_text
from services.gateway.api.described import COMMON, FORBIDDEN, NOT_FOUND
from services.gateway.api.paging import LINK, Cursor, Limit, Page, address, begins_after, cut, link
from services.gateway.api.tenders import tender_seen
from services.gateway.callers import KeyCaller
from services.gateway.languages import language_of
from services.gateway.parts import PartsOf
from services.gateway.problems import Refusal
from services.reports.words import line_name
from services.store import seen
from services.store.access import seen_by
from services.store.connections import Connection

router = APIRouter(tags=["tenders"])

Form = Literal["rows", "lines", "subcontractors"]
_FORMS: tuple[tuple[Form, frozenset[str]], ...] = (
    ("rows", seen.ROWS_FOR),
    ("lines", seen.LINES_FOR),
    ("subcontractors", seen.SUBCONTRACTORS_FOR),
)


class OwnPlacement(BaseModel):
    """One of your own people: a contractor's, those a job centre handles or referred, a secretariat's tender's."""

    placement: str
    person: str | None = Field(description="a pseudonym; null while no report has named one")
    kind: PlacementKind | None
    contractor: str | None
    contract: str | None
    trade: Trade | None
    weekly_hours: DecimalText | None = Field(description="as of today")
    planned_start: date | None
    started_on: date | None
    planned_end: date | None
    ended_on: date | None
    end_reason: EndReason | None
    not_started: bool = Field(description="it was agreed and came to nothing")
    authorised_until: date | None = Field(description="end of the municipality's grant")
    measured_hours: DecimalText | None = Field(description="hours reported in all; null while none were")
    reported_until: date | None = Field(description="the last day that reported hours cover")


class Line(BaseModel):
    """A placement without its person."""

    name: str = Field(description="kind, number and trade, as it may be read aloud", examples=["Lærling 3, tømrer"])
    kind: str = Field(description="a kind of placement, or `jobforloeb` for those that are shown as one")
    number: int = Field(description="by start within the tender: it shifts when an earlier one is reported late")
    trade: Trade | None
    contractor: str | None
    planned_start: date | None
    started_on: date | None
    planned_end: date | None
    ended_on: date | None


class SubcontractorCounts(BaseModel):
    """What may be known of a subcontractor's people: counts, hours and deadlines."""

    contractor: str
    placements_under_way: int
    persons_under_way: int
    next_start: date | None
    next_end: date | None
    hours_by_month: dict[str, DecimalText] = Field(description="by YYYY-MM; a month without reports is absent")


class _Placements(Page):
    also: list[Form] = Field(description="other forms that you may ask for with `as`")


class PlacementRows(_Placements):
    """Your own people, by id."""

    shown_as: Literal["rows"] = "rows"
    items: list[OwnPlacement]


class PlacementLines(_Placements):
    """All placements of the tender without persons, by kind and number."""

    shown_as: Literal["lines"] = "lines"
    items: list[Line]


class PlacementCounts(_Placements):
    """The subcontractors by CVR number: all of the tender's for client and secretariat, a contractor's own below it."""

    shown_as: Literal["subcontractors"] = "subcontractors"
    items: list[SubcontractorCounts]


AsForm = Annotated[Form | None, Query(alias="as", description="the form you want; without it, the one that says most")]


@router.get(
    "/tenders/{tender}/placements",
    response_model=PlacementRows | PlacementLines | PlacementCounts,
    responses={**COMMON, 200: {"headers": LINK}, 403: FORBIDDEN, 404: NOT_FOUND},
    summary="The placements of a tender, as far as you may see them",
)
def list_placements(  # noqa: PLR0913, PLR0917 -- what a route asks for
    caller: KeyCaller,
    tender: TenderInPath,
    request: Request,
    parts: PartsOf,
    shown_as: AsForm = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """`shown_as` says which form the answer has: it follows from what your organisation is to the tender.

    Rows: contractor, job centre and secretariat, each its own people. Lines: client, site, auditor and secretariat.
    Subcontractors: contractor, client and secretariat. 403 where you ask for a form that is not for you.
    """
    with seen_by(parts.store.database, caller) as connection:
        forms = _forms(tender_seen(connection, tender))
        form = shown_as or forms[0]
        if form not in forms:
            raise Refusal(403, "forbidden")
        page = _page(connection, form, tender, request, limit, cursor)
    page.also = [other for other in forms if other != form]
    if isinstance(page, PlacementRows) and page.items:
        parts.access.looked(caller, "placements", tender)
    return answer(page, request, link(page))


def _forms(tender: seen.TenderRow) -> list[Form]:
    return [form for form, relations in _FORMS if tender.is_any(relations)]


def _page(  # noqa: PLR0913, PLR0917 -- what a page is made of
    connection: Connection, form: Form, tender: str, request: Request, limit: int, cursor: str | None
) -> PlacementRows | PlacementLines | PlacementCounts:
    match form:
        case "rows":
            after = begins_after(cursor, str, "")
            found = seen.placements(connection, tender, after=(tender, after), limit=limit + 1)
            people, further = cut(found, limit, lambda row: row.placement.placement)
            return PlacementRows(items=list(_rows(people, today())), next=address(request, further), also=[])
        case "lines":
            at = begins_after(cursor, tuple[str, int], ("", 0))
            lines, further = cut(seen.lines(connection, tender, at, limit + 1), limit, lambda row: row[2:4])
            shown = [_line(row, language_of(request)) for row in lines]
            return PlacementLines(items=shown, next=address(request, further), also=[])
        case "subcontractors":
            firms = seen.subcontractors(connection, tender, begins_after(cursor, str, ""), limit + 1)
            counts, further = cut(firms, limit, lambda row: row.contractor)
            return PlacementCounts(items=[_counts(row) for row in counts], next=address(request, further), also=[])


def _rows(rows: Iterable[seen.PlacementRow], on: date) -> Iterable[OwnPlacement]:
    for row in rows:
        own = row.placement
        weekly_hours = own.weekly_hours_on(on)
        yield OwnPlacement(
            placement=own.placement,
            person=own.person,
            kind=own.kind,
            contractor=own.contractor,
            contract=own.contract,
            trade=own.trade_on(on),
            weekly_hours=None if weekly_hours is None else decimal_text(weekly_hours),
            planned_start=own.planned_start,
            started_on=own.start,
            planned_end=own.planned_end,
            ended_on=own.end,
            end_reason=own.end_reason,
            not_started=own.not_started,
            authorised_until=own.authorised_until,
            measured_hours=None if row.measured_hours is None else decimal_text(row.measured_hours),
            reported_until=row.reported_until,
        )


def _line(row: seen.PlacementLine, language: Language) -> Line:
    return Line(
        name=line_name(row.kind, row.number, row.trade, language),
        kind=row.kind,
        number=row.number,
        trade=Trade.of(row.trade) if row.trade else None,
        contractor=row.contractor,
        planned_start=row.planned_start,
        started_on=row.started_on,
        planned_end=row.planned_end,
        ended_on=row.ended_on,
    )


def _counts(row: seen.Subcontractor) -> SubcontractorCounts:
    told = row._asdict()
    return SubcontractorCounts.model_validate(
        {
            **told,
            "hours_by_month": {month: decimal_text(Decimal(str(hours))) for month, hours in row.hours_by_month.items()},
        }
    )
