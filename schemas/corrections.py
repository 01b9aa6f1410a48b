"""How what was said is unsaid or said anew, and how two reports are tied (architecture.md, invariant 3).

All three stand under the subject of what they are about: a report under the wrong tender is withdrawn and sent anew.
"""

from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from schemas.facts import Day, Fact, Value, check_two
from schemas.identifiers import EventId, Id, Source
from schemas.vocabulary import Party, Subject

_ANYONE = tuple(Party)


class Replacement(Value):
    """What the corrected event should have said: its type and all of its data."""

    type: str
    data: dict[str, JsonValue]


class EventCorrected(
    Fact, name="event.corrected", da="Rettelse", en="Event corrected", senders=_ANYONE, about=Subject.AS_TARGET
):
    """What an earlier event should have said, in full. Of several corrections the highest revision holds.

    May come before the event it corrects. Only the organisation that sent the event, or the one it was sent on behalf
    of, can correct it; withdrawing the correction restores what stood before.
    """

    target_source: Source
    target_id: EventId
    revision: Annotated[int, Field(ge=1, le=10_000)] = 1
    replacement: Replacement


class EventWithdrawn(
    Fact, name="event.withdrawn", da="Tilbagetrækning", en="Event withdrawn", senders=_ANYONE, about=Subject.AS_TARGET
):
    """An earlier event, or an earlier correction, is taken back. This is final. May come before what it takes back."""

    target_source: Source
    target_id: EventId


class PlacementMatched(
    Fact,
    name="placement.matched",
    da="Forløb parret",
    en="Placement matched",
    senders=(Party.CLIENT, Party.SECRETARIAT, Party.JOB_CENTRE, Party.CONTRACTOR),
):
    """A person decided that two reports are one placement (counted once, as `placement`), or that they are not."""

    placement: Id
    other: Id
    same: bool = True
    decided_on: Day

    @model_validator(mode="after")
    def _two_placements(self) -> Self:
        """other is another id than placement."""
        check_two(self.placement, self.other)
        return self
