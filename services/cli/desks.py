"""Seats the sample's people at their desks, so that the pages can be looked at as each of them."""

from __future__ import annotations

import secrets
from pathlib import Path

from services.cli.screen import listing
from services.cli.session import Session
from services.sample.desks import DESKS, Desk
from services.store.access import Access
from services.store.store import Store
from services.store.vault import Vault


def seat(session: Session, store: Store, vault: Vault) -> None:
    """Make the organisations and logins of the sample, with one password for all, and show them."""
    access = Access(store.database)
    password = _password(session.settings.data / "demo-password")
    table = listing(
        session.say("Organisation", "Organisation"), session.say("Er", "Is"), session.say("Login", "Login"), fixed=1
    )
    for desk in DESKS:
        seat_at(access, vault, desk, password)
        table.add_row(desk.name, desk.kind.label(session.language), desk.login)
    session.out.print(table)
    da, en = f"Adgangskode for dem alle: {password}", f"The password of them all: {password}"
    session.out.print(session.say(da, en), style="bold", markup=False)


def _password(kept: Path) -> str:
    """The demo's password: made once for a data folder, so that a second demo logs nobody out."""
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}")
    return kept.read_text()


def seat_at(access: Access, vault: Vault, desk: Desk, password: str) -> None:
    """Make one desk's organisation and login where they are missing, set the password, and tell the vault the names."""
    if access.organisations.get(desk.cvr) is None:
        access.organisations.register(desk.cvr, desk.name, [desk.kind], desk.municipality)
    user = access.users.by_login(desk.login)
    if user is None:
        user, _ = access.users.create(desk.cvr, desk.login, desk.person, desk.role)
    if access.users.check_login(desk.login, password) is None:
        access.users.set_password(user.no, password)
    for person, name in desk.people.items():
        vault.give_name(desk.cvr, person, name)
