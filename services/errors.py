"""The one tree of errors that people may meet.

    BygSporError                  code, message, hint, retriable
    |-- BadInput                  what was given cannot be used; the giver must change it
    |-- DatabaseUnavailable       PostgreSQL does not answer or will not start
    `-- BrokerUnavailable         Kafka does not answer, or refuses what was asked

Every edge (command line, HTTP, worker) turns this tree into its own form in one place. A new subclass is only for
what some caller treats differently; a new *case* of a known kind is a new `code`.
"""

from __future__ import annotations


class BygSporError(Exception):
    """Something went wrong that can be said in a sentence, with what to do about it.

    `code` is stable and for programs (`database.start_failed`), `message` says what happened, `hint` what to do.
    `retriable` promises that the same call may succeed later without anybody changing anything.
    """

    def __init__(self, code: str, message: str, hint: str | None = None, *, retriable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.retriable = retriable

    def __str__(self) -> str:
        """The form the command line prints: `error[code]: message`, then the hint on a line of its own."""
        first = f"error[{self.code}]: {self.message}"
        return f"{first}\nhint: {self.hint}" if self.hint else first


class BadInput(BygSporError):
    """What a person or a system gave cannot be used as it is."""


class DatabaseUnavailable(BygSporError):
    """PostgreSQL cannot be reached, cannot be started or must not be used as it stands."""


class BrokerUnavailable(BygSporError):
    """Kafka cannot be reached, or refuses what was asked of it."""
