"""One placement: one course of one person at one contractor. Says nothing that depends on today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from schemas.vocabulary import (
    AgeBand,
    ApprenticeshipForm,
    EndReason,
    Novelty,
    Outcome,
    Pathway,
    PauseReason,
    PlacementKind,
    Trade,
    YesNoUnknown,
)
from services.domain.spans import held_on

FULL_WEEK = Decimal("37")
"""Weekly hours of a full-time job in Denmark (domain.md section 2); also assumed where none are given."""


class Workplace(NamedTuple):
    """Where a placement is from a day on."""

    from_on: date
    contractor: str
    contract: str | None


class Span(NamedTuple):
    """Days from one to another, both included; an open end is None."""

    from_on: date
    to_on: date | None


class Pause(NamedTuple):
    """Days of rest, both ends included; an open end is None."""

    from_on: date
    to_on: date | None
    reason: PauseReason


class Verdict(NamedTuple):
    """An organisation confirmed or disputed the placement on a day."""

    on: date
    organisation: str
    disputed: bool


class FollowUp(NamedTuple):
    """Whether the person was in work on a day, and what the placement had led to; in order of these fields."""

    on: date
    source: str
    id: str
    in_work: YesNoUnknown
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Placement:
    """One course of one person at one contractor, as the effective events tell it.

    `workplaces`, `weekly_hours`, `trades` and `pathways` begin with what the terms say, since ever; changes follow.
    `contradictions` names the facts on which reports differ, `handled_by` the organisations that said what job centres
    say. Without terms `person`, `contractor` and `kind` are None.
    """

    placement: str
    person: str | None
    kind: PlacementKind | None
    contractor: str | None
    contract: str | None
    planned_start: date | None
    start: date | None
    planned_end: date | None
    end: date | None
    end_reason: EndReason | None
    outcome: Outcome | None
    not_started: bool
    workplaces: tuple[Workplace, ...]
    weekly_hours: tuple[tuple[date, Decimal], ...]
    weekly_hours_assumed: bool
    trades: tuple[tuple[date, Trade | None], ...]
    pathways: tuple[tuple[date, Pathway], ...]
    pauses: tuple[Pause, ...]
    school: tuple[Span, ...]
    allocations: tuple[Span, ...] | None
    on_site_from: date | None
    age_band: AgeBand | None
    resident: YesNoUnknown
    referred_by: str | None
    continues: str | None
    opening: str | None
    authorised_until: date | None
    signed_on: date | None
    form: ApprenticeshipForm | None
    novelty: Novelty | None
    mentor_until: date | None
    verdicts: tuple[Verdict, ...]
    follow_ups: tuple[FollowUp, ...]
    own_word: bool
    only_job_centre: bool
    contradictions: tuple[str, ...]
    last_told: date | None
    events: int
    handled_by: tuple[str, ...]

    def trade_on(self, on: date) -> Trade | None:
        """The trade on a day, or at its start where that is yet to come; None where none is told."""
        return held_on(self.trades, self._at(on)) if self.trades else None

    def weekly_hours_on(self, on: date) -> Decimal | None:
        """The weekly hours on a day, or at its start where that is yet to come; None where there are no terms."""
        return held_on(self.weekly_hours, self._at(on)) if self.weekly_hours else None

    def _at(self, on: date) -> int:
        return max(on, self.start or self.planned_start or on).toordinal()

    def disputed(self, on: date) -> bool:
        """Whether some organisation's latest word up to a day is a dispute."""
        latest: dict[str, Verdict] = {}
        for verdict in self.verdicts:
            if verdict.on <= on:
                latest[verdict.organisation] = max(latest.get(verdict.organisation, verdict), verdict)
        return any(verdict.disputed for verdict in latest.values())
