"""Topics as numbers. A topic that was deleted and made anew has another id: its offsets mean something else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.errors import BadInput
from services.store.connections import Connection, Database

_LIVE = b"SELECT no, name, id, since FROM stream.topic WHERE retired_at IS NULL ORDER BY name"
_FIND = b"SELECT no, id FROM stream.topic WHERE name = %s AND retired_at IS NULL"
_ADD = b"INSERT INTO stream.topic (name, id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_RETIRE = b"UPDATE stream.topic SET retired_at = now() WHERE name = %s AND id <> %s AND retired_at IS NULL"


class TopicRow(NamedTuple):
    """A topic that is taken in from."""

    no: int
    name: str
    id: UUID
    since: datetime


class Recreated(BadInput):
    """A topic was deleted and made anew: offsets below the new ones would be taken for known."""


def topics(database: Database) -> list[TopicRow]:
    """The topics that are taken in from, by name."""
    with database.transaction() as connection:
        return [TopicRow(*row) for row in connection.execute(_LIVE)]


def made_anew(database: Database, ids: Mapping[str, UUID]) -> list[TopicRow]:
    """Of topics with the ids they have now, those that were others when they were last taken in from; as they were."""
    return [row for row in topics(database) if ids.get(row.name, row.id) != row.id]


def numbered(database: Database, name: str, topic_id: UUID) -> int:
    """The number of a topic, given now where it had none. Raises Recreated where it is another than it was."""
    with database.transaction() as connection:
        number = _number(connection, name, topic_id)
        if number is None:
            connection.execute(_ADD, [name, topic_id])
            number = _number(connection, name, topic_id)
    assert number is not None  # noqa: S101 -- it was added, by us or by somebody else
    return number


def adopt(database: Database, name: str, topic_id: UUID) -> int:
    """Take a topic that was made anew for what it is; what came by the old one stays. Its number."""
    with database.transaction() as connection:
        connection.execute(_RETIRE, [name, topic_id])
    return numbered(database, name, topic_id)


def _number(connection: Connection, name: str, topic_id: UUID) -> int | None:
    row = connection.execute(_FIND, [name]).fetchone()
    if row is None:
        return None
    number, known = row
    if known != topic_id:
        raise Recreated(
            "stream.recreated",
            f"The topic {name} is another than it was ({known} before, {topic_id} now): it was deleted and made anew.",
            f"What had not been taken in from the old one is lost. Go on with the new one: bygspor topics adopt {name}",
        )
    return int(number)
