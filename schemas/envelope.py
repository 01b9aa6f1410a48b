"""The CloudEvents 1.0 envelope around every event.

Identity is (`source`, `id`). `time` is when it happened, as the sender's clock says, and informs only: figures follow
the civil dates in `data`. `recordedtime` is when we were told; it is set on receipt and is no part of what was said.
"""

from typing import Generic, Literal, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.facts import Fact
from schemas.identifiers import EventId, Id, Source, organisation_of

DataT_co = TypeVar("DataT_co", bound=Fact, covariant=True)


class Event(BaseModel, Generic[DataT_co]):
    """One event: the envelope, and in `data` what happened. Extension attributes we do not know are let through."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    specversion: Literal["1.0"]
    id: EventId
    source: Source
    type: str
    subject: Id = Field(description="the tender; without one, the candidate, the area or the linking circle")
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    recordedtime: AwareDatetime | None = None
    data: DataT_co

    @property
    def organisation(self) -> str:
        """The organisation that sent it (CVR)."""
        return organisation_of(self.source)

    @property
    def key(self) -> tuple[str, str]:
        """The identity: (source, id)."""
        return self.source, self.id

    @model_validator(mode="after")
    def _sent_as_itself(self) -> Self:
        if self.data.reported_by != organisation_of(self.source):
            raise PydanticCustomError("reported_by", "reported_by is the organisation in source")
        return self
