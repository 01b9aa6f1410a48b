"""What a node is told: small, for one machine, and otherwise as an operator should have it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deploy.kafka.ports import Ports
from deploy.kafka.secure import Secured


def server_properties(node: int, ports: Sequence[Ports], data: Path, secured: Secured | None = None) -> str:
    """The whole of a node's `server.properties`."""
    copies, clients = min(len(ports), 3), "SASL_SSL" if secured else "PLAINTEXT"
    settings = {
        "node.id": node,
        "process.roles": "broker,controller",
        # Named once for all, so that a node that lost its disk is still one of them.
        "controller.quorum.voters": ",".join(f"{no}@127.0.0.1:{one.controller}" for no, one in enumerate(ports)),
        "controller.listener.names": "CONTROLLER",
        "listeners": f"{clients}://127.0.0.1:{ports[node].client},CONTROLLER://127.0.0.1:{ports[node].controller}",
        "log.dirs": data,
        # A topic is made by who knows how many partitions it needs, never by a spelling mistake.
        "auto.create.topics.enable": "false",
        "default.replication.factor": copies,
        "min.insync.replicas": 2 if copies == 3 else 1,
        "offsets.topic.replication.factor": copies,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.num.partitions": 2,
        "transaction.state.log.min.isr": 2 if copies == 3 else 1,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.num.partitions": 2,
        "share.coordinator.state.topic.min.isr": 2 if copies == 3 else 1,
        "group.initial.rebalance.delay.ms": 0,
        # How soon a worker may be taken for dead is the worker's choice; tests do not wait for six seconds.
        "group.min.session.timeout.ms": 500,
        # A node that was killed is let in again after this long. Others must not take a slow one for a dead one.
        "broker.session.timeout.ms": 3_000 if copies == 1 else 6_000,
        "broker.heartbeat.interval.ms": 500,
        "controlled.shutdown.max.retries": 1,
        # Many topics and small heaps.
        "log.cleaner.dedupe.buffer.size": 4_194_304,
        "log.index.size.max.bytes": 1_048_576,
        "log.segment.delete.delay.ms": 1_000,
        "num.network.threads": 2,
        "num.io.threads": 4,
    } | (secured.properties if secured else {})
    return "".join(f"{name}={value}\n" for name, value in settings.items())
