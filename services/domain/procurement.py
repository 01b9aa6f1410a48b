"""Dated rules of procurement and of the length of placements (domain.md sections 4, 7 and 9).

A date outside the table is answered with None, "no rule known for this date", never with the nearest one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from schemas.vocabulary import PlacementKind, ProcurementRoute
from services.domain.hours import Period


@dataclass(frozen=True, slots=True)
class Dated:
    """A number that holds from one day to another, both included; `derived` where it was converted, not published."""

    from_on: date
    to_on: date
    value: int
    derived: bool = False


def _years(first: int, last: int, value: int, *, derived: bool = False) -> Dated:
    return Dated(date(first, 1, 1), date(last, 12, 31), value, derived)


EU_WORKS_THRESHOLD_DKK = (
    _years(2014, 2015, 38_691_190),
    _years(2016, 2017, 38_960_213),
    _years(2018, 2019, 41_305_415),
    _years(2020, 2021, 39_884_785),
    _years(2022, 2023, 40_100_744),
    _years(2024, 2025, 41_212_688),
    _years(2026, 2027, 40_313_840),
)
"""DKK excluding VAT; works above it go to EU tender."""

PART_LOT_CAP_DKK = (
    _years(2014, 2015, 7_449_106),
    _years(2016, 2017, 7_456_500),
    _years(2022, 2023, 7_450_900),
    _years(2024, 2025, 7_441_800, derived=True),
    _years(2026, 2027, 7_460_000, derived=True),
)
"""DKK excluding VAT per part-lot; together they may be 20 % of the sum."""

DIRECT_AWARD_DKK = (Dated(date(2015, 1, 1), date.max, 300_000),)
DIRECT_BIDS_DKK = (Dated(date(2015, 1, 1), date.max, 3_000_000),)

TRAINING_TERMS_OVER_DKK = (Dated(date(2022, 7, 1), date.max, 5_000_000),)
"""Public works contracts over this sum and over six months from signature to delivery carry training terms."""
TRAINING_TERMS_OVER = timedelta(days=183)

LONGEST_WEEKS = {
    PlacementKind.WORK_PLACEMENT: (Dated(date.min, date(2026, 12, 31), 13),),
    PlacementKind.WAGE_SUBSIDY: (Dated(date.min, date(2026, 12, 31), 26),),
}
"""The usual longest course in weeks, to warn by: the municipality's own grant decides (domain.md section 9)."""

REWARDED_HOURS_A_MONTH = (Dated(date.min, date(2017, 7, 1), 160),)
"""Hours a month for which an operations assistant may be rewarded; no reward after 1 July 2017."""

_CAPS = {
    ProcurementRoute.DIRECT_AWARD: DIRECT_AWARD_DKK,
    ProcurementRoute.DIRECT_BIDS: DIRECT_BIDS_DKK,
    ProcurementRoute.RESTRICTED_TENDER: EU_WORKS_THRESHOLD_DKK,
}


def known_on(table: Sequence[Dated], day: date) -> Dated | None:
    """The rule of a day, or None where no rule is known for it."""
    return next((rule for rule in table if rule.from_on <= day <= rule.to_on), None)


def most_dkk(route: ProcurementRoute, published_on: date) -> Dated | None:
    """The largest sum for which a route may be used, by the day the tender was published; None: no bound known."""
    return known_on(_CAPS.get(route, ()), published_on)


def training_terms_required(sum_dkk: int, signed_on: date, delivery_on: date) -> bool | None:
    """Whether a public works contract must carry training terms; None where no rule is known for the date."""
    rule = known_on(TRAINING_TERMS_OVER_DKK, signed_on)
    if rule is None:
        return None
    return sum_dkk > rule.value and delivery_on - signed_on > TRAINING_TERMS_OVER


def unrewarded_hours(periods: Iterable[Period]) -> Decimal:
    """The hours of an operations assistant for which no reward may be paid: those over a month's limit, or too late."""
    by_month: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    for period in periods:
        rule = known_on(REWARDED_HOURS_A_MONTH, period.to_on)
        by_month[period.to_on.year, period.to_on.month, rule.value if rule else 0] += period.hours
    return sum((max(Decimal(0), hours - limit) for (_, _, limit), hours in by_month.items()), Decimal(0))
