"""Decimal numbers as text: exact, as they are stored. Null is unknown, never zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from services.store.figure_docs import text_of

DecimalText = Annotated[
    str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", description="a decimal number as text, exact", examples=["4.1"])
]


def decimal_text(value: Decimal) -> str:
    """A number as text, without zeros at its end."""
    return text_of(Fraction(value)) or "0"
