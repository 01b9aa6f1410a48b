"""A Kafka that demands a login, and an installation in it whose users may do what README says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)

from deploy.kafka.broker import Broker
from deploy.kafka.secure import ADMIN
from services.settings import Kafka
from services.stream import standing
from services.stream.names import TopicNames
from tests.kafka import settings_for
from tests.waiting import until

TOPICS, GATEWAY, WORKER, SYSTEM = "topics", "serve", "worker", "system"
USERS = (TOPICS, GATEWAY, WORKER, SYSTEM)
_README = Path(__file__).parents[2] / "README.md"
_ROW = re.compile(r"^ *\| ([^|]*)\| ([A-Z][A-Za-z, ]*) \| ((?:topic|group) `.*) \|$", re.MULTILINE)


class Right(NamedTuple):
    """A row of README's table, or a part of one: what a user may do on one thing; `*` is whatever follows."""

    user: str
    operation: str
    kind: str
    name: str


def of_readme() -> list[Right]:
    """The rights that README gives, in its order."""
    rights: list[Right] = []
    user = ""
    for who, operations, things in _ROW.findall(_README.read_text()):
        user = next((one for one in USERS if one in who), user)
        rights += [
            Right(user, operation, *re.fullmatch(r"(topic|group) `([^`]*)`", thing).groups())  # type: ignore[union-attr]
            for operation in operations.split(", ")
            for thing in things.split(", ")
        ]
    return rights


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation under a prefix of its own, and one organisation with a system that sends."""

    broker: Broker
    prefix: str
    organisation: str

    @property
    def names(self) -> TopicNames:
        return TopicNames(self.prefix)

    def login(self, user: str = ADMIN) -> Kafka:
        """How a user reaches it."""
        return replace(self.broker.login(user), prefix=self.prefix)

    def grant(self, rights: Sequence[Right]) -> None:
        """Allow this, and wait until the broker knows."""
        wanted = [self._acl(one) for one in rights]
        with standing.admin(self.login()) as opened:
            told = opened.create_acls(wanted)
            assert len(told["succeeded"]) == len(wanted), told
            until(lambda: all(opened.describe_acls(one)[0] for one in wanted))

    def revoke_all(self) -> None:
        """Nobody may do anything any more."""
        anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
        with standing.admin(self.login()) as opened:
            opened.delete_acls([ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, anything)])

    def _acl(self, right: Right) -> ACL:
        name = right.name.replace("<CVR>", self.organisation).replace("bygspor.", f"{self.prefix}.")
        pattern = ACLResourcePatternType.PREFIXED if name.endswith("*") else ACLResourcePatternType.LITERAL
        # In Kafka's names "AlterConfigs" is "ALTER_CONFIGS".
        operation = ACLOperation[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", right.operation).upper()]
        thing = ResourcePattern(ResourceType[right.kind.upper()], name.rstrip("*"), pattern)
        return ACL(f"User:{right.user}", "*", operation, ACLPermissionType.ALLOW, thing)


def installed(broker: Broker, organisation: str) -> Iterator[Installation]:
    """An installation in which nobody may do anything yet; its topics are gone afterwards."""
    made = Installation(broker, settings_for(broker.servers).prefix, organisation)
    yield made
    made.revoke_all()
    with standing.admin(made.login()) as opened:
        topics = [name for name in opened.list_topics() if name.startswith(f"{made.prefix}.")]
        if topics:
            opened.delete_topics(topics)
