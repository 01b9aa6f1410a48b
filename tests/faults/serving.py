"""A gateway as a process that can be killed: `python -m tests.faults.serving URL KEYS` prints its port and serves."""

from __future__ import annotations

import sys
from pathlib import Path

from services.gateway.app import create_app
from services.gateway.parts import Options, Parts
from services.gateway.server import listen, serve
from services.store.keeper import Keeper
from services.store.store import Store
from services.store.vault import Keyring, Vault
from services.store.vault.tables import beside


def main(url: str, keys: str) -> None:
    """Serve until told to stop."""
    store = Store(url)
    parts = Parts.of(store, Vault(beside(url), Keyring(Path(keys))), Keeper(store), Options(requests_a_minute=10**9))
    listening = listen("127.0.0.1", 0)
    print(listening.getsockname()[1], flush=True)  # noqa: T201 -- who started it waits for this
    serve(create_app(parts), listening)


if __name__ == "__main__":
    main(*sys.argv[1:])
