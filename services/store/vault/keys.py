"""The master keys: versioned, in a file that only we may read, never in a database.

Losing the file loses all names, and the tie from a CPR number to its person; the figures stay. So it is backed up
apart from the vault's database: whoever holds both can read everything.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from services.errors import DatabaseUnavailable
from services.store.vault.sealing import KEY_BYTES, digest, new_key


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One version of the key. Its secret is used through digests only, each for one purpose."""

    version: int
    made_at: datetime
    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> bytes:
        """Tells this key from others without saying anything of it."""
        return digest(self.secret, "bygspor.fingerprint")

    @property
    def wrapping(self) -> bytes:
        """The key that data keys are wrapped with."""
        return digest(self.secret, "bygspor.wrap")

    def of_number(self, circle: str, number: str) -> bytes:
        """The pseudonym of ten digits within one linking circle."""
        return digest(self.secret, "bygspor.cpr", circle, number)

    def of_name(self, organisation: str, name: str) -> bytes:
        """What a normalised name is found by within one organisation."""
        return digest(self.secret, "bygspor.name", organisation, name)


class Keys(Mapping[int, MasterKey]):
    """The live keys by version; the newest is the current one, the others only read."""

    def __init__(self, keys: list[MasterKey]) -> None:
        self._keys = {key.version: key for key in sorted(keys, key=lambda key: key.version)}

    def __getitem__(self, version: int) -> MasterKey:
        return self._keys[version]

    def __iter__(self) -> Iterator[int]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def current(self) -> MasterKey:
        """The key that is written with."""
        return self[max(self)]


class Keyring:
    """The key file. Read again whenever it changes, so that a rotation reaches processes that are running."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[tuple[int, int, int], Keys] | None = None

    def keys(self) -> Keys | None:
        """The live keys, the same object while the file is the same; None where there is no file.

        Raises DatabaseUnavailable where others may read the file, or it holds no keys.
        """
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        self._refuse_open(found)
        mark = (found.st_ino, found.st_mtime_ns, found.st_size)
        if self._read is None or self._read[0] != mark:
            self._read = mark, self._parsed(self.path.read_bytes())
        return self._read[1]

    def make(self) -> Keys:
        """Make the file with a first key; of several at once, one makes it and all get its keys."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            # A link, unlike a rename, refuses to replace what somebody else has made meanwhile.
            self._write(Keys([_made(1)]), os.link)
        keys = self.keys()
        if keys is None:
            raise self._unusable("vault.keys_missing", "is gone again as soon as it was made")
        return keys

    def add(self, keys: Keys, version: int) -> Keys:
        """Add a new key to those that are live."""
        added = Keys([*keys.values(), _made(version)])
        self._write(added, os.replace)
        return added

    def remove(self, keys: Keys, version: int) -> None:
        """Destroy a key. What was written with it, and with it only, can never be read again."""
        self._write(Keys([key for key in keys.values() if key.version != version]), os.replace)

    def _refuse_open(self, found: os.stat_result) -> None:
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise self._unusable(
                "vault.keys_open", "may be read by others than its owner", f"Close it with: chmod 600 {self.path}"
            )

    def _parsed(self, raw: bytes) -> Keys:
        try:
            keys = msgspec.json.decode(raw, type=_File).keys
        except msgspec.MsgspecError:
            keys = []
        if not keys or any(len(key.key) != KEY_BYTES for key in keys):
            raise self._unusable("vault.keys_damaged", "holds no keys as BygSpor writes them")
        return Keys([MasterKey(key.version, key.made_at, key.key) for key in keys])

    def _write(self, keys: Keys, publish: Callable[[Path, Path], Any]) -> None:
        """Write the file whole or not at all, and on disk before anything depends on it."""
        draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        held = _File([_Key(key.version, key.made_at, key.secret) for key in keys.values()])
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(held), indent=2) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            publish(draft, self.path)
        finally:
            draft.unlink(missing_ok=True)
        _sync(self.path.parent)

    def _unusable(self, code: str, what: str, hint: str = "Put it back from a backup.") -> DatabaseUnavailable:
        return DatabaseUnavailable(code, f"The key file {self.path} {what}.", hint)


class _Key(msgspec.Struct):
    version: int
    made_at: datetime
    key: bytes


class _File(msgspec.Struct):
    keys: list[_Key]


def _made(version: int) -> MasterKey:
    return MasterKey(version, datetime.now(UTC), new_key())


def _sync(folder: Path) -> None:
    """Make a change of names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
