"""The events behind a figure as people read them: what, of whom, about when, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from schemas import contractor, secretariat
from schemas.codec import Waiting, replaced
from schemas.corrections import EventCorrected, EventWithdrawn
from schemas.envelope import Event
from schemas.facts import Fact
from schemas.vocabulary import Language
from services.clock import COPENHAGEN
from services.domain.amendments import Key, Standing, resolve, target_of
from services.reports.words import pick
from services.store.reading import LoggedEvent

_NEVER_BEAR = (
    contractor.WaiverRequested,
    secretariat.WaiverRefused,
    secretariat.ContractSumChanged,
    secretariat.NoticeGiven,
    secretariat.PenaltyClaimed,
)


@dataclass(frozen=True)
class Told:
    """One event behind a figure. `about` is the civil date it is about, `until` the last day of a period."""

    logged: LoggedEvent
    data: Fact | None
    about: date
    until: date | None
    fate: Standing | str

    @property
    def placement(self) -> str | None:
        """The placement it speaks of, if any."""
        return getattr(self.data, "placement", None)

    @property
    def man_days(self) -> Decimal | None:
        """The man-days it reports where hours are not known."""
        return getattr(self.data, "man_days", None)

    @property
    def hours(self) -> Decimal | None:
        """The hours it reports, if any."""
        return getattr(self.data, "hours", None)

    def what(self, language: Language) -> str:
        """The name of its type, and whether it was corrected or withdrawn since."""
        said = self.logged.said
        name = self.logged.type if isinstance(said, Waiting) else pick(language, said.data.da, said.data.en)
        fate = _FATES.get(self.fate)
        return f"{name} ({pick(language, *fate)})" if fate else name


_FATES = {
    "corrected": ("rettet", "corrected"),
    "withdrawn": ("trukket tilbage", "withdrawn"),
    Standing.WITHDRAWN: ("trukket tilbage", "withdrawn"),
    Standing.VOID: ("gælder ikke", "void"),
}


def bearing(behind: Sequence[LoggedEvent], target: str) -> list[Told]:
    """Those that can bear on a target's figure, by the civil date they are about."""
    fates = _fates(behind)
    seen: dict[Key, Fact | None] = {_key(one): _data(one.said) for one in behind}
    told = []
    for one in behind:
        said = one.said
        withdraws = isinstance(said, Event) and isinstance(said.data, EventWithdrawn)
        data = seen.get(target_of(said)) if withdraws else seen[_key(one)]  # type: ignore[arg-type]
        if _bears(data, target):
            about, until = _days(data) or (one.known_at.astimezone(COPENHAGEN).date(), None)
            told.append(Told(one, data, about, until, fates.get(_key(one), "")))
    return sorted(told, key=lambda one: (one.about, one.logged.position, one.logged.nr))


def _key(one: LoggedEvent) -> Key:
    return Key(one.source, one.id)


def _data(said: Event[Any] | Waiting) -> Fact | None:
    """What was said; of a correction what it puts in place."""
    if isinstance(said, Waiting):
        return None
    return replaced(said).data if isinstance(said.data, EventCorrected) else said.data


def _fates(behind: Iterable[LoggedEvent]) -> Mapping[Key, Standing | str]:
    """What became of events: corrected or withdrawn, and amendments that do not hold."""
    events = [one.said for one in behind if isinstance(one.said, Event)]
    standings = resolve(events).standings
    fates: dict[Key, Standing | str] = dict(standings)
    for event in events:
        if standings.get(Key(*event.key)) is Standing.HOLDS:
            withdrawn = isinstance(event.data, EventWithdrawn)
            key = target_of(event)
            fates[key] = "withdrawn" if withdrawn or fates.get(key) == "withdrawn" else "corrected"
    return fates


def _bears(data: Fact | None, target: str) -> bool:
    """Whether an event can bear on the figure; what names another target cannot."""
    if isinstance(data, _NEVER_BEAR):
        return False
    named = {getattr(data, name, None) for name in ("target", "to_target")} - {None}
    return not named or target in named


def _days(data: Fact | None) -> tuple[date, date | None] | None:
    """The period or the day that an event is about; None where it names none."""
    if data is None:
        return None
    if (first := getattr(data, "from_on", None)) is not None:
        return first, getattr(data, "to_on", None)
    own = (getattr(data, name) for name in type(data).model_fields if name.endswith("_on"))
    day = next((value for value in own if isinstance(value, date)), None)
    return (day, None) if day else None
