"""The number a form gets when it is drawn: it becomes the event's id, so that a double click posts once.

It holds the moment of drawing, which becomes the event's time: the same form sent again says the very same.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime

from services.clock import COPENHAGEN

_FORM = re.compile(r"(2[0-9]{7}T[0-9]{6}Z)-([0-9a-f]{16})")
_MOMENT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One form that was shown to one person."""

    number: str
    at: datetime

    @classmethod
    def now(cls) -> Drawn:
        """A form that is drawn at this moment."""
        at = datetime.now(UTC).replace(microsecond=0)
        return cls(f"{at:{_MOMENT}}-{secrets.token_hex(8)}", at)

    @classmethod
    def read(cls, number: str) -> Drawn | None:
        """The form with a number that came back; None where it is none of ours."""
        found = _FORM.fullmatch(number)
        if found is None:
            return None
        try:
            at = datetime.strptime(found[1], _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(number, at) if at.year < 2100 else None

    @property
    def time(self) -> str:
        """The moment as an event's time."""
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"

    @property
    def on(self) -> date:
        """The civil date in Denmark on which it was drawn."""
        return self.at.astimezone(COPENHAGEN).date()

    @property
    def secret(self) -> str:
        """Its random part, for ids of what the form makes."""
        return self.number.rpartition("-")[2]
