"""The gateway that is measured, in a process of its own, beside an empty handler under the same roof.

`python -m tests.bench.served URL KEYS [BROKERS PREFIX]` prints the port and a key, and serves until it is told to stop.
With brokers, events go through Kafka.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp

from services.domain.rights import Kind, Role
from services.gateway.app import create_app
from services.gateway.parts import Options, Parts
from services.gateway.server import listen, serve
from services.settings import Kafka
from services.store.keeper import Keeper
from services.store.migrate import migrate
from services.store.store import Store
from services.store.vault import Keyring, Vault
from services.store.vault.tables import beside
from services.stream.producer import Producer

CVR = "10000319"


def main(url: str, keys: str, brokers: str = "", prefix: str = "") -> None:
    """Serve the gateway, and on the next free port the framework's empty handler."""
    conveyor = Producer(Kafka(tuple(brokers.split(",")), prefix)) if brokers else None
    app, key = (_empty(), "") if url == "empty" else _gateway(url, Path(keys), conveyor)
    listening = listen("127.0.0.1", 18_731, or_near=True)
    print(listening.getsockname()[1], key, flush=True)
    serve(app, listening)


def _gateway(url: str, keys: Path, conveyor: Producer | None) -> tuple[ASGIApp, str]:
    migrate(url)
    store = Store(url)
    options = Options(requests_a_minute=10**9)
    parts = Parts.of(store, Vault(beside(url), Keyring(keys)), Keeper(store), options, conveyor)
    parts.access.organisations.register(CVR, "Målt ApS", [Kind.CONTRACTOR])
    _, key = parts.access.keys.create(CVR, "bench", Role.REPORTER, "bench")
    return create_app(parts), key


def _empty() -> ASGIApp:
    app = FastAPI()

    @app.post("/v1/events", status_code=201)
    async def nothing(request: Request) -> Response:
        await request.body()
        return Response(b"{}", 201, media_type="application/json")

    return app


if __name__ == "__main__":
    main(*sys.argv[1:])
