"""A figure as JSON: what is stored, what `--json` prints, what boards read. Numbers are decimal text, never floats."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from schemas.vocabulary import PlacementKind
from services.domain.figures import RULES_VERSION, Figure
from services.domain.tally import Sum
from services.domain.timeline import hours_of

_PLACES = Decimal("0.0001")

Doc = dict[str, Any]


def decimal_of(value: Fraction | None) -> Decimal | None:
    """A fraction at four decimals, rounded half to even: how figures are stored."""
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES, ROUND_HALF_EVEN)


def text_of(value: Fraction | None) -> str | None:
    """A fraction as decimal text; None stays None: unknown is not zero."""
    exact = decimal_of(value)
    return None if exact is None else f"{exact.normalize():f}"


def figure_doc(figure: Figure) -> Doc:
    """Everything a figure says, and what it was computed from."""
    return {
        "target": figure.target,
        "title": figure.title,
        "agreement": figure.agreement,
        "metric": figure.metric.value,
        "on": figure.on.isoformat(),
        **{name: text_of(getattr(figure, name)) for name in ("agreed", "waived", "required")},
        **{name: text_of(getattr(figure, name)) for name in ("delivered", "expected", "forecast")},
        "last_date": _day(figure.last_date),
        "status": figure.status.value,
        "reason": figure.reason.value,
        "follow_up_owner": figure.follow_up_owner,
        "spread": figure.spread.value,
        "schedule": {"start": _day(figure.schedule.start), "end": _day(figure.schedule.end)},
        "counting_rules": figure.rules.model_dump(mode="json"),
        "fits": _sum(figure.fits),
        "substituted": _sum(figure.substituted),
        "by_kind": {kind.value: _sum(total) for kind, total in _by_kind(figure)},
        "by_contractor": {cvr: _sum(total) for cvr, total in sorted(figure.by_contractor.items())},
        "site_hours": text_of(hours_of(figure.site_ticks)),
        "share_hours": text_of(hours_of(figure.share_ticks)),
        "attempts": figure.attempts,
        "in_work": {answer.value: count for answer, count in sorted(figure.in_work.items())},
        "on_behalf": figure.on_behalf,
        "unknown": dict(sorted(figure.unknown.items())),
        "rules_version": RULES_VERSION,
    }


def _by_kind(figure: Figure) -> list[tuple[PlacementKind, Sum]]:
    return sorted(figure.by_kind.items())


def _sum(total: Sum) -> Doc:
    return {
        "persons": total.persons,
        "placements": total.placements,
        "measured_hours": text_of(total.measured_hours),
        "computed_hours": text_of(total.computed_hours),
        "person_weeks": text_of(total.person_weeks),
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None
