"""Where something is reported: one way to write these addresses, for every page that leads there."""

from __future__ import annotations

from urllib.parse import quote


def form_address(placement: str, form: str, tender: str) -> str:
    """Where a form about a placement is; the slash of an id stays a slash."""
    return f"/report/{quote(placement, safe=':/')}/{form}?tender={quote(tender, safe='')}"
