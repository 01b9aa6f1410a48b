"""`ingest` and `rejected`: events in, and what became of every line."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from services.cli.files import Say, files, lines, size
from services.cli.options import AsJson, Lang, Out, Paths
from services.cli.screen import listing
from services.cli.session import Session, print_json, write
from services.clock import today
from services.errors import BadInput
from services.reports.words import number
from services.store import figures, reading
from services.store.crew import take_in
from services.store.intake import Line, Report
from services.store.rejections import Rejection
from services.store.store import Store
from services.store.stream.letters import places

_SHOWN, _LISTED = 20, 50

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
    found = files(paths, session.say)
    with session.store(create=True) as store:
        since, before = reading.position(store), _times(store)
        stream = lines(found)
        report = take(session, store, _mended(stream, session.say) if resolves else stream, size(found), quiet=as_json)
        not_counted = finish(session, store, since, quiet=as_json)
        refused = [one for one in store.rejected() if one.times != before.get(one.no)] if report.rejected else []
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

    with session.progress("Indlæser", "Ingesting", quiet=quiet) as bar, stays(session):
        return take_in(store, counted(), total, lambda _: bar(read, total or read))


@contextlib.contextmanager
def stays(session: Session) -> Iterator[None]:
    """Say, where somebody interrupts the block, that what is in stays in."""
    try:
        yield
    except KeyboardInterrupt:
        da = "Afbrudt. Det, der er indlæst, bliver; kør det samme igen for resten."
        session.err.print(session.say(da, "Interrupted. What is in stays; run the same again for the rest."))
        raise


def finish(session: Session, store: Store, since: int, *, quiet: bool) -> int:
    """Bring the figures up to date; how many of the events since a position are not counted yet."""
    with session.progress("Beregner tal", "Computing figures", quiet=quiet) as bar:
        figures.refresh(store, today(), bar)
    return reading.not_counted_since(store, since)


def show(session: Session, report: Report, not_counted: int, refused: list[Rejection]) -> None:
    """The report: counts that add up, then the first faults with where they stand."""
    say = session.say
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
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
            red = count and label == say("  afvist", "  rejected")
            table.add_row(label, number(count, session.language, 0), style="red" if red else "")
    session.out.print(table)
    for one in refused[:_SHOWN]:
        session.out.print(f"  {_in_file(one)}  {_reasons(session, one)}", markup=False)
    if len(refused) > _SHOWN:
        session.out.print(say(f"  … og {len(refused) - _SHOWN} flere", f"  … and {len(refused) - _SHOWN} more"))
    if refused:
        session.out.print(say("Se dem: bygspor rejected list", "See them: bygspor rejected list"))
    if not_counted:
        session.out.print(say("Hvorfor ikke talt med: bygspor findings", "Why not counted: bygspor findings"))


def _reasons(session: Session, one: Rejection) -> str:
    return "; ".join(fault.text(session.language) for fault in one.faults)


def _times(store: Store) -> dict[int, int]:
    """How often each rejected line had come: what came since is what this run refused."""
    return {one.no: one.times for one in store.rejected(resolved_too=True)}


def _mended(stream: Iterator[Line], say: Say) -> Iterator[Line]:
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
                say(
                    f"{line.origin}:{line.number} er ingen linje fra `rejected export`: {error}.",
                    f"{line.origin}:{line.number} is no line of `rejected export`: {error}.",
                ),
                say(
                    "Ret `event` i hver linje, og lad `rejected` stå.",
                    "Mend the `event` of each line and leave `rejected` as it is.",
                ),
            ) from None
        yield Line(line.origin, line.number, bytes(mended.event), mended.rejected)


class _Exported(msgspec.Struct):
    rejected: int
    event: msgspec.Raw


def _doc(one: Rejection, place: str | None = None) -> dict[str, Any]:
    return {
        "rejected": one.no,
        "place": place or _in_file(one),
        "id": one.event_id,
        "origin": one.origin,
        "line": one.line,
        "times": one.times,
        "resolved": one.resolved_at is not None,
        "faults": [asdict(fault) for fault in one.faults],
    }


@rejected.command("list")
def list_(
    resolved: Annotated[bool, typer.Option("--resolved", help="Also those that were mended.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show so many, the newest.")] = _LISTED,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Every line that was rejected and not yet mended: where, how often, and all that is wrong with it."""
    session = Session(lang)
    with session.store() as store:
        found = store.rejected(resolved_too=resolved)
        shown = found if as_json else sorted(found, key=lambda one: one.no)[-limit:]
        stood = places(store.database, [one.no for one in shown])
    if as_json:
        print_json([_doc(one, stood.get(one.no)) for one in shown])
        return
    if not found:
        session.out.print(session.say("Intet er afvist.", "Nothing is rejected."))
        session.out.print(session.where(), markup=False)
        return
    session.out.print(_listed(session, shown, stood))
    if left := len(found[:-limit]):
        session.out.print(
            session.say(f"… og {left} flere før dem (--limit)", f"… and {left} more before them (--limit)")
        )


