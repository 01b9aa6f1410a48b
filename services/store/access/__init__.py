"""Who may come in, and who sees what: organisations, people, keys, sessions, links, and reading as somebody.

Everything here works on schema `access` as the role `bygspor_access`, which cannot read the data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.domain.rights import Caller
from services.store.access.keys import Key, Keys
from services.store.access.links import Link, Links
from services.store.access.looks import Look, Looks
from services.store.access.mandates import Mandate, Mandates
from services.store.access.organisations import Organisation, Organisations
from services.store.access.room import Room, utc_now
from services.store.access.seeing import seen_by
from services.store.access.sessions import Session, Sessions
from services.store.access.users import User, Users
from services.store.connections import Database

__all__ = [
    "Access",
    "Key",
    "Link",
    "Look",
    "Mandate",
    "Organisation",
    "Session",
    "User",
    "seen_by",
]


class Access:
    """All registers on one database. May be used from several threads.

    `now` is the clock that expiry goes by, in UTC.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        room = Room(database, now)
        self.keys = Keys(room)
        self.organisations = Organisations(room, self.keys.forget)
        self.users = Users(room)
        self.sessions = Sessions(room)
        self.links = Links(room)
        self.mandates = Mandates(room)
        self.looks = Looks(room)

    def looked(self, caller: Caller, what: str, tender: str | None = None) -> None:
        """Note that a caller looked at what is held of persons."""
        self.looks.add(caller, what, tender)
