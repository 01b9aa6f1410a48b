"""When two spellings are one name, and when two names are close enough to ask "Mener du ...?"."""

import difflib
from collections.abc import Iterable

from schemas.identifiers import CPR_SHAPE
from services.errors import BadInput

LONGEST = 200
_CLOSE = 0.75
_MOST_SHOWN = 5


def written(name: str) -> str:
    """A name as it is kept: single spaces, none around it. Raises BadInput, which does not repeat it."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise BadInput("vault.name", f"A name is visible text on one line, at most {LONGEST} characters.")
    if CPR_SHAPE.search(plain):
        raise BadInput("vault.name_is_cpr", "The name looks like a CPR number; it must not be here.")
    return plain


def normalised(name: str) -> str:
    """What two spellings of one name have in common: no matter the case and the spaces."""
    return " ".join(name.casefold().split())


def closest(name: str, known: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The (person, name) that are much like a name without being it, the likest first, five at most."""
    wanted = normalised(name)
    found = [
        (likeness, person, other)
        for person, other in known
        if normalised(other) != wanted and (likeness := _likeness(wanted, normalised(other))) >= _CLOSE
    ]
    found.sort(key=lambda one: (-one[0], one[2], one[1]))
    return [(person, other) for _, person, other in found[:_MOST_SHOWN]]


def _likeness(one: str, other: str) -> float:
    """From 0 to 1; "Hansen, Jens" is as good as "Jens Hansen"."""
    return max(_ratio(one, other), _ratio(_in_order(one), _in_order(other)))


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _in_order(name: str) -> str:
    return " ".join(sorted(name.replace(",", " ").split()))
