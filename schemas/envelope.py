"""The CloudEvents 1.0 envelope around every event.

Identity is (`source`, `id`). `time` is when it happened, as the sender's clock says, and informs only: figures follow
the civil dates in `data`. `recordedtime` is when we were told; it is set on receipt and is no part of what was said.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from schemas.facts import Fact
from schemas.identifiers import EventId, Id, Source, organisation_of

DataT_co = TypeVar("DataT_co", bound=Fact, covariant=True)

# The bounds keep out clocks that were never set, and years that a database cannot turn into its own time zone. They
# are a day wider than the published pattern, which reads the year without its time zone.
Moment = Annotated[
    AwareDatetime,
    Field(
        ge=datetime(1989, 12, 31, tzinfo=UTC),
        le=datetime(2100, 1, 2, tzinfo=UTC),
        json_schema_extra={
            "pattern": r"^(199[0-9]|20[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
            r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
        },
    ),
]


def _check_extension(value: Any) -> Any:
    is_scalar = value is None or isinstance(value, str | bool)
    if not is_scalar and not (isinstance(value, int) and -(2**31) <= value < 2**31):
        raise PydanticCustomError("extension", "text, true or false, or a whole number of 32 bits")
    return value


Extension = Annotated[
    Any,
    AfterValidator(_check_extension),
    WithJsonSchema({"type": ["string", "boolean", "integer", "null"], "minimum": -(2**31), "maximum": 2**31 - 1}),
]


class Envelope(BaseModel):
    """What stands around every event. Extension attributes we do not know are kept, if CloudEvents allows them."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)
    __pydantic_extra__: dict[str, Extension]

    specversion: Literal["1.0"]
    id: EventId
    source: Source
    type: str
    subject: Id = Field(description="the tender; without one, the candidate, the area or the linking circle")
    time: Moment = Field(description="when it happened, by the sender's clock; figures follow the dates in data")
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    recordedtime: Moment | None = Field(default=None, description="set on receipt; no part of what was said")


class Event(Envelope, Generic[DataT_co]):
    """One event: the envelope, and in `data` what happened."""

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
        """data.reported_by is the organisation in source."""
        if self.data.reported_by != organisation_of(self.source):
            raise PydanticCustomError("reported_by", "reported_by is the organisation in source")
        return self
