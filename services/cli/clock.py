"""Days as people write them on the command line."""

from datetime import date, datetime

import typer

from services.clock import COPENHAGEN

_FORMS = ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")


def as_day(text: str) -> date:
    """A date from 2026-11-21, 21-11-2026 or 21.11.2026; anything else is a usage error."""
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=COPENHAGEN).date()
        except ValueError:
            continue
    raise typer.BadParameter(f"{text!r} is not a date; write 2026-11-21 or 21-11-2026")
