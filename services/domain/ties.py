"""Which placements are one, as people decided, and what the one that counts learns from the others (RULES.md 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from schemas.vocabulary import YesNoUnknown
from services.domain.persons import Match, components
from services.domain.placements import Placement


@dataclass(frozen=True)
class Ties:
    """What people decided about which placements are one."""

    stands_for: Mapping[str, str]
    parted: frozenset[tuple[str, str]]
    known: Mapping[str, Placement]

    @classmethod
    def of(cls, matches: Iterable[Match], known: Mapping[str, Placement]) -> "Ties":
        """The ties from all decisions that hold; `known` are the placements they name."""
        matches = list(matches)
        groups: dict[str, list[str]] = {}
        for placement, root in components((m.one, m.other) for m in matches if m.same).items():
            groups.setdefault(root, []).append(placement)
        stands_for = {member: cls._chosen(group, known) for group in groups.values() for member in group}
        return cls(stands_for, frozenset((m.one, m.other) for m in matches if not m.same), known)

    @staticmethod
    def _chosen(group: Iterable[str], known: Mapping[str, Placement]) -> str:
        def rank(placement: str) -> tuple[int, str]:
            told = known.get(placement)
            if told is None or told.contractor is None:
                return 2 + (told is None), placement
            return int(told.only_job_centre), placement

        return min(group, key=rank)

    @cached_property
    def _others(self) -> Mapping[str, list[Placement]]:
        """The other reports of each placement that counts, by id."""
        others: dict[str, list[Placement]] = {}
        for name, chosen in sorted(self.stands_for.items()):
            if name != chosen and name in self.known:
                others.setdefault(chosen, []).append(self.known[name])
        return others

    def one(self, placement: str) -> str:
        """The id under which a placement counts."""
        return self.stands_for.get(placement, placement)

    def continued(self, placement: Placement) -> set[str]:
        """The placements that this one, or another report of it, says it continues."""
        reports = (placement, *self._others.get(placement.placement, ()))
        return {self.one(report.continues) for report in reports if report.continues is not None}

    def completed(self, placement: Placement) -> Placement:
        """The placement with what only its other reports know."""
        for other in self._others.get(placement.placement, ()):
            placement = _completed(placement, other)
        return placement


def _completed(placement: Placement, other: Placement) -> Placement:
    resident = placement.resident if placement.resident is not YesNoUnknown.UNKNOWN else other.resident
    ended = placement if placement.end is not None else other
    return replace(
        placement,
        start=placement.start if placement.start is not None or placement.not_started else other.start,
        end=ended.end,
        end_reason=ended.end_reason,
        outcome=ended.outcome,
        resident=resident,
        age_band=placement.age_band or other.age_band,
        pathways=placement.pathways or other.pathways,
        referred_by=placement.referred_by or other.referred_by,
        authorised_until=placement.authorised_until or other.authorised_until,
        follow_ups=tuple(sorted((*placement.follow_ups, *other.follow_ups))),
        own_word=placement.own_word or other.own_word,
    )
