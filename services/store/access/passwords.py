"""Passwords: what is good enough, how they are kept, and how long it takes to be refused."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.errors import BadInput

SHORTEST = 12
_LONGEST = 200
# Without what is easily taken for something else when it is read out or written down.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_OBVIOUS = (
    "password",
    "adgangskode",
    "kodeord",
    "qwerty",
    "bygspor",
    "velkommen",
    "sommer",
    "vinter",
    "123456",
    "abcdef",
)

_hasher = PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has: held against where the login is unknown, so that it takes as long."""
    return _hasher.hash(secrets.token_hex(16))


def one_time() -> str:
    """A password for one login, in four groups that can be read out: about 79 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))


def checked(password: str, login: str) -> str:
    """The password, if it is long enough and not among the first that somebody would try. Raises BadInput."""
    plain = password.casefold()
    if len(password) < SHORTEST or len(password) > _LONGEST:
        raise BadInput("password.length", f"A password has {SHORTEST} to {_LONGEST} characters.", "Take a few words.")
    rest = plain
    for word in (*_OBVIOUS, login.casefold(), login.casefold().partition("@")[0]):
        rest = rest.replace(word, "") if word else rest
    if len(set(plain)) < 5 or len(rest) < SHORTEST // 2:
        raise BadInput(
            "password.obvious", "That password is among the first to be tried.", "Take a few words of your own."
        )
    return password


def hashed(password: str) -> str:
    """What is kept of a password (argon2id)."""
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password; takes as long where none is kept."""
    nobodys = _nobodys()
    try:
        _hasher.verify(kept or nobodys, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash should be made anew, now that the password is at hand."""
    return _hasher.check_needs_rehash(kept)
