"""Everything that goes wrong, as RFC 9457 `application/problem+json`, in the language that was asked for.

One entry per fault in `errors`: a stable code, a JSON Pointer to the field, and what was expected. Nothing of what was
sent is repeated but the short, CPR-free excerpt that the fault itself carries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from schemas.faults import Fault, faults_of
from schemas.vocabulary import Language
from services.errors import BrokerUnavailable, BygSporError, DatabaseUnavailable
from services.gateway.languages import language_of

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5


class FieldProblem(BaseModel):
    """One fault of what was sent."""

    code: str = Field(description="stable, for programs", examples=["date_parsing"])
    pointer: str = Field(description="JSON Pointer to the field, empty for the whole", examples=["/data/started_on"])
    detail: str = Field(description="what was expected, in the language asked for")
    got: str = Field(default="", description="a short excerpt of what was there, never anything like a CPR number")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="stable, for programs", examples=["urn:bygspor:problem:invalid"])
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldProblem] = []


class Refusal(Exception):
    """A request is answered with a problem. `faults` name what is wrong with what was sent."""

    def __init__(
        self, status: int, code: str, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        """Refuse with a status and one of the known codes."""
        super().__init__(code)
        self.status, self.code, self.faults, self.headers = status, code, faults, headers or {}


_TITLES: Mapping[str, tuple[str, str]] = {
    "invalid": ("Det sendte kan ikke bruges, som det er", "What was sent cannot be used as it is"),
    "forbidden": ("Adgangen må ikke dette", "This credential may not do this"),
    "conflict": ("Samme id er brugt til noget andet", "The same id was used for something else"),
    "not_confirmed": ("Arket kan ikke bekræftes, som det er", "The sheet cannot be confirmed as it is"),
    "not_found": ("Findes ikke, eller I kan ikke se det", "Does not exist, or you cannot see it"),
    "unauthorized": ("Adgang mangler eller gælder ikke", "A credential is missing or not valid"),
    "too_large": ("Det sendte er for stort", "What was sent is too large"),
    "media_type": ("Indholdstypen kan ikke bruges", "The content type cannot be used"),
    "too_many": ("For mange kald; vent lidt", "Too many requests; wait a little"),
    "unavailable": ("Kan ikke svare lige nu; prøv igen", "Cannot answer right now; try again"),
    "internal": ("En fejl i BygSpor", "A fault in BygSpor"),
    "method": ("Metoden kan ikke bruges her", "The method cannot be used here"),
    "http": ("Forespørgslen kan ikke bruges", "The request cannot be used"),
}
_CODES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method", 413: "too_large", 415: "media_type"}


def pointer(field: str) -> str:
    """A dotted path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in field.split(".")) if field else ""


def field_problems(faults: Sequence[Fault], language: Language) -> list[FieldProblem]:
    """Faults as entries of a problem."""
    return [
        FieldProblem(code=f.code, pointer=pointer(f.field), detail=f.en if language == "en" else f.da, got=f.got)
        for f in faults
    ]


def problem(
    status: int, code: str, language: Language, faults: Sequence[Fault] = (), detail: str | None = None
) -> Problem:
    """A problem of a known code."""
    da, en = _TITLES[code]
    return Problem(
        type=f"urn:bygspor:problem:{code.replace('_', '-')}",
        title=en if language == "en" else da,
        status=status,
        detail=detail,
        errors=field_problems(faults, language),
    )


def answer(shown: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """A problem as a response."""
    body = msgspec.json.encode(shown.model_dump(exclude_none=True))
    return Response(body, shown.status, dict(headers or {}), MEDIA_TYPE)


def add_to(app: FastAPI) -> None:
    """Answer every exception as a problem."""
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(BygSporError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 -- registered for nothing else
    return answer(problem(error.status, error.code, language_of(request), error.faults), error.headers)


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, BygSporError)  # noqa: S101 -- registered for nothing else
    # No sender can do anything about the database, or about what Kafka lets us do.
    if error.retriable or isinstance(error, DatabaseUnavailable | BrokerUnavailable):
        shown = problem(503, "unavailable", language_of(request), detail=error.code)
        return answer(shown, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    return answer(problem(422, "invalid", language_of(request), detail=error.message))


def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for nothing else
    found: Any = error.errors()
    return answer(problem(422, "invalid", language_of(request), faults_of(found)))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for nothing else
    code = _CODES.get(error.status_code, "http")
    return answer(problem(error.status_code, code, language_of(request)), error.headers)


def _internal(request: Request, error: Exception) -> Response:  # noqa: ARG001 -- what it says may hold anything
    return answer(problem(500, "internal", language_of(request)))
