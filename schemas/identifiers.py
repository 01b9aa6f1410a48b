"""CVR numbers, municipality codes, ids and event sources, and the CPR shape that must never travel.

Ids are ``{minter's CVR}:{local id}``; a source is ``urn:bygspor:{CVR}:{system}``; both name an organisation.
Source of the rules: domain.md section 10 and architecture.md, Identity.
"""

import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)

# The forms are read by Rust, Python and ECMAScript alike: what holds here holds in the published schemas.
CVR_FORM = r"^[0-9]{8}$"
ID_FORM = r"^[0-9]{8}:[0-9A-Za-zÆØÅæøå._/-]{1,64}$"
SOURCE_FORM = r"^urn:bygspor:[0-9]{8}:[0-9a-z._-]{1,40}$"
EVENT_ID_FORM = r"^[0-9A-Za-zÆØÅæøå._:/-]{1,128}$"

# Ten digits that begin like a date, written as a word of their own: what a CPR number looks like. Replacement numbers
# have 60 added to the day. The century and the modulus-11 check are left out on purpose: numbers issued since 1 October
# 2007 need not satisfy the check. Word processors turn the hyphen into a dash or a hyphen that does not break, people
# put spaces around it or between the pairs, or part the numbers with whatever is at hand.
# Alternatives, not a class of signs: the pattern must read the same in UTF-8 bytes.
_BLANK = "(?: |\t|\u00a0)?"
_DASH = "(?:-|\\.|/|_|\u2010|\u2011|\u2012|\u2013|\u2014|\u2212)?"
_DAY = "(?:0[1-9]|[1278][0-9]|3[01]|6[1-9]|9[01])"
_CPR_DIGITS = f"{_DAY}{_BLANK}(?:0[1-9]|1[0-2]){_BLANK}[0-9]{{2}}{_BLANK}{_DASH}{_BLANK}[0-9]{{4}}"
CPR_SHAPE = re.compile(f"(?<![0-9A-Za-z]){_CPR_DIGITS}(?![0-9A-Za-z])")
CPR_FORM = f"(?:^|[^0-9A-Za-z]){_CPR_DIGITS}(?:$|[^0-9A-Za-z])"
"""The same shape without looking behind, which not every reader of JSON Schema can."""
BLOT = "******-****"
"""What is shown in place of a CPR number."""


def blotted(text: str) -> str:
    """A text with everything shaped like a CPR number blotted out."""
    return CPR_SHAPE.sub(BLOT, text)


@lru_cache(maxsize=65_536)
def is_cvr(text: str) -> bool:
    """Whether `text` is a Danish company number: 8 digits whose weighted sum (2,7,6,5,4,3,2,1) divides by 11."""
    if len(text) != 8 or not text.isascii() or not text.isdigit() or text == "00000000":
        return False
    return sum(weight * int(digit) for weight, digit in zip(_CVR_WEIGHTS, text, strict=True)) % 11 == 0


def _check_cvr(text: str) -> str:
    if not is_cvr(text):
        raise PydanticCustomError("cvr", "a CVR number: 8 digits that satisfy the modulus-11 check")
    return text


def _check_id(text: str) -> str:
    if not is_cvr(text[:8]):
        raise PydanticCustomError("id_cvr", "an id that begins with the minter's CVR number")
    return text


def _check_source(text: str) -> str:
    if not is_cvr(text[12:20]):
        raise PydanticCustomError("source_cvr", "a source that names its organisation by CVR number")
    return text


def source_of(organisation: str, system: str) -> str:
    """The source of what an organisation says by one of its systems, or by one of our own ways."""
    return f"urn:bygspor:{organisation}:{system}"


def organisation_of(id_or_source: str) -> str:
    """The CVR number inside an id (``CVR:local``) or a source (``urn:bygspor:CVR:system``)."""
    return id_or_source[12:20] if id_or_source.startswith("urn:") else id_or_source[:8]


Cvr = Annotated[
    str,
    StringConstraints(pattern=CVR_FORM),
    AfterValidator(_check_cvr),
    Field(description="CVR number of an organisation: 8 digits, modulus-11 checked", examples=["10000009"]),
]
Id = Annotated[
    str,
    StringConstraints(pattern=ID_FORM),
    AfterValidator(_check_id),
    Field(description="{minter's CVR}:{local id}; the CVR number is modulus-11 checked"),
]
Source = Annotated[
    str,
    StringConstraints(pattern=SOURCE_FORM),
    AfterValidator(_check_source),
    Field(description="urn:bygspor:{CVR of the sending organisation, modulus-11 checked}:{its system}"),
]
EventId = Annotated[
    str,
    StringConstraints(pattern=EVENT_ID_FORM),
    Field(description="the sender's own id of the event; unique together with source"),
]
MunicipalityCode = Annotated[
    int,
    Field(ge=101, le=999, description="kommunekode, e.g. 751 Aarhus, 607 Fredericia", examples=[751]),
]
