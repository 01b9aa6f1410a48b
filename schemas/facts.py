"""The base of every event's `data`, the scalars it is written in, and the register of event types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from schemas.identifiers import Cvr
from schemas.vocabulary import Party, Subject

TYPE_PREFIX = "dk.bygspor."

# A civil date in Europe/Copenhagen; "on" means the end of that day. The bounds catch 0205 and 20255, not history.
Day = Annotated[
    date,
    Field(
        ge=date(1990, 1, 1),
        le=date(2099, 12, 31),
        json_schema_extra={"pattern": r"^(199[0-9]|20[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"},
    ),
]
# One line with something to see on it. What controls a terminal or ends a line belongs in no list of titles, and a NUL
# is refused by PostgreSQL.
LINE_FORM = r"^ *[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
PHASE_FORM = r"^[0-9A-Za-zÆØÅæøå._-]{1,40}$"

_HUNDREDTH = Decimal("0.01")


def _to_hundredths(value: Decimal) -> Decimal:
    return value.quantize(_HUNDREDTH, ROUND_HALF_EVEN)


def _to_json(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


@dataclass(frozen=True, slots=True)
class Hundredths:
    """A JSON number between two bounds, kept exactly in hundredths; further decimals are rounded half to even."""

    minimum: str
    maximum: str

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the bounds, then round."""
        number = core_schema.decimal_schema(ge=Decimal(self.minimum), le=Decimal(self.maximum), allow_inf_nan=False)
        return core_schema.no_info_after_validator_function(
            _to_hundredths,
            number,
            serialization=core_schema.plain_serializer_function_ser_schema(_to_json, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """A plain number with its bounds."""
        return {
            "type": "number",
            "minimum": _to_json(Decimal(self.minimum)),
            "maximum": _to_json(Decimal(self.maximum)),
        }


PeriodHours = Annotated[Decimal, Hundredths("0", "744")]
SiteHours = Annotated[Decimal, Hundredths("0", "999999")]
WeeklyHours = Annotated[Decimal, Hundredths("0.5", "60")]
ManDays = Annotated[Decimal, Hundredths("0", "31")]
SiteManDays = Annotated[Decimal, Hundredths("0", "99999")]
Amount = Annotated[Decimal, Hundredths("0", "1000000")]
IndicatorValue = Annotated[Decimal, Hundredths("0", "1000000")]
HoursPerFte = Annotated[Decimal, Hundredths("1000", "2500")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True, pattern=LINE_FORM)]
PublicName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60, strip_whitespace=True, pattern=LINE_FORM),
    Field(description="the name, initials or title under which a responsible person appears in the minutes"),
]
Phase = Annotated[str, StringConstraints(pattern=PHASE_FORM)]

_TYPES: dict[str, "type[Fact]"] = {}
EVENT_TYPES: Mapping[str, "type[Fact]"] = MappingProxyType(_TYPES)
"""Every event type by its full name, e.g. ``dk.bygspor.placement.started.v1``."""


class Value(BaseModel):
    """Base of what stands inside `data`: frozen, strict, and refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Fact(Value):
    """Base of every event's `data`: who reports, and for whom.

    `reported_by` is the organisation that sends; a secretariat that reports for a contractor names it in
    `on_behalf_of`, and the report counts as the secretariat's until the contractor has said yes (domain.md section 11).
    """

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    da: ClassVar[str] = ""
    en: ClassVar[str] = ""
    senders: ClassVar[tuple[Party, ...]] = ()
    about: ClassVar[Subject] = Subject.TENDER

    reported_by: Cvr = Field(description="the organisation that sends this event (CVR)")
    on_behalf_of: Cvr | None = Field(default=None, description="the organisation it is reported for, where another")

    def __init_subclass__(
        cls, name: str = "", da: str = "", en: str = "", senders: tuple[Party, ...] = (), about: Subject | None = None
    ) -> None:
        """Register the class as an event type when it is given a `name`; `about` is what the subject names."""
        super().__init_subclass__()
        cls.about = about or cls.about
        if name:
            cls.name, cls.da, cls.en, cls.senders = name, da, en, senders
            _TYPES[cls.type()] = cls

    @classmethod
    def type(cls) -> str:
        """The full type, e.g. ``dk.bygspor.placement.started.v1``."""
        return f"{TYPE_PREFIX}{cls.name}.v{cls.version}"

    @model_validator(mode="after")
    def _on_behalf_of_another(self) -> Self:
        """on_behalf_of names another organisation than reported_by."""
        if self.on_behalf_of == self.reported_by:
            raise PydanticCustomError("on_behalf_of_self", "on_behalf_of names another organisation than reported_by")
        return self


def check_order(first: date | None, last: date | None) -> None:
    """Refuse a span that ends before it begins; an open end passes."""
    if first is not None and last is not None and last < first:
        raise PydanticCustomError("order", "a last day that is not before the first")


def check_period(from_on: date, to_on: date) -> None:
    """Refuse a period of hours that crosses a month end: weeks are split there (domain.md section 6)."""
    check_order(from_on, to_on)
    if (from_on.year, from_on.month) != (to_on.year, to_on.month):
        raise PydanticCustomError("one_month", "a period within one calendar month; split weeks at the month's end")


def check_two(one: str, other: str) -> None:
    """Refuse a link of an id with itself."""
    if one == other:
        raise PydanticCustomError("two_ids", "two different ids")