def _in_file(one: Rejection) -> str:
    return f"{one.origin}:{one.line}"


def _listed(session: Session, found: list[Rejection], stood: Mapping[int, str]) -> Table:
    """A table; what came over Kafka stands where `deadletters list` says, too."""
    headings = (("Nr.", "No."), ("Gange", "Times"), ("Hvor", "Where"), ("Hændelse", "Event"), ("Fejl", "Faults"))
    table = listing(*(session.say(da, en) for da, en in headings), fixed=2)
    for one in found:
        mended = session.say(" (rettet)", " (mended)") if one.resolved_at else ""
        where, event = f"{stood.get(one.no, _in_file(one))}{mended}", one.event_id or "–"
        table.add_row(str(one.no), str(one.times), Text(where), Text(event), Text(_reasons(session, one)))
    return table


@rejected.command("show")
def show_one(
    no: Annotated[int, typer.Argument(metavar="NO", help="Its number in `rejected list`.")],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """One rejected line, whole: what was sent, and field by field what was expected."""
    session = Session(lang)
    with session.store() as store:
        one = next((r for r in store.rejected(resolved_too=True) if r.no == no), None)
        place = places(store.database, [no]).get(no)
    if one is None:
        raise BadInput(
            "rejected.unknown",
            session.say(f"Intet afvist har nr. {no}.", f"Nothing rejected has no. {no}."),
            session.say("Se numrene med: bygspor rejected list", "See the numbers with: bygspor rejected list"),
        )
    if as_json:
        print_json({**_doc(one, place), "payload": one.payload.decode(errors="replace")})
        return
    session.out.print(place or _in_file(one), style="bold", markup=False)
    for fault in one.faults:
        got = session.say(f" (der stod: {fault.got})", f" (there was: {fault.got})") if fault.got else ""
        session.out.print(f"  {fault.text(session.language)}{got}", markup=False)
    session.out.print(one.payload.decode(errors="replace"), markup=False)


@rejected.command()
def export(out: Out = None) -> None:
    """Write what is rejected as lines to mend: put `event` right in each, then `ingest --resolves` the file."""
    session = Session()
    with session.store() as store:
        count = write(out, (_exported(one) for one in store.rejected()))
    session.err.print(
        session.say(f"{count} linjer", f"{count} lines") + (f": {out}" if out else ""), markup=False, highlight=False
    )


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
    """Try everything rejected again as it stands: for when the program has changed, not the lines.

    Left out is what something like a CPR number was blotted out of: it is not what was sent.
    """
    session = Session(lang)
    with session.store() as store:
        since = reading.position(store)
        found = [one for one in store.rejected() if not one.blotted]
        again = (Line(one.origin, one.line, one.payload, one.no) for one in found)
        report = take(session, store, again, sum(len(one.payload) for one in found), quiet=as_json)
        not_counted = finish(session, store, since, quiet=as_json)
    if as_json:
        print_json({**asdict(report), "not_counted_yet": not_counted})
    else:
        show(session, report, not_counted, [])
    raise typer.Exit(1 if report.rejected else 0)
