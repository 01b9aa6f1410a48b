"""What there is to read, and the taking in of it: the store and Kafka put together."""

from __future__ import annotations

from services.domain.rights import Caller, Role
from services.settings import Kafka
from services.store.access import Access
from services.store.store import Store
from services.store.stream import numbered
from services.stream.messages import WhoIs
from services.stream.names import TopicNames
from services.stream.standing import admin, ask_to_read, no_topic, taken_from
from services.stream.taking import Taking


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
