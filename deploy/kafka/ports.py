"""Where the nodes of a cluster listen: free ports of this machine, chosen once and kept in `ports.json`."""

from __future__ import annotations

import contextlib
import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# Below the ports that outgoing connections are given, so that nobody takes one while its node is down.
_RANGE = range(20_000, 32_000)


class Ports(NamedTuple):
    """A node's: for clients, and for the other nodes' controllers."""

    client: int
    controller: int

    @property
    def taken(self) -> list[int]:
        """Those that somebody listens on."""
        return [port for port in self if not _is_free(port)]


def recorded(home: Path) -> list[Ports]:
    """The ports of the cluster in this folder; none if there is no cluster yet."""
    file = home / "ports.json"
    return [Ports(*pair) for pair in json.loads(file.read_text())] if file.exists() else []


def choose(home: Path, nodes: int) -> list[Ports]:
    """Free ports for so many nodes, written down."""
    home.mkdir(parents=True, exist_ok=True)
    free = (port for port in random.sample(_RANGE, len(_RANGE)) if _is_free(port))
    ports = [Ports(next(free), next(free)) for _ in range(nodes)]
    (home / "ports.json").write_text(json.dumps(ports))
    return ports


def addresses(ports: Iterable[Ports]) -> str:
    """Where clients find the nodes, as they take it."""
    return ",".join(f"127.0.0.1:{one.client}" for one in ports)


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _is_free(port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket() as probe:
        # As Kafka does, so that the closed connections of a node that was killed do not keep it out.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False
