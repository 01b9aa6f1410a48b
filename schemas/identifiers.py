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

# Ten digits that begin like a date, written as a word of their own: what a CPR number looks like. The century and the
# modulus-11 check are left out on purpose: numbers issued since 1 October 2007 need not satisfy the check.
CPR_SHAPE = re.compile(
    r"(?<![0-9A-Za-z])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[- ]?\d{4}(?![0-9A-Za-z])",
)


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


def organisation_of(id_or_source: str) -> str:
    """The CVR number inside an id (``CVR:local``) or a source (``urn:bygspor:CVR:system``)."""
    return id_or_source[12:20] if id_or_source.startswith("urn:") else id_or_source[:8]


Cvr = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{8}$"),
    AfterValidator(_check_cvr),
    Field(description="CVR number of an organisation: 8 digits, modulus-11 checked", examples=["10000009"]),
]
Id = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{8}:[0-9A-Za-zÆØÅæøå._/-]{1,64}$"),
    AfterValidator(_check_id),
    Field(description="{minter's CVR}:{local id}"),
]
Source = Annotated[
    str,
    StringConstraints(pattern=r"^urn:bygspor:[0-9]{8}:[0-9a-z._-]{1,40}$"),
    AfterValidator(_check_source),
    Field(description="urn:bygspor:{CVR of the sending organisation}:{its system}"),
]
EventId = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Za-zÆØÅæøå._:/-]{1,128}$"),
    Field(description="the sender's own id of the event; unique together with source"),
]
MunicipalityCode = Annotated[
    int,
    Field(ge=101, le=999, description="kommunekode, e.g. 751 Aarhus, 607 Fredericia", examples=[751]),
]
