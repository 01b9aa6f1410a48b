"""What fits a target (RULES.md section 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from schemas.secretariat import CountingRules, SubstitutionAgreed, Target
from schemas.vocabulary import Metric, Pathway, PlacementKind, YesNoUnknown
from services.domain.courses import Placed, Stay
from services.domain.frame import Frame
from services.domain.spans import stretches

TRAINING = frozenset({PlacementKind.APPRENTICESHIP, PlacementKind.OTHER_TRAINING})
_WITH_SUBSTITUTION = frozenset({Metric.PERSONS, Metric.PLACEMENTS, Metric.FTE, Metric.PERSON_WEEKS})


@dataclass(frozen=True)
class Narrowing:
    """One target with what its agreement and tender say about it on a day."""

    target: Target
    rules: CountingRules
    new_since: date
    substitutions: tuple[SubstitutionAgreed, ...]
    frame: Frame

    @cached_property
    def also(self) -> frozenset[PlacementKind]:
        """The kinds that count by an agreed substitution."""
        if not self.target.kinds or self.target.metric not in _WITH_SUBSTITUTION:
            return frozenset()
        return frozenset(kind for s in self.substitutions for kind in s.kinds) - frozenset(self.target.kinds)

    def stay_fits(self, stay: Stay) -> bool:
        """Whether trade, contractor and contract fit."""
        target = self.target
        return (
            (not target.trades or stay.trade in target.trades)
            and (not target.contracts or stay.contract in target.contracts)
            and (not target.contractors or self.frame.hangs_under(stay.contractor, target.contractors))
        )

    def site_fits(self, contractor: str) -> bool:
        """Whether a contractor's site hours are among those the target is a share of."""
        target, frame = self.target, self.frame
        return (not target.contractors or frame.hangs_under(contractor, target.contractors)) and (
            not target.contracts or frame.hangs_under(contractor, self._holders)
        )

    @cached_property
    def _holders(self) -> frozenset[str]:
        return self.frame.holders(self.target.contracts)

    def person_fits(self, placed: Placed) -> bool:
        """Whether all fits that is said of the placement and its person, kind and place apart."""
        target = self.target
        return not any(self.gaps(placed)) and (not target.pathways or not pathways(placed).isdisjoint(target.pathways))

    def gaps(self, placed: Placed) -> Iterator[tuple[str, bool]]:
        """Which narrowings a placement does not fit, and of each whether that is because it is not known."""
        target, placement = self.target, placed.placement
        if target.residents_only and placement.resident is not YesNoUnknown.YES:
            yield "resident", placement.resident is YesNoUnknown.UNKNOWN
        if target.age_bands and placement.age_band not in target.age_bands:
            yield "age_band", placement.age_band is None
        if target.new_only and (new := self.is_new(placed)) is not YesNoUnknown.YES:
            yield "novelty", new is YesNoUnknown.UNKNOWN

    def is_new(self, placed: Placed) -> YesNoUnknown:
        """Whether the training agreement was made for this contract (RULES.md section 3)."""
        if placed.placement.kind not in TRAINING:
            return YesNoUnknown.YES
        signed_on = placed.placement.signed_on
        if signed_on is None:
            return YesNoUnknown.UNKNOWN
        contract = placed.stays[0].contract if placed.stays else None
        since = self.rules.new_since or self.frame.contract_signed.get(contract or "") or self.new_since
        return YesNoUnknown.YES if signed_on >= since else YesNoUnknown.NO


def pathways(placed: Placed) -> frozenset[Pathway]:
    """The pathways the placement has had from its start to the day it is seen."""
    if placed.start is None:
        return frozenset()
    had = stretches(placed.placement.pathways, placed.start.toordinal(), placed.until)
    return frozenset(pathway for _, _, pathway in had)
