"""What the parts of `Access` share: the database as `bygspor_access`, a clock, and how secrets are made and kept."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schemas.identifiers import is_cvr
from services.domain.rights import Caller, Kind, Role
from services.errors import BadInput
from services.store.connections import Connection, Database

_ROLE = "SET LOCAL ROLE bygspor_access"

WRITTEN_AT_MOST = timedelta(minutes=1)
"""When something was last used is worth one write in so much time, not one per request."""


def utc_now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Room:
    """The database and the clock that all parts of one `Access` work with."""

    database: Database
    now: Callable[[], datetime] = utc_now

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that reaches schema `access` and none of the data."""
        with self.database.transaction(_ROLE) as connection:
            yield connection


def new_secret() -> str:
    """128 random bits, as text that survives being copied from a screen or an address."""
    return secrets.token_hex(16)


def digest_of(secret: str) -> bytes:
    """What is kept of a secret made by `new_secret`: of so many random bits a plain hash gives nothing away."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def caller_of(
    organisation: str | None, kinds: list[str] | None, municipality: int | None, role: str, who: str
) -> Caller:
    """A caller from what the tables hold of its organisation and its credential."""
    known = frozenset(Kind.of(kind) for kind in kinds or ())
    return Caller(organisation, known, Role.of(role), who, municipality)


def check_cvr(cvr: str) -> str:
    """The number, if it can be a CVR number. Raises BadInput."""
    if not is_cvr(cvr):
        raise BadInput(
            "organisation.cvr", f"{cvr!r} is no CVR number.", "A CVR number has 8 digits with a check digit."
        )
    return cvr


def unknown(kind: str, name: object) -> BadInput:
    """The error for something that is not there, or is not the asker's to see: both read alike."""
    return BadInput(f"{kind}.unknown", f"There is no {kind} {name}.", f"See them all with: bygspor {kind} list")
