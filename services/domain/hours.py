"""The register of hours: which reported periods hold (RULES.md section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schemas.contractor import HoursReported
from schemas.site import SiteHoursReported
from services.domain.amendments import AnyEvent

HOURS_PER_MAN_DAY = Decimal("7.4")
"""Where only man-days are known (domain.md section 6)."""


@dataclass(frozen=True, slots=True)
class Period:
    """Reported hours of a placement, or of a contractor on the site, in one period within a calendar month.

    `holds` is False where a better report of overlapping days exists: then it is a finding and is not summed.
    """

    of: str
    from_on: date
    to_on: date
    hours: Decimal
    school_hours: Decimal
    holds: bool
    revision: int
    source: str
    id: str


def fold_hours(events: Sequence[AnyEvent]) -> tuple[Period, ...]:
    """The periods of one placement's, or one contractor's, month: one per first and last day, by day."""
    if len(events) == 1:
        return (_period(events[0], holds=True),)
    register: dict[tuple[date, date], AnyEvent] = {}
    for event in events:
        period = (event.data.from_on, event.data.to_on)
        register[period] = max(register.get(period, event), event, key=_precedence)
    kept: dict[tuple[date, date], AnyEvent] = {}
    for period, event in sorted(register.items(), key=lambda item: _worth(item[1])):
        if not any(_overlap(event, other) for other in kept.values()):
            kept[period] = event
    periods = (_period(event, holds=period in kept) for period, event in register.items())
    return tuple(sorted(periods, key=lambda p: (p.from_on, p.to_on)))


def _precedence(event: AnyEvent) -> tuple[int, str, str]:
    return event.data.revision, event.source, event.id


def _worth(event: AnyEvent) -> tuple[int, int, date, str, str]:
    data = event.data
    return -data.revision, -(data.to_on - data.from_on).days, data.from_on, event.source, event.id


def _overlap(one: AnyEvent, other: AnyEvent) -> bool:
    return bool(one.data.from_on <= other.data.to_on and other.data.from_on <= one.data.to_on)


def _period(event: AnyEvent, *, holds: bool) -> Period:
    data = event.data
    if isinstance(data, HoursReported):
        of, school = data.placement, data.school_hours
    elif isinstance(data, SiteHoursReported):
        of, school = data.contractor, Decimal(0)
    else:
        raise TypeError(f"{event.type} reports no hours")
    hours = data.hours if data.hours is not None else (data.man_days or Decimal(0)) * HOURS_PER_MAN_DAY
    return Period(of, data.from_on, data.to_on, hours, school, holds, data.revision, event.source, event.id)
