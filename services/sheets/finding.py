"""Whom or what a name in a cell means: exactly one that is known, perhaps one of some, or nobody yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.sheets.book import Named
from services.sheets.texts import folded, tidy

_ALIKE = 0.84
_MOST_OFFERED = 5
_SHORT = 3
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "é": "e", "ü": "u"})


@dataclass(frozen=True, slots=True)
class Found:
    """`exact`: those it names for certain; `near`: those it may mean, likeliest first."""

    exact: tuple[Named, ...]
    near: tuple[Named, ...]


class Names:
    """Finds among what an organisation knows by name, alias or id."""

    def __init__(self, known: Iterable[Named]) -> None:
        self._known = tuple(known)
        self._by_name: dict[str, list[Named]] = {}
        for named in self._known:
            names = (named.id, named.id.partition(":")[2], named.name, *named.aliases)
            for name in {_plain(name) for name in names} - {""}:
                self._by_name.setdefault(name, []).append(named)

    @property
    def all(self) -> Sequence[Named]:
        """Everything that is known."""
        return self._known

    def find(self, text: str, *, near: bool = True) -> Found:
        """Upper case, spaces, `Jensen, Peter` and `Soerensen` are the same name; initials and slips are near it."""
        name = _plain(_turned(text))
        exact = self._by_name.get(name) or self._by_name.get(_plain(text)) or []
        if exact or not near:
            return Found(tuple(exact), ())
        scored = sorted(((_likeness(name, _plain(named.name)), named.name, named) for named in self._known), key=_order)
        return Found((), tuple(named for score, _, named in scored if score >= _ALIKE)[:_MOST_OFFERED])


def _order(scored: tuple[float, str, Named]) -> tuple[float, str]:
    return -scored[0], scored[1]


def _turned(text: str) -> str:
    """`Jensen, Peter` as people say it."""
    last, comma, first = tidy(text).partition(",")
    return f"{first.strip()} {last}" if comma and first.strip() else text


def _plain(name: str) -> str:
    plain = folded(name).translate(_LETTERS)
    # Excel eats the zeros a number begins with.
    return plain.lstrip("0") if plain.isdigit() else plain


def _likeness(one: str, other: str) -> float:
    ours, theirs = one.split(), other.split()
    if not ours or not theirs:
        return 0.0
    if sorted(ours) == sorted(theirs) or _initials(ours, theirs) or _initials(theirs, ours):
        return 1.0
    if len(ours) > 1 and len(theirs) > 1 and ours[0] == theirs[0] and ours[-1] == theirs[-1]:
        return 0.95  # a middle name more or less
    if set(ours) <= set(theirs) and len(one) > _SHORT:
        return 0.9  # a part of the name; a firm without its form
    return SequenceMatcher(None, one, other).ratio()


_INITIAL = re.compile(r"^\w$")


def _initials(short: Sequence[str], full: Sequence[str]) -> bool:
    """`P Jensen`, `Jensen P` for `Peter Jensen`: every part is a part of the full name, or begins one."""
    if len(short) < 2 or not any(_INITIAL.match(part) for part in short):
        return False
    left = list(full)
    for part in sorted(short, key=len, reverse=True):
        fits = next((word for word in left if word == part or (len(part) == 1 and word.startswith(part))), None)
        if fits is None:
            return False
        left.remove(fits)
    return True
