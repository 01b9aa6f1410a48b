"""`topics`: what the stream has in Kafka, made and checked against what it should be."""

from typing import Annotated, Any

import typer

from schemas.identifiers import is_cvr
from services.cli.anew import not_adopted
from services.cli.options import AsJson, Lang
from services.cli.screen import listing
from services.cli.session import Session, print_json
from services.errors import BadInput, BygSporError
from services.settings import Kafka
from services.store.access import Access
from services.store.stream import adopt, made_anew
from services.stream.differences import MOST_COPIES, Change, Found, What

topics = typer.Typer(help="The topics of the stream, in Kafka.", no_args_is_help=True)

For = Annotated[
    list[str] | None,
    typer.Option("--for", metavar="CVR", help="Also the topic of this organisation's own systems; may be repeated."),
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The topic's name, as `topics list` shows it.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(topics, name="topics")


@topics.command("list")
def topics_list(organisations: For = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Every topic that there is or should be, and what it is for."""
    from services.stream.topics import listed  # noqa: PLC0415 -- Kafka's client is slow to import; here and below

    session = Session(lang)
    found = listed(session.kafka(), _cvrs(session, organisations))
    if as_json:
        print_json([_doc(one) for one in found])
        return
    headings = (("Emne", "Topic"), ("Partitioner", "Partitions"), ("Kopier", "Copies"), ("Dage", "Days"), ("Id", "Id"))
    table = listing(*(session.say(da, en) for da, en in headings), fixed=2)
    for one in found:
        id_ = str(one.id) if one.id else session.say("mangler", "missing")
        table.add_row(one.name, str(one.partitions), str(one.copies), str(one.kind.retention_days), id_)
    session.out.print(table)


@topics.command("check")
def topics_check(organisations: For = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Whether the topics are as they should be; changes nothing. Exit code 1 where one is not.

    Where a database answers, also whether one was deleted and made anew.
    """
    from services.stream.topics import check, ids  # noqa: PLC0415

    session = Session(lang)
    kafka = session.kafka()
    cvrs, there = _cvrs(session, organisations), ids(kafka)
    anew = [
        Change(row.name, What.ANEW, "", str(there[row.name]), str(row.id), mendable=False)
        for row in not_adopted(session, there)
    ]
    found = [*check(kafka, cvrs), *anew]
    _tell(session, kafka, found, as_json=as_json, done=False)
    raise typer.Exit(1 if found else 0)


@topics.command("apply")
def topics_apply(organisations: For = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Make missing topics, add partitions, put settings right. Nothing is deleted; doing it again does nothing.

    Exit code 1 where something is left that only people can put right.
    """
    from services.stream.topics import apply  # noqa: PLC0415

    session = Session(lang)
    kafka = session.kafka()
    done = apply(kafka, _cvrs(session, organisations))
    _tell(session, kafka, done, as_json=as_json, done=True)
    _tell_who_is_unknown(session, organisations or [])
    raise typer.Exit(0 if all(change.mendable for change in done) else 1)


@topics.command("adopt")
def topics_adopt(name: NameArgument, as_json: AsJson = False, lang: Lang = None) -> None:
    """Go on with a topic that was deleted and made anew: workers stop at it until they are told to.

    They begin at its beginning, and must be stopped meanwhile.
    """
    from services.stream.topics import forget_place, identity  # noqa: PLC0415

    session = Session(lang)
    kafka = session.kafka()
    found = identity(kafka, name)
    if found is None:
        raise BadInput(
            "topics.unknown",
            session.say(
                f"Der er intet emne {name}, som der indlæses fra.", f"There is no topic {name} that is taken in from."
            ),
            session.say("Se dem med: bygspor topics list", "See them with: bygspor topics list"),
        )
    with session.store(create=True) as store:
        if made_anew(store.database, {name: found}):
            # First: until the topic is adopted workers stop at it, so that nothing is half done where this fails.
            forget_place(kafka, name)
        number_ = adopt(store.database, name, found)
    if as_json:
        print_json({"name": name, "id": str(found), "no": number_})
        return
    session.out.print(session.say(f"{name} er nu {found}.", f"{name} is now {found}."), markup=False)


def _tell_who_is_unknown(session: Session, organisations: list[str]) -> None:
    """Events of an organisation that nobody registered are refused; where no database answers, nobody can tell."""
    if not organisations:
        return
    try:
        with session.store(as_it_is=True) as store:
            known = {one.cvr for one in Access(store.database).organisations.list() if one.active}
    except BygSporError:
        return
    for cvr in sorted(set(organisations) - known):
        da = f"{cvr} er ikke oprettet (eller er lukket): det, der sendes til emnet, afvises. Opret med: bygspor org add"
        en = f"{cvr} is not registered (or is closed): what is sent to its topic is refused. See: bygspor org add"
        session.err.print(session.say(da, en), markup=False)


def _cvrs(session: Session, given: list[str] | None) -> list[str]:
    for one in given or ():
        if not is_cvr(one):
            da, en = f"{one} er ikke et gyldigt CVR-nummer.", f"{one} is no valid CVR number."
            raise BadInput("topics.cvr", session.say(da, en))
    return given or []


def _doc(one: Found) -> dict[str, Any]:
    """A topic as programs read it."""
    return {
        "name": one.name,
        "id": str(one.id) if one.id else None,
        "partitions": one.partitions,
        "copies": one.copies,
        "settings": dict(one.settings),
        "kind": one.kind.model_dump(mode="json"),
    }


def _tell(session: Session, kafka: Kafka, changes: list[Change], *, as_json: bool, done: bool) -> None:
    if as_json:
        print_json([{**change._asdict(), "what": change.what.value} for change in changes])
        return
    if changes:
        session.out.print(_table(session, changes, done=done))
    else:
        session.out.print(session.say("Alle emner er, som de skal være.", "All topics are as they should be."))
    _tell_how_durable(session, kafka)


def _tell_how_durable(session: Session, kafka: Kafka) -> None:
    from services.stream.topics import brokers  # noqa: PLC0415

    count = brokers(kafka)
    if count < MOST_COPIES:
        da = f"Kafka kører på {count} af {MOST_COPIES} maskiner: en kvittering (202) er ikke sikrere end en af dem."
        en = f"Kafka runs on {count} of {MOST_COPIES} machines: a receipt (202) is no safer than one of them."
        session.out.print(session.say(da, en))


def _table(session: Session, changes: list[Change], *, done: bool) -> Any:
    headings = (("Emne", "Topic"), ("Hvad", "What"), ("Er", "Is"), ("Skal være", "Should be"), ("Udfald", "Outcome"))
    table = listing(*(session.say(da, en) for da, en in headings), fixed=1)
    for change in changes:
        what = change.setting or session.say(*_WHATS[change.what])
        outcome = session.say(*_outcome(change, done=done))
        style = "" if change.mendable and done else "red"
        table.add_row(change.topic, what, change.found or "–", change.wanted, outcome, style=style)
    return table


_WHATS = {
    What.MISSING: ("mangler", "missing"),
    What.PARTITIONS: ("partitioner", "partitions"),
    What.COPIES: ("kopier", "copies"),
    What.ANEW: ("slettet og lavet på ny", "deleted and made anew"),
}


def _outcome(change: Change, *, done: bool) -> tuple[str, str]:
    if change.what is What.ANEW:
        return f"bygspor topics adopt {change.topic}", f"bygspor topics adopt {change.topic}"
    if change.what is What.COPIES:
        return "flyt med kafka-reassign-partitions", "move with kafka-reassign-partitions"
    if not change.mendable:
        return "kan ikke blive færre", "cannot become fewer"
    if done and change.what is What.MISSING:
        return "oprettet", "made"
    return ("rettet", "mended") if done else ("bygspor topics apply", "bygspor topics apply")
