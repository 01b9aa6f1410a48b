"""Who does the work behind the desk: reads a sheet, looks at it again, sends what it came to. Runs beside requests.

What fails or is killed on the way is done again and comes to the same: ids follow from rows, and all events of a sheet
go into the log in one transaction.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import msgspec

from schemas.identifiers import CPR_SHAPE, blotted
from schemas.vocabulary import Language, Party
from services.clock import today
from services.domain.rights import Caller
from services.gateway.admission import Admission
from services.gateway.uploads import document as documents
from services.gateway.uploads.book import NO_NUMBERS, Numbers, Room, StoredBook, party_of
from services.gateway.uploads.document import Document, Refused
from services.gateway.uploads.looking import Look, Wish, look
from services.gateway.uploads.scrubbing import StandIns
from services.gateway.uploads.templates import Filling, Wanted
from services.sheets.book import Named
from services.sheets.cells import Table
from services.sheets.mapping import PAY_TYPE
from services.sheets.mapping import Mapping as SheetMapping
from services.sheets.marking import marked
from services.sheets.outcomes import State as RowState
from services.sheets.reading import read
from services.sheets.refusing import UnreadableSheet
from services.sheets.texts import text_of
from services.store.access import Access, seen_by
from services.store.batches import Outcome
from services.store.contracts import contracts_of
from services.store.store import Store
from services.store.uploads import Register, State, Upload
from services.store.uploads.register import Previewed
from services.store.vault import Vault

CHANGED, INTERRUPTED, FAILED, NOT_YOURS = "changed", "interrupted", "failed", "not_yours"
"""Notes on an upload: why it is not where somebody wanted it to be."""

_LONGEST_NAME = 200


class Sent(NamedTuple):
    """A file as it came, with what its sender said about it."""

    raw: bytes
    name: str
    layout: str | None = None
    on_behalf_of: str | None = None
    language: Language = "da"


def of(caller: Caller) -> str:
    """The organisation whose sheets these are."""
    if caller.organisation is None:
        raise TypeError("the operator of an installation hands in nothing")
    return caller.organisation


@dataclass(frozen=True, slots=True)
class Clerk:
    """Works on uploads of all organisations. May be used from several threads."""

    store: Store
    access: Access
    vault: Vault
    admission: Admission
    register: Register
    cpr: bool

    def read(self, caller: Caller, upload: str, sent: Sent) -> None:
        """Read a file, look at it, keep the look, and the sheet with what is wrong marked in it."""
        stand_ins = StandIns()
        try:
            tables = read(sent.raw)
            clean = stand_ins.tables(tables)
            wish = Wish(sent.layout, sent.on_behalf_of)
            found = self.looked(caller, clean, wish, Numbers(stand_ins.numbers, {}))
            edition = self._keep(caller, upload, found, rows=clean)
        except UnreadableSheet as error:
            self._refuse(caller, upload, Refused(error.short, _blotted(error)))
        except LookupError:
            self._refuse(caller, upload, None, NOT_YOURS)
        except BaseException:
            with suppress(Exception):
                self._refuse(caller, upload, None, FAILED)
            raise
        else:
            if edition and _has_marks(found):
                as_sent = next(old for old, new in zip(tables, clean, strict=True) if new is found.sheet.table)
                self._mark(caller, upload, edition, sent, replace(found, sheet=replace(found.sheet, table=as_sent)))

    def look_again(self, caller: Caller, upload: Upload, wish: Wish) -> None:
        """Look at the kept rows with what people have said since."""
        kept = self.register.kept(of(caller), upload.id)
        if kept.rows is None or kept.preview is None:
            return
        before = documents.unpacked(self.vault.unseal(of(caller), kept.preview))
        try:
            found = self.looked(caller, self._tables(caller, kept.rows), wish, Numbers({}, before.persons))
        except Exception:
            self._keep_document(caller, upload.id, before, FAILED)
            raise
        if found.document.mapping == before.mapping:
            found = replace(found, document=_as_certain_as(before, found.document))
        self._keep(caller, upload.id, found)

    def confirm(self, caller: Caller, upload: Upload) -> None:
        """Look once more; where that comes to the same as the preview, send it."""
        organisation = of(caller)
        with self.register.alone(organisation):
            kept = self.register.kept(organisation, upload.id)
            if kept.rows is None or kept.preview is None:
                return  # somebody else has done it
            before = documents.unpacked(self.vault.unseal(organisation, kept.preview))
            try:
                wish = wish_of(before, upload.on_behalf_of)
                found = self.looked(caller, self._tables(caller, kept.rows), wish, Numbers({}, before.persons))
                if found.document.digest == before.digest:
                    self._send(caller, upload, before, found)
                elif before.is_settled_by(found.document):
                    self.register.confirmed(organisation, upload.id, 0)
                else:
                    found = replace(found, document=_as_certain_as(before, found.document))
                    self._keep(caller, upload.id, found, note=CHANGED)
            except Exception:
                with suppress(Exception):
                    self.register.move(organisation, upload.id, [State.CONFIRMING], State.PREVIEWED, note=FAILED)
                raise

    def marked_rows(self, caller: Caller, upload: Upload, language: Language) -> bytes | None:
        """The rows of an upload with what is wrong marked, without the looks that the file had."""
        kept = self.register.kept(of(caller), upload.id)
        if kept.rows is None or kept.preview is None:
            return None
        before = documents.unpacked(self.vault.unseal(of(caller), kept.preview))
        wish = wish_of(before, upload.on_behalf_of)
        found = self.looked(caller, self._tables(caller, kept.rows), wish, Numbers({}, before.persons))
        if found.proposal is None:
            return None
        return marked(_as_csv(found.sheet.table), found.sheet, found.proposal, language)

    def looked(self, caller: Caller, tables: Sequence[Table], wish: Wish, numbers: Numbers = NO_NUMBERS) -> Look:
        """A look at tables as of today, in one snapshot. Raises UnreadableSheet, LookupError."""
        room = self._room()
        remembered = {
            signature: SheetMapping.model_validate(mapping)
            for signature, mapping in self.register.mappings(of(caller)).items()
        }
        with seen_by(self.store.database, caller) as connection:
            return look(
                tables,
                wish,
                caller,
                lambda party: StoredBook(connection, room, caller, party, numbers),
                remembered,
                today(),
            )

    def template(self, caller: Caller, layout: str, language: Language, wanted: Wanted) -> bytes:
        """A workbook to fill in, of a kind that the caller may send. ValueError: no such month."""
        with seen_by(self.store.database, caller) as connection:
            book = StoredBook(connection, self._room(), caller, party_of(caller, layout, None))
            return Filling(connection, book, caller, language, today(), wanted).made(layout)

    def contractors(self, caller: Caller) -> Sequence[Named]:
        """The contractors of the tenders that the caller is the secretariat of."""
        with seen_by(self.store.database, caller) as connection:
            return StoredBook(connection, self._room(), caller, Party.SECRETARIAT).contractors()

    def tenders(self, caller: Caller, layout: str) -> Sequence[Named]:
        """The tenders that a sheet of this kind may be about."""
        with seen_by(self.store.database, caller) as connection:
            return StoredBook(connection, self._room(), caller, party_of(caller, layout, None)).tenders()

    def _room(self) -> Room:
        companies = {one.cvr: one.name for one in self.access.organisations.list()}
        return Room(self.vault, companies, self.cpr, partial(contracts_of, self.store))

    def _send(self, caller: Caller, upload: Upload, before: Document, found: Look) -> None:
        names = {person: name for person, given in found.newcomers.items() if (name := _name(given))}
        if names:
            self.vault.give_names(of(caller), names)
        results = self.admission.admit_now(found.batch)
        mapping = before.sheet_mapping.taught(before.answers)
        if _is_worth_remembering(before, mapping):
            self.register.remember(of(caller), before.signature, mapping.model_dump(mode="json"))
        new = sum(result.outcome in {Outcome.NEW, Outcome.WAITING} for result in results)
        self.register.confirmed(of(caller), upload.id, new)

    def _keep(
        self, caller: Caller, upload: str, found: Look, rows: Sequence[Table] | None = None, note: str | None = None
    ) -> int | None:
        counts = {state.value: 0 for state in RowState}
        if found.proposal is not None:
            counts = {state.value: count for state, count in found.proposal.counts.items()}
            counts["lines"] = len(found.proposal.lines)
        sealed = self.vault.seal(of(caller), documents.packed_tables(rows)) if rows is not None else None
        edition = self._keep_document(caller, upload, found.document, note, counts, sealed)
        if edition is not None and found.document.is_known:
            self.register.known(of(caller), upload)
        return edition

    def _keep_document(  # noqa: PLR0913, PLR0917 -- the parts of a row
        self,
        caller: Caller,
        upload: str,
        found: Document,
        note: str | None = None,
        counts: dict[str, int] | None = None,
        rows: bytes | None = None,
    ) -> int | None:
        sealed = self.vault.seal(of(caller), documents.packed(found))
        layout = found.sheet_mapping.layout
        kept = Previewed(State.PREVIEWED, layout, counts, note, rows, sealed)
        return self.register.previewed(of(caller), upload, kept)

    def _refuse(self, caller: Caller, upload: str, refused: Refused | None, note: str | None = None) -> None:
        sealed = self.vault.seal(of(caller), documents.packed(refused)) if refused else None
        self.register.previewed(of(caller), upload, Previewed(State.REFUSED, None, {}, note, None, sealed))

    def _mark(self, caller: Caller, upload: str, edition: int, sent: Sent, found: Look) -> None:
        if found.proposal is None:
            return
        with suppress(UnreadableSheet):  # then its rows alone are marked once somebody asks for it
            made = marked(sent.raw, found.sheet, found.proposal, sent.language)
            self.register.mark(of(caller), upload, edition, self.vault.seal(of(caller), made))

    def _tables(self, caller: Caller, rows: bytes) -> tuple[Table, ...]:
        return documents.unpacked_tables(self.vault.unseal(of(caller), rows))


def wish_of(before: Document, on_behalf_of: str | None) -> Wish:
    """To read a sheet just as it was read before."""
    mapping = before.sheet_mapping
    return Wish(mapping.layout, on_behalf_of, before.signature, mapping, before.answers)


def _as_certain_as(before: Document, found: Document) -> Document:
    return msgspec.structs.replace(
        found, chosen=before.chosen, remembered=before.remembered, confidence=before.confidence
    )


def _is_worth_remembering(found: Document, mapping: SheetMapping) -> bool:
    """Whether people have said or confirmed what could not be read off the headers; never with a CPR number in it."""
    is_said = found.chosen or found.remembered or found.confidence < 1 or mapping != found.sheet_mapping
    pay_types = mapping.words.get(PAY_TYPE, {})
    return is_said and not CPR_SHAPE.search(" ".join([*found.labels.values(), *pay_types]))


def _has_marks(found: Look) -> bool:
    return found.proposal is not None and any(row.faults or row.questions for row in found.proposal.rows)


def _name(given: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in given).split())[:_LONGEST_NAME]


def _blotted(error: UnreadableSheet) -> dict[str, str]:
    return {name: blotted(text) for name, text in error.context.items()}


def _as_csv(table: Table) -> bytes:
    """The rows at their places, for the process that marks sheets."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    cells = {row.number: [text_of(cell) for cell in row.cells] for row in table.rows}
    for number in range(1, table.height + 1):
        writer.writerow(cells.get(number, []))
    return out.getvalue().encode("utf-8-sig")
