"""`explain`: why a figure is what it is."""

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import typer
from rich.text import Text

from schemas.envelope import Event
from schemas.secretariat import Target
from services.cli import screen
from services.cli.options import AsJson, KnownOn, Lang, On, TenderArgument
from services.cli.session import Session, print_json
from services.cli.telling import Told, bearing
from services.clock import COPENHAGEN, end_of, today
from services.domain.assessment import TenderSource, assess
from services.domain.figures import Figure, due_on
from services.errors import BadInput
from services.reports.explanation import Line
from services.reports.explanation import explain as in_words
from services.reports.words import day, local, named, number, short
from services.store import reading
from services.store.figure_docs import figure_doc
from services.store.reading import LoggedEvent

_EVENTS_SHOWN, _ROOM_FOR_KNOWN = 30, 100

Companies = Mapping[str, str]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    tender: TenderArgument,
    target: Annotated[
        str | None, typer.Argument(metavar="[TARGET]", help="Its id, or the part behind the colon. None: lists them.")
    ] = None,
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
            day_asked, companies = on or known_on or today(), source.frame().companies
            if target is None:
                _list_targets(session, source, name, day_asked, as_json=as_json)
                return
            wanted = _target(session, source, name, target, day_asked)
            assessment = assess(source, day_asked, detailed=wanted.target)
        figure = next(f for f in assessment.figures if f.target == wanted.target)
        with store.database.transaction() as connection:
            known = _told_by(known_on, reading.events_behind(connection, name, figure.members or ()))
        behind = bearing(known, figure.target)
    if as_json:
        shown = [_event_doc(one) for one in behind]
        print_json({"tender": name, **figure_doc(figure), "placements": sorted(figure.members or ()), "events": shown})
        return
    _show(session, name, figure, wanted)
    _show_members(session, name, figure)
    _show_events(session, behind, name, companies, every=all_events)


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


def _show_events(session: Session, behind: Sequence[Told], tender: str, companies: Companies, *, every: bool) -> None:
    total, shown = len(behind), behind if every else behind[-_EVENTS_SHOWN:]
    session.out.print()
    heading = session.say(f"{total} hændelser bag tallet", f"{total} events behind the figure")
    if len(shown) < total:
        heading += session.say(f"; de sidste {len(shown)}", f"; the last {len(shown)}")
        heading += session.say(" (alle: --all-events)", " (all: --all-events)")
    session.out.print(heading, style="bold")
    pairs = (("Om", "About"), ("Hændelse", "Event"), ("Forløb", "Placement"), ("Timer", "Hours"), ("Fra", "From"))
    table = screen.listing(*(session.say(da, en) for da, en in (*pairs, ("Kendt", "Known"))[: _columns(session)]))
    for one in shown:
        table.add_row(*(Text(cell) for cell in _event_cells(session, one, tender, companies)[: _columns(session)]))
    session.out.print(table)


def _columns(session: Session) -> int:
    """How many columns there is room for: in a narrow terminal not the day it became known."""
    return 6 if session.out.width >= _ROOM_FOR_KNOWN else 5


def _event_cells(session: Session, one: Told, tender: str, companies: Companies) -> list[str]:
    sender = one.logged.said.data.reported_by if isinstance(one.logged.said, Event) else ""
    return [
        f"{day(one.about)}–{one.until:%d-%m}" if one.until else day(one.about),
        one.what(session.language),
        short(one.placement, tender) if one.placement else "",
        _value(session, one),
        companies.get(sender) or sender or one.logged.source,
        day(one.logged.known_at.astimezone(COPENHAGEN).date()),
    ]


def _value(session: Session, one: Told) -> str:
    """The hours that an event reports, or the man-days where it has no hours."""
    if one.hours is None and one.man_days is not None:
        return f"{number(one.man_days, session.language)} {session.say('dage', 'days')}"
    return number(one.hours, session.language) if one.hours is not None else ""


def _event_doc(one: Told) -> dict[str, Any]:
    logged = one.logged
    return {
        "position": logged.position,
        "source": logged.source,
        "id": logged.id,
        "type": logged.type,
        "placement": one.placement,
        "about": one.about,
        "until": one.until,
        "hours": one.hours,
        "man_days": one.man_days,
        "fate": str(one.fate) or None,
    }


def _list_targets(session: Session, source: TenderSource, name: str, on: date, *, as_json: bool) -> None:
    """The targets to ask about, in the order of the agreement."""
    targets = [due.target for due in due_on(source.frame(), on)]
    if as_json:
        print_json([{"target": one.target, "title": one.title, "metric": one.metric.value} for one in targets])
        return
    if not targets:
        text = session.say(f"Der er ingen krav den {day(on)}.", f"There are no targets on {day(on)}.")
        session.out.print(f"{text} {session.where()}", markup=False)
        return
    table = screen.listing(session.say("Krav", "Target"), session.say("Titel", "Title"))
    for one in targets:
        table.add_row(Text(short(one.target, name)), Text(named(one.title, one.target, one.metric, session.language)))
    session.out.print(table)
