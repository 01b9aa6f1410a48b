"""What must hold of the oracle for any portfolio at all."""

from __future__ import annotations

import json
import random
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.codec import Waiting, decode
from tests.oracle import Figure, PlacementView, figures, placements
from tests.portfolio import TENDERS, Event
from tests.strategies import days, portfolios

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
WITHDRAWN = "dk.bygspor.event.withdrawn.v1"
seeds = st.integers(0, 2**16)


def seen(events: list[Event], on: date) -> list[tuple[dict[str, Figure], dict[str, PlacementView]]]:
    return [(figures(events, tender, on), placements(events, tender, on)) for tender in TENDERS]


@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
@given(portfolios(), days())
def test_every_event_decodes_and_every_portfolio_has_figures(events: list[Event], on: date) -> None:
    assert not any(isinstance(decode(json.dumps(event).encode()), Waiting) for event in events)
    assert len({(event["source"], event["id"]) for event in events}) == len(events)
    seen(events, on)


@settings(max_examples=50, deadline=None, suppress_health_check=SLOW)
@given(portfolios(), days(), seeds)
def test_order_and_repetition_do_not_matter(events: list[Event], on: date, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    again = chance.sample(events, len(events) // 3)
    assert seen(chance.sample(events + again, len(events + again)), on) == seen(events, on)


@settings(max_examples=50, deadline=None, suppress_health_check=SLOW)
@given(portfolios(), days(), seeds)
def test_withdrawing_an_event_equals_never_having_sent_it(events: list[Event], on: date, seed: int) -> None:
    named = {(e["data"].get("target_source"), e["data"].get("target_id")) for e in events}
    untouched = [e for e in events if (e["source"], e["id"]) not in named and e["type"] != WITHDRAWN]
    target = random.Random(seed).choice(untouched)  # noqa: S311
    withdrawn = {
        **target,
        "id": "withdrawal",
        "type": WITHDRAWN,
        "data": {
            "reported_by": target["data"]["reported_by"],
            "target_source": target["source"],
            "target_id": target["id"],
        },
    }
    assert seen([*events, withdrawn], on) == seen([event for event in events if event is not target], on)
