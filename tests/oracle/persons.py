"""RULES.md sections 2 and 3: which ids are one, by the decisions of people."""

from __future__ import annotations

from collections.abc import Iterable

from tests.oracle.effective import Said

Pair = frozenset[str]


def components(pairs: Iterable[Pair]) -> list[set[str]]:
    """The groups of ids that hang together."""
    groups: list[set[str]] = []
    for pair in pairs:
        touched = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair]
        groups.append(set(pair).union(*touched))
    return groups


def roots(said: Iterable[Said], circle: str | None) -> dict[str, str]:
    """Section 2: of every linked person id of a circle the smallest id of its group; others are their own root."""
    latest: dict[Pair, tuple[str, bool]] = {}
    for link in said:
        if link.subject == circle and link.name in {"person.same_as", "person.not_same_as"}:
            apart = link.name == "person.not_same_as"
            pair = frozenset({link.data["person"], link.data["not_same_as" if apart else "same_as"]})
            latest[pair] = max(latest.get(pair, ("", False)), (link.data["decided_on"], apart))
    groups = components(pair for pair, (_, apart) in latest.items() if not apart)
    return {person: min(group) for group in groups for person in group}


def matched(said: Iterable[Said]) -> dict[Pair, bool]:
    """Section 3, matched: what holds of each pair of placements of one tender: the same, or not."""
    latest: dict[Pair, tuple[str, bool]] = {}
    for match in said:
        if match.name == "placement.matched":
            pair = frozenset({match.data["placement"], match.data["other"]})
            apart = not match.data.get("same", True)
            latest[pair] = max(latest.get(pair, ("", False)), (match.data["decided_on"], apart))
    return {pair: not apart for pair, (_, apart) in latest.items()}
