"""Indicators of an area, shown beside placements and never claimed to follow from them (domain.md section 8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from schemas.vocabulary import ComparedWith, Indicator
from services.domain.amendments import AnyEvent


@dataclass(frozen=True, slots=True)
class AreaIndicator:
    """One indicator of an area in a year, with its own comparison."""

    indicator: Indicator
    year: int
    value: Decimal
    unit: str
    compared_with: ComparedWith | None
    comparison_value: Decimal | None
    comparison_year: int | None
    published_by: str


def fold_indicator(events: Iterable[AnyEvent]) -> tuple[AreaIndicator, ...]:
    """The indicator by year; of several reports of a year the one with the highest (source, id) holds."""
    by_year = {event.data.year: event.data for event in sorted(events, key=lambda e: (e.source, e.id))}
    return tuple(
        AreaIndicator(
            indicator=data.indicator,
            year=year,
            value=data.value,
            unit=data.unit,
            compared_with=data.compared_with,
            comparison_value=data.comparison_value,
            comparison_year=data.comparison_year,
            published_by=data.published_by,
        )
        for year, data in sorted(by_year.items())
    )
