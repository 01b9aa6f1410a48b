"""`status` and `tender`: the figures, of all tenders and of one."""

from collections.abc import Sequence
from datetime import date

import typer

from services.cli import screen
from services.cli.options import AsJson, KnownOn, Lang, MaybeTender, On, TenderArgument
from services.cli.session import Session, print_json
from services.clock import COPENHAGEN, end_of, today
from services.domain.assessment import Assessment, TenderSource, assess
from services.domain.figures import Figure
from services.reports.agenda import agenda
from services.reports.curve import curve, worth_a_plot
from services.reports.words import day, local, tender_called
from services.store import figures
from services.store import reading as stored
from services.store.figure_docs import figure_doc
from services.store.store import Store


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(status)
    app.command()(tender)


def status(
    tender: MaybeTender = None,
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
            _computed(session, store, [chosen] if chosen else session.tenders(store), on, known_on, as_json=as_json)


def _stored(session: Session, store: Store, tender: str | None, *, as_json: bool) -> None:
    with session.progress("Beregner tal", "Computing figures", quiet=as_json) as bar:
        figures.tick(store, today(), bar)
    rows = figures.latest(store, tender)
    if as_json:
        print_json([{"tender": row.tender, "tender_title": row.tender_title, **row.doc} for row in rows])
        return
    show_figures(session, [(tender_called(row.tender_title, row.tender), row) for row in rows], _today(session))


def _computed(
    session: Session, store: Store, tenders: Sequence[str], on: date | None, known_on: date | None, *, as_json: bool
) -> None:
    rows: list[tuple[str, str, Figure]] = []
    with session.progress("Beregner tal", "Computing figures", quiet=as_json) as bar:
        for done, name in enumerate(tenders, start=1):
            with session.source(store, name, known_on) as source:
                registered = source.frame().registered
                title = tender_called(registered.title if registered else None, name)
                rows.extend((name, title, figure) for figure in assess(source, on or known_on or today()).figures)
            bar(done, len(tenders))
    if as_json:
        print_json([{"tender": name, "tender_title": title, **figure_doc(figure)} for name, title, figure in rows])
        return
    if known_on and not rows and (unknown := _unknown(session, store, tenders, known_on)):
        session.out.print(unknown, markup=False)
        return
    heading = session.say(f"Opgjort pr. {day(on or known_on)}", f"As of {day(on or known_on)}")
    if known_on:
        heading += session.say(f", som kendt {day(known_on)}", f", as known on {day(known_on)}")
    show_figures(session, [(title, figure) for _, title, figure in rows], heading)


def _unknown(session: Session, store: Store, tenders: Sequence[str], known_on: date) -> str | None:
    """What to say of a day before the first word had come; None where something was known."""
    only = tenders[0] if len(tenders) == 1 else None
    first = stored.first_word(store, only)
    if first is not None and first <= end_of(known_on):
        return None
    about = session.say(f" om {local(only)}", f" of {local(only)}") if only else ""
    text = session.say(f"Intet var kendt{about} den {day(known_on)}.", f"Nothing was known{about} on {day(known_on)}.")
    if first is None:
        return f"{text} {session.where()}"
    came = day(first.astimezone(COPENHAGEN).date())
    return f"{text} " + session.say(f"Det første ord kom den {came}.", f"The first word came on {came}.")


def _today(session: Session) -> str:
    return session.say("Status i dag", "Status today")


def show_figures(session: Session, rows: Sequence[tuple[str, screen.Shown]], heading: str | None = None) -> None:
    """Figures tender by tender; where there are none, that."""
    title = heading or _today(session)
    if rows:
        session.out.print(screen.figures_table(rows, session.language, title, session.out.width))
        return
    session.out.print(f"{title}: {session.say('ingen krav.', 'no targets.')}", markup=False)
    session.out.print(session.say("Hændelser indlæses med: bygspor ingest FIL", "Take in events: bygspor ingest FILE"))
    session.out.print(session.where(), markup=False)


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
    if registered is None:
        _show_unregistered(session, source, name)
        return
    session.out.print(registered.title, style="bold", markup=False)
    session.out.print(screen.sections(point, session.language))
    _plot(session, source, assessment)


def _show_unregistered(session: Session, source: TenderSource, name: str) -> None:
    """That nobody registered the tender, and how much waits for it."""
    waiting = sum(len(person) for person in source.people())
    session.out.print(
        session.say(f"Udbuddet {name} er ikke registreret.", f"The tender {name} is not registered."),
        style="bold",
        markup=False,
    )
    session.out.print(
        session.say(
            f"{waiting} forløb venter og tæller først, når bygherren har registreret udbuddet.",
            f"{waiting} placements wait and count only once the client has registered the tender.",
        )
    )
    session.out.print(session.say("Se dem: bygspor placements ", "See them: bygspor placements ") + name, markup=False)


def _plot(session: Session, source: TenderSource, assessment: Assessment) -> None:
    figure = worth_a_plot(assessment.figures)
    series = curve(source, figure) if figure else []
    if figure and series:
        session.out.print(screen.plot(figure, series, session.language, session.out.width))
