"""`serve`: the pages and the API, until it is told to stop."""

from typing import Annotated

import typer

from services.cli.options import Lang
from services.cli.session import Session
from services.errors import DatabaseUnavailable
from services.store.access import Access
from services.store.store import Store
from services.wiring import open_gateway


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    port: Annotated[int | None, typer.Option(help="Another port than BYGSPOR_LISTEN's; 0: any that is free.")] = None,
    lang: Lang = None,
) -> None:
    """Answer on the web: pages for people, the API for systems. Ctrl-C stops it; what is committed stays."""
    session = Session(lang)
    with session.store(create=True) as store:
        run(session, store, port)


def run(session: Session, store: Store, port: int | None = None, *, or_near: bool = False, quiet: bool = False) -> None:
    """Serve an open store; with `or_near`, on the next free port where the wanted one is taken.

    `quiet` leaves the line per request out, where somebody reads the terminal.
    """
    # Only here, because the web framework takes longer to import than most commands take to run.
    from services.gateway import server  # noqa: PLC0415

    host, own = session.settings.listen
    listening = server.listen(host, own if port is None else port, or_near=or_near)
    _first_administrator(session, store)
    _warn_of_vault(session)
    at = session.settings.listens_at(listening.getsockname()[1])
    url = session.settings.url or at
    shell = open_gateway(session.settings, store, url)
    session.out.print(session.say(f"Åbn {url} i en browser. Stop med Ctrl-C.", f"Open {url}. Stop with Ctrl-C."))
    if url != at:
        session.out.print(session.say(f"Lytter på {at}", f"Listens on {at}"))
    server.serve(shell, listening, quiet=quiet)
    da, en = "Stoppet. Databasen kører videre", "Stopped. The database goes on running"
    session.out.print(session.say(f"{da}; stop den med: bygspor db stop", f"{en}; stop it with: bygspor db stop"))


def _warn_of_vault(session: Session) -> None:
    """Say it at once where names and CPR numbers will be refused; all else goes on, so the gateway starts."""
    try:
        with session.vault() as vault:
            vault.ready()
    except (DatabaseUnavailable, OSError) as error:
        what = session.say(
            "Advarsel: boksen kan ikke bruges, så hændelser med navn eller CPR-nummer afvises",
            "Warning: the vault cannot be used, so what carries a name or a CPR number is refused",
        )
        session.err.print(f"{what}. {error}", style="yellow", markup=False, soft_wrap=True)


def _first_administrator(session: Session, store: Store) -> None:
    """Told on standard output, where whoever starts it sees it, and never logged by us."""
    made = Access(store.database).users.first_administrator()
    if made is None:
        return
    user, password = made
    da = f"Første administrator: login {user.login}, adgangskode {password} (vises kun nu; skiftes ved første login)"
    en = f"First administrator: login {user.login}, password {password} (shown only now; changed at the first login)"
    session.out.print(session.say(da, en), style="bold", markup=False, soft_wrap=True)
