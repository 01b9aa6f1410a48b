"""From a credential to who asks. The organisation comes from here and from nowhere else."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from services.domain.rights import Caller
from services.errors import BygSporError
from services.gateway.parts import PartsOf
from services.gateway.problems import Refusal

_bearer = HTTPBearer(auto_error=False, description="An API key of your organisation: `Authorization: Bearer bsk_…`")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="bygspor"'}


def address_of(request: Request) -> str:
    """Where a request came from, as far as the socket tells."""
    return request.client.host if request.client else "unknown"


async def _of_key(
    request: Request, parts: PartsOf, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Caller:
    if credentials is None:
        raise Refusal(401, "unauthorized", headers=_CHALLENGE)
    key = credentials.credentials
    try:
        denied = parts.denied.denies(key)
        caller = None if denied else await run_in_threadpool(parts.access.keys.caller_of_key, key)
    except BygSporError:
        # Whether it holds cannot be told just now. Trying keys out is no cheaper for that.
        parts.limits.check_stranger(address_of(request))
        raise
    if caller is None:
        parts.limits.check_stranger(address_of(request))
        raise Refusal(401, "unauthorized", headers=_CHALLENGE)
    parts.limits.check(caller.who)
    request.state.caller = caller
    return caller


async def _reporter(caller: Annotated[Caller, Depends(_of_key)]) -> Caller:
    if not caller.may_report:
        raise Refusal(403, "forbidden")
    return caller


KeyCaller = Annotated[Caller, Depends(_of_key)]
"""Whoever holds the API key of the request; 401 without one, 429 when it asks too often."""

ReportingCaller = Annotated[Caller, Depends(_reporter)]
"""The same, where it may report; 403 where it may only read."""
