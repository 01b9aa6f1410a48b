"""What a command works with: settings, language, the store, and how to speak to people and to programs."""

import contextlib
import difflib
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from schemas.vocabulary import Language
from services.cli.screen import console
from services.clock import end_of
from services.domain.assessment import TenderSource
from services.errors import BadInput
from services.reports.words import local, pick
from services.settings import KAFKA, LANGUAGES, Kafka, Settings
from services.store import figures, reading
from services.store.current import BEGIN
from services.store.loading import current, known
from services.store.store import Store
from services.store.vault import Vault
from services.wiring import open_store, open_vault


class Session:
    """One run of one command."""

    def __init__(self, lang: str | None = None) -> None:
        """Read the settings; `lang` goes before them."""
        self.settings = Settings.from_environment()
        if lang is not None and lang not in LANGUAGES:
            raise BadInput("usage.language", f"No such language: {lang}.", f"Use one of {', '.join(LANGUAGES)}.")
        self.language = cast("Language", lang or self.settings.language)
        self.out, self.err = console(), console(stderr=True)

    def say(self, da: str, en: str) -> str:
        """A text in the language of this run."""
        return pick(self.language, da, en)

    @contextlib.contextmanager
    def store(self, *, create: bool = False, as_it_is: bool = False) -> Iterator[Store]:
        """The store, ready, closed afterwards. The embedded server goes on running.

        A folder without data is filled only by those that `create`; for others it is BadInput. State of an older
        edition is renewed first, and that of a newer one is DatabaseUnavailable, but for who takes it `as_it_is`.
        """
        if not create:
            self._refuse_no_data()
        store = open_store(self.settings)
        try:
            if not as_it_is and store.is_outdated():
                with self.progress("Ny udgave: genberegner", "New edition: recomputing", quiet=False) as bar:
                    store.renew(bar)
            yield store
        finally:
            store.close()

    @contextlib.contextmanager
    def vault(self) -> Iterator[Vault]:
        """The vault, closed afterwards; a folder without data is BadInput."""
        self._refuse_no_data()
        vault = open_vault(self.settings)
        try:
            yield vault
        finally:
            vault.close()

    def _refuse_no_data(self) -> None:
        folder = self.settings.data
        if self.settings.database_url or (folder / "server.lock").exists():
            return
        raise BadInput(
            "data.none",
            self.say(f"Der er ingen data i {folder}.", f"There is no data in {folder}."),
            self.say(
                "Sæt BYGSPOR_DATA til mappen med data, eller indlæs med: bygspor ingest FIL",
                "Set BYGSPOR_DATA to the folder with the data, or take some in with: bygspor ingest FILE",
            ),
        )

    def kafka(self) -> Kafka:
        """The Kafka that is set. Raises BadInput where none is."""
        if self.settings.kafka is None:
            raise BadInput(
                "settings.kafka",
                self.say(
                    f"Der er ingen Kafka: {KAFKA.name} er ikke sat.", f"There is no Kafka: {KAFKA.name} is not set."
                ),
                self.say(
                    f"Sæt {KAFKA.name} til adresserne, for eksempel kafka1:9092,kafka2:9092.",
                    f"Set {KAFKA.name} to the addresses, for example kafka1:9092,kafka2:9092.",
                ),
            )
        return self.settings.kafka

    def where(self) -> str:
        """Where an empty answer was looked for."""
        if self.settings.database_url:
            return self.say("Set efter i BYGSPOR_DATABASE_URL", "Looked in BYGSPOR_DATABASE_URL")
        return self.say(f"Set efter i {self.settings.data}", f"Looked in {self.settings.data}")

    def tenders(self, store: Store) -> list[str]:
        """The ids of all tenders; also of those that are spoken of but that nobody registered."""
        return sorted({*reading.tenders(store), *(name for name, _ in figures.stored_findings(store))})

    def tender(self, store: Store, name: str) -> str:
        """The id of a tender named in full or by its local part. Raises BadInput with what is near.

        One that is registered goes before those of its name that are only spoken of.
        """
        names = self.tenders(store)
        matches = [name] if name in names else [one for one in names if name == local(one)]
        if len(matches) > 1:
            matches = sorted(reading.registered(store).intersection(matches)) or matches
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise BadInput(
                "tender.ambiguous",
                self.say(f"Flere udbud hedder {name}.", f"Several tenders are called {name}."),
                self.say(f"Skriv id'et helt ud: {', '.join(matches)}", f"Write the id in full: {', '.join(matches)}"),
            )
        # A local part is as good as the id it belongs to, and shorter to write.
        called = {local(one) if ":" not in name else one for one in names}
        near = difflib.get_close_matches(name, sorted(called), n=3)
        raise BadInput(
            "tender.unknown",
            self.say(f"Der er intet udbud, der hedder {name}.", f"There is no tender called {name}."),
            self.say("Mente du: ", "Did you mean: ") + ", ".join(near)
            if near
            else self.say("Se dem alle med: bygspor status", "See them all with: bygspor status"),
        )

    @contextlib.contextmanager
    def source(self, store: Store, tender: str, known_on: date | None) -> Iterator[TenderSource]:
        """A tender as stored, or as it was known at the end of a day."""
        with store.database.transaction(BEGIN) as connection:
            yield known(store, connection, tender, end_of(known_on)) if known_on else current(store, connection, tender)

    @contextlib.contextmanager
    def progress(self, da: str, en: str, *, quiet: bool) -> Iterator["Bar"]:
        """A progress bar on standard error, where somebody is looking."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.err, disable=quiet or not self.err.is_terminal) as progress:
            yield Bar(progress, self.say(da, en))


class Bar:
    """A progress bar that learns its length as it goes."""

    def __init__(self, progress: Progress, description: str) -> None:
        """Draw it in a progress display."""
        self._progress, self._task = progress, progress.add_task(description, total=None)

    def __call__(self, done: int, total: int) -> None:
        """So much of so much is done."""
        self._progress.update(self._task, completed=done, total=total)


def print_json(value: Any) -> None:
    """A value as indented JSON on standard output, and nothing else there."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
    sys.stdout.buffer.flush()


def write(path: Path | None, lines: Iterator[bytes]) -> int:
    """Write lines to a file or to standard output; how many there were."""
    count = 0
    with path.open("wb") if path else contextlib.nullcontext(sys.stdout.buffer) as out:
        for line in lines:
            out.write(line if line.endswith(b"\n") else line + b"\n")
            count += 1
        out.flush()
    return count
