"""How far the workers have come: what they have applied, and how many records are still to be."""

from __future__ import annotations

from dataclasses import dataclass

from services.errors import BrokerUnavailable, DatabaseUnavailable
from services.settings import Kafka
from services.store.connections import Database
from services.stream.lag import lag
from services.stream.names import TopicNames

_APPLIED = b"""
SELECT coalesce(sum(new), 0), coalesce(sum(duplicate), 0), coalesce(sum(rejected), 0)
FROM stream.applied_record JOIN stream.topic ON topic.no = topic_no WHERE topic.name = %s AND retired_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Progress:
    """Events by what became of them, and records that wait; None where Kafka does not say."""

    new: int
    duplicate: int
    rejected: int
    lag: int | None

    @property
    def applied(self) -> int:
        """Events of records that are done with."""
        return self.new + self.duplicate + self.rejected


def progress(database: Database, kafka: Kafka) -> Progress | None:
    """How far it is; None where PostgreSQL does not say."""
    try:
        # Asked first: what is applied meanwhile makes the lag look larger than it is, never smaller.
        waiting = lag(kafka).total
    except BrokerUnavailable:
        waiting = None
    try:
        with database.transaction() as connection:
            row = connection.execute(_APPLIED, [TopicNames(kafka.prefix).events]).fetchone()
    except DatabaseUnavailable:
        return None
    new, duplicate, rejected = row or (0, 0, 0)
    return Progress(int(new), int(duplicate), int(rejected), waiting)
