"""Random things to say about a placement: how it began, what became of it, and who says otherwise."""

from __future__ import annotations

from collections.abc import Callable

from tests.portfolio import (
    AGE_BANDS,
    CLIENT,
    CONTRACTS,
    JOB_CENTRE,
    KINDS,
    OUTCOMES,
    PATHWAYS,
    PERSONS,
    PLACEMENTS,
    SECRETARIAT,
    TRADES,
    WEEKLY,
    YES_NO,
    Data,
    Teller,
)

PAUSES = ("no_work", "holiday", "personal_circumstances", "weather", "other")
REASONS = ("as_planned", "own_notice", "contractor_ended")


def placement(teller: Teller, tender: str) -> None:
    """One placement's life, in any order and with gaps."""
    its, contractor = teller.pick(PLACEMENTS), teller.contractor()
    life = Life(teller, its, contractor)
    if teller.chance(40):
        _say(teller, tender, "placement.agreed", contractor, life.agreed)
    if teller.chance(75):
        _say(teller, tender, "placement.started", contractor, life.started)
    if teller.chance(25):
        teller.say("placement.reported", tender, life.reported, by=JOB_CENTRE)
    if teller.chance(25):
        _say(teller, tender, "apprenticeship.agreed", contractor, life.apprenticeship)
    said = life.contractors_words()
    for _ in range(teller.pick((0, 1, 2, 4))):
        name = teller.pick(list(said))
        _say(teller, tender, name, contractor, said[name])
    heard = life.others_words()
    for _ in range(teller.pick((0, 0, 1, 2))):
        name = teller.pick(list(heard))
        by, behalf = teller.pick(((JOB_CENTRE, None), (SECRETARIAT, JOB_CENTRE), (contractor, None), (CLIENT, None)))
        teller.say(name, tender, heard[name], by, behalf)
    for _ in range(teller.pick((0, 1, 3))):
        _say(teller, tender, "hours.reported", contractor, life.hours)


def _say(teller: Teller, tender: str, name: str, contractor: str, make: Callable[[], Data]) -> None:
    by, behalf = teller.for_contractor(contractor)
    teller.say(name, tender, make, by, behalf)


class Life:
    """What can be said of one placement."""

    def __init__(self, teller: Teller, its: str, contractor: str) -> None:
        self._teller, self._its, self._contractor = teller, its, contractor

    def _terms(self) -> Data:
        teller = self._teller
        return {
            "placement": self._its,
            "person": teller.pick(PERSONS),
            "contractor": self._contractor if not teller.chance(10) else teller.contractor(),
            "kind": teller.pick(KINDS),
            **teller.maybe(30, contract=teller.pick(CONTRACTS)),
            **teller.maybe(50, trade=teller.pick(TRADES)),
            **teller.maybe(50, weekly_hours=teller.pick(WEEKLY)),
            **teller.maybe(50, pathway=teller.pick(PATHWAYS)),
            **teller.maybe(40, age_band=teller.pick(AGE_BANDS)),
            **teller.maybe(40, resident=teller.pick(YES_NO)),
            **teller.maybe(30, continues=teller.pick(PLACEMENTS)),
        }

    def agreed(self) -> Data:
        """It is to start."""
        planned_start, planned_end = self._teller.days(2, 2025, 2026)
        agreed = {"agreed_on": "2024-01-01", "planned_start": planned_start}
        return {**self._terms(), **agreed, **self._teller.maybe(60, planned_end=planned_end)}

    def started(self) -> Data:
        """It started."""
        started_on, planned_end = self._teller.days(2, 2024, 2025)
        return {**self._terms(), "started_on": started_on, **self._teller.maybe(50, planned_end=planned_end)}

    def reported(self) -> Data:
        """The job centre's view."""
        started_on, ended_on = self._teller.days(2, 2024, 2025)
        outcome = self._teller.maybe(40, outcome=self._teller.pick(OUTCOMES))
        return {**self._terms(), "started_on": started_on, **self._teller.maybe(40, ended_on=ended_on), **outcome}

    def apprenticeship(self) -> Data:
        """The training agreement."""
        teller = self._teller
        on_site = {**teller.maybe(40, on_site_from=teller.day()), **teller.maybe(30, trade=teller.pick(TRADES))}
        return {"placement": self._its, "signed_on": teller.day(), **on_site}

    def hours(self) -> Data:
        """Measured hours; periods overlap and are revised."""
        first, last = self._teller.month_part()
        revision = self._teller.pick((1, 1, 2))
        school = self._teller.maybe(20, school_hours=self._teller.pick((7.4, 37)))
        said = {"placement": self._its, "from_on": first, "to_on": last, "revision": revision}
        return {**said, **school, **self._teller.measure()}

    def contractors_words(self) -> dict[str, Callable[[], Data]]:
        """What a contractor says in the course of it, by event type."""
        teller = self._teller

        def on(field: str) -> Data:
            return {"placement": self._its, field: teller.day()}

        def extended() -> Data:
            extended_on, planned_end = teller.days(2)
            other = {**teller.maybe(40, weekly_hours=teller.pick(WEEKLY)), **teller.maybe(40, pathway="e")}
            ends = teller.maybe(70, planned_end=planned_end) if other else {"planned_end": planned_end}
            return {"placement": self._its, "extended_on": extended_on, **ends, **other}

        def school() -> Data:
            first, last = teller.days(2)
            return {"placement": self._its, "from_on": first, "to_on": last}

        return {
            "placement.ended": lambda: {
                **on("ended_on"),
                "reason": teller.pick(REASONS),
                "outcome": teller.pick(OUTCOMES),
            },
            "placement.paused": lambda: {**on("paused_on"), "reason": teller.pick(PAUSES)},
            "placement.resumed": lambda: on("resumed_on"),
            "school_period.reported": school,
            "placement.extended": extended,
            "placement.moved": lambda: {
                **on("moved_on"),
                "contractor": teller.contractor(),
                **teller.maybe(50, contract=teller.pick(CONTRACTS)),
            },
            "placement.trade_changed": lambda: {**on("changed_on"), "trade": teller.pick(TRADES)},
            "placement.allocated": lambda: on("allocated_on"),
            "placement.released": lambda: on("released_on"),
            "placement.not_started": lambda: on("decided_on"),
        }

    def others_words(self) -> dict[str, Callable[[], Data]]:
        """What the job centre and others say of it, by event type."""
        teller = self._teller

        def on(field: str) -> Data:
            return {"placement": self._its, field: teller.day()}

        def matched() -> Data:
            other = teller.pick([one for one in PLACEMENTS if one != self._its])
            return {**on("decided_on"), "other": other, "same": not teller.chance(30)}

        return {
            "placement.confirmed": lambda: {
                **on("confirmed_on"),
                **teller.maybe(40, resident=teller.pick(YES_NO)),
            },
            "placement.disputed": lambda: {**on("disputed_on"), "reason": "other_dates"},
            "placement.followed_up": lambda: {
                **on("followed_up_on"),
                "in_work": teller.pick(YES_NO),
                **teller.maybe(40, outcome=teller.pick(OUTCOMES)),
            },
            "grant.given": lambda: {
                "placement": self._its,
                "kind": "wage_subsidy",
                "given_on": "2024-01-01",
                "authorised_until": teller.day(),
            },
            "placement.matched": matched,
        }
