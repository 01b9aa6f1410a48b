"""What must hold of the stream, for `verify`: what was acknowledged is in the log, and nothing was lost."""

from __future__ import annotations

from collections.abc import Sequence

from services.errors import BadInput
from services.settings import Kafka
from services.store.rebuild import Check
from services.store.store import Store
from services.store.stream import gaps
from services.stream.gaps import Fate, Gap, check
from services.stream.parts import Reader

_SHOWN = 5


def verify(store: Store, kafka: Kafka) -> list[Check]:
    """Look through all that the topics hold, take in what is missing, and say so; what is empty is no fault.

    Raises BrokerUnavailable, where only `lost` can be checked, and DatabaseUnavailable.
    """
    return [_records(store, kafka), lost(store)]


def _records(store: Store, kafka: Kafka) -> Check:
    reader = Reader(store, kafka)
    try:
        reader.topics()
        found = check(kafka, store.database, reader.take, whole=True)
    except BadInput as error:
        return Check("stream.records", False, gaps.known(store.database), error.message)
    wrong = [_told(gap) for gap in found if gap.fate in {Fate.HEALED, Fate.REWOUND}]
    return _check("stream.records", gaps.known(store.database), wrong)


def lost(store: Store) -> Check:
    """Whether everything was taken in before it expired, as far as it has been looked at; no broker is asked."""
    found = gaps.lost(store.database)
    told = [f"{one.topic}/{one.partition} from {one.start} to before {one.end}" for one in found]
    return _check("stream.lost", gaps.known(store.database), told)


def _told(gap: Gap) -> str:
    span = f"{gap.topic}/{gap.partition} from {gap.start} to before {gap.end}"
    return f"{span} was missing, taken in now" if gap.fate is Fate.HEALED else f"{span} is gone from the topic"


def _check(name: str, count: int, wrong: Sequence[str]) -> Check:
    shown = ", ".join(wrong[:_SHOWN])
    return Check(name, not wrong, count, f"{len(wrong)} wrong: {shown}" if wrong else "")
