"""`status`, `explain`, `tender`, `placements` and `findings`: the figures, and why they are what they are."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from schemas.secretariat import Target
from services.cli import screen
from services.cli.clock import today
from services.cli.options import AsJson, KnownOn, Lang, On, TenderArgument
from services.cli.session import Session, print_json
from services.domain.assessment import Assessment, TenderSource, assess
from services.domain.courses import Placed, Standpoint
from services.domain.figures import Figure, due_on
from services.domain.findings import Finding
from services.errors import BadInput
from services.reports.agenda import agenda
from services.reports.explanation import Line, explain
from services.reports.words import day, local, number
from services.store import figures, reading
from services.store.figure_docs import figure_doc
from services.store.store import Store

_POINTS = 24
_EVENTS_SHOWN = 30


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (status, explain_figure, tender, placements, findings):
        app.command("explain" if command is explain_figure else None)(command)


def status(
    tender: Annotated[str | None, typer.Argument(metavar="[TENDER]")] = None,
    on: On = None,
    known_on: KnownOn = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """How every target stands: of one tender, or of all that are open."""
    session = Session(lang)
    with session.store() as store:
        chosen = session.tender(store, tender) if tender else None
        if on is None and known_on is None:
            _stored(session, store, chosen, as_json=as_json)
        else:
            _computed(session, store, [chosen] if chosen else reading.tenders(store), on, known_on, as_json=as_json)


def _stored(session: Session, store: Store, tender: str | None, *, as_json: bool) -> None:
    with session.progress("Beregner tal", "Computing figures", quiet=as_json) as bar:
        figures.tick(store, today(), bar)
    rows = figures.latest(store, tender)
    if as_json:
        print_json([{"tender": row.tender, "tender_title": row.tender_title, **row.doc} for row in rows])
        return
    named = [(row.tender_title or local(row.tender), row) for row in rows]
    session.out.print(
        screen.figures_table(named, session.language, session.say("Status i dag", "Status today"), session.out.width)
    )
    _nothing(session, named)


def _computed(
    session: Session, store: Store, tenders: Sequence[str], on: date | None, known_on: date | None, *, as_json: bool
) -> None:
    rows: list[tuple[str, str, Figure]] = []
    with session.progress("Beregner tal", "Computing figures", quiet=as_json) as bar:
        for done, name in enumerate(tenders, start=1):
            with session.source(store, name, known_on) as source:
                registered = source.frame().registered
                title = registered.title if registered else local(name)
                rows.extend((name, title, figure) for figure in assess(source, on or known_on or today()).figures)
            bar(done, len(tenders))
    if as_json:
        print_json([{"tender": name, "tender_title": title, **figure_doc(figure)} for name, title, figure in rows])
        return
    heading = session.say(f"Opgjort pr. {day(on or known_on)}", f"As of {day(on or known_on)}")
    if known_on:
        heading += session.say(f", som kendt {day(known_on)}", f", as known on {day(known_on)}")
    named = [(title, figure) for _, title, figure in rows]
    session.out.print(screen.figures_table(named, session.language, heading, session.out.width))
    _nothing(session, named)


def _nothing(session: Session, rows: Sequence[object]) -> None:
    if not rows:
        session.out.print(
            session.say(
                "Ingen krav at vise. Indlæs hændelser med: bygspor ingest FIL",
                "No targets to show. Take in events with: bygspor ingest FILE",
            )
        )


def explain_figure(
    tender: TenderArgument,
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Its id, or the part behind the colon.")],
    on: On = None,
    known_on: KnownOn = None,
    all_events: Annotated[
        bool, typer.Option("--all-events", help="Every event behind the figure, not the last 30.")
    ] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Why a figure is what it is: the formula with its numbers, the agreement, the events behind it."""
    session = Session(lang)
    with session.store() as store:
        name = session.tender(store, tender)
        with session.source(store, name, known_on) as source:
            day_asked = on or known_on or today()
            wanted = _target(session, source, target, day_asked)
            assessment = assess(source, day_asked, detailed=wanted.target)
        figure = next(f for f in assessment.figures if f.target == wanted.target)
        with store.database.transaction() as connection:
            behind = reading.events_behind(connection, name, figure.members or ())
    if as_json:
        shown = [{"position": e.position, "source": e.source, "id": e.id, "type": e.type} for e in behind]
        print_json({"tender": name, **figure_doc(figure), "placements": sorted(figure.members or ()), "events": shown})
        return
    _show_explanation(
        session, figure, wanted, [e for e in behind if not known_on or e.known_at.date() <= known_on], all_events
    )


def _target(session: Session, source: TenderSource, name: str, on: date) -> Target:
    targets = [due.target for due in due_on(source.frame(), on)]
    found = [target for target in targets if name in {target.target, local(target.target)}]
    if len(found) == 1:
        return found[0]
    raise BadInput(
        "target.unknown",
        session.say(f"Der er intet krav {name} den {day(on)}.", f"There is no target {name} on {day(on)}."),
        session.say("Kravene er: ", "The targets are: ") + (", ".join(local(t.target) for t in targets) or "–"),
    )


