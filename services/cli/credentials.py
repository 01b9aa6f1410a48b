"""`key` and `link`: how systems and people without a login come in. Secrets are shown once, where they are made."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from services.cli.access import CvrArgument, OfOrganisation, moment, one_of, registers
from services.cli.clock import as_day
from services.cli.options import AsJson, Lang
from services.cli.screen import listing
from services.cli.session import Session, print_json
from services.clock import COPENHAGEN
from services.domain.rights import Role
from services.store.access import Access, Key

key = typer.Typer(help="API keys of organisations' systems.", no_args_is_help=True)
link = typer.Typer(help="Personal links that expire.", no_args_is_help=True)

NumberArgument = Annotated[int, typer.Argument(metavar="NO", help="As `list` shows it.")]
Label = Annotated[str, typer.Argument(metavar="LABEL", help="What it is for, for example the system's name.")]
KeyRole = Annotated[Role, typer.Option("--role", parser=one_of(Role), metavar="ROLE", help="reporter or reader")]
Expires = Annotated[
    date | None, typer.Option("--expires", parser=as_day, metavar="DATE", help="The last day it opens. Default: none.")
]
Tender = Annotated[str | None, typer.Option("--tender", help="The tender it asks about, by id or name. Default: all.")]
Days = Annotated[int, typer.Option("--days", min=1, max=366, help="For how many days it opens.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(key, name="key")
    app.add_typer(link, name="link")


@key.command("add")
def key_add(
    cvr: CvrArgument,
    label: Label,
    role: KeyRole = Role.REPORTER,
    expires: Expires = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Make an API key; it is shown once. Two of one label may be in use at a time."""
    session = Session(lang)
    with registers(session) as access:
        made, text = access.keys.create(cvr, label, role, "cli", _end_of(expires))
    _tell_key(session, made, text, as_json=as_json)


@key.command("rotate")
def key_rotate(no: NumberArgument, expires: Expires = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Make the key that takes another's place; both open until the old one is revoked."""
    session = Session(lang)
    with registers(session) as access:
        made, text = access.keys.rotate(no, "cli", _end_of(expires))
    _tell_key(session, made, text, as_json=as_json)


@key.command("revoke")
def key_revoke(no: NumberArgument, lang: Lang = None) -> None:
    """Close a key; a running server follows within half a minute."""
    session = Session(lang)
    with registers(session) as access:
        access.keys.revoke(no)
    session.out.print(session.say(f"Nøgle {no} er lukket.", f"Key {no} is revoked."))


@key.command("list")
def key_list(organisation: OfOrganisation = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """All keys, or those of one organisation; no secret is shown."""
    session = Session(lang)
    with registers(session) as access:
        found = access.keys.list(organisation)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    headings = (("Nr.", "No."), ("CVR", "CVR"), ("Til", "For"), ("Rolle", "Role"), ("Begynder", "Begins"))
    ends = (("Udløber", "Expires"), ("Lukket", "Revoked"), ("Sidst brugt", "Last used"))
    table = listing(*(session.say(da, en) for da, en in (*headings, *ends)))
    for one in found:
        days = (moment(one.expires_at), moment(one.revoked_at), moment(one.last_used_at))
        role = one.role.label(session.language)
        table.add_row(str(one.no), one.organisation, one.label, role, f"bsk_{one.prefix}", *days)
    session.out.print(table)


@link.command("add")
def link_add(
    cvr: CvrArgument,
    label: Label,
    tender: Tender = None,
    days: Days = 14,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Make a link by which somebody answers for an organisation without logging in; it is shown once."""
    session = Session(lang)
    with session.store(create=True) as store:
        about = session.tender(store, tender) if tender else None
        links = Access(store.database).links
        made, token = links.create(cvr, label, "cli", datetime.now(UTC) + timedelta(days=days), about)
    address = f"{session.settings.url or session.settings.listens_at()}/link/{token}"
    if as_json:
        print_json({**asdict(made), "token": token, "address": address})
        return
    da = f"Link {made.no} til {label}: {address}\nDet vises kun nu og gælder til {moment(made.expires_at)}."
    en = f"Link {made.no} for {label}: {address}\nIt is shown only now, and opens until {moment(made.expires_at)}."
    session.out.print(session.say(da, en), markup=False, highlight=False, soft_wrap=True)


@link.command("revoke")
def link_revoke(no: NumberArgument, lang: Lang = None) -> None:
    """Close a link at once."""
    session = Session(lang)
    with registers(session) as access:
        access.links.revoke(no)
    session.out.print(session.say(f"Link {no} er lukket.", f"Link {no} is revoked."))


@link.command("list")
def link_list(organisation: OfOrganisation = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """All links, or those of one organisation; no token is shown."""
    session = Session(lang)
    with registers(session) as access:
        found = access.links.list(organisation)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    headings = (("Nr.", "No."), ("CVR", "CVR"), ("Til", "For"), ("Udbud", "Tender"), ("Udløber", "Expires"))
    ends = (("Lukket", "Revoked"), ("Sidst brugt", "Last used"))
    table = listing(*(session.say(da, en) for da, en in (*headings, *ends)))
    for one in found:
        days = (moment(one.expires_at), moment(one.revoked_at), moment(one.last_used_at))
        table.add_row(str(one.no), one.organisation, one.label, one.tender or "–", *days)
    session.out.print(table)


def _end_of(last: date | None) -> datetime | None:
    """The end of a day in Copenhagen."""
    return datetime.combine(last + timedelta(days=1), time(), COPENHAGEN) if last else None


def _tell_key(session: Session, made: Key, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json({**asdict(made), "key": text})
        return
    da = f"Nøgle {made.no} til {made.label}: {text}\nDen vises kun nu; gem den i systemet, der skal bruge den."
    en = f"Key {made.no} for {made.label}: {text}\nIt is shown only now; keep it in the system that will use it."
    session.out.print(session.say(da, en), markup=False, highlight=False)
