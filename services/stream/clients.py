"""How kafka-python is set up, and its errors as ours."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from kafka.errors import (
    AuthorizationError,
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.compat import KafkaNetClient

from services.errors import BadInput, BrokerUnavailable
from services.settings import Kafka
from services.stream.login import refusal

ANSWERS_WITHIN_MS = 10_000
_REFUSALS = (
    AuthorizationError,
    IllegalSaslStateError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)

T = TypeVar("T")


def client(kafka: Kafka) -> dict[str, Any]:
    """What producer, consumer and admin client have in common: where the brokers are, and who we are."""
    settings: dict[str, Any] = {
        "bootstrap_servers": list(kafka.servers),
        "client_id": "bygspor",
        "request_timeout_ms": ANSWERS_WITHIN_MS,
        "bootstrap_timeout_ms": ANSWERS_WITHIN_MS,
        "reconnect_backoff_max_ms": 1_000,
        "security_protocol": f"{'SASL_' if kafka.user else ''}{'SSL' if kafka.ca else 'PLAINTEXT'}",
    }
    if kafka.ca:
        settings["ssl_cafile"] = str(kafka.ca)
    if kafka.user:
        settings |= {
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": kafka.user,
            "sasl_plain_password": password(kafka),
        }
    return settings


def consumer(kafka: Kafka) -> dict[str, Any]:
    """For reading where we say, nothing skipped and nothing acknowledged by itself."""
    return client(kafka) | {
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "allow_auto_create_topics": False,
        "fetch_max_bytes": 64_000_000,
        "max_partition_fetch_bytes": 8_000_000,
    }


def begun(kind: Callable[..., T], settings: Mapping[str, Any]) -> T:
    """A client of kafka-python's. By itself one that cannot begin leaves its sockets and its thread behind.

    Raises BrokerUnavailable, not retriable, where the brokers do not let us in.
    """
    say_if_refused(settings)
    lines: list[KafkaNetClient] = []

    def kept(**more: Any) -> KafkaNetClient:
        lines.append(KafkaNetClient(**more))
        return lines[-1]

    try:
        return kind(**settings, kafka_client=kept)
    except BaseException:
        for line in lines:
            line.close()
            line._manager._net.stop()
        raise


def password(kafka: Kafka) -> str:
    """The password of the user, from its file. Raises BadInput."""
    assert kafka.password_file is not None  # noqa: S101 -- the settings have both or neither
    try:
        text = kafka.password_file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text:
        raise BadInput(
            "settings.secret",
            f"There is no password to be read in {kafka.password_file}.",
            "Put it there, in one line.",
        )
    return text


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Within it, what Kafka refuses is a `BrokerUnavailable`, with whether it may be tried again."""
    try:
        yield
    except KafkaError as error:
        raise unavailable(error) from error


def unavailable(error: Exception) -> BrokerUnavailable:
    """An error of the client as one of ours."""
    what = str(error).strip() or type(error).__name__
    if is_refusal(error):
        return refused(what)
    retriable = bool(getattr(error, "retriable", False))
    hint = "It can be tried again." if retriable else "See BYGSPOR_KAFKA, and what this user may do at the brokers."
    return BrokerUnavailable("kafka.unavailable", f"Kafka does not answer: {what}.", hint, retriable=retriable)


def say_if_refused(settings: Mapping[str, Any]) -> None:
    """Raise BrokerUnavailable, not retriable, where the brokers do not let us in."""
    if why := refusal(settings):
        raise refused(why)


def is_refusal(error: Exception) -> bool:
    """Whether Kafka refused us, or something to us."""
    # A producer that may not begin says so in the text of an error of no kind.
    return isinstance(error, _REFUSALS) or "AuthorizationFailed" in str(error)


def refused(what: str) -> BrokerUnavailable:
    """Kafka answers, but not us, or not this: that does not go over by itself."""
    hint = (
        "See BYGSPOR_KAFKA_USER and BYGSPOR_KAFKA_PASSWORD_FILE, and what this user may do there (README has a table)."
    )
    return BrokerUnavailable("kafka.refused", f"Kafka refuses: {what}.", hint)
