"""What day it is in Denmark. The only clock there is above the domain, which has none."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def today() -> date:
    """The civil date in Europe/Copenhagen."""
    return datetime.now(COPENHAGEN).date()


def end_of(day: date) -> datetime:
    """The last moment of a civil date in Europe/Copenhagen."""
    return datetime.combine(day, time.max, COPENHAGEN)
