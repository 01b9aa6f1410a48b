"""A Kafka cluster of one or more nodes on this machine, for tests and for trying things out."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.kafka import ports
from deploy.kafka.node import Failed, Node
from deploy.kafka.programs import fetched
from deploy.kafka.properties import server_properties
from deploy.kafka.secure import ADMIN, Secured
from services.settings import Kafka
from services.stream.clients import begun, client

# Far more than it needs: a machine that is busy with other things is no reason to give up.
ANSWERS_WITHIN = 120
_SOON = {"bootstrap_timeout_ms": 5_000, "request_timeout_ms": 5_000}


class Broker:
    """A cluster in a folder; its addresses stay the same from start to start.

    It ends with the process that started it, however that ends, unless it is `kept`. Raises Unavailable where Kafka
    cannot be had, and Failed where it does not start. Given `users`, it lets in nobody but them and `admin`, who alone
    may do anything until ACLs say more (deploy.kafka.secure).
    """

    def __init__(self, home: Path, *, nodes: int = 1, kept: bool = False, users: Sequence[str] = ()) -> None:
        self.home = home
        self._secured = Secured(home / "secure", users) if users else None
        self._kept = kept
        self._ports = ports.recorded(home) or ports.choose(home, nodes)
        if len(self._ports) != nodes:
            there = f"{home} holds a Kafka of {len(self._ports)} node(s), not {nodes}"
            raise Failed(f"{there}; remove that folder, or use another.")
        programs = fetched()
        formatted_with = self._secured.formatted_with if self._secured else ()
        self.nodes = [Node(home / f"node-{no}", programs, formatted_with) for no in range(nodes)]
        for no, node in enumerate(self.nodes):
            node.configure(server_properties(no, self._ports, node.data, self._secured))

    @property
    def servers(self) -> str:
        """All addresses, as clients take them."""
        return ports.addresses(self._ports)

    def login(self, user: str = ADMIN) -> Kafka:
        """How this user reaches it; the user is nobody to a cluster that has no users."""
        return self._login(user, self.servers)

    def start(self) -> None:
        """Start all nodes and wait until they answer; all of them, or none."""
        try:
            for node in range(len(self.nodes)):
                self.start_node(node, wait=False)
            self._until_answering()
        except BaseException:
            self.kill_all()
            raise

    def stop(self) -> None:
        """End all nodes in good order; one that takes too long is killed."""
        for node in self.nodes:
            node.terminate()
        for node in self.nodes:
            node.wait()

    def start_node(self, node: int = 0, *, wait: bool = True) -> None:
        """Start a node again; without a majority of nodes it cannot answer, so do not `wait` for it then."""
        if taken := self._ports[node].taken:
            raise Failed(f"Somebody listens on port {taken[0]} already: is the Kafka of {self.home} running?")
        self.nodes[node].start(kept=self._kept)
        if wait:
            self._until_answering()

    def kill(self, node: int = 0) -> None:
        """End a node with SIGKILL."""
        self.nodes[node].kill()

    def kill_all(self) -> None:
        """End all nodes with SIGKILL."""
        for node in self.nodes:
            node.kill()

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

    def _login(self, user: str, servers: str) -> Kafka:
        return self._secured.login(user, servers) if self._secured else Kafka(tuple(servers.split(",")))

    def _answer(self, nodes: Sequence[int]) -> bool:
        theirs = [self._ports[no] for no in nodes]
        listening = all(ports.listens(one.client) for one in theirs)
        return listening and set(nodes) <= _serving(self._login(ADMIN, ports.addresses(theirs)))


@contextlib.contextmanager
def running(home: Path, nodes: int = 1, users: Sequence[str] = ()) -> Iterator[Broker]:
    """A cluster that answers, and is gone afterwards, with nothing said to anybody; its folder stays."""
    broker = Broker(home, nodes=nodes, users=users)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill_all()


def _serving(kafka: Kafka) -> set[int]:
    """The nodes that take clients, as the cluster sees it."""
    try:
        admin = begun(KafkaAdminClient, client(kafka) | _SOON)
    except KafkaError:
        return set()
    try:
        return {one["broker_id"] for one in admin.describe_cluster()["brokers"] if not one["is_fenced"]}
    except KafkaError:
        return set()
    finally:
        admin.close()
