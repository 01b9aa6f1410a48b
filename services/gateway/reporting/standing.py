"""How a placement stands today, as its own firm would say it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from schemas.vocabulary import Word
from services.domain.placements import Placement, Verdict, Workplace


class State(Word):
    """What a person is doing on a day."""

    AGREED = "agreed", "Aftalt", "Agreed"
    AT_WORK = "at_work", "I gang", "At work"
    AT_SCHOOL = "at_school", "På skole", "At school"
    PAUSED = "paused", "Pause", "Paused"
    ENDED = "ended", "Slut", "Ended"
    NOT_STARTED = "not_started", "Startede ikke", "Did not start"
    WAITS = "waits", "Mangler start", "Has no start"


HERE = frozenset({State.AT_WORK, State.AT_SCHOOL, State.PAUSED})
"""Who is there, at work or not."""


def state_of(placement: Placement, on: date) -> State:
    """How the placement stands at the end of a day."""
    if placement.start is None or placement.start > on:
        return _before(placement)
    if placement.end is not None and placement.end < on:
        return State.ENDED
    if _within(placement.school, on):
        return State.AT_SCHOOL
    return State.PAUSED if _within(((pause.from_on, pause.to_on) for pause in placement.pauses), on) else State.AT_WORK


def workplace_of(placement: Placement, on: date) -> Workplace | None:
    """Where the placement is on a day; before its beginning, where it begins."""
    there = [workplace for workplace in placement.workplaces if workplace.from_on <= on]
    return there[-1] if there else next(iter(placement.workplaces), None)


def last_word(placement: Placement, organisation: str) -> Verdict | None:
    """What an organisation said of the placement last: that it is right, or that it is not."""
    return max((verdict for verdict in placement.verdicts if verdict.organisation == organisation), default=None)


def _before(placement: Placement) -> State:
    if placement.not_started:
        return State.NOT_STARTED
    begins = placement.start or placement.planned_start
    return State.WAITS if begins is None else State.AGREED


def _within(spans: Iterable[tuple[date, date | None]], on: date) -> bool:
    return any(first <= on and (last is None or on <= last) for first, last in spans)
