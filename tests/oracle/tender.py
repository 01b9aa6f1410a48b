"""RULES.md section 3, together with the tender: whose time it is, when it is cut off, and which placements count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from tests.oracle.effective import Said, first_told, named
from tests.oracle.persons import Pair, components, matched, roots
from tests.oracle.placement import ONE_DAY, Placement, on, placements_of

NEAR = timedelta(days=31)


@dataclass(frozen=True)
class Look:
    """What is looked at: what counts on `on`; or, `ahead`, what will count on `until` if all goes as agreed."""

    on: date
    until: date
    ahead: bool = False


@dataclass(frozen=True, eq=False)
class Tender:
    """All that is in force under one tender."""

    by_name: dict[str, list[Said]]
    registered: Said | None
    person_roots: dict[str, str]
    pairs: dict[Pair, bool]
    groups: list[set[str]]
    placements: dict[str, Placement]

    def told(self, *names: str) -> list[Said]:
        """The events of these types under the tender, in order of trust."""
        return sorted((one for name in names for one in self.by_name.get(name, [])), key=lambda one: one.trust)

    def root(self, placement: Placement) -> str:
        """The person, under the smallest of its ids."""
        person = str(placement.term("person"))
        return self.person_roots.get(person, person)


def tender_of(said: list[Said], tender: str) -> Tender:
    """Gather one tender from the events in force of all subjects."""
    own = [one for one in said if one.subject == tender]
    registered = first_told(named(own, "tender.registered"))
    circle = registered.data["linking_circle"] if registered else None
    pairs = matched(own)
    groups = components(pair for pair, same in pairs.items() if same)
    known = placements_of(own)
    placements = {placement: _helped_out(known[placement], groups, known) for placement in known}
    by_name: dict[str, list[Said]] = {}
    for one in own:
        by_name.setdefault(one.name, []).append(one)
    return Tender(by_name, registered, roots(said, circle), pairs, groups, placements)


def group_of(placement: str, groups: list[set[str]]) -> set[str]:
    """The ids that are one placement with this one, itself included."""
    return next((group for group in groups if placement in group), {placement})


def stands_for(group: set[str], known: dict[str, Placement]) -> str | None:
    """Section 3, matched: the id of a group under which it counts; none where nothing is known of any."""
    ids = sorted(placement for placement in group if placement in known)
    own = [placement for placement in ids if known[placement].own_report]
    any_terms = [placement for placement in ids if known[placement].terms is not None]
    return next(iter(own + any_terms + ids), None)


def _helped_out(placement: Placement, groups: list[set[str]], known: dict[str, Placement]) -> Placement:
    """Section 3, matched: what the one that counts does not know, the first of the others that does gives."""
    group = group_of(placement.id, groups)
    if stands_for(group, known) != placement.id or placement.terms is None:
        return placement
    for other in [known[i] for i in sorted(group - {placement.id}) if i in known]:
        if placement.resident == "unknown":
            placement = replace(placement, resident=other.resident)
        if placement.start is None and not placement.not_started:
            placement = replace(placement, start=other.start)
        if placement.end is None:
            placement = replace(placement, end=other.end, reason=other.reason, outcome=other.outcome)
        if placement.term("age_band") is None:
            placement = replace(placement, terms={**(placement.terms or {}), "age_band": other.term("age_band")})
        if all(pathway is None for _, pathway in placement.pathways):
            placement = replace(placement, pathways=other.pathways)
    return placement


def successor(tender: Tender, contractor: str, day: date | None) -> str:
    """Section 3: whose the contractor's time is on a day (None: after all that is known)."""
    met = [contractor]
    while True:
        succeeded = [
            s
            for s in tender.told("contractor.succeeded")
            if s.data["contractor"] == met[-1] and (day is None or s.day("succeeded_on") <= day)
        ]
        if not succeeded:
            return met[-1]
        following = max(succeeded, key=lambda s: (s.data["succeeded_on"], *s.key)).data["successor"]
        if following in met:
            return met[-1]
        met.append(following)


