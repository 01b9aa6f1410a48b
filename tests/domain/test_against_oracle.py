"""The program against a naive recomputation from RULES.md alone (`tests/oracle`): random portfolios, every answer.

A difference is a bug in one of the two, or a rule that can be read in two ways. The soak test looks longer.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.domain.comparison import (
    differences,
    oracle_figures,
    oracle_placements,
    our_figures,
    our_placements,
)
from tests.strategies import TENDERS, Event, days, portfolios

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of a portfolio that fails
TOLD = {"told": portfolios(), "on": st.lists(days(), min_size=1, max_size=3, unique=True)}
UNHURRIED = settings(deadline=None, suppress_health_check=list(HealthCheck))


def agree(told: list[Event], on: list[date]) -> None:
    for tender in {event["subject"] for event in told} & set(TENDERS):
        for day in on:
            note(f"{tender} on {day}")
            assert differences(our_figures(told, tender, day), oracle_figures(told, tender, day)) == []
            assert differences(our_placements(told, tender, day), oracle_placements(told, tender, day)) == []


@given(**TOLD)
@settings(UNHURRIED, max_examples=40)
def test_every_figure_and_placement_is_the_oracles(told: list[Event], on: list[date]) -> None:
    agree(told, on)


@pytest.mark.soak
@given(**TOLD)
@settings(UNHURRIED, max_examples=5_000)
def test_every_figure_and_placement_is_the_oracles_for_long(told: list[Event], on: list[date]) -> None:
    agree(told, on)
