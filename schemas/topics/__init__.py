"""The topics of the stream as data: one TOML file for each kind beside this module, checked when it is imported.

What creates and checks topics, and what describes them to others, reads them here. Names begin with the prefix of the
installation (BYGSPOR_KAFKA_PREFIX); a kind that is `per_organisation` has one topic for each organisation.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["TOPICS", "Party", "Topic", "topic_named"]

Party = Literal["gateway", "worker", "organisation", "operator"]

Line = Annotated[str, Field(min_length=1, pattern=r"^\S[^\n]*[.]$")]
# TOML has arrays only; strictness is kept for what is in them.
Parties = Annotated[tuple[Party, ...], Field(min_length=1, strict=False)]
MediaTypes = Annotated[tuple[str, ...], Field(min_length=1, strict=False)]


class Topic(BaseModel):
    """One kind of topic: what is in it, for whom, how long, and how it is spread."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(pattern=r"^[a-z]{1,40}$", description="what stands behind the prefix")
    per_organisation: bool = Field(description="whether there is one for each organisation, by its CVR number")
    description: Line
    key: Line
    value: Line
    content_types: MediaTypes = Field(description="of the value, as the header content-type tells; the usual one first")
    partitions: int = Field(ge=1, le=1_000)
    retention_days: int = Field(ge=1)
    max_message_bytes: int = Field(ge=100_000, le=100_000_000)
    cleanup_policy: Literal["delete", "compact"]
    timestamps: Literal["CreateTime", "LogAppendTime"] = Field(description="whose clock a record's time is from")
    timestamps_mean: Line
    dead_letters: str | None = Field(default=None, description="the kind that tells of events that were rejected")
    producers: Parties
    consumers: Parties

    @model_validator(mode="after")
    def _no_letters_about_letters(self) -> Self:
        """No topic is its own dead-letter topic."""
        if self.dead_letters == self.name:
            raise ValueError("a topic is not its own dead-letter topic")
        return self

    @property
    def configuration(self) -> Mapping[str, str]:
        """Kafka's settings of such a topic, all that matter: what is left to a cluster's defaults may change unseen."""
        return {
            "cleanup.policy": self.cleanup_policy,
            "compression.type": "producer",
            "max.message.bytes": str(self.max_message_bytes),
            "message.timestamp.type": self.timestamps,
            # By time only: a limit by size would delete what no worker has read yet.
            "retention.bytes": "-1",
            "retention.ms": str(timedelta(days=self.retention_days) // timedelta(milliseconds=1)),
            # A replica that lags never takes over, for it would lose what was acknowledged.
            "unclean.leader.election.enable": "false",
        }


def read(folder: Path) -> Mapping[str, Topic]:
    """The kinds in a folder, by name. Raises ValueError where a file is not what it should be."""
    found = {path.stem: _topic(path) for path in sorted(folder.glob("*.toml"))}
    for fault in _faults(found):
        raise ValueError(fault)
    return MappingProxyType(found)


def topic_named(name: str) -> Topic:
    """The kind of a name. Raises KeyError."""
    return TOPICS[name]


def _topic(path: Path) -> Topic:
    with path.open("rb") as file:
        return Topic.model_validate(tomllib.load(file))


def _faults(found: Mapping[str, Topic]) -> Iterator[str]:
    for stem, topic in found.items():
        if topic.name != stem:
            yield f"{stem}.toml is of the topic {topic.name}"
        if topic.dead_letters is not None and topic.dead_letters not in found:
            yield f"{stem}.toml names a dead-letter topic that there is not: {topic.dead_letters}"


TOPICS: Mapping[str, Topic] = read(Path(__file__).parent)
"""Every kind, by name."""
