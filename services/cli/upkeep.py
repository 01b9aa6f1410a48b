"""`migrate`, `rebuild`, `verify`, `tick`, `db` and `settings`: keeping it running and right."""

import logging
from dataclasses import asdict
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from services import logs
from services.cli.options import AsJson, Lang, On
from services.cli.screen import listing
from services.cli.session import Session, print_json
from services.clock import today
from services.errors import BrokerUnavailable
from services.reports.words import number
from services.settings import SETTINGS
from services.store import figures
from services.store.rebuild import Check
from services.store.rebuild import rebuild as rebuild_state
from services.store.rebuild import verify as verify_store
from services.store.store import Store
from services.wiring import embedded

db = typer.Typer(help="The embedded database.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (migrate, rebuild, verify, tick, settings):
        app.command()(command)
    app.add_typer(db, name="db")


def migrate(lang: Lang = None) -> None:
    """Bring tables and state up to date with this edition, and stop: once, before several programs are started.

    Every command does so by itself where it must; of several at once, one does and the others wait.
    """
    session = Session(lang)
    with session.store(create=True):
        session.out.print(session.say("Databasen er ajour.", "The database is up to date."))


def rebuild(as_json: AsJson = False, lang: Lang = None) -> None:
    """Throw the state away and compute it anew from the log; figures follow."""
    session = Session(lang)
    with session.store(as_it_is=True) as store:
        with session.progress("Genberegner", "Rebuilding", quiet=as_json) as bar:
            rebuilt = rebuild_state(store.database, store.names, bar)
        with session.progress("Beregner tal", "Computing figures", quiet=as_json) as bar:
            computed = figures.refresh(store, today(), bar)
    if as_json:
        print_json({**asdict(rebuilt), "tenders": computed})
        return
    count = number(rebuilt.events, session.language, 0)
    da = f"{count} hændelser genberegnet, {rebuilt.mended} enheder var forkerte og er rettet, {computed} udbud beregnet"
    en = f"{count} events recomputed, {rebuilt.mended} units were wrong and are mended, {computed} tenders computed"
    session.out.print(session.say(da, en))


def verify(as_json: AsJson = False, lang: Lang = None) -> None:
    """Check what must always hold: nothing lost, nothing twice, order without effect, state equals recomputation.

    With Kafka also that every record the workers acknowledged is in the log; what is missing is taken in, and told.
    """
    session = Session(lang)
    with session.store() as store, session.progress("Kontrollerer", "Verifying", quiet=as_json) as bar:
        # First, so that what it takes in is looked at with the rest.
        of_the_stream, unchecked = _of_the_stream(session, store)
        checks = [*verify_store(store.database, store.names, bar), *of_the_stream]
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        headings = (("Kontrol", "Check"), ("Antal", "Count"), ("Resultat", "Result"))
        table = listing(*(session.say(da, en) for da, en in headings), fixed=2)
        table.columns[1].justify = "right"
        for check in checks:
            verdict = session.say("i orden", "holds") if check.ok else f"{session.say('FEJL', 'FAILS')}: {check.detail}"
            count = number(check.count, session.language, 0)
            table.add_row(check.name, count, Text(verdict), style="" if check.ok else "red")
        session.out.print(table)
    if unchecked and all(check.ok for check in checks):
        raise unchecked
    raise typer.Exit(0 if all(check.ok for check in checks) else 1)


def _of_the_stream(session: Session, store: Store) -> tuple[list[Check], BrokerUnavailable | None]:
    """What must hold of the stream, where there is one, and why not all of it could be checked."""
    if session.settings.kafka is None:
        return [], None
    from services.stream.verifying import lost  # noqa: PLC0415 -- slow to import
    from services.stream.verifying import verify as verify_stream  # noqa: PLC0415

    logs.to_standard_error(logging.WARNING)
    try:
        return verify_stream(store, session.settings.kafka), None
    except BrokerUnavailable as error:
        da, en = "Strømmen kunne ikke kontrolleres", "The stream could not be checked"
        return [lost(store)], BrokerUnavailable(error.code, f"{session.say(da, en)}: {error.message}", error.hint)


def tick(on: On = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Compute today's figures of all open tenders: run it daily; twice a day does no harm."""
    session = Session(lang)
    with session.store() as store, session.progress("Beregner tal", "Computing figures", quiet=as_json) as bar:
        computed = figures.tick(store, on or today(), bar)
    if as_json:
        print_json({"tenders": computed})
    else:
        session.out.print(session.say(f"{computed} udbud beregnet", f"{computed} tenders computed"))


@db.command("status")
def db_status(as_json: AsJson = False, lang: Lang = None) -> None:
    """Whether the embedded server runs, where, since when, and how much it holds. Starts nothing."""
    session = Session(lang)
    found = embedded(session.settings).status()
    if as_json:
        print_json(
            {key: value if isinstance(value, int | None) else str(value) for key, value in asdict(found).items()}
        )
        return
    grid = Table.grid(padding=(0, 2))
    runs = session.say("kører", "running") if found.running else session.say("kører ikke", "not running")
    unused = session.say("nej, BYGSPOR_DATABASE_URL er sat", "no, BYGSPOR_DATABASE_URL is set")
    facts: tuple[tuple[str, Any], ...] = (
        (session.say("Bruges", "In use"), unused if session.settings.database_url else None),
        (session.say("Server", "Server"), runs),
        ("PostgreSQL", found.version),
        ("Pid", found.pid),
        (session.say("Mappe", "Folder"), found.data_dir),
        (session.say("Fylder", "Size"), f"{number(found.size_bytes // 1_000_000, session.language, 0)} MB"),
        (session.say("Siden", "Since"), f"{found.since:%d-%m-%Y %H:%M}" if found.since else None),
        ("Socket", found.socket_dir),
    )
    for name, value in facts:
        if value is not None:
            grid.add_row(name, Text(str(value)))
    session.out.print(grid)


@db.command("stop")
def db_stop(lang: Lang = None) -> None:
    """Stop the embedded server; what is committed is on disk. The next command starts it again."""
    session = Session(lang)
    embedded(session.settings).stop()
    session.out.print(session.say("Databasen er stoppet.", "The database is stopped."))


def settings(as_json: AsJson = False) -> None:
    """Every setting of the environment, its default, and what it does."""
    if as_json:
        print_json([asdict(setting) for setting in SETTINGS])
        return
    grid = listing("Name", "Default", "What it does")
    for setting in SETTINGS:
        grid.add_row(setting.name, setting.default, setting.help)
    Session().out.print(grid)
