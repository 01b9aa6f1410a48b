"""A sheet of hours previewed, confirmed and sent again, against bare parsing of the same file."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import islice, product
from pathlib import Path

import msgspec
from xlsxwriter import Workbook

from schemas.codec import decode
from services.domain.rights import Caller, Kind, Role
from services.gateway.parts import Options, Parts
from services.gateway.uploads.clerk import Sent
from services.gateway.uploads.desk import Opened
from services.sheets.reading import read
from services.store.batches import Decoded
from services.store.keeper import Keeper
from services.store.migrate import migrate
from services.store.store import Store
from services.store.uploads import State
from services.store.vault import Keyring, Vault
from services.store.vault.tables import beside
from tests.bench.measure import Measured, alone
from tests.gateway.reporting import FIRM, event, frame

MONTHS = 50
_CALLER = Caller(FIRM, frozenset({Kind.CONTRACTOR}), Role.REPORTER, "user:1")
_FIRST = "Alma Birk Clara Dag Emma Frej Gerda Holger Ida Jens Karla Lauge Mette Noah Olga Peter Rosa Storm Tilde Vilde"
_LAST = "Abel Bang Dam Eriksen Friis Grøn Holm Iversen Juhl Krogh Lund Munk Nørby Olsen Poulsen Quist Riis Skov Toft"
_MIDDLE = "Aa Be Cy Do Ek"


def over_sheets(url: str, files: Path, rows: int, show: Callable[[str, Measured], Measured]) -> None:
    """A sheet of so many rows: people by months."""
    print(f"== a sheet of {rows:,} rows")
    path = files / "hours.xlsx"
    alone(prepared, url, files, path, rows)
    bare = show("bare parsing, in its confined process", alone(parsed, path))
    preview = show("handed in, until the preview is there", alone(previewed, url, files, path))
    sent = show("confirmed, until all is committed", alone(confirmed, url, files))
    show("handed in again: all unchanged", alone(previewed, url, files, path))
    print(
        f"   previewed and committed: {rows / (preview.seconds + sent.seconds):,.0f} rows/s, "
        f"{bare.seconds / (preview.seconds + sent.seconds):.2f} of bare parsing"
    )


def prepared(url: str, files: Path, path: Path, rows: int) -> tuple[int, float]:
    """A contractor with its people on a tender, and the sheet of their hours."""
    migrate(url)
    combined = product(_FIRST.split(), _MIDDLE.split(), _LAST.split())
    names = [" ".join(parts) for parts in islice(combined, rows // MONTHS)]
    parts = _parts(url, files)
    parts.access.organisations.register(FIRM, "Målt ApS", [Kind.CONTRACTOR])
    parts.vault.give_names(FIRM, {f"{FIRM}:x{nr}": name for nr, name in enumerate(names)})
    start = {"contractor": FIRM, "kind": "apprenticeship", "started_on": "2020-01-06"}
    told = [
        event(f"p{nr}", FIRM, "placement.started", placement=f"{FIRM}:p{nr}", person=f"{FIRM}:x{nr}", **start)
        for nr in range(len(names))
    ]
    parts.store.apply([Decoded(raw := msgspec.json.encode(one), decode(raw)) for one in (*frame(), *told)])
    _write(path, names)
    return rows, 1.0


def _write(path: Path, names: list[str]) -> None:
    book = Workbook(path)
    sheet, day = book.add_worksheet("Timer"), book.add_format({"num_format": "dd-mm-yyyy"})
    sheet.write_row(0, 0, ("Navn", "Udbud", "Fra", "Til", "Timer"))
    first = date(2022, 1, 1)
    for month in range(MONTHS):
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        for nr, name in enumerate(names):
            row = month * len(names) + nr + 1
            sheet.write_row(row, 0, (name, "Havnegade"))
            for column, one in ((2, first), (3, last)):
                sheet.write_datetime(row, column, datetime(one.year, one.month, one.day), day)  # noqa: DTZ001
            sheet.write_number(row, 4, 100 + row % 60 + 0.5)
        first = last + timedelta(days=1)
    book.close()


def parsed(path: Path) -> tuple[int, float]:
    """The file to tables, and nothing more."""
    raw, began = path.read_bytes(), time.perf_counter()
    (table,) = read(raw)
    return len(table.rows) - 1, time.perf_counter() - began


def previewed(url: str, files: Path, path: Path) -> tuple[int, float]:
    """The file to a preview."""
    parts, raw = _parts(url, files), path.read_bytes()
    began = time.perf_counter()
    found = _settled(parts, parts.uploads.hand_in(_CALLER, Sent(raw, path.name)))
    seconds = time.perf_counter() - began
    return sum(found.upload.counts[state] for state in ("new", "unchanged")), seconds


def confirmed(url: str, files: Path) -> tuple[int, float]:
    """The yes to the preview."""
    parts = _parts(url, files)
    upload = parts.uploads.register.latest(FIRM, 1)[0]
    began = time.perf_counter()
    parts.uploads.confirm(_CALLER, upload, upload.edition)
    found = _settled(parts, upload.id)
    return found.upload.events or 0, time.perf_counter() - began


def _settled(parts: Parts, upload: str) -> Opened:
    while True:
        if not parts.uploads.work.is_under_way(upload):
            found = parts.uploads.open(_CALLER, upload)
            if found is not None and found.upload.state in {State.PREVIEWED, State.CONFIRMED}:
                return found
        time.sleep(0.02)


def _parts(url: str, files: Path) -> Parts:
    store = Store(url)
    return Parts.of(store, Vault(beside(url), Keyring(files / "keys.json")), Keeper(store), Options())
