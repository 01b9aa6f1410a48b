"""CPR numbers as text, for as long as they live: the way from a form field to a keyed digest."""

import secrets

from schemas.identifiers import CPR_SHAPE
from services.errors import BadInput

# No vowels, so that no id spells a word.
_SIGNS = "bcdfghjkmnpqrstvwxz23456789"
_SIGNS_IN_ID = 16


def ten_digits(text: str) -> str:
    """The ten digits of a CPR number, however it is parted. Raises BadInput, which does not repeat it.

    The modulus-11 check is no part of this: numbers issued since 1 October 2007 need not satisfy it
    (domain.md section 10).
    """
    plain = text.strip()
    if not CPR_SHAPE.fullmatch(plain):
        raise BadInput("vault.number", "That is no CPR number: six digits that begin like a date, then four.")
    return "".join(sign for sign in plain if sign.isdecimal())


def new_subject_id() -> str:
    """A random id of 76 bits. It begins with a letter, so no part of it can look like a CPR number."""
    return "p" + "".join(secrets.choice(_SIGNS) for _ in range(_SIGNS_IN_ID))
