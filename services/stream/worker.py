"""The Faust application, built from its parts: what a worker reads, and how a batch is acknowledged.

Faust acknowledges a message when its agent has moved on, whether or not it could use it, and even where the agent was
cancelled amid its work. So each message is held here by a reference of our own, which is let go when its transaction
has committed; and no exception leaves the agent (architecture.md, "Kafka and Faust: learned the hard way").
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

import faust
from faust.transport.drivers import aiokafka
from faust.types import EventT

from services.settings import Kafka
from services.stream.clients import password
from services.stream.messages import Message, message_of
from services.stream.names import TopicNames

# A few thousand events where records are batches. Larger is faster, smaller is sooner visible.
BATCH_RECORDS = 64
BATCH_WITHIN_SECONDS = 0.05
_BUFFER_RECORDS = 256
_COMMIT_SECONDS = 1.0
SESSION_SECONDS = 30.0

Handle: TypeAlias = Callable[[Sequence[Message]], Awaitable[bool]]
"""Takes a batch in; whether it is committed. It raises nothing, and is cancelled where the worker stops."""


def create_app(
    kafka: Kafka, topics: Sequence[str], handle: Handle, *, session_seconds: float = SESSION_SECONDS
) -> faust.App:
    """An application that reads topics from where the group has come, and hands batches to `handle`, one at a time."""
    app = _App(
        TopicNames(kafka.prefix).group,
        broker=[f"kafka://{server}" for server in kafka.servers],
        broker_credentials=_credentials(kafka),
        # By which `lag` and the brokers' own tools tell workers apart.
        broker_client_id=f"bygspor-{socket.gethostname()}-{os.getpid()}",
        broker_session_timeout=session_seconds,
        broker_heartbeat_interval=session_seconds / 10,
        broker_commit_interval=_COMMIT_SECONDS,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=_BUFFER_RECORDS,
        # Tables and their topics are for disposable things, and there are none; nobody reads its web pages.
        store="memory://",
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        autodiscover=False,
    )
    channel = app.topic(*topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    async def take_in(stream: Any) -> None:
        async for events in stream.take_events(BATCH_RECORDS, within=BATCH_WITHIN_SECONDS):
            if not await _held(events, handle):
                let_go(app)
                await asyncio.Event().wait()

    app.agent(channel, name="take_in", concurrency=1)(take_in)
    return app


def let_go(app: faust.App) -> None:
    """Have Faust not wait, before it stops, for messages in work: they will not be committed by this application.

    They are not acknowledged either. By itself it waits for ever, and gives no heed to being cancelled.
    """
    app.conf.stream_wait_empty = False
    app.consumer.unacked.clear()


class _App(faust.App):
    def _new_transport(self) -> _Transport:
        return _Transport(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """None: they are for tables, and would lie wherever the worker was started, where it may not write."""


class _ConsumerThread(aiokafka.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: aiokafka.Transport) -> Any:
        """Faust reads what producers have taken back, too, unless it writes transactions itself."""
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer

    async def on_thread_stop(self) -> None:
        """aiokafka stumbles over what it was just fetching when it closes, and Faust waits for ever for its thread."""
        try:
            await super().on_thread_stop()
        except asyncio.CancelledError:
            if self._consumer is not None:
                await self._consumer._client.close()


class _Consumer(aiokafka.Consumer):
    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)


class _Transport(aiokafka.Transport):
    Consumer = _Consumer


async def _held(events: Sequence[EventT[Any]], handle: Handle) -> bool:
    """Hold the messages of a batch until it is committed; where it never is, nothing behind it may be either."""
    for event in events:
        event.message.incref()
    if not await handle([_message(event) for event in events]):
        return False
    for event in events:
        event.message.decref()
    return True


def _message(event: EventT[Any]) -> Message:
    return message_of(event.message, int(event.message.timestamp * 1000))


def _credentials(kafka: Kafka) -> faust.SASLCredentials | faust.SSLCredentials | None:
    context = ssl.create_default_context(cafile=str(kafka.ca)) if kafka.ca else None
    if kafka.user:
        return faust.SASLCredentials(
            username=kafka.user, password=password(kafka), mechanism="SCRAM-SHA-512", ssl_context=context
        )
    return faust.SSLCredentials(context) if context else None
