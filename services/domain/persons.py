"""Who is one person, and which placements are one: links that people decided (RULES.md sections 2 and 3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.secretariat import PersonSameAs
from services.domain.amendments import AnyEvent


@dataclass(frozen=True, slots=True)
class PersonLink:
    """An id that is one person with others; the person is named by `root`, the smallest id among them."""

    person: str
    root: str


@dataclass(frozen=True, slots=True)
class Match:
    """The decision that holds on whether two placements, in order of id, are one."""

    one: str
    other: str
    same: bool
    decided_on: date


def fold_persons(events: Iterable[AnyEvent]) -> tuple[PersonLink, ...]:
    """Everybody of a linking circle who is known under several ids."""
    decisions: dict[tuple[str, str], tuple[date, bool]] = {}
    for event in events:
        same = isinstance(event.data, PersonSameAs)
        other = event.data.same_as if same else event.data.not_same_as
        pair = (min(event.data.person, other), max(event.data.person, other))
        decision = (event.data.decided_on, not same)  # on one day the parting wins
        decisions[pair] = max(decisions.get(pair, decision), decision)
    roots = components(pair for pair, (_, parted) in decisions.items() if not parted)
    return tuple(PersonLink(person, root) for person, root in sorted(roots.items()))


def fold_match(events: Sequence[AnyEvent]) -> tuple[Match, ...]:
    """The decision that holds on one pair of placements: the latest; on one day the parting wins."""
    if not events:
        return ()
    last = max(events, key=lambda e: (e.data.decided_on, not e.data.same, e.source, e.id)).data
    one, other = sorted((last.placement, last.other))
    return (Match(one, other, last.same, last.decided_on),)


def components(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Every id in some pair, with the smallest id of those it hangs together with."""
    roots: dict[str, str] = {}

    def root(name: str) -> str:
        while roots.setdefault(name, name) != name:
            roots[name] = roots[roots[name]]
            name = roots[name]
        return name

    for one, other in pairs:
        first, second = sorted((root(one), root(other)))
        roots[second] = first
    return {name: root(name) for name in list(roots)}
