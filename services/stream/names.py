"""What topics and groups are called in a cluster that may be shared."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicNames:
    """The names of one installation; `prefix` is ``bygspor`` unless several share the cluster."""

    prefix: str

    @property
    def events(self) -> str:
        """What the gateway has checked."""
        return f"{self.prefix}.events"

    @property
    def dead_letters(self) -> str:
        """What could not be applied."""
        return f"{self.prefix}.deadletters"

    @property
    def group(self) -> str:
        """The workers' consumer group."""
        return f"{self.prefix}.worker"

    def of_organisation(self, organisation: str) -> str:
        """What an organisation's own systems produce to, and nobody else may."""
        return f"{self.prefix}.in.{organisation}"

    def organisation_of(self, topic: str) -> str | None:
        """Whose topic it is; None for the gateway's. The topic is the credential (architecture.md)."""
        match = re.fullmatch(rf"{re.escape(self.prefix)}\.in\.([0-9]{{8}})", topic)
        return match[1] if match else None
