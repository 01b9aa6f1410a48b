"""A Kafka cluster of one or more nodes on this machine, for tests and for trying things out."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.kafka.node import Failed, Node
from deploy.kafka.programs import fetched
from deploy.kafka.properties import Ports, server_properties

ANSWERS_WITHIN = 60
# Below the ports that outgoing connections are given, so that nobody takes one while its node is down.
_PORTS = range(20_000, 32_000)


class Broker:
    """A cluster in a folder; its addresses stay the same from start to start.

    It ends with the process that started it, however that ends, unless it is `kept`. Raises Unavailable where Kafka
    cannot be had, and Failed where it does not start.
    """

    def __init__(self, home: Path, *, nodes: int = 1, kept: bool = False) -> None:
        self.home = home
        self._kept = kept
        self._ports = _ports(home, nodes)
        programs = fetched()
        self.nodes = [Node(home / f"node-{no}", programs) for no in range(nodes)]
        for no, node in enumerate(self.nodes):
            node.configure(server_properties(no, self._ports, node.data))

    @property
    def servers(self) -> str:
        """All addresses, as clients take them."""
        return ",".join(f"127.0.0.1:{ports.client}" for ports in self._ports)

    def start(self) -> None:
        """Start all nodes, and wait until they answer."""
        for node in self.nodes:
            node.start(kept=self._kept)
        self._until_answering()

    def stop(self) -> None:
        """End all nodes in good order; one that takes too long is killed."""
        for node in self.nodes:
            node.resume()
            node.terminate()
        for node in self.nodes:
            node.wait()

    def kill(self, node: int = 0) -> None:
        """End a node with SIGKILL."""
        self.nodes[node].kill()

    def start_node(self, node: int = 0, *, wait: bool = True) -> None:
        """Start a node again; without a majority of nodes it cannot answer, so do not `wait` for it then."""
        self.nodes[node].start(kept=self._kept)
        if wait:
            self._until_answering()

    def pause(self, node: int = 0) -> None:
        """Let a node hang (SIGSTOP)."""
        self.nodes[node].pause()

    def resume(self, node: int = 0) -> None:
        """Let a node that hangs go on."""
        self.nodes[node].resume()

    def wipe(self, node: int = 0) -> None:
        """Throw away the data of a node that is not running; a single node comes back without any topics."""
        self.nodes[node].wipe()

    def _until_answering(self) -> None:
        """Until every node that was started is known to the cluster as one that serves."""
        deadline = time.monotonic() + ANSWERS_WITHIN
        started = [no for no, node in enumerate(self.nodes) if node.alive]
        while not self._answer(started):
            late = time.monotonic() > deadline
            for node in (self.nodes[no] for no in started):
                if late or not node.alive:
                    what = f"did not answer within {ANSWERS_WITHIN} s" if late else "ended"
                    raise Failed(f"Kafka {what}; {node.log} ends with:\n{node.tail()}")
            time.sleep(0.05)

    def _answer(self, nodes: list[int]) -> bool:
        addresses = [("127.0.0.1", self._ports[no].client) for no in nodes]
        return all(map(_listens, addresses)) and set(nodes) <= _serving(addresses)


@contextlib.contextmanager
def running(home: Path, nodes: int = 1) -> Iterator[Broker]:
    """A cluster that answers, and is gone afterwards."""
    broker = Broker(home, nodes=nodes)
    try:
        broker.start()
        yield broker
    finally:
        for node in range(nodes):
            broker.kill(node)


def _listens(address: tuple[str, int]) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=1):
        return True
    return False


def _serving(addresses: list[tuple[str, int]]) -> set[int]:
    """The nodes that take clients, as the cluster sees it."""
    servers = [f"{host}:{port}" for host, port in addresses]
    try:
        admin = KafkaAdminClient(bootstrap_servers=servers, bootstrap_timeout_ms=5_000, request_timeout_ms=5_000)
    except KafkaError:
        return set()
    try:
        return {one["broker_id"] for one in admin.describe_cluster()["brokers"] if not one["is_fenced"]}
    except KafkaError:
        return set()
    finally:
        admin.close()


def _ports(home: Path, nodes: int) -> list[Ports]:
    """The cluster's ports: those it had before, or free ones."""
    file = home / "ports.json"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        free = (port for port in random.sample(_PORTS, len(_PORTS)) if _is_free(port))
        file.write_text(json.dumps([[next(free), next(free)] for _ in range(nodes)]))
    ports = [Ports(*pair) for pair in json.loads(file.read_text())]
    if len(ports) != nodes:
        raise Failed(f"{home} holds a Kafka of {len(ports)} node(s), not {nodes}; remove it, or take another folder")
    return ports


def _is_free(port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
        return True
    return False
