"""Under which contracts contractors work: what a report of theirs can mean where it names none.

Read with the store's own rights; whoever asks is a party to the tenders it asks about, and sees their frame.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from schemas.secretariat import ContractAwarded, ContractorEngaged
from schemas.vocabulary import Trade
from services.domain.frame import Frame
from services.store.current import BEGIN
from services.store.loading import current
from services.store.store import Store


class Contract(NamedTuple):
    """A contract, and its trade where its award names one."""

    contract: str
    trade: Trade | None = None


def contracts_of(store: Store, tenders: Collection[str]) -> Mapping[tuple[str, str], list[Contract]]:
    """By (tender, contractor) the contracts it works under, by id. It is empty where none is known.

    A successor has those of its predecessors; a subcontractor that was engaged without one, those of whom it is under.
    """
    return {(tender, contractor): contracts for tender in tenders for contractor, contracts in _of(store, tender)}


def _of(store: Store, tender: str) -> Iterator[tuple[str, list[Contract]]]:
    with store.database.transaction(BEGIN) as connection:
        frame = current(store, connection, tender).frame()
    trades = {data.contract: data.trade for data in reversed(frame.of(ContractAwarded))}
    named = {data.contract for data in frame.of(ContractorEngaged) if data.contract is not None}
    holders = {contract: frame.holders([contract]) for contract in sorted(named | trades.keys())}
    for contractor in sorted(frame.engaged):
        yield contractor, [Contract(name, trades.get(name)) for name in _contracts(frame, holders, contractor)]


def _contracts(frame: Frame, holders: Mapping[str, Collection[str]], contractor: str) -> list[str]:
    """Its own, else those of the nearest above it."""
    met: set[str] = set()
    asked = {contractor}
    while asked:
        if found := [contract for contract, holding in holders.items() if not asked.isdisjoint(holding)]:
            return found
        met |= asked
        asked = {above for one in asked for above in frame.above(one)} - met
    return []
