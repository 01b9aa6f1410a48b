"""How often what happens: words with weights, opened out so that one draw is one look-up."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def weighted(weights: Mapping[T, int]) -> tuple[T, ...]:
    """Each value as often as it weighs."""
    return tuple(value for value, weight in weights.items() for _ in range(weight))


def pick(rng: Random, values: Sequence[T]) -> T:
    """One of the values; several times faster than `Random.choice`."""
    return values[int(rng.random() * len(values))]


KINDS = weighted(
    {
        "apprenticeship": 84,
        "ordinary_employment": 38,
        "work_placement": 40,
        "wage_subsidy": 14,
        "other_training": 8,
        "after_school_job": 5,
        "flex_job": 4,
        "course": 4,
        "sheltered_job": 1,
        "operations_assistant": 2,
    }
)
WEEKS: Mapping[str, tuple[int, int]] = {
    "apprenticeship": (40, 110),
    "ordinary_employment": (16, 90),
    "work_placement": (4, 13),
    "wage_subsidy": (13, 26),
    "other_training": (13, 40),
    "after_school_job": (12, 50),
    "flex_job": (20, 80),
    "course": (2, 8),
    "sheltered_job": (20, 80),
    "operations_assistant": (6, 26),
}
"""Shortest and longest planned length on site, in weeks."""

WEEKLY_HOURS: Mapping[str, tuple[float | int, ...]] = {
    "apprenticeship": (37,),
    "ordinary_employment": weighted({37: 9, 30: 1}),
    "work_placement": (37, 37, 30, 25, 20),
    "wage_subsidy": (37, 37, 32),
    "other_training": (37, 30),
    "after_school_job": (8, 10, 12),
    "flex_job": (12, 15, 20),
    "course": (37, 30),
    "sheltered_job": (12, 18.5),
    "operations_assistant": (10, 15, 20),
}
PATHWAYS: Mapping[str, tuple[str, ...]] = {
    "apprenticeship": ("b", "b", "b", "c"),
    "ordinary_employment": ("a", "f", "f"),
    "work_placement": ("d", "e", "e"),
    "wage_subsidy": ("d", "e", "e"),
}
AGES = weighted({"under_18": 8, "18_24": 42, "25_29": 20, "30_plus": 30})
RESIDENT = weighted({"yes": 35, "no": 45, "unknown": 20})
END_REASONS = weighted(
    {
        "as_planned": 52,
        "works_finished": 12,
        "own_notice": 7,
        "did_not_turn_up": 4,
        "dismissed": 4,
        "trial_by_contractor": 2,
        "trial_by_person": 2,
        "mutual": 4,
        "changed_trade": 1,
        "other_job": 5,
        "education": 3,
        "grant_ran_out": 1,
        "personal_circumstances": 2,
        "unknown": 1,
    }
)
LASTING = frozenset({"as_planned", "works_finished", "grant_ran_out"})
"""Reasons of those who stayed to the planned end; all others left on the way."""

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "apprenticeship": weighted({"qualified": 4, "pending": 3, "job_same_employer": 2, "new_placement": 1}),
    "ordinary_employment": weighted({"job_other_employer": 3, "pending": 5, "back_to_job_centre": 2}),
}
OTHER_OUTCOMES = weighted(
    {
        "apprenticeship": 2,
        "job_same_employer": 2,
        "job_other_employer": 2,
        "basic_course": 1,
        "new_placement": 2,
        "back_to_job_centre": 4,
        "pending": 6,
        "unknown": 1,
    }
)
FORMS = weighted({"ordinary": 14, "short": 3, "rest": 2, "combination": 1, "new_master": 2})
PAUSES = weighted({"holiday": 5, "personal_circumstances": 3, "weather": 2, "no_work": 2, "other": 1})
ASSESSMENTS = weighted({"ready": 8, "not_ready": 1, "social_plan": 2})
DISPUTES = ("did_not_start", "other_dates", "other_kind", "other_person")
INDICATORS = ("unemployed", "outside_work_and_education", "young_outside", "publicly_supported", "employed")
"""Areas' yearly figures, in percent."""
