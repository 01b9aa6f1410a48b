"""The broker that vouches for people by MitID Erhverv: OpenID Connect, authorization code with PKCE.

Of what the broker says about somebody, three claims are read: `sub`, `cvrNumberIdentifier` and `name`. A CPR number is
never asked for, and a claim that holds one is dropped with all the others before anything looks at it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc6749 import MismatchingStateException, MissingCodeException
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from schemas.identifiers import CPR_SHAPE, is_cvr
from services.gateway.parts import Broker

Reason = Literal["state", "refused", "token", "no_organisation", "away"]

_SECONDS = 10
_CLOCKS_DIFFER_SECONDS = 60
# Signed by a key that only the broker has: never "none", never a secret that we hold as well.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_PROTOCOL = {"iss", "sub", "aud", "exp", "nbf", "iat", "nonce", "azp", "at_hash"}
_ORGANISATION, _NAME = "cvrNumberIdentifier", "name"
_LONGEST_SUBJECT = 255


_log = structlog.get_logger("bygspor.broker")


class NotVouched(Exception):
    """The broker did not vouch for anybody, or what it said does not hold."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Pending(NamedTuple):
    """A login that was begun: what its answer must fit. It stays in the browser that began it."""

    state: str
    nonce: str
    verifier: str
    back: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody for whom the issuer vouches, as acting for an organisation. `name` may be empty."""

    issuer: str
    subject: str
    organisation: str
    name: str


class Login:
    """Logging in at a broker. Nothing is kept between two logins, so that a key the broker changed is no surprise."""

    def __init__(self, broker: Broker, redirect_uri: str) -> None:
        """Log in at a broker, which sends people back to `redirect_uri`."""
        self._broker, self._redirect_uri = broker, redirect_uri

    def begin(self, back: str) -> tuple[str, Pending]:
        """Where to send the browser, and what to remember of it. Raises NotVouched where the broker is away."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        pending = Pending(state, nonce, verifier, back)
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._metadata(client)["authorization_endpoint"],
                state=pending.state,
                nonce=pending.nonce,
                code_verifier=pending.verifier,
            )
        return address, pending

    def complete(self, pending: Pending, answered: str) -> Identity:
        """Who it is, by the address that the browser came back to. Raises NotVouched."""
        with self._client() as client:
            metadata = self._metadata(client)
            token = client.fetch_token(
                metadata["token_endpoint"],
                authorization_response=answered,
                state=pending.state,
                code_verifier=pending.verifier,
            )
            keys = _json(client.request("GET", metadata["jwks_uri"], withhold_token=True))
        return self._identity(self._claims(token, keys, pending))

    @contextmanager
    def _client(self) -> Iterator[OAuth2Client]:
        """A client for one login; whatever goes wrong in it is one of our reasons."""
        broker = self._broker
        try:
            with OAuth2Client(
                broker.client_id,
                broker.client_secret,
                scope="openid profile",
                redirect_uri=self._redirect_uri,
                code_challenge_method="S256",
                timeout=_SECONDS,
                follow_redirects=False,
            ) as client:
                yield client
        except MismatchingStateException:
            raise NotVouched("state") from None
        except (MissingCodeException, OAuthError):
            raise NotVouched("refused") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, KeyError, AuthlibBaseError) as error:
            _log.warning("away", error=type(error).__name__)
            raise NotVouched("away") from None

    def _metadata(self, client: OAuth2Client) -> Mapping[str, str]:
        address = f"{self._broker.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = _json(client.request("GET", address, withhold_token=True))
        if found["issuer"] != self._broker.issuer:
            raise ValueError("another issuer")
        return found

    def _claims(self, token: Mapping[str, Any], keys: Any, pending: Pending) -> Mapping[str, Any]:
        try:
            read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=_ALGORITHMS)
            wanted = _PROTOCOL | {_ORGANISATION, _NAME}
            claims = CodeIDToken(
                {name: value for name, value in read.claims.items() if name in wanted},
                read.header,
                {
                    "iss": {"essential": True, "value": self._broker.issuer},
                    "aud": {"essential": True, "value": self._broker.client_id},
                },
                {"nonce": pending.nonce, "client_id": self._broker.client_id, "access_token": token["access_token"]},
            )
            claims.validate(leeway=_CLOCKS_DIFFER_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise NotVouched("token") from None
        return dict(claims)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        subject, organisation = claims["sub"], claims.get(_ORGANISATION)
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or CPR_SHAPE.search(subject):
            raise NotVouched("token")
        if not isinstance(organisation, str) or not is_cvr(organisation):
            raise NotVouched("no_organisation")
        name = claims.get(_NAME)
        sound = isinstance(name, str) and name.isprintable() and not CPR_SHAPE.search(name)
        return Identity(self._broker.issuer, subject, organisation, str(name)[:100] if sound else "")


def _json(answer: httpx2.Response) -> dict[str, Any]:
    read = answer.raise_for_status().json()
    if not isinstance(read, dict):
        raise ValueError("no object")  # noqa: TRY004 -- what the broker sent, not how we called
    return read
