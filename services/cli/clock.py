"""What day it is in Denmark, and days as people write them. The only clock the command line has."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import typer

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_FORMS = ("%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")


def today() -> date:
    """The civil date in Europe/Copenhagen."""
    return datetime.now(COPENHAGEN).date()


def end_of(day: date) -> datetime:
    """The last moment of a civil date in Europe/Copenhagen."""
    return datetime.combine(day, time.max, COPENHAGEN)


def as_day(text: str) -> date:
    """A date from 2026-11-21, 21-11-2026 or 21.11.2026; anything else is a usage error."""
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=COPENHAGEN).date()
        except ValueError:
            continue
    raise typer.BadParameter(f"{text!r} is not a date; write 2026-11-21 or 21-11-2026")
