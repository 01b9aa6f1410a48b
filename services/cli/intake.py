"""`ingest` and `rejected`: events in, and what became of every line."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table

from services.cli.clock import today
from services.cli.files import files, lines, size
from services.cli.options import AsJson, Lang, Out, Paths
from services.cli.session import Session, print_json, write
from services.errors import BadInput
from services.reports.words import number
from services.store import figures, reading
from services.store.intake import Line, Report, intake
from services.store.rejections import Rejection, kept
from services.store.store import Store

_SHOWN = 20

rejected = typer.Typer(help="What could not be accepted: see it, mend it, send it again.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ingest)
    app.add_typer(rejected, name="rejected")


def ingest(
    paths: Paths,
    resolves: Annotated[
        bool, typer.Option("--resolves", help="The file is a mended `rejected export`: mark what lands as resolved.")
    ] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Take in events from files, and say what became of every line. Safe to repeat and to interrupt.

    Lines that are no acceptable event are kept aside with every reason; the rest goes in.
    """
    session = Session(lang)
    found = files(paths)
    with session.store() as store:
        since = reading.position(store)
        taken = list(found)
        stream = lines(taken)
        report = take(session, store, _mended(stream) if resolves else stream, size(taken), quiet=as_json)
        not_counted = finish(session, store, since, quiet=as_json)
        refused = _refused_now(store, {path.name if path else "-" for path in taken}) if report.rejected else []
    if as_json:
        print_json({**asdict(report), "not_counted_yet": not_counted, "faults": [_doc(one) for one in refused]})
    else:
        show(session, report, not_counted, refused)
    raise typer.Exit(1 if report.rejected else 0)


def take(session: Session, store: Store, stream: Iterator[Line], total: int | None, *, quiet: bool) -> Report:
    """Take in a stream of lines under a progress bar."""
    read = 0

    def counted() -> Iterator[Line]:
        nonlocal read
        for line in stream:
            read += len(line.raw)
            yield line

    with session.progress("Indlæser", "Ingesting", quiet=quiet) as bar:
        return intake(store, counted(), lambda _: bar(read, total or read))


def finish(session: Session, store: Store, since: int, *, quiet: bool) -> int:
    """Bring the figures up to date; how many of the events since a position are not counted yet."""
    with session.progress("Beregner tal", "Computing figures", quiet=quiet) as bar:
        figures.refresh(store, today(), bar)
    return reading.not_counted_since(store, since)


def show(session: Session, report: Report, not_counted: int, refused: list[Rejection]) -> None:
    """The report: counts that add up, then the first faults with where they stand."""
    say = session.say
    table = Table.grid(padding=(0, 2))
    rows = (
        (say("Linjer", "Lines"), report.lines),
        (say("  nye", "  new"), report.new),
        (say("    heraf ikke talt med endnu", "    of these not counted yet"), not_counted),
        (say("    heraf venter på opgradering", "    of these awaiting an upgrade"), report.waiting),
        (say("  kendt i forvejen", "  duplicate"), report.duplicate),
        (say("  afvist", "  rejected"), report.rejected),
        (say("    heraf samme id, andet indhold", "    of these same id, another body"), report.conflict),
        (say("  tomme", "  blank"), report.blank),
    )
    for label, count in rows:
        if count or not label.startswith("    "):
            table.add_row(label, number(count, session.language, 0), style="red" if "afvist" in label and count else "")
    session.out.print(table)
    for one in refused[:_SHOWN]:
        session.out.print(f"  {one.origin}:{one.line}  {_reasons(session, one)}", markup=False)
    if len(refused) > _SHOWN:
        session.out.print(say(f"  … og {len(refused) - _SHOWN} flere", f"  … and {len(refused) - _SHOWN} more"))
    if refused:
        session.out.print(say("Se dem: bygspor rejected list", "See them: bygspor rejected list"))
    if not_counted:
        session.out.print(say("Hvorfor ikke talt med: bygspor findings", "Why not counted: bygspor findings"))


def _reasons(session: Session, one: Rejection) -> str:
    return "; ".join(fault.text(session.language) for fault in one.faults)


def _refused_now(store: Store, origins: set[str]) -> list[Rejection]:
    with store.database.transaction() as connection:
        return [one for one in kept(connection) if one.origin in origins]


