"""`replay`: the topics read anew, for after a backup was restored."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services import logs
from services.cli.intake import finish, stays
from services.cli.options import AsJson, Lang
from services.cli.session import Session, print_json
from services.clock import COPENHAGEN
from services.reports.words import number
from services.store import reading
from services.store.pace import in_bulk

if TYPE_CHECKING:
    from services.stream.taking import Taken

EARLIEST = "earliest"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(replay)


def _moment(text: str) -> datetime | None:
    """A moment, in Danish time where it does not say; None for the beginning."""
    if text == EARLIEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither {EARLIEST} nor a time such as 2026-03-01T12:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=COPENHAGEN)


def replay(
    since: Annotated[
        str, typer.Option("--from", metavar="earliest|TIME", help="Where to begin: 2026-03-01 or 2026-03-01T12:00.")
    ],
    topics: Annotated[
        list[str] | None, typer.Option("--topic", metavar="NAME", help="Only this topic; may stand repeatedly.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Read the topics again, up to where they end now. What is known is a duplicate; safe to repeat and to interrupt.

    For after a restored backup. The workers may go on meanwhile; what is acknowledged stays as it is.
    """
    from services.stream.parts import Reader  # noqa: PLC0415 -- slow to import
    from services.stream.replay import replay as replay_topics  # noqa: PLC0415

    session, began = Session(lang), _moment(since)
    logs.to_standard_error(logging.WARNING)
    kafka = session.kafka()
    with session.store(create=True) as store:
        position, reader = reading.position(store), Reader(store, kafka)
        reader.topics()
        start = time.monotonic()
        with session.progress("Afspiller", "Replaying", quiet=as_json) as bar, in_bulk(), stays(session):
            found = replay_topics(
                kafka, lambda batch: reader.take(batch, again=True), since=began, only=topics, on_progress=bar
            )
        seconds = time.monotonic() - start
        if found.new:
            finish(session, store, position, quiet=as_json)
    if as_json:
        counts = {name: count for name, count in asdict(found).items() if name != "position"}
        print_json({**counts, "seconds": round(seconds, 3)})
    else:
        _show(session, found, seconds)
    raise typer.Exit(1 if found.rejected else 0)


def _show(session: Session, found: Taken, seconds: float) -> None:
    say = session.say
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    rows = (
        (say("Poster", "Records"), found.records),
        (say("Hændelser", "Events"), found.events),
        (say("  nye", "  new"), found.new),
        (say("    heraf venter på opgradering", "    of these awaiting an upgrade"), found.waiting),
        (say("  kendt i forvejen", "  duplicate"), found.duplicate),
        (say("  afvist", "  rejected"), found.rejected),
        (say("Hændelser i sekundet", "Events per second"), round(found.events / max(seconds, 0.001))),
    )
    for label, count in rows:
        if count or not label.startswith("    "):
            grid.add_row(label, number(count, session.language, 0))
    session.out.print(grid)
