"""`explain`: why a figure is what it is."""

import difflib
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.text import Text

from schemas.secretariat import Target
from services.cli import screen
from services.cli.clock import COPENHAGEN, end_of, today
from services.cli.options import AsJson, KnownOn, Lang, On, TenderArgument
from services.cli.session import Session, print_json
from services.domain.assessment import TenderSource, assess
from services.domain.figures import Figure, due_on
from services.errors import BadInput
from services.reports.explanation import Line
from services.reports.explanation import explain as in_words
from services.reports.words import day, local, number, short
from services.store import reading
from services.store.figure_docs import figure_doc
from services.store.reading import LoggedEvent

_EVENTS_SHOWN = 30


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
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
            wanted = _target(session, source, name, target, day_asked)
            assessment = assess(source, day_asked, detailed=wanted.target)
        figure = next(f for f in assessment.figures if f.target == wanted.target)
        with store.database.transaction() as connection:
            behind = _told_by(known_on, reading.events_behind(connection, name, figure.members or ()))
    if as_json:
        shown = [{"position": e.position, "source": e.source, "id": e.id, "type": e.type} for e in behind]
        print_json({"tender": name, **figure_doc(figure), "placements": sorted(figure.members or ()), "events": shown})
        return
    _show(session, name, figure, wanted)
    _show_members(session, name, figure)
    _show_events(session, behind if all_events else behind[-_EVENTS_SHOWN:], len(behind))


def _told_by(known_on: date | None, behind: Sequence[LoggedEvent]) -> Sequence[LoggedEvent]:
    return behind if known_on is None else [event for event in behind if event.known_at <= end_of(known_on)]


def _target(session: Session, source: TenderSource, tender: str, name: str, on: date) -> Target:
    targets = [due.target for due in due_on(source.frame(), on)]
    found = [one for one in targets if name in {one.target, local(one.target), short(one.target, tender)}]
    if len(found) == 1:
        return found[0]
    names = [short(target.target, tender) for target in targets]
    near = difflib.get_close_matches(name, names, n=1)
    guess = session.say(f"Mente du {near[0]}? ", f"Did you mean {near[0]}? ") if near else ""
    raise BadInput(
        "target.unknown",
        session.say(f"Der er intet krav {name} den {day(on)}.", f"There is no target {name} on {day(on)}."),
        guess + session.say("Kravene er: ", "The targets are: ") + (", ".join(names) or "–"),
    )


def _show(session: Session, tender: str, figure: Figure, target: Target) -> None:
    lines = in_words(figure, target, session.language)
    lines.insert(0, Line(session.say("Aftale", "Agreement"), short(figure.agreement, tender)))
    title = "  ".join(filter(None, (short(figure.target, tender), figure.title, day(figure.on))))
    session.out.print(screen.explanation(lines, title))


def _show_members(session: Session, tender: str, figure: Figure) -> None:
    members = screen.listing(
        session.say("Forløb bag tallet", "Placements behind the figure"),
        session.say("Målte timer", "Measured hours"),
        session.say("Beregnede timer", "Computed hours"),
    )
    for column in members.columns[1:]:
        column.justify = "right"
    for placement, total in sorted((figure.members or {}).items()):
        hours = (number(part, session.language) for part in (total.measured_hours, total.computed_hours))
        members.add_row(short(placement, tender), *hours)
    session.out.print(members)


def _show_events(session: Session, shown: Sequence[LoggedEvent], total: int) -> None:
    session.out.print()
    heading = session.say(f"{total} hændelser bag tallet", f"{total} events behind the figure")
    if len(shown) < total:
        heading += session.say(f"; de sidste {len(shown)}", f"; the last {len(shown)}")
        heading += session.say(" (alle: --all-events)", " (all: --all-events)")
    session.out.print(heading, style="bold")
    table = screen.listing(
        session.say("Kendt", "Known"), session.say("Hændelse", "Event"), session.say("Fra", "From"), "Id", fixed=2
    )
    for event in shown:
        known = f"{event.known_at.astimezone(COPENHAGEN):%d-%m-%Y}"
        table.add_row(known, event.type, Text(event.source.removeprefix("urn:bygspor:")), Text(event.id))
    session.out.print(table)
