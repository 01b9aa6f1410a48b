"""`sheet`: templates, and what a file would come to, without a browser and without reporting anything."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.options import AsJson, Lang
from services.cli.screen import listing
from services.cli.session import Session, print_json
from services.domain.rights import Caller, Role
from services.errors import BadInput
from services.reports.words import number
from services.sheets.layouts import LAYOUTS
from services.store.access import Access
from services.store.uploads import Register
from services.wiring import open_vault

if TYPE_CHECKING:
    from services.gateway.uploads.clerk import Clerk
    from services.gateway.uploads.looking import Look

sheet = typer.Typer(help="Spreadsheets: templates, and what a file would come to.", no_args_is_help=True)

LayoutArgument = Annotated[str, typer.Argument(metavar="LAYOUT", help=f"One of {', '.join(LAYOUTS)}.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="XLSX or CSV.")]
Organisation = Annotated[str, typer.Option("--org", metavar="CVR", help="For which organisation.")]
Layout = Annotated[str | None, typer.Option("--layout", help="What it is. Default: what it looks like.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(sheet, name="sheet")


@sheet.command("template")
def sheet_template(
    layout: LayoutArgument,
    organisation: Organisation,
    out: Annotated[Path, typer.Option("--out", help="Write to this file.")],
    month: Annotated[
        str | None, typer.Option("--month", metavar="YYYY-MM", help="Hours: of this month. Default: the last one over.")
    ] = None,
    copied: Annotated[bool, typer.Option("--copy-last-month", help="Hours: with those of the month before.")] = False,
    lang: Lang = None,
) -> None:
    """Write a template, filled with the organisation's own people and tenders."""
    from services.gateway.uploads.templates import Wanted  # noqa: PLC0415 -- as below

    session = Session(lang)
    _known(layout)
    with _at_the_desk(session, organisation) as (clerk, caller):
        _allowed(caller, layout)
        try:
            out.write_bytes(clerk.template(caller, layout, session.language, Wanted(month, copied)))
        except ValueError:
            raise BadInput("sheet.month", f"There is no month {month}.", "Write it as 2026-10.") from None
    session.out.print(str(out), markup=False)


@sheet.command("check")
def sheet_check(
    file: FileArgument, organisation: Organisation, layout: Layout = None, as_json: AsJson = False, lang: Lang = None
) -> None:
    """Say what a file would come to, row by row where something is wrong. Nothing is reported or kept.

    Exit code 1 where a row is wrong, or a question is open.
    """
    # Only here, because the gateway takes longer to import than most commands take to run.
    from services.gateway.uploads.looking import Wish  # noqa: PLC0415
    from services.gateway.uploads.scrubbing import StandIns  # noqa: PLC0415
    from services.sheets.reading import read  # noqa: PLC0415

    session = Session(lang)
    if layout is not None:
        _known(layout)
    with _at_the_desk(session, organisation) as (clerk, caller):
        tables = StandIns().tables(read(file.read_bytes()))
        try:
            found = clerk.looked(caller, tables, Wish(layout))
        except LookupError:
            raise _not_theirs(organisation) from None
    _show(session, found, as_json=as_json)


def _show(session: Session, found: Look, *, as_json: bool) -> None:
    document = found.document
    counts = {state.value: count for state, count in found.proposal.counts.items()} if found.proposal else {}
    faults = [fault for row in document.rows for fault in row.faults]
    if as_json:
        told = [{"row": f.row, "column": f.column, "code": f.code, "da": f.da, "en": f.en} for f in faults]
        print_json({"layout": document.sheet_mapping.layout, "counts": counts, "faults": told})
    else:
        table = listing(session.say("Rækker", "Rows"), session.say("Antal", "Count"))
        for state, count in found.proposal.counts.items() if found.proposal else ():
            table.add_row(state.label(session.language), number(count, session.language, 0))
        session.out.print(table)
        said = [fault.text(session.language) for fault in faults]
        said += [
            f"{session.say('Række', 'Row')} {one.row}: {session.say(one.da, one.en)}" for one in document.questions
        ]
        for text in said:
            session.out.print(text, markup=False, soft_wrap=True)
    if found.proposal is None:
        raise BadInput(
            "sheet.columns",
            session.say("Der mangler kolonner, som skal være der.", "Columns that are needed are not there."),
            session.say("Hent en skabelon med: bygspor sheet template", "Get one with: bygspor sheet template"),
        )
    if faults or document.questions:
        raise typer.Exit(1)


@contextlib.contextmanager
def _at_the_desk(session: Session, organisation: str) -> Iterator[tuple[Clerk, Caller]]:
    """Who looks at sheets, and the organisation as one that reports."""
    from services.gateway.admission import Admission  # noqa: PLC0415
    from services.gateway.uploads.clerk import Clerk  # noqa: PLC0415

    with session.store() as store:
        access, vault = Access(store.database), open_vault(session.settings)
        found = access.organisations.get(organisation)
        if found is None:
            raise BadInput("org.unknown", f"There is no org {organisation}.", "See them all with: bygspor org list")
        caller = Caller(found.cvr, found.kinds, Role.REPORTER, "cli", found.municipality)
        try:
            yield Clerk(store, access, vault, Admission(store), Register(store.database), cpr=False), caller
        finally:
            vault.close()


def _known(layout: str) -> None:
    if layout not in LAYOUTS:
        raise BadInput("sheet.layout", f"There is no sheet {layout}.", f"Use one of {', '.join(LAYOUTS)}.")


def _allowed(caller: Caller, layout: str) -> None:
    from services.gateway.uploads.book import layouts_of  # noqa: PLC0415

    if layout not in layouts_of(caller):
        raise _not_theirs(caller.organisation or "")


def _not_theirs(organisation: str) -> BadInput:
    hint = "What it is follows from its kinds: bygspor org list"
    return BadInput("sheet.not_theirs", f"{organisation} reports no sheets of this kind.", hint)
