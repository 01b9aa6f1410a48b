"""Events to Kafka: those of one subject together, in the bytes that were checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.settings import Kafka
from services.store.batches import Decoded
from services.store.stream.records import Place
from services.stream.delivery import Delivery, Parcel
from services.stream.names import TopicNames

CONTENT_TYPE = "application/cloudevents-batch+json"
MOST_IN_A_RECORD = 500
# What a broker takes without being told otherwise is 1 MB; a single larger event goes alone.
MOST_BYTES_IN_A_RECORD = 900_000


class Producer:
    """The way from the gateway to the workers. May be used from several threads, which wait for each other."""

    def __init__(self, kafka: Kafka) -> None:
        """Nothing is opened yet: the brokers may be away."""
        self._delivery, self._topic = Delivery(kafka), TopicNames(kafka.prefix).events

    def send(self, batch: Sequence[Decoded]) -> list[Place]:
        """Deliver events; where each of them is, once the brokers have answered for all.

        Raises BrokerUnavailable within about ten seconds. Where it is retriable it is unknown which of them were
        taken, and the same may be sent again.
        """
        records = list(_records(batch))
        delivered = self._delivery.deliver([self._parcel(batch, record) for record in records])
        places: dict[int, Place] = {}
        for record, (topic_id, partition, offset) in zip(records, delivered, strict=True):
            places |= {n: Place(str(topic_id), partition, offset, nr) for nr, n in enumerate(record)}
        return [places[n] for n in range(len(batch))]

    def probe(self) -> None:
        """Whether events can be sent. Raises BrokerUnavailable where the brokers do not answer in a few seconds."""
        self._delivery.probe(self._topic)

    def close(self) -> None:
        """Close the connections."""
        self._delivery.close()

    def _parcel(self, batch: Sequence[Decoded], record: Sequence[int]) -> Parcel:
        # Joined as they came, never written anew: what is kept in the log is what was checked.
        value = b"[%s]" % b",".join(batch[n].raw for n in record)
        return Parcel(self._topic, batch[record[0]].event.subject.encode(), value, CONTENT_TYPE)


def _records(batch: Sequence[Decoded]) -> Iterator[list[int]]:
    """Which events of a batch go into one record: of one subject, in their order, not too many."""
    subjects: dict[str, list[int]] = {}
    for n, item in enumerate(batch):
        subjects.setdefault(item.event.subject, []).append(n)
    for numbers in subjects.values():
        yield from _cut(batch, numbers)


def _cut(batch: Sequence[Decoded], numbers: Sequence[int]) -> Iterator[list[int]]:
    record: list[int] = []
    size = 0
    for n in numbers:
        size += len(batch[n].raw) + 1
        if record and (len(record) == MOST_IN_A_RECORD or size > MOST_BYTES_IN_A_RECORD):
            yield record
            record, size = [], len(batch[n].raw) + 1
        record.append(n)
    yield record
