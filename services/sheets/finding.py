"""Whom or what a name in a cell means: exactly one that is known, perhaps one of some, or nobody yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

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
        self._spelt = [(_Spelt.of(_plain(named.name)), named) for named in self._known]
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
        spelt = _Spelt.of(name)
        scored = ((_likeness(spelt, other), named.name, named) for other, named in self._spelt)
        alike = sorted((one for one in scored if one[0] >= _ALIKE), key=_order)
        return Found((), tuple(named for _, _, named in alike[:_MOST_OFFERED]))


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


class _Spelt(NamedTuple):
    """A plain name taken apart once: every new name of a sheet is held against all that are known."""

    name: str
    words: Sequence[str]
    sorted_words: Sequence[str]
    word_set: frozenset[str]
    pairs: frozenset[str]
    has_initial: bool

    @classmethod
    def of(cls, name: str) -> _Spelt:
        words = name.split()
        pairs = frozenset(map("".join, pairwise(name)))
        return cls(name, words, sorted(words), frozenset(words), pairs, any(map(_INITIAL.match, words)))


def _likeness(one: _Spelt, other: _Spelt) -> float:
    ours, theirs = one.words, other.words
    if not ours or not theirs:
        return 0.0
    if one.sorted_words == other.sorted_words or _initials(one, other) or _initials(other, one):
        return 1.0
    if len(ours) > 1 and len(theirs) > 1 and ours[0] == theirs[0] and ours[-1] == theirs[-1]:
        return 0.95  # a middle name more or less
    if one.word_set <= other.word_set and len(one.name) > _SHORT:
        return 0.9  # a part of the name; a firm without its form
    return SequenceMatcher(None, one.name, other.name).ratio() if _may_be_alike(one, other) else 0.0


def _may_be_alike(one: _Spelt, other: _Spelt) -> bool:
    """Whether the ratio can reach _ALIKE at all: names that do share nearly as many pairs of letters as letters.

    Of n letters in both, at most (1 - _ALIKE) n stand alone and part the rest into one run more; a run of k letters
    has k - 1 pairs, and a pair that occurs twice is counted once.
    """
    letters = len(one.name) + len(other.name)
    alone = (1 - _ALIKE) * letters
    repeated = len(one.name) - 1 - len(one.pairs)
    return len(one.pairs & other.pairs) >= (letters - alone) / 2 - alone - 1 - repeated


_INITIAL = re.compile(r"^\w$")


def _initials(short: _Spelt, full: _Spelt) -> bool:
    """`P Jensen`, `Jensen P` for `Peter Jensen`: every part is a part of the full name, or begins one."""
    if not short.has_initial or len(short.words) < 2:
        return False
    left = list(full.words)
    for part in sorted(short.words, key=len, reverse=True):
        fits = next((word for word in left if word == part or (len(part) == 1 and word.startswith(part))), None)
        if fits is None:
            return False
        left.remove(fits)
    return True
