"""`deadletters`: what came over Kafka and could not be accepted; sent again once it can be."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from services.cli.options import AsJson, Lang
from services.cli.screen import listing
from services.cli.session import Session, print_json
from services.clock import COPENHAGEN
from services.errors import BadInput
from services.store.store import Store
from services.store.stream.letters import Letter, count, letters

_LISTED = 50

deadletters = typer.Typer(
    help="What came over Kafka and could not be accepted: see it, send it again.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(deadletters, name="deadletters")


@deadletters.command("list")
def list_(
    resolved: Annotated[bool, typer.Option("--resolved", help="Also those that have landed since.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show so many, the newest.")] = _LISTED,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Every event of a topic that is among the rejected: where it stood, since when, and all that is wrong with it."""
    session = Session(lang)
    with session.store() as store:
        found = letters(store.database, resolved_too=resolved, limit=None if as_json else limit)
        total = count(store.database, resolved_too=resolved)
    if as_json:
        print_json([_doc(one) for one in found])
        return
    if not found:
        session.out.print(session.say("Der er ingen døde breve.", "There are no dead letters."))
        session.out.print(session.where(), markup=False)
        return
    session.out.print(_listed(session, found))
    if left := total - len(found):
        session.out.print(
            session.say(f"… og {left} flere før dem (--limit)", f"… and {left} more before them (--limit)")
        )


@deadletters.command("show")
def show_one(
    no: Annotated[int, typer.Argument(metavar="NO", help="Its number in `deadletters list`.")],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """One dead letter, whole: where it stood, what is wrong, and what was sent, without what may not be kept."""
    session = Session(lang)
    with session.store() as store:
        [one] = _named(session, store, [no])
    payload = one.rejection.payload.decode(errors="replace")
    if as_json:
        print_json({**_doc(one), "payload": payload})
        return
    session.out.print(one.place, style="bold", markup=False)
    for line in _facts(session, one):
        session.out.print(f"  {line}", markup=False)
    for fault in one.rejection.faults:
        session.out.print(f"  {fault.text(session.language)}", markup=False)
    session.out.print(payload, markup=False)


@deadletters.command()
def replay(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="[NO]...", help="Their numbers in `deadletters list`.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that have not landed since.")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Send events to their topics again, once what was wrong is put right here; they go through every check anew.

    For what is wrong with the event itself: `rejected export`, mend, and `ingest --resolves`. What has landed is not
    sent, nor what something like a CPR number was blotted out of: that is no longer what was sent (exit code 1 where
    it was named).
    """
    from services.stream.deadletters import replay as send  # noqa: PLC0415 -- Kafka's client is slow to import
    from services.stream.delivery import Delivery  # noqa: PLC0415

    session = Session(lang)
    if bool(numbers) == everything:
        raise BadInput(
            "usage.which",
            session.say("Skriv enten numre eller --all.", "Give either numbers or --all."),
            session.say("Se numrene med: bygspor deadletters list", "See the numbers with: bygspor deadletters list"),
        )
    kafka = session.kafka()
    with session.store() as store:
        found = letters(store.database) if everything else _named(session, store, numbers or [])
        sent = [one for one in found if _outcome(one) == "sent"]
        if sent:
            delivery = Delivery(kafka)
            try:
                send(store.database, delivery, sent)
            finally:
                delivery.close()
    if as_json:
        print_json([{**_doc(one), "outcome": _outcome(one)} for one in found])
    else:
        _tell_outcomes(session, found, len(sent))
    raise typer.Exit(1 if numbers and any(_outcome(one) == "blotted" for one in found) else 0)


def _outcome(one: Letter) -> str:
    """What replaying does with a letter."""
    if one.rejection.resolved_at is not None:
        return "landed"
    return "blotted" if one.rejection.blotted else "sent"


def _tell_outcomes(session: Session, found: list[Letter], sent: int) -> None:
    say = session.say
    for one in found:
        no, outcome = one.rejection.no, _outcome(one)
        if outcome == "landed":
            session.out.print(say(f"Nr. {no} er landet allerede: intet er sendt.", f"No. {no} has landed: not sent."))
        elif outcome == "blotted":
            da = "noget, der ligner et CPR-nummer, er streget ud. Det rettes hos afsenderen, som sender igen."
            en = "something like a CPR number is blotted out of it. It is mended at the sender, who sends it again."
            session.err.print(say(f"Nr. {no} er ikke sendt: {da}", f"No. {no} is not sent: {en}"))
    da, en = ("hændelse", "event is") if sent == 1 else ("hændelser", "events are")
    goes = say(" Det, der lander, forsvinder fra listen.", " What lands goes from the list.") if sent else ""
    session.out.print(say(f"{sent} {da} er sendt igen.", f"{sent} {en} sent again.") + goes)


def _named(session: Session, store: Store, numbers: list[int]) -> list[Letter]:
    found = letters(store.database, numbers=numbers, resolved_too=True)
    unknown = set(numbers) - {one.rejection.no for one in found}
    if unknown:
        named = ", ".join(str(number) for number in sorted(unknown))
        raise BadInput(
            "deadletters.unknown",
            session.say(f"Intet dødt brev har nr. {named}.", f"No dead letter has no. {named}."),
            session.say("Se numrene med: bygspor deadletters list", "See the numbers with: bygspor deadletters list"),
        )
    return found


def _listed(session: Session, found: list[Letter]) -> Table:
    headings = (
        *(("Nr.", "No."), ("Gange", "Times"), ("Hvornår", "When")),
        *(("Hvor", "Where"), ("Hændelse", "Event"), ("Fejl", "Faults")),
    )
    table = listing(*(session.say(da, en) for da, en in headings), fixed=3)
    for one in found:
        landed = session.say(" (landet)", " (landed)") if one.rejection.resolved_at else ""
        faults = "; ".join(fault.text(session.language) for fault in one.rejection.faults)
        when = f"{one.noted_at.astimezone(COPENHAGEN):%d-%m-%Y %H:%M}"
        where, event = Text(f"{one.place}{landed}"), Text(one.rejection.event_id or "–")
        table.add_row(str(one.rejection.no), str(one.rejection.times), when, where, event, Text(faults))
    return table


def _facts(session: Session, one: Letter) -> list[str]:
    say = session.say
    told = (
        (say("hændelse", "event"), one.rejection.event_id),
        (say("organisation", "organisation"), one.organisation),
        (say("afvist", "rejected"), one.noted_at),
        (say("sendt igen", "sent again"), one.replayed_at),
        (say("landet", "landed"), one.rejection.resolved_at),
    )
    return [
        f"{name}: {value if isinstance(value, str) else f'{value.astimezone(COPENHAGEN):%d-%m-%Y %H:%M}'}"
        for name, value in told
        if value is not None
    ]


def _doc(one: Letter) -> dict[str, Any]:
    return {
        "no": one.rejection.no,
        "place": one.place,
        "id": one.rejection.event_id,
        "topic": one.topic,
        "partition": one.partition,
        "offset": one.offset,
        "nr": one.nr,
        "organisation": one.organisation,
        "noted_at": one.noted_at,
        "sent_at": one.sent_at,
        "replayed_at": one.replayed_at,
        "times": one.rejection.times,
        "resolved": one.rejection.resolved_at is not None,
        "faults": [asdict(fault) for fault in one.rejection.faults],
    }
