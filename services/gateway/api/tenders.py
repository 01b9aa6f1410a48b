"""What a caller may see of tenders: the tenders themselves, findings and openings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from schemas.vocabulary import ContractKind, Language, Party, ProcurementRoute, Trade
from services.clock import today
from services.domain.rights import Kind
from services.gateway.api.addresses import TenderInPath, segment
from services.gateway.api.answers import keepable, kept
from services.gateway.api.decimals import DecimalText, decimal_text
from services.gateway.api.described import COMMON, NOT_FOUND
from services.gateway.api.paging import LINK, Cursor, Limit, Page, address, begins_after, cut, link
from services.gateway.callers import KeyCaller
from services.gateway.languages import language_of
from services.gateway.parts import PartsOf
from services.gateway.problems import Refusal
from services.store import seen
from services.store.access import seen_by
from services.store.connections import Connection

router = APIRouter(tags=["tenders"])


class Tender(BaseModel):
    """A tender with its latest dates. Not registered, it is only spoken of: it has no title and nothing counts yet."""

    tender: str = Field(examples=["10000270:havnegade"])
    title: str | None
    client: str | None = Field(description="CVR number")
    secretariat: str | None = Field(description="CVR number")
    municipality: int | None
    project: str | None
    area: str | None
    contract_kind: ContractKind | None
    route: ProcurementRoute | None
    published_on: date | None
    contract_sum_dkk: int | None
    starts_on: date | None
    handover_on: date | None
    closed_on: date | None
    contractors: list[str] = Field(description="CVR numbers of all it ever engaged, subcontractors too")
    relations: list[Kind] = Field(description="what your organisation is to it: this decides what you see of it")
    href: str = Field(description="its address", examples=["/v1/tenders/10000270:havnegade"])


class Tenders(Page):
    """The tenders you may see, by id."""

    items: list[Tender]


class Finding(BaseModel):
    """Something that somebody must look at."""

    code: str = Field(description="stable, for programs", examples=["start_overdue"])
    text: str
    about: str | None = Field(
        description="a placement, contractor, target or action; null where you may not know which"
    )
    must_act: Party = Field(description="the party that must act")
    organisation: str | None = Field(description="CVR number of who must act, where one organisation must")
    since: date | None
    on: date = Field(description="the day it was found on")


class Findings(BaseModel):
    """What must be looked at, as far as it is for you."""

    items: list[Finding]


class OpeningShown(BaseModel):
    """Places that a contractor offers."""

    opening: str
    contractor: str
    contract: str | None
    kind: str = Field(
        description="a kind of placement, or `jobforloeb` for those that are shown as one to all but the opening's own "
        "contractor, the tender's secretariat and the job centre"
    )
    trade: Trade
    places: int
    open_places: int = Field(description="places that are still to be filled today")
    starts_on: date
    weekly_hours: DecimalText
    posted_on: date
    withdrawn_on: date | None


class Openings(Page):
    """The openings of a tender, by id; filled and withdrawn ones too."""

    items: list[OpeningShown]


@router.get(
    "/tenders",
    response_model=Tenders,
    responses={**COMMON, **kept(LINK)},
    summary="The tenders you may see",
)
def list_tenders(
    caller: KeyCaller, request: Request, parts: PartsOf, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """Your own as client, secretariat or contractor; those your job centre handles; those you were given as auditor."""
    after = begins_after(cursor, str, "")
    with seen_by(parts.store.database, caller) as connection:
        found = seen.tenders(connection, after, limit + 1)
    rows, further = cut(found, limit, lambda row: row.tender)
    page = Tenders(items=[_tender(row) for row in rows], next=address(request, further))
    return keepable(page, request, link(page))


@router.get(
    "/tenders/{tender}",
    response_model=Tender,
    responses={**COMMON, 404: NOT_FOUND, **kept()},
    summary="One tender",
)
def show_tender(caller: KeyCaller, tender: TenderInPath, request: Request, parts: PartsOf) -> Response:
    """A tender that you may not see is answered as one that does not exist."""
    with seen_by(parts.store.database, caller) as connection:
        return keepable(_tender(tender_seen(connection, tender)), request)


@router.get(
    "/tenders/{tender}/findings",
    response_model=Findings,
    responses={**COMMON, 404: NOT_FOUND, **kept()},
    summary="What must be looked at",
)
def list_findings(caller: KeyCaller, tender: TenderInPath, request: Request, parts: PartsOf) -> Response:
    """Breaches and warnings as last computed, with who must act: those for all, those you must act on, your own."""
    with seen_by(parts.store.database, caller) as connection:
        tender_seen(connection, tender)
        rows = seen.findings(connection, tender)
    return keepable(Findings(items=list(_findings(rows, language_of(request)))), request)


@router.get(
    "/tenders/{tender}/openings",
    response_model=Openings,
    responses={**COMMON, 404: NOT_FOUND, **kept(LINK)},
    summary="Places that contractors offer",
)
def list_openings(  # noqa: PLR0913, PLR0917 -- what a route asks for
    caller: KeyCaller, tender: TenderInPath, request: Request, parts: PartsOf, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """All parties to a tender see its openings."""
    after = begins_after(cursor, str, "")
    with seen_by(parts.store.database, caller) as connection:
        tender_seen(connection, tender)
        found = seen.openings(connection, tender, after, limit + 1)
    rows, further = cut(found, limit, lambda row: row.opening)
    page = Openings(items=[_opening(row, today()) for row in rows], next=address(request, further))
    return keepable(page, request, link(page))


def tender_seen(connection: Connection, tender: str) -> seen.TenderRow:
    """The tender, if it is there for the caller. Raises Refusal 404, whatever the reason."""
    found = seen.tender(connection, tender)
    if found is None:
        raise Refusal(404, "not_found")
    return found


def _tender(row: seen.TenderRow) -> Tender:
    return Tender.model_validate({**row._asdict(), "href": f"/v1/tenders/{segment(row.tender)}"})


def _findings(rows: Iterable[seen.FindingRow], language: Language) -> Iterable[Finding]:
    for row in rows:
        yield Finding(
            code=row.code,
            text=row.text(language),
            about=row.about,
            must_act=Party.of(row.must_act),
            organisation=row.organisation,
            since=row.since,
            on=row.on,
        )


def _opening(row: seen.OpeningRow, on: date) -> OpeningShown:
    return OpeningShown(
        opening=row.opening,
        contractor=row.contractor,
        contract=row.contract,
        kind=row.kind,
        trade=row.trade,
        places=row.places,
        open_places=row.open_places(on),
        starts_on=row.starts_on,
        weekly_hours=decimal_text(row.weekly_hours),
        posted_on=row.posted_on,
        withdrawn_on=row.withdrawn_on,
    )
