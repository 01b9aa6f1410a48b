"""The dead letter: what the topic of dead letters holds, for those who run BygSpor and look after its senders.

It says where an event stood and why it was rejected, not what was in it: that is kept among the rejected, scrubbed.
What the sender wrote comes into a letter only where it has the form it should have, and never shaped like a CPR number.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from schemas.faults import Fault
from schemas.identifiers import CPR_SHAPE, CVR_FORM, EVENT_ID_FORM, SOURCE_FORM, blotted


def _only(form: str) -> Callable[[Any], str | None]:
    def fitting(text: Any) -> str | None:
        fits = isinstance(text, str) and re.search(form, text) and not CPR_SHAPE.search(text)
        return str(text) if fits else None

    return fitting


class LetterFault(BaseModel):
    """One thing that is wrong with the event, without what was given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(description="stable, for programs", examples=["missing"])
    field: Annotated[str, BeforeValidator(blotted)] = Field(
        description="where, with dots; empty where it is the event as a whole", examples=["data.person"]
    )
    da: str = Field(description="what is wrong, in Danish")
    en: str = Field(description="what is wrong, in English")

    @classmethod
    def of(cls, fault: Fault) -> "LetterFault":
        """A fault as a letter tells it."""
        return cls(code=fault.code, field=fault.field, da=fault.da, en=fault.en)


class DeadLetter(BaseModel):
    """An event that was rejected: where it stood, whose it is, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str = Field(description="the topic it stood in", examples=["bygspor.in.10000319"])
    partition: int = Field(ge=0)
    offset: int = Field(ge=0, description="of the record that held it")
    nr: int = Field(ge=0, description="its place in the record, from 0")
    source: Annotated[str | None, BeforeValidator(_only(SOURCE_FORM))] = Field(
        default=None, description="of the event, where it could be read"
    )
    id: Annotated[str | None, BeforeValidator(_only(EVENT_ID_FORM))] = Field(
        default=None, description="of the event, where it could be read"
    )
    organisation: Annotated[str | None, BeforeValidator(_only(CVR_FORM))] = Field(
        default=None, description="CVR number of the organisation that sent it, where that is known"
    )
    faults: tuple[LetterFault, ...] = Field(description="everything that is wrong with it")
    noted_at: AwareDatetime = Field(description="when it was rejected")

    @property
    def key(self) -> bytes:
        """The key of its record: the same letter sent twice has the same."""
        return f"{self.topic}/{self.partition}/{self.offset}/{self.nr}".encode()

    def value(self) -> bytes:
        """The letter as it is sent."""
        return self.model_dump_json().encode()
