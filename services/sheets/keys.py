"""The one key of a row: the id its template gave it, or what is natural to it, hashed with organisation and layout."""

from __future__ import annotations

import secrets
from hashlib import blake2b


def new_row_id() -> str:
    """A fresh id for a template's row: 80 random bits."""
    return secrets.token_hex(10)


def natural(organisation: str, layout: str, *values: object) -> str:
    """24 hexadecimal digits that follow from the values alone."""
    text = "\x1f".join((organisation, layout, *map(str, values)))
    return blake2b(text.encode(), digest_size=12).hexdigest()


def copied(row_id: str, natural_key: str) -> str:
    """The key of a row that was copied in the sheet together with the hidden id of another."""
    return blake2b(f"{row_id}\x1f{natural_key}".encode(), digest_size=12).hexdigest()
