"""Records to Kafka, delivered when all in-sync brokers have said so; whatever else happens, the answer comes in time.

kafka-python's producer is set up and watched here, because by itself it waits for ever for its number where the broker
goes away at the wrong moment, and leaves its thread running when it is closed with something undelivered.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from kafka.net.compat import KafkaNetClient

from services.errors import BadInput, BrokerUnavailable, BygSporError
from services.settings import Kafka
from services.stream.clients import client, is_refusal, say_if_refused, unavailable
from services.stream.messages import REPLAY

DELIVERED_WITHIN_SECONDS = 10.0
_REACHED_WITHIN_SECONDS = 4.0
_PROBED_WITHIN_SECONDS = 2.0
# Larger than a request to the gateway may be: one event may be all of it.
_LARGEST_REQUEST = 15_000_000


class Parcel(NamedTuple):
    """A record to be delivered. Those with one key keep their order. `replay` where it was there before."""

    topic: str
    key: bytes
    value: bytes
    content_type: str
    replay: bool = False

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """What is said beside the value."""
        return [("content-type", self.content_type.encode()), *([(REPLAY, b"1")] if self.replay else [])]


class Delivered(NamedTuple):
    """Where a record is: the topic by its id, so that it is told from another that is made under its name later."""

    topic_id: UUID
    partition: int
    offset: int


class Delivery:
    """A producer that reaches for the brokers when it is used, and anew after every failure. For several threads."""

    def __init__(self, kafka: Kafka) -> None:
        """Nothing is opened yet."""
        self._kafka = kafka
        self._line: _Line | None = None
        self._opening, self._delivering = threading.Lock(), threading.Lock()

    def deliver(self, parcels: Sequence[Parcel]) -> list[Delivered]:
        """Deliver all of them; where each is.

        Raises BrokerUnavailable within about ten seconds: retriable, and then any of them may have been taken or not;
        or not retriable, where the brokers refuse us. Raises BadInput where one is larger than they take.
        """
        # One at a time: a failure closes the line for everybody on it, and memory holds what one call brings.
        with self._delivering, self._giving_up_on_failure():
            deadline = time.monotonic() + DELIVERED_WITHIN_SECONDS
            return self._open().deliver(parcels, deadline)

    def probe(self, topic: str) -> None:
        """Whether a topic can be delivered to. Raises BrokerUnavailable where nobody answers in a few seconds."""
        with _retriable():
            self._open().probe(topic)

    def close(self) -> None:
        """Close the line to the brokers; what `deliver` promised is delivered."""
        with self._opening:
            line, self._line = self._line, None
        if line is not None:
            line.give_up()

    def _open(self) -> _Line:
        with self._opening:
            if self._line is None:
                self._line = _opened(self._kafka)
            return self._line

    @contextlib.contextmanager
    def _giving_up_on_failure(self) -> Iterator[None]:
        """After a failure the next begins with a line, and a producer's number, of its own: none is out of order."""
        try:
            with _retriable():
                yield
        except BygSporError:
            self.close()
            raise


class _Line(KafkaProducer):  # type: ignore[misc]
    """A producer with its connections."""

    cluster: Any

    def __init__(self, **settings: Any) -> None:
        self._last: dict[tuple[str, int], int] = {}
        super().__init__(**settings)

    def deliver(self, parcels: Sequence[Parcel], deadline: float) -> list[Delivered]:
        for topic in {parcel.topic for parcel in parcels}:
            self.partitions_for(topic)
        sent = [self.send(p.topic, p.value, p.key, p.headers) for p in parcels]
        return [self._delivered(one.get(max(0.0, deadline - time.monotonic()))) for one in sent]

    def _delivered(self, told: Any) -> Delivered:
        topic_id, where = self.cluster.topic_id(told.topic), (told.topic, told.partition)
        if told.offset < 0 or topic_id is None:
            raise KafkaTimeoutError("the broker knows the record, but not any more where it put it")
        if told.offset <= self._last.get(where, -1):
            raise KafkaTimeoutError("the topic was made anew, and what it is now was not told yet")
        self._last[where] = told.offset
        return Delivered(topic_id, told.partition, told.offset)

    def probe(self, topic: str) -> None:
        self.partitions_for(topic)
        answered = threading.Event()
        asked = self.cluster.request_update()
        asked.add_both(lambda *_: answered.set())
        if not answered.wait(_PROBED_WITHIN_SECONDS) or asked.failed():
            raise KafkaTimeoutError("no broker answers")

    def give_up(self) -> None:
        """End its thread, with whatever it still holds: `close` would wait for it, and then leave the thread."""
        self._sender.force_close()
        self._sender.join(_REACHED_WITHIN_SECONDS)
        with contextlib.suppress(KafkaError):
            self.close(timeout=0)


def _opened(kafka: Kafka) -> _Line:
    clients: list[KafkaNetClient] = []

    def kept(**settings: Any) -> KafkaNetClient:
        clients.append(KafkaNetClient(**settings))
        return clients[-1]

    settings = _settings(kafka)
    say_if_refused(settings)
    try:
        line = _Line(**settings, kafka_client=kept)
    except BaseException:
        # A producer that cannot begin leaves its sockets open.
        for one in clients:
            one.close()
        raise
    line.cluster = clients[-1].cluster
    return line


def _settings(kafka: Kafka) -> dict[str, Any]:
    return client(kafka) | {
        "acks": "all",
        "enable_idempotence": True,
        "allow_auto_create_topics": False,
        "max_request_size": _LARGEST_REQUEST,
        # Small records of one partition travel together.
        "batch_size": 1_000_000,
        "delivery_timeout_ms": int(DELIVERED_WITHIN_SECONDS * 1000),
        # So that what one broker swallowed can still be sent to the next leader in time.
        "request_timeout_ms": int(_REACHED_WITHIN_SECONDS * 1000),
        "bootstrap_timeout_ms": int(_REACHED_WITHIN_SECONDS * 1000),
        "max_block_ms": int(_REACHED_WITHIN_SECONDS * 1000),
        # A topic that is made anew gets another id; the broker is asked for it this often.
        "metadata_max_age_ms": 30_000,
        "metrics_enabled": False,
    }


@contextlib.contextmanager
def _retriable() -> Iterator[None]:
    """Whatever Kafka says: it may be tried again, but for what is too large or refused."""
    try:
        yield
    except MessageSizeTooLargeError as error:
        raise BadInput(
            "kafka.too_large", "An event is larger than Kafka takes.", "See max.message.bytes of the topic."
        ) from error
    except (KafkaError, ValueError, OSError) as error:
        if is_refusal(error):
            raise unavailable(error) from error
        what = str(error).strip() or type(error).__name__
        raise BrokerUnavailable(
            "kafka.unavailable", f"Kafka does not answer: {what}.", "The same can be sent again.", retriable=True
        ) from error