def successors(tender: Tender, contractor: str) -> set[str]:
    """All who ever took over from a contractor, and from those."""
    found: set[str] = set()
    for _ in tender.told("contractor.succeeded"):
        for s in tender.told("contractor.succeeded"):
            if s.data["contractor"] in found | {contractor}:
                found.add(s.data["successor"])
    return found


@lru_cache(maxsize=100_000)
def place_on(tender: Tender, placement: Placement, day: date) -> tuple[str, str | None]:
    """(contractor, contract) on a day, after moves and successions."""
    contractor, contract = on(placement.places, day)
    return successor(tender, contractor, day), contract


def _moves(placement: Placement, day: date) -> int:
    """How many changes of place lie behind by a day."""
    return sum(since <= day for since, _ in placement.places)


def cut_off(tender: Tender, placement: Placement, start: date, until: date) -> dict[date, date]:
    """Section 3, contractor.left: the days of [start, until] that are cut off, each with the left_on that cuts it."""
    gone = [one for one in tender.told("contractor.left") if one.data["reason"] in {"bankrupt", "terminated"}]
    if not gone:
        return {}
    cut: dict[date, date] = {}
    day, began, at = start, start, ("", 0)
    while day <= until:
        now = place_on(tender, placement, day)[0]
        if (now, _moves(placement, day)) != at:
            began, at = day, (now, _moves(placement, day))
        left = [g.day("left_on") for g in gone if g.data["contractor"] == now and began <= g.day("left_on") < day]
        if left:
            cut[day] = min(left)
        day += ONE_DAY
    return cut


@lru_cache(maxsize=10_000)
def ended(tender: Tender, placement: Placement, start: date) -> tuple[date | None, str | None, str | None]:
    """Section 3: (end, reason, outcome), where the contractor's end is taken into account."""
    turning = [one.day(field) for name, field in _TURNS.items() for one in tender.told(name)]
    settled = max([start, *turning]) + ONE_DAY  # from here on nothing changes hands any more
    last = placement.end if placement.end else settled
    cut = cut_off(tender, placement, start, last)
    if last in cut:
        return cut[last], "contractor_ended", placement.outcome or "pending"
    return placement.end, placement.reason, placement.outcome


_TURNS = {"contractor.left": "left_on", "contractor.succeeded": "succeeded_on", "placement.moved": "moved_on"}


def engaged(tender: Tender, contractor: str) -> bool:
    """Section 3: named by contractor.engaged or contract.awarded, or as successor."""
    names = [s.data["contractor"] for s in tender.told("contractor.engaged", "contract.awarded")]
    return contractor in names + [s.data["successor"] for s in tender.told("contractor.succeeded")]


@lru_cache(maxsize=10_000)
def is_under(tender: Tender, contractor: str, heads: frozenset[str]) -> bool:
    """Section 5: one of these contractors, or a subcontractor under one of them, however deep."""
    hangs = {(s.data["contractor"], s.data["under"]) for s in tender.told("contractor.engaged") if s.data.get("under")}
    named = {s.data["contractor"] for s in tender.told("contractor.engaged")}
    for sub, above in list(hangs):
        hangs |= {(heir, above) for heir in successors(tender, sub) - named}
    wide = set(heads)
    for _ in hangs:
        wide |= {sub for sub, above in hangs if above in wide}
    return contractor in wide


def disputed(placement: Placement, day: date) -> bool:
    """Section 3: the latest word of some organisation up to the day is a dispute."""
    latest: dict[str, tuple[str, bool]] = {}
    for word in named(placement.said, "placement.confirmed", "placement.disputed"):
        is_dispute = word.name == "placement.disputed"
        said_on = word.data["disputed_on" if is_dispute else "confirmed_on"]
        if date.fromisoformat(said_on) <= day:
            speaker = word.behalf or word.sender
            latest[speaker] = max(latest.get(speaker, ("", False)), (said_on, is_dispute))
    return any(is_dispute for _, is_dispute in latest.values())
