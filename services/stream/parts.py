"""What there is to read, and the taking in of it: the store and Kafka put together."""

from __future__ import annotations

import structlog

from services.domain.rights import Caller, Role
from services.errors import BadInput
from services.settings import Kafka
from services.store.access import Access
from services.store.store import Store
from services.store.stream import numbered
from services.stream.messages import WhoIs
from services.stream.names import TopicNames
from services.stream.standing import admin, ask_to_read, no_topic, standing, start_over, taken_from
from services.stream.taking import Taking

_log = structlog.get_logger("bygspor.worker")


def caller_of_topic(access: Access) -> WhoIs:
    """The caller that stands behind an organisation's topic: its systems may report, and only as it."""

    def who_is(organisation: str) -> Caller | None:
        found = access.organisations.get(organisation)
        if found is None or not found.active:
            return None
        return Caller(organisation, found.kinds, Role.REPORTER, f"topic:{organisation}", found.municipality)

    return who_is


class Reader:
    """Which topics there are to read, and the taking in of what is in them."""

    def __init__(self, store: Store, kafka: Kafka) -> None:
        self._store, self._kafka, self._names = store, kafka, TopicNames(kafka.prefix)
        self._numbers: dict[str, int] = {}
        self._taking = Taking(store, self._names, self._numbers, caller_of_topic(Access(store.database)))
        self.take = self._taking.take

    def topics(self) -> list[str]:
        """The topics to read now: the gateway's, and those of organisations that there are.

        Raises Recreated where one was deleted and made anew, a retriable BygSporError where somebody is away,
        and one that is not where Kafka refuses us, or there is no topic of events.
        """
        with admin(self._kafka) as opened:
            found = taken_from(opened, self._names)
            ask_to_read(opened, self._names.group)
        if self._names.events not in found:
            raise no_topic(self._names)
        for name, topic in found.items():
            self._numbers[name] = numbered(self._store.database, name, topic.id)
        return sorted(found)

    def start_over(self) -> None:
        """Have the workers begin anew where they acknowledged more than there is, and would pass over what comes.

        While others run Kafka lets nobody do that: then it is only told. Raises BrokerUnavailable.
        """
        group = self._names.group
        with admin(self._kafka) as opened:
            stands = standing(opened, group, taken_from(opened, self._names))
            overtaken = [one for one, at in stands.items() if at.overtaken]
            if not overtaken:
                return
            told = [f"{one.topic}/{one.partition}" for one in overtaken]
            try:
                start_over(opened, group, overtaken)
            except BadInput as error:
                _log.error("acknowledged_beyond_end", partitions=told, message=error.message, hint=error.hint)
            else:
                _log.warning("begun_anew", partitions=told)
