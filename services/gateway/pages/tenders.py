"""The tenders: how they stand, one of them as a site meeting opens with it, and why a figure is what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from schemas.vocabulary import Language, Word
from services.clock import today
from services.domain.rights import Caller
from services.gateway import insight
from services.gateway.api.addresses import TargetInPath, TenderInPath, segment
from services.gateway.languages import language_of
from services.gateway.pages.answers import show
from services.gateway.pages.sessions import MemberPageCaller
from services.gateway.pages.stops import not_there
from services.gateway.pages.texts import say
from services.gateway.parts import Parts, PartsOf
from services.reports.curve import worth_a_plot
from services.reports.words import amount, amount_of, kind_shown, line_name, local, tender_called
from services.store import seen
from services.store.access import seen_by
from services.store.connections import Connection
from services.store.figures import FigureRow

router = APIRouter()

_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """A tender in the list, with its figures."""

    row: seen.TenderRow
    title: str
    address: str
    figures: Sequence[FigureRow]


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of the caller's own people, under the name the caller gave."""

    name: str
    kind: Word | None
    trade: Word | None
    contractor: str
    started_on: date | None
    planned_start: date | None
    ended_on: date | None
    planned_end: date | None


@dataclass(frozen=True, slots=True)
class People:
    """The people of a tender, as far as and in the form in which the caller may see them."""

    own: Sequence[Somebody]
    lines: Sequence[seen.PlacementLine]
    subcontractors: Sequence[seen.Subcontractor]


@router.get("/tenders")
def list_tenders(request: Request, caller: MemberPageCaller, parts: PartsOf) -> HTMLResponse:
    """All tenders the caller may see, with every target's status."""
    with seen_by(parts.store.database, caller) as connection:
        rows = seen.tenders(connection, limit=_AT_MOST)
        figures = seen.figures(connection, [row.tender for row in rows])
    by_tender = {tender: list(found) for tender, found in groupby(figures, key=lambda row: row.tender)}
    shown = [
        Shown(row, tender_called(row.title, row.tender), address_of(row.tender), by_tender.get(row.tender, []))
        for row in rows
    ]
    listed = sorted(shown, key=_open_first)
    return show(request, "tenders.html", tenders=listed, more=len(rows) == _AT_MOST, target_address=target_address)


@router.get("/tenders/{tender}")
def one_tender(request: Request, tender: TenderInPath, caller: MemberPageCaller, parts: PartsOf) -> HTMLResponse:
    """A tender: its figures with a plot, the site meeting's point, what must be looked at, and its people."""
    language = language_of(request)
    with seen_by(parts.store.database, caller) as connection:
        row = _row(connection, tender)
        figures = seen.figures(connection, [tender])
        findings = seen.findings(connection, tender)
        openings = seen.openings(connection, tender)
        people = _people(parts, connection, row, caller)
    if people.own:
        parts.access.looked(caller, "people", tender)
    point, plotted = insight.point(parts.store, tender, language), worth_a_plot(figures)
    return show(
        request,
        "tender.html",
        tender=row,
        title=tender_called(row.title, row.tender),
        target_address=target_address,
        agreed=lambda figure: _agreed(figure, language),
        short=lambda figure: _short(figure, language),
        figures=figures,
        findings=findings,
        openings=[opening for opening in openings if opening.open_places(today())],
        people=people,
        point=point,
        name_of=_names(point.companies),
        kind_shown=lambda kind: kind_shown(kind, language),
        line_name=lambda line: line_name(line.kind, line.number, line.trade, language),
        plot=parts.plots.of(plotted, language),
        plotted=plotted,
        on=today(),
    )


@router.get("/tenders/{tender}/targets/{target}")
def one_target(
    request: Request, tender: TenderInPath, target: TargetInPath, caller: MemberPageCaller, parts: PartsOf
) -> HTMLResponse:
    """Why a figure is what it is: its formula in numbers, its plot, and the caller's own people behind it."""
    with seen_by(parts.store.database, caller) as connection:
        row = _row(connection, tender)
        figures = seen.figures(connection, [tender])
    figure = next((figure for figure in figures if figure.target == target), None)
    explained = insight.explained(parts.store, figure, language_of(request)) if figure else None
    if figure is None or explained is None:
        raise not_there()
    with seen_by(parts.store.database, caller) as connection:
        own = seen.own_among(connection, tender, explained.members)
        people = _own(parts, connection, row, caller, only=own)
    return show(
        request,
        "target.html",
        tender=row,
        title=tender_called(row.title, row.tender),
        address=address_of(tender),
        figure=figure,
        lines=explained.lines,
        people=people,
        others=len(explained.members) - len(own),
        plot=parts.plots.of(figure, language_of(request)),
    )


def address_of(tender: str) -> str:
    """Where its page is."""
    return f"/tenders/{segment(tender)}"


def target_address(figure: FigureRow) -> str:
    """Where it is told why a figure is what it is."""
    return f"{address_of(figure.tender)}/targets/{segment(figure.target)}"


def _agreed(figure: FigureRow, language: Language) -> str:
    """What was agreed, and what is left of it where a deviation was."""
    whole = amount_of(figure.agreed, figure.metric, language)
    if figure.required == figure.agreed:
        return whole
    left = amount(figure.required, figure.metric, language)
    return say(language, "%(agreed)s, nu %(required)s", agreed=whole, required=left)


def _short(figure: FigureRow, language: Language) -> str | None:
    """What the forecast lacks; None where it lacks nothing, or is not known."""
    if figure.forecast is None or figure.forecast >= figure.required:
        return None
    return say(
        language,
        "prognosen mangler %(amount)s",
        amount=amount(figure.required - figure.forecast, figure.metric, language),
    )


def _row(connection: Connection, tender: str) -> seen.TenderRow:
    row = seen.tender(connection, tender)
    if row is None:
        raise not_there()
    return row


def _people(parts: Parts, connection: Connection, row: seen.TenderRow, caller: Caller) -> People:
    own = _own(parts, connection, row, caller) if row.is_any(seen.ROWS_FOR) else []
    lines = seen.lines(connection, row.tender, limit=_AT_MOST) if row.is_any(seen.LINES_FOR) and not own else []
    below = seen.subcontractors(connection, row.tender, limit=_AT_MOST)
    return People(own, lines, below if row.is_any(seen.SUBCONTRACTORS_FOR) else [])


def _own(
    parts: Parts, connection: Connection, row: seen.TenderRow, caller: Caller, only: set[str] | None = None
) -> list[Somebody]:
    placements = [
        one.placement
        for one in seen.placements(connection, row.tender, limit=_AT_MOST)
        if only is None or one.placement.placement in only
    ]
    persons = [one.person for one in placements if one.person]
    names = parts.vault.names(caller.organisation or "", persons) if persons else {}
    shown = [
        Somebody(
            name=names.get(one.person or "") or local(one.person or one.placement),
            kind=one.kind,
            trade=one.trade_on(today()),
            contractor=one.contractor or "",
            started_on=one.start,
            planned_start=one.planned_start,
            ended_on=one.end,
            planned_end=one.planned_end,
        )
        for one in placements
    ]
    return sorted(shown, key=lambda one: (one.ended_on is not None, one.name.casefold()))


def _names(companies: Mapping[str, str]) -> object:
    return lambda cvr: companies.get(cvr or "", cvr or "–")


def _open_first(shown: Shown) -> tuple[bool, str]:
    closed = shown.row.closed_on is not None and shown.row.closed_on < today()
    return closed, shown.title.casefold()