def _show_explanation(
    session: Session, figure: Figure, target: Target, behind: Sequence[reading.LoggedEvent], all_events: bool
) -> None:
    lines = explain(figure, target, session.language)
    lines.insert(0, Line(session.say("Aftale", "Agreement"), figure.agreement))
    session.out.print(screen.explanation(lines, f"{local(figure.target)}  {figure.title or ''}  {day(figure.on)}"))
    members = Table(header_style="bold", title=session.say("Forløbene bag tallet", "The placements behind the figure"))
    for da, en in (("Forløb", "Placement"), ("Målte timer", "Measured hours"), ("Beregnede timer", "Computed hours")):
        members.add_column(session.say(da, en), justify="right" if "timer" in da else "left")
    for placement, total in sorted((figure.members or {}).items()):
        doc = [number(hours, session.language) for hours in (total.measured_hours, total.computed_hours)]
        members.add_row(placement, *doc)
    session.out.print(members)
    shown = behind if all_events else behind[-_EVENTS_SHOWN:]
    session.out.print(session.say(f"{len(behind)} hændelser bag tallet", f"{len(behind)} events behind the figure"))
    for event in shown:
        session.out.print(
            f"  {event.position:>6}  {event.known_at:%d-%m-%Y}  {event.type:<26} {event.source}  {event.id}"
        )
    if len(shown) < len(behind):
        session.out.print(session.say("  (flere med --all-events)", "  (more with --all-events)"))


def tender(
    tender: TenderArgument, on: On = None, known_on: KnownOn = None, as_json: AsJson = False, lang: Lang = None
) -> None:
    """One tender as the chair of a site meeting reads it, with delivered against expected over time."""
    session = Session(lang)
    with session.store() as store:
        name = session.tender(store, tender)
        with session.source(store, name, known_on) as source:
            show_tender(session, source, name, on or known_on or today(), as_json=as_json)


def show_tender(session: Session, source: TenderSource, name: str, on: date, *, as_json: bool = False) -> None:
    """The chair's point and a plot."""
    assessment = assess(source, on)
    point = agenda(source, assessment, session.language)
    if as_json:
        sections = [{"heading": section.heading, "lines": section.lines} for section in point]
        shown = [figure_doc(figure) for figure in assessment.figures]
        print_json({"tender": name, "on": on.isoformat(), "agenda": sections, "figures": shown})
        return
    registered = source.frame().registered
    session.out.print(f"{registered.title if registered else name}", style="bold")
    session.out.print(screen.sections(point, session.language))
    _plot(session, source, assessment)


def _plot(session: Session, source: TenderSource, assessment: Assessment) -> None:
    figure = _plotted(assessment.figures)
    if figure is None or figure.schedule.start is None:
        return
    start, last = figure.schedule.start, min(assessment.on, figure.schedule.end or assessment.on)
    if last <= start:
        return
    step = max(1, (last - start).days // _POINTS)
    dates = [start + timedelta(days=n) for n in range(0, (last - start).days, step)] + [last]
    series = []
    for on in dates:
        then = next((f for f in assess(source, on).figures if f.target == figure.target), None)
        series.append((on, then.delivered if then else None, then.expected if then else None))
    session.out.print(screen.plot(figure, series, session.language, session.out.width))


def _plotted(shown: Sequence[Figure]) -> Figure | None:
    """The figure worth a plot: the first in hours, else the first."""
    return next((f for f in shown if f.metric == "fte"), next(iter(shown), None))


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
    session.out.print(_placements_table(session, placed))


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


def _placements_table(session: Session, placed: Sequence[Placed]) -> Table:
    table = Table(header_style="bold")
    headings = (
        ("Forløb", "Placement"),
        ("Person", "Person"),
        ("Type", "Kind"),
        ("Fag", "Trade"),
        ("Firma", "Contractor"),
        ("Start", "Start"),
        ("Slut", "End"),
        ("Tæller", "Counts"),
    )
    for da, en in headings:
        table.add_column(session.say(da, en), overflow="fold")
    for one in placed:
        placement = one.placement
        trade = placement.trades[-1][1] if placement.trades else None
        ends = day(one.end) if one.end else f"({day(placement.planned_end)})" if placement.planned_end else "–"
        table.add_row(
            local(placement.placement),
            local(placement.person or "–"),
            placement.kind.label(session.language) if placement.kind else "–",
            trade.label(session.language) if trade else "–",
            one.frame.companies.get(placement.contractor or "", placement.contractor or "–"),
            day(placement.start or placement.planned_start),
            ends,
            one.standing.label(session.language),
        )
    return table


def findings(
    tender: Annotated[str | None, typer.Argument(metavar="[TENDER]")] = None,
    on: On = None,
    known_on: KnownOn = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """What somebody must look at: who, what, since when."""
    session = Session(lang)
    with session.store() as store:
        chosen = [session.tender(store, tender)] if tender else reading.tenders(store)
        found: list[tuple[str, Finding]] = []
        with session.progress("Ser efter", "Looking", quiet=as_json) as bar:
            for done, name in enumerate(chosen, start=1):
                with session.source(store, name, known_on) as source:
                    found.extend((local(name), one) for one in assess(source, on or known_on or today()).findings)
                bar(done, len(chosen))
    if as_json:
        print_json([{"tender": name, **figures.finding_doc(one)} for name, one in found])
    elif found:
        session.out.print(screen.findings_table(found, session.language))
    else:
        session.out.print(session.say("Intet at se efter.", "Nothing to look at."))
