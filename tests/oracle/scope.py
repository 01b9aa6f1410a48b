"""RULES.md section 5: what of a world is in a target, by all that narrows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.counting import Course
from tests.oracle.effective import first_told
from tests.oracle.hours import FULL_WEEK, Where, World, days_of, where_on
from tests.oracle.placement import on
from tests.oracle.tender import is_under

Target = dict[str, Any]
KindFits = Callable[[str], bool]
Known = set[tuple[str, int, int]]  # (contractor, year, month)
ZERO = Fraction(0)


class Scope:
    """A target under its agreement, and what of a world is in it."""

    def __init__(self, world: World, target: Target, first_signed: date) -> None:
        self.world, self.tender, self.target, self.first_signed = world, world.tender, target, first_signed

    def fits_where(self, where: Where) -> bool:
        """Trade, contractor (also as subcontractor) and contract."""
        target = self.target
        return (
            (not target.get("trades") or where.trade in target["trades"])
            and (
                not target.get("contractors")
                or is_under(self.tender, where.contractor, frozenset(target["contractors"]))
            )
            and (not target.get("contracts") or where.contract in target["contracts"])
        )

    def fits_person(self, begun: Course) -> bool:
        """Age band, resident, new agreement and pathway."""
        target = self.target
        return (
            (not target.get("age_bands") or begun.placement.term("age_band") in target["age_bands"])
            and (not target.get("residents_only") or begun.placement.resident == "yes")
            and (not target.get("new_only") or self.is_new(begun))
            and (not target.get("pathways") or bool(pathways_of(begun) & set(target["pathways"])))
        )

    def is_new(self, begun: Course) -> bool:
        """Section 3, new agreement; unknown is not new."""
        if begun.placement.term("kind") not in {"apprenticeship", "other_training"}:
            return True
        since = self.first_signed
        contract = on(begun.placement.places, begun.start)[1]
        signed = first_told(s for s in self.tender.told("contract.signed") if s.data["contract"] == contract)
        if signed:
            since = signed.day("signed_on")
        if self.world.rules.get("new_since") is not None:
            since = date.fromisoformat(self.world.rules["new_since"])
        return begun.placement.signed_on is not None and begun.placement.signed_on >= since

    def own_kind(self, kind: str) -> bool:
        """One of the target's kinds, or any where it names none."""
        return not self.target.get("kinds") or kind in self.target["kinds"]

    def somewhere(self, kind_fits: KindFits) -> dict[str, Course]:
        """The placements that fit, contractor, contract and trade not asked."""
        courses = self.world.courses.items()
        return {i: b for i, b in courses if kind_fits(b.placement.term("kind")) and self.fits_person(b)}

    def within(self, kind_fits: KindFits) -> dict[str, Course]:
        """The placements that fit on some day of [start, min(end, D)]."""
        return {
            i: begun
            for i, begun in self.somewhere(kind_fits).items()
            if any(self.fits_where(where_on(self.tender, begun, day)) for day in days_of(begun.start, begun.last))
        }

    def measured(self, kind_fits: KindFits, known: Known | None = None) -> Fraction:
        """Hours of counted periods that fit; `known` holds them to contractors and months."""
        total = ZERO
        for i in self.somewhere(kind_fits):
            for period in self.world.periods[i]:
                if self.fits_where(period.where) and _is_known(known, period.where, period.first):
                    total += period.hours
        return total

    def computed(self, kind_fits: KindFits, known: Known | None = None) -> Fraction:
        """Computed hours of days that fit; `known` holds them to contractors and months."""
        days: Counter[Fraction] = Counter()
        for i, begun in self.somewhere(kind_fits).items():
            for day, hours in self.world.computed[i].items():
                where = where_on(self.tender, begun, day)
                days[hours] += self.fits_where(where) and _is_known(known, where, day)
        return sum((hours * count for hours, count in days.items()), ZERO)

    def weeks(self, kind_fits: KindFits) -> Fraction:
        """Person-weeks: counted days / 7 x weekly hours / 37."""
        days: Counter[Fraction] = Counter()
        for i, begun in self.somewhere(kind_fits).items():
            for day in self.world.days[i]:
                days[on(begun.placement.weekly_hours, day)] += self.fits_where(where_on(self.tender, begun, day))
        return sum((weekly * count for weekly, count in days.items()), ZERO) / 7 / FULL_WEEK

    def persons(self, kind_fits: KindFits) -> set[str]:
        """The distinct persons of the placements that fit."""
        return {begun.root for begun in self.within(kind_fits).values()}


def _is_known(known: Known | None, where: Where, day: date) -> bool:
    return known is None or (where.contractor, day.year, day.month) in known


def pathways_of(begun: Course) -> set[str]:
    """The pathways a placement had on some day of [start, min(end, D)]."""
    had = {on(begun.placement.pathways, day) for day in days_of(begun.start, begun.last)}
    return {pathway for pathway in had if pathway is not None}
