"""Where figures get a tender from: the state of now, or the log as it was known at a moment.

Both are a `TenderSource`, and say the same of now: a test holds them against each other.
"""

from __future__ import annotations

from datetime import datetime

from services.domain.assessment import TenderSource
from services.store.connections import Connection
from services.store.current import CurrentTender
from services.store.known import known_tender
from services.store.store import Store


def current(store: Store, connection: Connection, tender: str) -> TenderSource:
    """The tender as the state has it, good within the transaction of the connection. One never heard of is empty."""
    return CurrentTender(connection, tender, store.names.subjects.find(tender) or 0)


def known(store: Store, connection: Connection, tender: str, known_on: datetime) -> TenderSource:  # noqa: ARG001
    """The tender as it was known at a moment, refolded from the log."""
    return known_tender(connection, tender, known_on)
