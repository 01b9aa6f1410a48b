"""Records taken in: bytes in, one transaction out. There is no Kafka in here, so whoever reads can use it.

A crash of ours on some event must not hold up the events behind it. It is looked for by trying: what goes through is
tried in a transaction that is undone, and what does not is halved until the event stands alone. That event is kept
among the rejected, and can be replayed once we have mended ourselves; too many in a row are no events' fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from schemas.faults import Fault
from services.errors import BygSporError
from services.store.batches import Applied, Decoded, Outcome, Refused
from services.store.connections import Connection
from services.store.rejections import holds_number
from services.store.store import Store
from services.store.stream import Record, RecordKey, applied_among, apply_records, letters
from services.store.stream.records import Item
from services.stream.messages import Message, WhoIs, items_of
from services.stream.names import TopicNames

MOST_FAILING_IN_A_ROW = 50

_log = structlog.get_logger("bygspor.stream")


class TooManyFailing(BygSporError):
    """Event after event makes the handler fail: what is wrong is here, not in them."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of records; those known before are not counted. Always: events = new + duplicate + rejected.

    `waiting` are among the new, conflicts among the rejected; `position` is that of the last batch with anything new.
    """

    records: int = 0
    events: int = 0
    new: int = 0
    duplicate: int = 0
    rejected: int = 0
    waiting: int = 0
    position: int | None = None

    def __add__(self, other: Taken) -> Taken:
        """With those that were taken after them."""
        return Taken(
            records=self.records + other.records,
            events=self.events + other.events,
            new=self.new + other.new,
            duplicate=self.duplicate + other.duplicate,
            rejected=self.rejected + other.rejected,
            waiting=self.waiting + other.waiting,
            position=other.position or self.position,
        )


class Taking:
    """Takes records in. Not to be used from two threads at once."""

    def __init__(self, store: Store, names: TopicNames, numbers: Mapping[str, int], who_is: WhoIs) -> None:
        """Into a store; `numbers` are those of the topics (`services.store.stream.numbered`)."""
        self._store, self._names, self._numbers, self._who_is = store, names, numbers, who_is
        self._failing_in_a_row = 0

    def take(self, messages: Sequence[Message], *, again: bool = False) -> Taken:
        """Apply the records that are not in the log yet (with `again`, all), in one transaction.

        Raises DatabaseUnavailable (retriable: nothing was taken, or all of it, and the same may be taken again), and
        TooManyFailing, where nothing of the batch was taken.
        """
        records = self._records(messages, again=again)
        if not records:
            return Taken()
        try:
            return self._counted(records, apply_records(self._store, records))
        except BygSporError:
            raise
        except Exception as error:  # noqa: BLE001 -- which event it is, is found by trying
            _log.warning("handler_failed", kind=type(error).__name__)
            records = self._without_failing(records)
            return self._counted(records, apply_records(self._store, records))

    def _records(self, messages: Sequence[Message], *, again: bool) -> list[Record]:
        keyed = {self._key(message): message for message in messages}
        known = set() if again else applied_among(self._store.database, keyed)
        return [Record(key, self._items(message)) for key, message in keyed.items() if key not in known]

    def _items(self, message: Message) -> list[Item]:
        items = items_of(message, self._names.organisation_of(message.topic), self._who_is)
        return letters.marked(self._store.database, message.value or b"", items) if message.replay else items

    def _key(self, message: Message) -> RecordKey:
        return RecordKey(self._numbers[message.topic], message.partition, message.offset)

    def _warn_of_numbers(self, records: Sequence[Record]) -> None:
        """What is kept is blotted, but the record is in its topic as it was sent, until somebody purges it."""
        names = {number: name for name, number in self._numbers.items()}
        for record in records:
            if any(isinstance(item, Refused) and holds_number(item.raw) for item in record.items):
                number, partition, offset = record.key
                _log.warning("cpr_in_topic", topic=names[number], partition=partition, offset=offset)

    def _counted(self, records: Sequence[Record], applied: Applied) -> Taken:
        self._warn_of_numbers(records)
        outcomes = applied.outcomes
        events = sum(len(record.items) for record in records)
        return Taken(
            records=len(records),
            events=events,
            new=outcomes.count(Outcome.NEW) + outcomes.count(Outcome.WAITING),
            duplicate=outcomes.count(Outcome.DUPLICATE),
            rejected=events - len(outcomes) + outcomes.count(Outcome.CONFLICT),
            waiting=outcomes.count(Outcome.WAITING),
            position=applied.position,
        )

    def _without_failing(self, records: Sequence[Record]) -> list[Record]:
        """The records with every event refused that the handler fails on."""
        good: list[Decoded] = []
        failing: dict[int, str] = {}
        self._sift([item for record in records for item in record.items if isinstance(item, Decoded)], good, failing)
        self._failing_in_a_row = 0 if good else self._failing_in_a_row + len(failing)
        return [Record(record.key, [_refused_if(item, failing) for item in record.items]) for record in records]

    def _sift(self, items: Sequence[Decoded], good: list[Decoded], failing: dict[int, str]) -> None:
        kind = self._failure([*good, *items])
        if kind is None:
            good.extend(items)
        elif len(items) == 1:
            failing[id(items[0])] = kind
            if not good and self._failing_in_a_row + len(failing) > MOST_FAILING_IN_A_ROW:
                raise TooManyFailing(
                    "stream.handler_failed",
                    f"More than {MOST_FAILING_IN_A_ROW} events in a row could not be handled ({kind}).",
                    "The fault is BygSpor's or the database's, not the events': they stay in their topic. Stopped.",
                )
        else:
            middle = len(items) // 2
            self._sift(items[:middle], good, failing)
            self._sift(items[middle:], good, failing)

    def _failure(self, items: Sequence[Decoded]) -> str | None:
        """What goes wrong when these are applied; None where nothing does. Nothing is left behind."""
        try:
            self._store.apply(items, beside=_undo)
        except _Undone:
            return None
        except BygSporError:
            raise
        except Exception as error:  # noqa: BLE001 -- that is the question
            return type(error).__name__
        return None


class _Undone(Exception):
    pass


def _undo(_connection: Connection, _outcomes: Sequence[Outcome]) -> None:
    raise _Undone


def _refused_if(item: Decoded | Refused, failing: Mapping[int, str]) -> Decoded | Refused:
    kind = failing.get(id(item))
    if kind is None or not isinstance(item, Decoded):
        return item
    fault = Fault(
        "handler_failed",
        "",
        kind,
        "hændelsen kunne ikke behandles på grund af en fejl i BygSpor; den er gemt og kan afspilles igen",
        "the event could not be handled because of a fault in BygSpor; it is kept and can be replayed",
    )
    return Refused(item.raw, [fault], item.origin, item.line, item.resolves)
