"""Whole portfolios for property tests: everything random, nothing impossible.

`portfolios()` gives the events of one to three tenders as JSON objects, each of which `schemas.codec.decode` takes:
agreements with targets of all metrics, contractors that leave and are succeeded, placements with their lives and their
contradictions, and between them corrections and withdrawals, some of which cannot hold. `days()` gives days to ask
about.
"""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from hypothesis import strategies as st

from tests import portfolio_tender
from tests.portfolio import TENDERS, Draw, Event, Teller, amend
from tests.portfolio_placement import placement

__all__ = ["TENDERS", "Event", "days", "portfolios", "shuffled"]


@st.composite
def portfolios(draw: Draw, amended: bool = True) -> list[Event]:
    """The events of a small portfolio, amendments last; the tenders are the first of `TENDERS`."""
    teller = Teller(draw)
    tenders = TENDERS[: teller.pick((1, 1, 2, 3))]
    for tender in tenders:
        if teller.chance(96):
            portfolio_tender.registered(teller, tender)
        portfolio_tender.contractors(teller, tender)
        portfolio_tender.agreements(teller, tender)
        portfolio_tender.schedule(teller, tender)
        portfolio_tender.plans(teller, tender)
        portfolio_tender.site_hours(teller, tender)
    portfolio_tender.links(teller)
    for _ in range(teller.pick(range(1, 13))):
        placement(teller, teller.pick(tenders))
    for _ in itertools.repeat(None, len(teller.events) // 7 if amended else 0):
        if teller.chance(90):
            amend(teller)
    return teller.events


def days() -> st.SearchStrategy[date]:
    """Days to hold figures on, within reach of what portfolios tell of."""
    return st.integers(-500, 700).map(lambda days: date(2025, 10, 1) + timedelta(days=days))


@st.composite
def shuffled(draw: st.DrawFn, events: list[Event]) -> list[Event]:
    """The same events in another order, some of them twice."""
    again = [event for event in events if draw(st.booleans())]
    return draw(st.permutations(events + again))
