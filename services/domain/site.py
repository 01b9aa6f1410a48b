"""Openings, site meetings and their actions, each from all that was said of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from schemas.contractor import OpeningFilled, OpeningPosted, OpeningWithdrawn
from schemas.site import (
    ActionChanged,
    ActionClosed,
    ActionOpened,
    MinutesApproved,
    SiteMeetingCancelled,
    SiteMeetingHeld,
    SiteMeetingPlanned,
)
from schemas.vocabulary import ActionResult, PlacementKind, Trade
from services.domain.amendments import AnyEvent

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Places:
    """Places a contractor offers. The days on which places were filled are kept, so that any date can be asked."""

    opening: str
    contractor: str
    contract: str | None
    trade: Trade
    places: int
    starts_on: date
    weekly_hours: Decimal
    posted_on: date
    filled_on: tuple[date, ...]
    withdrawn_on: date | None

    def open_places(self, on: date) -> int:
        """How many places are still to be filled on a day."""
        if on < self.posted_on or (self.withdrawn_on is not None and self.withdrawn_on <= on):
            return 0
        return max(0, self.places - sum(day <= on for day in self.filled_on))


@dataclass(frozen=True, slots=True)
class Opening(Places):
    """Places, and the kind of placement they are for."""

    kind: PlacementKind


@dataclass(frozen=True, slots=True)
class Meeting:
    """One site meeting. `number` and `planned_on` are None while only its holding has been told."""

    meeting: str
    number: int | None
    planned_on: date | None
    held_on: date | None
    cancelled_on: date | None
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class Action:
    """What was decided: one named owner, one due date."""

    action: str
    what: str
    owner: str
    owner_organisation: str
    opened_on: date
    due_on: date
    closed_on: date | None
    result: ActionResult | None
    meeting: str | None
    target: str | None
    contractor: str | None

    def overdue_days(self, on: date) -> int:
        """Days past the due date on a day, 0 where it is closed or not yet due."""
        is_open = self.opened_on <= on and (self.closed_on is None or self.closed_on > on)
        return max(0, (on - self.due_on).days) if is_open else 0


def fold_opening(events: Iterable[AnyEvent]) -> tuple[Opening, ...]:
    """The opening, or nothing while nobody has posted it."""
    events = list(events)
    posted = _last(events, OpeningPosted, lambda d: d.posted_on)
    if posted is None:
        return ()
    filled = sorted(e.data.filled_on for e in events if isinstance(e.data, OpeningFilled))
    withdrawn = _first(events, OpeningWithdrawn, lambda d: d.withdrawn_on)
    return (
        Opening(
            opening=posted.opening,
            contractor=posted.contractor,
            contract=posted.contract,
            kind=posted.kind,
            trade=posted.trade,
            places=posted.places,
            starts_on=posted.starts_on,
            weekly_hours=posted.weekly_hours,
            posted_on=posted.posted_on,
            filled_on=tuple(filled),
            withdrawn_on=withdrawn.withdrawn_on if withdrawn else None,
        ),
    )


def fold_meeting(meeting: str, events: Iterable[AnyEvent]) -> tuple[Meeting, ...]:
    """The meeting, or nothing where nothing of it holds any more. The plan that holds is the one sent last."""
    events = list(events)
    if not events:
        return ()
    plans = sorted(
        (e for e in events if isinstance(e.data, SiteMeetingPlanned)), key=lambda e: (e.time, e.source, e.id)
    )
    planned = plans[-1].data if plans else None
    held = _last(events, SiteMeetingHeld, lambda d: d.held_on)
    cancelled = _last(events, SiteMeetingCancelled, lambda d: d.cancelled_on)
    approved = _last(events, MinutesApproved, lambda d: d.approved_on)
    return (
        Meeting(
            meeting=meeting,
            number=planned.number if planned else None,
            planned_on=planned.planned_on if planned else None,
            held_on=held.held_on if held else None,
            cancelled_on=cancelled.cancelled_on if cancelled else None,
            approved_on=approved.approved_on if approved else None,
        ),
    )


def fold_action(events: Iterable[AnyEvent]) -> tuple[Action, ...]:
    """The action with its latest changes, or nothing while nobody has opened it."""
    events = list(events)
    opened = _first(events, ActionOpened, lambda d: d.opened_on)
    if opened is None:
        return ()
    changes = [e.data for e in _by_date(events, ActionChanged, lambda d: d.changed_on)]
    closed = _first(events, ActionClosed, lambda d: d.closed_on)

    def latest(field: str, first: T) -> T:
        return next((value for c in reversed(changes) if (value := getattr(c, field)) is not None), first)

    return (
        Action(
            action=opened.action,
            what=opened.what,
            owner=latest("owner", opened.owner),
            owner_organisation=latest("owner_organisation", opened.owner_organisation),
            opened_on=opened.opened_on,
            due_on=latest("due_on", opened.due_on),
            closed_on=closed.closed_on if closed else None,
            result=closed.result if closed else None,
            meeting=opened.meeting,
            target=opened.target,
            contractor=opened.contractor,
        ),
    )


def _by_date(events: Iterable[AnyEvent], cls: type[T], on: Callable[[T], date]) -> list[AnyEvent]:
    return sorted((e for e in events if isinstance(e.data, cls)), key=lambda e: (on(e.data), e.source, e.id))


def _first(events: Iterable[AnyEvent], cls: type[T], on: Callable[[T], date]) -> T | None:
    return next((event.data for event in _by_date(events, cls, on)), None)


def _last(events: Iterable[AnyEvent], cls: type[T], on: Callable[[T], date]) -> T | None:
    return next((event.data for event in reversed(_by_date(events, cls, on))), None)
