"""`placements` and `findings`: everything of a kind, line by line."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from schemas.vocabulary import Language
from services.cli import screen
from services.cli.options import AsJson, KnownOn, Lang, MaybeTender, On, TenderArgument
from services.cli.session import Session, print_json
from services.clock import today
from services.domain.assessment import assess
from services.domain.courses import Placed, Standpoint
from services.domain.findings import Finding
from services.reports.words import day, local, short
from services.store import figures

_ROOM_FOR_TRADE = 110


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(placements)
    app.command()(findings)


def placements(
    tender: TenderArgument, on: On = None, known_on: KnownOn = None, as_json: AsJson = False, lang: Lang = None
) -> None:
    """Every placement of a tender: what is known of it, and whether it counts."""
    session = Session(lang)
    with session.store() as store:
        name = session.tender(store, tender)
        with session.source(store, name, known_on) as source:
            standpoint = Standpoint(source.frame(), source.ties(), on or known_on or today())
            placed = [one for person in source.people() for one in standpoint.placed(person)]
    placed.sort(
        key=lambda one: (one.placement.start or one.placement.planned_start or date.max, one.placement.placement)
    )
    if as_json:
        print_json([_placement_doc(one) for one in placed])
        return
    if placed:
        session.out.print(_placements_table(session, name, placed))
    else:
        session.out.print(session.say("Ingen forløb.", "No placements."))
        session.out.print(session.where(), markup=False)


def _placement_doc(one: Placed) -> dict[str, Any]:
    placement = one.placement
    return {
        "placement": placement.placement,
        "person": placement.person,
        "kind": placement.kind,
        "contractor": placement.contractor,
        "trade": placement.trades[-1][1] if placement.trades else None,
        "planned_start": placement.planned_start,
        "start": placement.start,
        "planned_end": placement.planned_end,
        "end": one.end,
        "end_reason": one.end_reason,
        "outcome": placement.outcome,
        "standing": one.standing,
        "own_word": placement.own_word,
        "periods_of_hours": len(one.periods),
    }


def _placements_table(session: Session, tender: str, placed: Sequence[Placed]) -> Table:
    wide = session.out.width >= _ROOM_FOR_TRADE
    headings = [
        session.say("Forløb", "Placement"),
        "Person",
        session.say("Start", "Start"),
        session.say("Slut", "End"),
        session.say("Type", "Kind"),
        session.say("Firma", "Contractor"),
        session.say("Tæller", "Counts"),
    ]
    table = screen.listing(*headings, *([session.say("Fag", "Trade")] if wide else []), fixed=5)
    for one in placed:
        cells = _placement_cells(one, tender, session.language)
        table.add_row(*(Text(cell) for cell in (cells if wide else cells[:-1])))
    return table


def _placement_cells(one: Placed, tender: str, language: Language) -> list[str]:
    placement = one.placement
    trade = placement.trades[-1][1] if placement.trades else None
    ends = day(one.end) if one.end else f"({day(placement.planned_end)})" if placement.planned_end else "–"
    return [
        short(placement.placement, tender),
        short(placement.person or "–", tender),
        day(placement.start or placement.planned_start),
        ends,
        placement.kind.label(language) if placement.kind else "–",
        one.frame.companies.get(placement.contractor or "", placement.contractor or "–"),
        one.standing.label(language),
        trade.label(language) if trade else "–",
    ]


def findings(
    tender: MaybeTender = None,
    on: On = None,
    known_on: KnownOn = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """What somebody must look at: who, what, since when."""
    session = Session(lang)
    with session.store() as store:
        chosen = [session.tender(store, tender)] if tender else session.tenders(store)
        found: list[tuple[str, Finding, str]] = []
        with session.progress("Ser efter", "Looking", quiet=as_json) as bar:
            for done, name in enumerate(chosen, start=1):
                with session.source(store, name, known_on) as source:
                    companies = source.frame().companies
                    seen = assess(source, on or known_on or today()).findings
                    found.extend((name, one, companies.get(one.organisation or "", "")) for one in seen)
                bar(done, len(chosen))
    if as_json:
        print_json([{"tender": name, **figures.finding_doc(one)} for name, one, _ in found])
    elif found:
        session.out.print(_findings_table(session, found))
    else:
        session.out.print(session.say("Intet at se efter.", "Nothing to look at."))
        session.out.print(session.where(), markup=False)


def _findings_table(session: Session, found: Sequence[tuple[str, Finding, str]]) -> Group:
    say = session.say
    parts: list[RenderableType] = []
    for tender, group in groupby(found, key=lambda row: row[0]):
        table = screen.listing(say("Siden", "Since"), say("Hvem", "Who"), say("Hvad", "What"), say("Om", "About"))
        for _, one, company in group:
            who = f"{one.must_act.label(session.language)} {company or one.organisation or ''}".strip()
            about = "" if one.about == one.organisation else short(one.about, tender)
            table.add_row(day(one.since), Text(who), Text(one.text(session.language)), Text(about))
        parts += [Text(local(tender), style="bold underline"), table]
    return Group(*parts)
