"""`sample` and `demo`: something to look at."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Annotated

import typer

from services.cli import intake, reading, serving
from services.cli.desks import seat
from services.cli.options import Lang, Out
from services.cli.session import Session, write
from services.clock import today
from services.reports.words import number, tender_called
from services.sample.portfolio import one_huge_tender, portfolio
from services.store import figures
from services.store import reading as stored
from services.store.intake import Line
from services.store.store import Store
from services.wiring import open_vault

_CHAIRED = "10000270:havnegade"
_DEMO = {"tenders": 10, "years": 3, "seed": 1}


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(sample)
    app.command()(demo)


def sample(
    tenders: Annotated[int, typer.Option(min=1, help="How many tenders.")] = 20,
    years: Annotated[int, typer.Option(min=1, max=12, help="Over how many years.")] = 3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same events.")] = 1,
    huge: Annotated[
        int | None, typer.Option("--huge", min=1, help="One huge tender of so many events instead.")
    ] = None,
    out: Out = None,
) -> None:
    """Write a made-up but realistic portfolio as JSON Lines, ready for `ingest`. All persons are invented."""
    count = write(out, one_huge_tender(huge, seed) if huge else portfolio(tenders, years, seed))
    session = Session()
    counted = number(count, session.language, 0)
    session.err.print(
        session.say(f"{counted} hændelser", f"{counted} events") + (f": {out}" if out else ""), markup=False
    )


def demo(
    *,
    serve: Annotated[bool, typer.Option("--serve", help="Go on with the web pages, until Ctrl-C.")] = False,
    lang: Lang = None,
) -> None:
    """Start everything, take in the samples, and show the portfolio and one tender as a chair reads them."""
    session = Session(lang)
    session.out.rule(session.say("BygSpor: fra hændelser til tal", "BygSpor: from events to figures"))
    session.out.print(session.say("1. Starter den indbyggede PostgreSQL …", "1. Starting the embedded PostgreSQL …"))
    with session.store(create=True) as store:
        _show(session, store)
        if serve:
            session.out.rule(session.say("På nettet", "On the web"))
            seat(session, store, open_vault(session.settings))
            serving.run(session, store, or_near=True, quiet=True)


def _show(session: Session, store: Store) -> None:
    say, out = session.say, session.out
    out.print(say("2. Indlæser eksempler …", "2. Taking in the samples …"))
    _take_samples(session, store)
    with session.progress("Beregner tal", "Computing figures", quiet=False) as bar:
        figures.tick(store, today(), bar)
    out.print(say("3. Porteføljen", "3. The portfolio"))
    rows = [(tender_called(row.tender_title, row.tender), row) for row in figures.latest(store)]
    reading.show_figures(session, rows)
    out.print(say("4. Et udbud, som en mødeleder læser det", "4. One tender, as a chair reads it"))
    name = session.tender(store, _CHAIRED)
    with session.source(store, name, None) as source:
        reading.show_tender(session, source, name, today())
    out.rule(say("Prøv nu", "Try next"))
    prefix = f"BYGSPOR_DATA={session.settings.data} .venv/bin/bygspor"
    for command, da, en in (
        ("status korskaerparken", "ét udbud", "one tender"),
        ("explain havnegade oplaering", "hvorfor et tal er, som det er", "why a figure is what it is"),
        ("findings havnegade", "hvem skal gøre hvad", "who must act"),
        ("status havnegade --on 2026-08-01", "som det stod dengang", "as it stood then"),
        ("placements rosenhoej", "hvert forløb", "every placement"),
        ("verify", "er alt i orden?", "does everything hold?"),
        ("db stop", "stop databasen", "stop the database"),
    ):
        out.print(f"  {prefix} {command:<42} # {say(da, en)}", soft_wrap=True, markup=False)


def _take_samples(session: Session, store: Store) -> None:
    since = stored.position(store)
    lines = list(_sample_lines())
    report = intake.take(session, store, iter(lines), sum(len(line.raw) for line in lines), quiet=False)
    not_counted = intake.finish(session, store, since, quiet=False)
    intake.show(session, report, not_counted, [])


def _sample_lines() -> Iterator[Line]:
    for path in sorted(files("services.sample").joinpath("data").iterdir(), key=lambda p: p.name):
        with path.open("rb") as opened:
            yield from (Line(path.name, number, raw) for number, raw in enumerate(opened, start=1))
    yield from (Line("portfolio", number, raw) for number, raw in enumerate(portfolio(**_DEMO), start=1))
