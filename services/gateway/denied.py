"""Keys that an operator refuses at once, by a file on this machine: it works while the database is away.

One beginning of a key a line, as `bsk_0123456789` or without the `bsk_`; what follows a # is a remark. The file is
read again when it has changed. Without a file nothing is denied. A file that is there and cannot be read stops every
key: whoever wrote it wanted somebody out, and what is answered 503 is sent again, while what a thief sends stays.
"""

from __future__ import annotations

from pathlib import Path

import structlog

from services.errors import BygSporError

_SCHEME = "bsk_"

_log = structlog.get_logger("bygspor.denied")


class Denied:
    """The list of one file, or of none."""

    def __init__(self, file: Path | None) -> None:
        """Nothing is read before somebody asks."""
        self._file = file
        self._read_as: object = None
        self._beginnings: tuple[str, ...] = ()

    def denies(self, key: str) -> bool:
        """Whether a key is on the list. Raises a retriable BygSporError where the list cannot be read."""
        if self._file is None:
            return False
        try:
            self._look(self._file)
        except (OSError, UnicodeDecodeError) as error:
            _log.error("unreadable", error=type(error).__name__)
            raise BygSporError(
                "gateway.denied", "The list of denied keys cannot be read.", "See BYGSPOR_DENY.", retriable=True
            ) from error
        return key.startswith(self._beginnings)

    def _look(self, file: Path) -> None:
        try:
            found = file.stat()
            now = (found.st_mtime_ns, found.st_size, found.st_ino)
            if now != self._read_as:
                self._beginnings = tuple(_beginnings(file.read_text()))
                self._read_as = now
        except FileNotFoundError:
            self._read_as, self._beginnings = None, ()


def _beginnings(text: str) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line if line.startswith(_SCHEME) else f"{_SCHEME}{line}" for line in lines if line]
