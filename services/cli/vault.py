"""`vault`: the keys of names and CPR pseudonyms, and the erasing of a person."""

from dataclasses import asdict
from typing import Annotated

import typer

from services.cli.options import AsJson, Lang
from services.cli.screen import listing
from services.cli.session import Session, print_json
from services.reports.words import number

vault = typer.Typer(help="Names and CPR pseudonyms, and their keys.", no_args_is_help=True)

PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="The person's id, with the CVR number.")]
VersionArgument = Annotated[int, typer.Argument(metavar="VERSION", help="As `vault status` shows it.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(vault, name="vault")


@vault.command("status")
def vault_status(as_json: AsJson = False, lang: Lang = None) -> None:
    """The live keys, and how much can be read or found with each only. No key is shown."""
    session = Session(lang)
    with session.vault() as opened:
        versions = opened.versions()
    if as_json:
        print_json([asdict(version) for version in versions])
        return
    headings = (("Nøgle", "Key"), ("Lavet", "Made"), ("CPR-numre", "CPR numbers"), ("Navne", "Names"))
    table = listing(*(session.say(da, en) for da, en in headings))
    for version in versions:
        counts = (number(count, session.language, 0) for count in (version.persons, version.names))
        table.add_row(str(version.version), f"{version.made_at:%d-%m-%Y}", *counts)
    session.out.print(table)


@vault.command("rotate")
def vault_rotate(as_json: AsJson = False, lang: Lang = None) -> None:
    """Make a new key and write with it from now on. Ids, names and the log stay; running servers follow at once."""
    session = Session(lang)
    with session.vault() as opened:
        rotated = opened.rotate()
    if as_json:
        print_json(asdict(rotated))
        return
    names, waiting = (number(count, session.language, 0) for count in (rotated.names, rotated.waiting))
    da = f"Nøgle {rotated.version} er i brug: {names} navne er flyttet, {waiting} CPR-numre følger, når de ses igen."
    en = f"Key {rotated.version} is in use: {names} names moved, {waiting} CPR numbers follow when they are seen again."
    session.out.print(session.say(da, en))


@vault.command("retire")
def vault_retire(version: VersionArgument, lang: Lang = None) -> None:
    """Destroy an old key that nothing needs any more."""
    session = Session(lang)
    with session.vault() as opened:
        opened.retire(version)
    session.out.print(session.say(f"Nøgle {version} er slettet.", f"Key {version} is destroyed."))


@vault.command("erase")
def vault_erase(
    person: PersonArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Destroy what ties a person id to names and a CPR number, for ever. Events and figures stay."""
    session = Session(lang)
    if not yes:
        da = f"Slet navne og CPR-pseudonym for {person}? Det kan ikke fortrydes."
        en = f"Erase the names and CPR pseudonym of {person}? This cannot be undone."
        typer.confirm(session.say(da, en), abort=True, err=True)
    with session.vault() as opened:
        erased = opened.erase(person)
    if as_json:
        print_json(asdict(erased))
        return
    if not erased.names and not erased.numbers:
        da, en = f"Der er ingen oplysninger om {person}.", f"Nothing is held of {person}."
    else:
        da = f"Slettet for {person}: navne {erased.names}, CPR-pseudonymer {erased.numbers}. Tallene står ved magt."
        en = f"Erased for {person}: {erased.names} names, {erased.numbers} CPR pseudonyms. The figures stay."
    session.out.print(session.say(da, en))
