"""`lag`: how far the workers are behind."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from services.cli.anew import not_adopted
from services.cli.options import AsJson, Lang
from services.cli.screen import listing
from services.cli.session import Session, print_json
from services.reports.words import number

if TYPE_CHECKING:
    from services.store.stream import TopicRow
    from services.stream.lag import Lag, PartitionLag

_AGAIN_SECONDS = 1.0


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("lag")(show_lag)


def show_lag(
    at_most: Annotated[
        int | None, typer.Option("--at-most", min=0, help="Exit code 1 where more records than this are left.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look every second until Ctrl-C; with --at-most until no more are left.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Also the partitions of which nothing is left.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """How many records the workers have not taken in yet, which workers there are, and which partitions wait.

    Exit code 1 also where a topic was deleted and made anew, and not adopted (`topics adopt`).
    """
    from services.stream.lag import lag  # noqa: PLC0415 -- Kafka's client is slow to import

    session = Session(lang)
    kafka = session.kafka()
    found = lag(kafka)
    anew = not_adopted(session, found.ids)
    for row in anew:
        _tell_anew(session, row)
    if watch:
        with Live(
            _drawn(session, found, every=every), console=session.err if as_json else session.out, transient=as_json
        ) as live:
            while at_most is None or found.total > at_most:
                time.sleep(_AGAIN_SECONDS)
                found = lag(kafka)
                live.update(_drawn(session, found, every=every))
    elif not as_json:
        session.out.print(_drawn(session, found, every=every))
    if as_json:
        print_json(_doc(found))
    raise typer.Exit(1 if anew or (at_most is not None and found.total > at_most) else 0)


def _tell_anew(session: Session, row: TopicRow) -> None:
    da = f"{row.name} er slettet og lavet på ny, og arbejdere standser ved det: bygspor topics adopt {row.name}"
    en = f"{row.name} was deleted and made anew, and workers stop at it: bygspor topics adopt {row.name}"
    session.err.print(session.say(da, en), style="red", markup=False)


def _drawn(session: Session, found: Lag, *, every: bool) -> RenderableType:
    total = number(found.total, session.language, 0)
    left = session.say(f"{total} poster mangler at blive indlæst.", f"{total} records are left to be taken in.")
    shown = [one for one in found.partitions if every or one.lag or one.overtaken]
    table = [_table(session, shown)] if shown else []
    return Group(Text(left, style="bold"), *_members(session, found), *_overtaken(session, found), *table)


def _overtaken(session: Session, found: Lag) -> list[Text]:
    if not (names := sorted({one.topic for one in found.partitions if one.overtaken})):
        return []
    da = f"Der er kvitteret for mere, end der er, i {', '.join(names)}. Stop alle arbejdere, og start dem igen."
    en = f"More is acknowledged than there is in {', '.join(names)}. Stop all workers, and start them again."
    return [Text(session.say(da, en), style="red")]


def _table(session: Session, partitions: Sequence[PartitionLag]) -> RenderableType:
    headings = (("Emne", "Topic"), ("Del", "Part"), ("Slut", "End"), ("Kvitteret", "Acknowledged"), ("Mangler", "Left"))
    table = listing(*(session.say(da, en) for da, en in headings), fixed=1)
    for column in table.columns[1:]:
        column.justify = "right"
    for one in partitions:
        counts = (one.partition, one.end, one.committed, one.lag)
        table.add_row(one.topic, *("–" if n is None else number(n, session.language, 0) for n in counts))
    return table


def _members(session: Session, found: Lag) -> list[Text]:
    if not found.members:
        none = session.say("Ingen arbejdere kører: bygspor worker", "No workers are running: bygspor worker")
        return [Text(none, style="red" if found.total else "")]
    return [
        Text(
            session.say(
                f"{one.name} ({one.host}) læser {len(one.partitions)} partitioner",
                f"{one.name} ({one.host}) reads {len(one.partitions)} partitions",
            )
        )
        for one in found.members
    ]


def _doc(found: Lag) -> dict[str, Any]:
    return {
        "group": found.group,
        "lag": found.total,
        "partitions": [one._asdict() for one in found.partitions],
        "workers": [
            {"name": one.name, "host": one.host, "partitions": [f"{topic}/{n}" for topic, n in one.partitions]}
            for one in found.members
        ],
    }
