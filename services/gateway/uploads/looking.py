"""One look at one sheet: which table, which columns, what each row comes to, and whether its sender may say that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from schemas.vocabulary import Party
from services.domain.rights import Caller
from services.gateway.admission import checked
from services.gateway.grouping import Admitted
from services.gateway.uploads.book import StoredBook, layouts_of, party_of
from services.gateway.uploads.document import Document, documented, with_proposal
from services.sheets.cells import Table
from services.sheets.mapping import Mapping as SheetMapping
from services.sheets.mapping import Recognised, missing, recognise
from services.sheets.outcomes import CellFault, Proposal, RowOutcome, State
from services.sheets.proposing import propose
from services.store.batches import Decoded

_OF_CONTRACTORS = frozenset({"placements", "site_hours"})


@dataclass(frozen=True, slots=True)
class Wish:
    """How a sheet is to be read: as which kind (None: as what it looks like), and what people have said about it.

    `chosen` is a mapping for the form of sheet that `signature` names.
    """

    layout: str | None = None
    on_behalf_of: str | None = None
    signature: str = ""
    chosen: SheetMapping | None = None
    answers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a look came to: what is kept of it, and what is not. `batch` may be sent as it is."""

    document: Document
    sheet: Recognised
    proposal: Proposal | None
    batch: tuple[Decoded, ...]
    newcomers: Mapping[str, str]


def look(  # noqa: PLR0913, PLR0917 -- a look depends on all of this
    tables: Sequence[Table],
    wish: Wish,
    caller: Caller,
    book_of: Callable[[Party], StoredBook],
    remembered: Mapping[str, SheetMapping],
    today: date,
) -> Look:
    """Look at a sheet. Raises UnreadableSheet where no row looks like headers, LookupError where the caller may not."""
    sheet = _recognised(tables, wish, layouts_of(caller), remembered)
    book = book_of(party_of(caller, sheet.mapping.layout, wish.on_behalf_of))
    persons = book.persons
    answers = wish.answers or {}
    document = documented(sheet, answers, persons, chosen=wish.chosen is not None)
    if missing(sheet.mapping):
        return Look(document, sheet, None, (), {})
    proposal, batch = _allowed(propose(sheet, book, today, answers), caller)
    return Look(with_proposal(document, sheet.table, proposal), sheet, proposal, tuple(batch), _named(book, batch))


def _recognised(
    tables: Sequence[Table], wish: Wish, allowed: Collection[str], remembered: Mapping[str, SheetMapping]
) -> Recognised:
    """The sheet as it was told to be read; else as sheets of its form are; else as it looks."""
    if wish.chosen is not None:
        chosen = {wish.signature: wish.chosen}
        sheet = replace(recognise(tables, wish.chosen.layout, chosen.get), remembered=False)
    else:
        fitting = {wish.layout} if wish.layout else set(allowed)
        sheet = recognise(tables, wish.layout, lambda signature: _if_of(remembered.get(signature), fitting))
    if sheet.mapping.layout not in allowed:
        raise LookupError(sheet.mapping.layout)
    return replace(sheet, mapping=_for_whom(sheet.mapping, wish.on_behalf_of))


def _if_of(mapping: SheetMapping | None, layouts: Collection[str]) -> SheetMapping | None:
    return mapping if mapping is not None and mapping.layout in layouts else None


def _for_whom(mapping: SheetMapping, on_behalf_of: str | None) -> SheetMapping:
    """What a sheet without a column for the contractor says of it: whom it is sent for."""
    if on_behalf_of is None or "contractor" in mapping.columns or mapping.layout not in _OF_CONTRACTORS:
        return mapping
    return mapping.model_copy(update={"constants": {**mapping.constants, "contractor": on_behalf_of}})


def _allowed(proposal: Proposal, caller: Caller) -> tuple[Proposal, list[Decoded]]:
    """The proposal with those rows wrong whose events the caller may not send, and the events of all others."""
    batch: list[Decoded] = []
    rows: list[RowOutcome] = []
    refused: dict[int, tuple[CellFault, ...]] = {}
    for row in proposal.rows:
        items = [checked(event.raw, caller, own_system=True) for event in row.events]
        faults = [fault for item in items if isinstance(item, Admitted) for fault in item.faults]
        if faults:
            refused[row.number] = tuple(CellFault(f.code, row.number, "", "", f.got, f.da, f.en) for f in faults)
        # What is said with another row, or once more, may be sent no more than that one.
        if told := refused.get(row.number) or refused.get(row.same_as or 0):
            told = tuple(replace(fault, row=row.number) for fault in told)
            rows.append(RowOutcome(row.number, State.WRONG, row.key, faults=told, same_as=row.same_as))
        else:
            rows.append(row)
            batch += [item for item in items if isinstance(item, Decoded)]
    return replace(proposal, rows=tuple(rows)), batch


def _named(book: StoredBook, batch: Iterable[Decoded]) -> dict[str, str]:
    """The names of those new people of whom something is sent."""
    if not book.newcomers:
        return {}
    spoken_of = {getattr(getattr(item.event, "data", None), "person", None) for item in batch}
    return {person: name for person, (name, _) in book.newcomers.items() if person in spoken_of}
