"""What contractors are called by those who engaged them: for who has no account here, and so no name of its own.

Read with the store's own rights; whoever asks is a party to the tenders it asks about, and sees their frame.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.store.current import BEGIN
from services.store.loading import current
from services.store.store import Store


def companies_of(store: Store, tenders: Iterable[str]) -> dict[str, str]:
    """By CVR number what the contractors of these tenders are called; the last tender that names one decides."""
    names: dict[str, str] = {}
    for tender in tenders:
        with store.database.transaction(BEGIN) as connection:
            names |= current(store, connection, tender).frame().companies
    return names
