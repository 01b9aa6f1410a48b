"""`org` and `user`: who may come in. Passwords are shown once, where they are made, and kept nowhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer

from schemas.vocabulary import Word
from services.cli.options import AsJson, Lang
from services.cli.screen import listing
from services.cli.session import Session, print_json
from services.domain.rights import Kind, Role
from services.errors import BadInput
from services.reports.words import day
from services.store.access import Access, Organisation, User

W = TypeVar("W", bound=Word)

org = typer.Typer(help="Organisations that may read and report.", no_args_is_help=True)
user = typer.Typer(help="People who may log in.", no_args_is_help=True)


def one_of(words: type[W]) -> Callable[[str], W]:
    """Reads one of a list of words; anything else is a usage error that names them all."""

    def read(text: str) -> W:
        found = {word.value: word for word in words}.get(text.strip().lower())
        if found is None:
            raise typer.BadParameter(f"{text!r} is none of {', '.join(word.value for word in words)}")
        return found

    return read


CvrArgument = Annotated[str, typer.Argument(metavar="CVR", help="The organisation's CVR number.")]
OfOrganisation = Annotated[str | None, typer.Option("--org", metavar="CVR", help="Of this organisation only.")]
LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help="For example an e-mail address.")]
Kinds = Annotated[
    list[Kind] | None,
    typer.Option("--kind", parser=one_of(Kind), metavar="KIND", help=", ".join(kind.value for kind in Kind)),
]
Municipality = Annotated[int | None, typer.Option("--municipality", help="Code of a job centre's municipality.")]
NewName = Annotated[str | None, typer.Option("--name", help="Another name.")]
Active = Annotated[bool | None, typer.Option("--active/--inactive", help="Whether it may still come in.")]
Name = Annotated[str, typer.Option("--name", help="The person's name.")]
RoleOption = Annotated[
    Role,
    typer.Option("--role", parser=one_of(Role), metavar="ROLE", help=", ".join(role.value for role in Role)),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(org, name="org")
    app.add_typer(user, name="user")


@contextmanager
def registers(session: Session) -> Iterator[Access]:
    """The registers of who may come in."""
    with session.store(create=True) as store:
        yield Access(store.database)


def moment(at: datetime | None) -> str:
    """The day of a moment, as people read it."""
    return day(at.date()) if at else "–"


@org.command("add")
def org_add(
    cvr: CvrArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name its partners know.")],
    kinds: Kinds = None,
    municipality: Municipality = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Let an organisation in, as one kind of party or several."""
    session = Session(lang)
    with registers(session) as access:
        made = access.organisations.register(cvr, name, kinds or (), municipality)
    _tell_org(session, made, as_json=as_json)


@org.command("change")
def org_change(
    cvr: CvrArgument,
    name: NewName = None,
    kinds: Kinds = None,
    municipality: Municipality = None,
    active: Active = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Change what is given and leave the rest; `--inactive` shuts an organisation out."""
    session = Session(lang)
    with registers(session) as access:
        changed = access.organisations.change(
            cvr, name=name, kinds=kinds or None, municipality=municipality, active=active
        )
    _tell_org(session, changed, as_json=as_json)


@org.command("list")
def org_list(as_json: AsJson = False, lang: Lang = None) -> None:
    """All organisations."""
    session = Session(lang)
    with registers(session) as access:
        found = access.organisations.list()
    if as_json:
        print_json([_org_doc(one) for one in found])
        return
    headings = (("CVR", "CVR"), ("Navn", "Name"), ("Er", "Is"), ("Kommune", "Municipality"), ("Adgang", "Access"))
    table = listing(*(session.say(da, en) for da, en in headings))
    for one in found:
        kinds = ", ".join(kind.label(session.language) for kind in sorted(one.kinds))
        table.add_row(one.cvr, one.name, kinds, str(one.municipality or "–"), _yes_no(session, yes=one.active))
    session.out.print(table)


def _tell_org(session: Session, one: Organisation, *, as_json: bool) -> None:
    if as_json:
        print_json(_org_doc(one))
        return
    kinds = ", ".join(kind.label(session.language) for kind in sorted(one.kinds))
    access = session.say("har adgang", "has access") if one.active else session.say("har ikke adgang", "has no access")
    session.out.print(f"{one.cvr} {one.name} ({kinds}) {access}.", markup=False)


def _org_doc(one: Organisation) -> dict[str, Any]:
    return {**asdict(one), "kinds": sorted(one.kinds)}


def _yes_no(session: Session, *, yes: bool) -> str:
    return session.say("ja", "yes") if yes else session.say("nej", "no")


@user.command("add")
def user_add(
    login: LoginArgument,
    name: Name,
    organisation: OfOrganisation = None,
    role: RoleOption = Role.REPORTER,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Let a person log in. Without --org an operator; the password is shown once and must be changed at first login."""
    session = Session(lang)
    with registers(session) as access:
        made, password = access.users.create(organisation, login, name, role, session.language)
    _tell_password(session, made, password, as_json=as_json)


@user.command("password")
def user_password(login: LoginArgument, as_json: AsJson = False, lang: Lang = None) -> None:
    """Give a person a new password, shown once; whoever is logged in as them is logged out."""
    session = Session(lang)
    with registers(session) as access:
        found = _user(access, login)
        password = access.users.reset_password(found.no)
    _tell_password(session, found, password, as_json=as_json)


@user.command("deactivate")
def user_deactivate(login: LoginArgument, lang: Lang = None) -> None:
    """Let a person in no more, at once."""
    session = Session(lang)
    with registers(session) as access:
        access.users.deactivate(_user(access, login).no)
    session.out.print(session.say(f"{login} kan ikke logge ind mere.", f"{login} can log in no more."), markup=False)


@user.command("list")
def user_list(organisation: OfOrganisation = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """All people, or those of one organisation."""
    session = Session(lang)
    with registers(session) as access:
        found = access.users.list(organisation)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    headings = (("Login", "Login"), ("Navn", "Name"), ("CVR", "CVR"), ("Rolle", "Role"), ("Sidst", "Last"))
    table = listing(*(session.say(da, en) for da, en in headings), session.say("Adgang", "Access"))
    for one in found:
        access_now = _yes_no(session, yes=one.active)
        role = one.role.label(session.language)
        table.add_row(one.login, one.name, one.organisation or "–", role, moment(one.last_login_at), access_now)
    session.out.print(table)


def _user(access: Access, login: str) -> User:
    found = access.users.by_login(login)
    if found is None:
        raise BadInput("user.unknown", f"There is no user {login}.", "See them all with: bygspor user list")
    return found


def _tell_password(session: Session, one: User, password: str, *, as_json: bool) -> None:
    if as_json:
        print_json({**asdict(one), "password": password})
        return
    da = f"Adgangskode til {one.login}: {password}\nDen vises kun nu og skal skiftes ved første login."
    en = f"Password of {one.login}: {password}\nIt is shown only now, and must be changed at first login."
    session.out.print(session.say(da, en), markup=False, highlight=False)