def _mended(stream: Iterator[Line]) -> Iterator[Line]:
    """Lines of a mended export as the events inside them, each with the rejected line it mends."""
    for line in stream:
        if not line.raw.strip():
            yield line
            continue
        try:
            mended = msgspec.json.decode(line.raw, type=_Exported)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadInput(
                "input.not_an_export",
                f"{line.origin}:{line.number} is no line of `rejected export`: {error}.",
                "Mend the `event` of each line and leave `rejected` as it is.",
            ) from None
        yield Line(line.origin, line.number, bytes(mended.event), mended.rejected)


class _Exported(msgspec.Struct):
    rejected: int
    event: msgspec.Raw


def _all(store: Store, *, resolved_too: bool = False) -> list[Rejection]:
    with store.database.transaction() as connection:
        return list(kept(connection, resolved_too=resolved_too))


def _doc(one: Rejection) -> dict[str, Any]:
    return {
        "rejected": one.no,
        "origin": one.origin,
        "line": one.line,
        "times": one.times,
        "resolved": one.resolved_at is not None,
        "faults": [asdict(fault) for fault in one.faults],
    }


@rejected.command("list")
def list_(
    resolved: Annotated[bool, typer.Option("--resolved", help="Also those that were mended.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Every line that was rejected and not yet mended: where, how often, and all that is wrong with it."""
    session = Session(lang)
    with session.store() as store:
        found = _all(store, resolved_too=resolved)
    if as_json:
        print_json([_doc(one) for one in found])
        return
    table = Table(header_style="bold")
    for da, en in (("Nr.", "No."), ("Hvor", "Where"), ("Gange", "Times"), ("Fejl", "Faults")):
        table.add_column(session.say(da, en), overflow="fold")
    for one in found:
        mended = session.say(" (rettet)", " (mended)") if one.resolved_at else ""
        table.add_row(str(one.no), f"{one.origin}:{one.line}{mended}", str(one.times), _reasons(session, one))
    session.out.print(table if found else session.say("Intet er afvist.", "Nothing is rejected."))


@rejected.command("show")
def show_one(no: Annotated[int, typer.Argument(metavar="NO")], as_json: AsJson = False, lang: Lang = None) -> None:
    """One rejected line, whole: what was sent, and field by field what was expected."""
    session = Session(lang)
    with session.store() as store:
        one = next((r for r in _all(store, resolved_too=True) if r.no == no), None)
    if one is None:
        raise BadInput(
            "rejected.unknown", session.say(f"Intet afvist har nr. {no}.", f"Nothing rejected has no. {no}.")
        )
    if as_json:
        print_json({**_doc(one), "payload": one.payload.decode(errors="replace")})
        return
    session.out.print(f"{one.origin}:{one.line}", style="bold")
    for fault in one.faults:
        got = session.say(f" (der stod: {fault.got})", f" (there was: {fault.got})") if fault.got else ""
        session.out.print(f"  {fault.text(session.language)}{got}", markup=False)
    session.out.print(one.payload.decode(errors="replace"), markup=False)


@rejected.command()
def export(out: Out = None) -> None:
    """Write what is rejected as lines to mend: put `event` right in each, then `ingest --resolves` the file."""
    session = Session()
    with session.store() as store:
        count = write(out, (_exported(one) for one in _all(store)))
    session.err.print(session.say(f"{count} linjer", f"{count} lines"))


def _exported(one: Rejection) -> bytes:
    try:
        event: Any = msgspec.Raw(msgspec.json.encode(msgspec.json.decode(one.payload)))
    except (msgspec.DecodeError, UnicodeDecodeError):
        event = one.payload.decode(errors="replace")
    faults = [{"field": fault.field, "da": fault.da, "en": fault.en} for fault in one.faults]
    place = {"rejected": one.no, "origin": one.origin, "line": one.line}
    return msgspec.json.encode({**place, "faults": faults, "event": event})


@rejected.command()
def retry(as_json: AsJson = False, lang: Lang = None) -> None:
    """Try everything rejected again as it stands: for when the program has changed, not the lines."""
    session = Session(lang)
    with session.store() as store:
        since = reading.position(store)
        found = _all(store)
        again = (Line(one.origin, one.line, one.payload, one.no) for one in found)
        report = intake(store, again)
        not_counted = finish(session, store, since, quiet=as_json)
    if as_json:
        print_json({**asdict(report), "not_counted_yet": not_counted})
    else:
        show(session, report, not_counted, [])
    sys.exit(1 if report.rejected else 0)
