"""The desk that sheets are handed in at: read, looked at, asked about, and said yes to, each as a whole.

A look is kept sealed until the yes, a day at most. The yes looks once more: only where that comes to the very same
events do they go into the log, all together.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schemas.vocabulary import Language
from services.domain.rights import Caller, Kind
from services.gateway.admission import Admission
from services.gateway.uploads import document as documents
from services.gateway.uploads.book import layouts_of
from services.gateway.uploads.clerk import INTERRUPTED, Clerk, Sent, of, wish_of
from services.gateway.uploads.document import Document, Refused
from services.gateway.uploads.looking import Wish
from services.gateway.uploads.scrubbing import file_name
from services.gateway.uploads.templates import ANY, Wanted
from services.gateway.uploads.work import Work
from services.sheets.book import Named
from services.sheets.limits import kind_of
from services.store.access import Access
from services.store.store import Store
from services.store.uploads import Register, State, Upload
from services.store.vault import Vault

_LOST_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Opened:
    """An upload with what is kept of it. `document` is None while it is read, and once it is over."""

    upload: Upload
    document: Document | None = None
    refused: Refused | None = None

    @property
    def is_ready(self) -> bool:
        """Whether somebody may say yes to it: there is something to send."""
        return self.upload.state is State.PREVIEWED and self.document is not None and self.document.events > 0


class Desk:
    """Uploads of all organisations. May be used from several threads."""

    def __init__(self, store: Store, access: Access, vault: Vault, admission: Admission, *, cpr: bool) -> None:
        self.register = Register(store.database)
        self.work = Work(self.register.sweep)
        self._vault = vault
        self._clerk = Clerk(store, access, vault, admission, self.register, cpr)
        # Between an upload's new state and the work that it says is under way, nobody may think that it was left.
        self._beginning = threading.Lock()

    def hand_in(self, caller: Caller, sent: Sent) -> str:
        """Take a file in and begin to look at it; the upload's id.

        Raises UnreadableSheet where it is no sheet at all, LookupError where the caller may not hand in for that
        contractor, DatabaseUnavailable, and where too many wait a retriable BygSporError.
        """
        kind_of(sent.raw)
        if sent.on_behalf_of is not None and sent.on_behalf_of not in {one.id for one in self.contractors(caller)}:
            raise LookupError(sent.on_behalf_of)
        self.work.check_room(len(sent.raw))
        self._vault.ready()  # rather now than when the file is read and nobody waits for the answer
        digest = hashlib.sha256(sent.raw).digest()
        upload = self.register.add(of(caller), caller.who, file_name(sent.name), digest, sent.on_behalf_of)
        self.work.begin(upload, lambda: self._clerk.read(caller, upload, sent), len(sent.raw))
        return upload

    def open(self, caller: Caller, upload: str) -> Opened | None:
        """An upload of the caller's organisation; None where there is none. What was left half done is taken up."""
        found = self.register.get(of(caller), upload)
        if found is None:
            return None
        if found.state in {State.READING, State.CONFIRMING}:
            found = self._taken_up(caller, found)
        kept = self.register.kept(of(caller), upload).preview
        if kept is None:
            return Opened(found)
        plain = self._vault.unseal(of(caller), kept)
        if found.state is State.REFUSED:
            return Opened(found, refused=documents.unpacked_refusal(plain))
        return Opened(found, documents.unpacked(plain))

    def look_again(self, caller: Caller, found: Opened, wish: Wish) -> bool:
        """Look at a sheet once more with what people have said since; whether it still waits for that."""
        upload = found.upload
        with self._beginning:
            if not self.register.move(of(caller), upload.id, [State.PREVIEWED], State.READING, upload.edition):
                return False
            self.work.begin(upload.id, lambda: self._clerk.look_again(caller, upload, wish))
        return True

    def confirm(self, caller: Caller, upload: Upload, edition: int) -> bool:
        """Begin to send what one preview came to; whether that is the latest preview and waits for a yes."""
        with self._beginning:
            if not self.register.move(of(caller), upload.id, [State.PREVIEWED], State.CONFIRMING, edition):
                return False
            self.work.begin(upload.id, lambda: self._clerk.confirm(caller, upload))
        return True

    def discard(self, caller: Caller, upload: str) -> bool:
        """Put a sheet away unsent; whether it was there to be put away."""
        return self.register.discarded(of(caller), upload)

    def marked(self, caller: Caller, upload: Upload, language: Language) -> bytes | None:
        """The sheet handed back with what is wrong at its place, as XLSX; None where nothing of it is kept.

        As it was sent, where it was marked at once; its rows alone, where people have answered or chosen since.
        Raises UnreadableSheet where it is too heavy to be marked.
        """
        kept = self.register.kept(of(caller), upload.id).marked
        return self._vault.unseal(of(caller), kept) if kept else self._clerk.marked_rows(caller, upload, language)

    def template(self, caller: Caller, layout: str, language: Language, wanted: Wanted = ANY) -> bytes:
        """A workbook (XLSX) filled with the caller's own. LookupError: not theirs; ValueError: no such month."""
        if layout not in layouts_of(caller):
            raise LookupError(layout)
        return self._clerk.template(caller, layout, language, wanted)

    def contractors(self, caller: Caller) -> Sequence[Named]:
        """Those on whose behalf a secretariat may hand in; nobody, for others."""
        return self._clerk.contractors(caller) if Kind.SECRETARIAT in caller.kinds else ()

    def tenders(self, caller: Caller, layout: str) -> Sequence[Named]:
        """The tenders that a sheet of this kind may be about."""
        return self._clerk.tenders(caller, layout)

    def _taken_up(self, caller: Caller, found: Upload) -> Upload:
        """Go on with what nobody works on here: its process was killed, or its database was away. The upload as it is.

        Should another process work on it, no harm is done. A file that was being read when that happened is lost.
        """
        with self._beginning:
            if self.work.is_under_way(found.id):
                return found
            # Its work may have ended since it was read.
            found = self.register.get(of(caller), found.id) or found
            if found.state is State.CONFIRMING:
                self.work.begin(found.id, lambda: self._clerk.confirm(caller, found))
            elif found.state is State.READING and found.edition:
                self.work.begin(found.id, lambda: self._look_as_before(caller, found))
            elif found.state is State.READING and found.created_at < datetime.now(UTC) - _LOST_AFTER:
                self.register.move(of(caller), found.id, [State.READING], State.REFUSED, note=INTERRUPTED)
            return found

    def _look_as_before(self, caller: Caller, upload: Upload) -> None:
        kept = self.register.kept(of(caller), upload.id).preview
        if kept is not None:
            before = documents.unpacked(self._vault.unseal(of(caller), kept))
            self._clerk.look_again(caller, upload, wish_of(before, upload.on_behalf_of))
