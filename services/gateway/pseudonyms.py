"""The edge where a CPR number ends: in a request it becomes a person's pseudonym.

Where an installation allows it, a sender may write `"person": "cpr:..."` with the number after the colon. The number
lives in this process's memory only, until the vault has turned it into a person id (architecture.md, People's data);
nothing that is raised here repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from schemas.codec import decode
from schemas.faults import Fault, InvalidEventError, fault
from services.errors import BadInput
from services.store.vault import Vault
from services.store.vault.numbers import ten_digits

PREFIX = "cpr:"

_PLACES = ("data", "data.replacement.data")
# Nearly every event passes here: it can hold the prefix only if its letters are there, or hidden behind escapes.
_MAY_HOLD_PREFIX = re.compile(rb"cpr|\\u00", re.IGNORECASE)
# Stands for the pseudonym while the rest of the event is judged.
_SOMEBODY = "10000009:somebody"
_TEXTS = {
    "cpr_form": (
        "efter cpr: skal stå et CPR-nummer: seks cifre, der begynder som en dato, og fire til",
        "after cpr: there must be a CPR number: six digits that begin like a date, and four more",
    ),
    "cpr_no_circle": (
        "udbuddet kendes ikke her, så et CPR-nummer kan ikke blive til et pseudonym; skriv et person-id i stedet",
        "this tender is not known here, so a CPR number cannot become a pseudonym; write a person id instead",
    ),
}


def may_hold_number(raw: bytes) -> bool:
    """Whether an event is worth a look by `pseudonymised`; nearly none is."""
    return _MAY_HOLD_PREFIX.search(raw) is not None


def pseudonymised(
    raw: bytes, circle_of: Callable[[str], str | None], vault: Vault | None, *, only_judged: bool = False
) -> bytes:
    """The event with a person's pseudonym instead of `cpr:` and a number; any other event as it is.

    `circle_of` gives the linking circle of a subject, None where the sender has none there. `vault` is None where
    the installation takes no CPR numbers. Nothing comes into the vault for an event that `decode` would refuse; where
    the event is `only_judged`, as in a dry run, nothing at all: it goes on with a stand-in for the person.
    Raises InvalidEventError with every fault, and DatabaseUnavailable where the vault is needed and does not answer.
    """
    if not may_hold_number(raw):
        return raw
    body = _parsed(raw)
    holders = dict(_holders(body))
    if not holders:
        return raw
    if vault is None:
        raise InvalidEventError(fault("cpr", path) for path in holders)
    numbers = {path: holder["person"].strip()[len(PREFIX) :] for path, holder in holders.items()}
    circle = circle_of(body["subject"]) if isinstance(body.get("subject"), str) else None
    for holder in holders.values():
        holder["person"] = _SOMEBODY
    faults = [*_faults_of_numbers(numbers, circle), *_faults_of_rest(body)]
    if faults or circle is None:
        raise InvalidEventError(faults)
    for path, holder in () if only_judged else holders.items():
        holder["person"] = vault.subject_of(circle, numbers[path])
    return msgspec.json.encode(body)


def _parsed(raw: bytes) -> Any:
    """The event as JSON, or None: what is wrong with it is for `decode` to say."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _holders(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects whose `person` is a number, with the path of that field."""
    for place in _PLACES:
        holder = body
        for name in place.split("."):
            holder = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and _is_number(holder.get("person")):
            yield f"{place}.person", holder


def _is_number(person: object) -> bool:
    return isinstance(person, str) and person.strip().casefold().startswith(PREFIX)


def _faults_of_numbers(numbers: dict[str, str], circle: str | None) -> Iterator[Fault]:
    for path, number in numbers.items():
        try:
            ten_digits(number)
        except BadInput:
            yield _fault("cpr_form", path)
    if circle is None:
        yield _fault("cpr_no_circle", "subject")


def _faults_of_rest(body: Any) -> tuple[Fault, ...]:
    try:
        decode(msgspec.json.encode(body))
    except InvalidEventError as error:
        return error.faults
    return ()


def _fault(code: str, field: str) -> Fault:
    da, en = _TEXTS[code]
    return Fault(code, field, "", da, en)
