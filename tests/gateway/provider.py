"""A stand-in for a broker of MitID Erhverv: discovery, keys, codes that are good for once, and ID tokens really signed.

`says` is what it claims of the next person; `spoils` changes a token before it is signed, `signs` how it is signed.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "bygspor", "hemmelig & lang"


class Provider:
    """One broker, running on this machine."""

    def __init__(self, address: str) -> None:
        self.address = self.issuer = address
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
        self.says: dict[str, Any] = {}
        self.spoils: Callable[[dict[str, Any]], None] = lambda claims: None
        self.signs: Callable[[dict[str, Any]], str] = self.signed
        self.asked: dict[str, str] = {}
        self.away = False
        self._codes: dict[str, dict[str, str]] = {}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)

    def log_in(self, address: str) -> dict[str, str]:
        """What somebody does in the browser: come with a request, come back with a code."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(8)
        self._codes[code] = self.asked
        return {"code": code, "state": self.asked["state"]}

    def answer(self, form: dict[str, str], authorization: str) -> JSONResponse:
        """The token endpoint."""
        begun = self._codes.pop(form.get("code", ""), None)
        known = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        fits = begun is not None and challenge.rstrip(b"=").decode() == begun["code_challenge"]
        if not fits or begun is None or begun["redirect_uri"] != form["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if known != f"{CLIENT}:{SECRET}":
            return JSONResponse({"error": "invalid_client"}, 401)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"], **self.says}
        self.spoils(claims)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": self.signs(claims)})


def _site(provider: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def discovery() -> JSONResponse:
        if provider.away:
            return JSONResponse({}, 502)
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {name: f"{provider.address}/{path}" for name, path in paths.items()}
        return JSONResponse({"issuer": provider.issuer, **found})

    @app.get("/keys")
    def keys() -> JSONResponse:
        return JSONResponse({"keys": [provider.key.as_dict(private=False)]})

    @app.post("/token")
    async def token(request: Request) -> JSONResponse:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        return provider.answer(form, request.headers.get("authorization", ""))

    return app


@contextlib.contextmanager
def running() -> Iterator[Provider]:
    """A broker that answers."""
    listening = socket.create_server(("127.0.0.1", 0))
    provider = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(_site(provider), log_config=None))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield provider
    server.should_exit = True
    thread.join()
    listening.close()


def unsigned(claims: dict[str, Any]) -> str:
    """A token that says of itself that it needs no signature."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
