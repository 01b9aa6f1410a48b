"""What is logged: what Kafka's libraries say many times a second does not drown what we say."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator

import pytest

from services import logs


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What comes to standard error through Python's logging."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("structlog.configure", lambda **_settings: None)
    logs.to_standard_error()
    yield stream
    root.handlers[:], root.level = handlers, level


def test_what_a_library_says_all_the_time_is_logged_once(written: io.StringIO) -> None:
    for n in range(1_000):
        logging.getLogger("aiokafka.cluster").error("Topic %s not found in cluster metadata", n)
    assert len(written.getvalue().splitlines()) == 1


def test_what_kafkas_client_says_in_normal_running_is_not_logged(written: io.StringIO) -> None:
    logging.getLogger("kafka.admin._groups").warning("Unable to decode member_metadata for %s", b"\0" * 1_000)
    logging.getLogger("aiokafka.consumer.group_coordinator").warning("Heartbeat failed for group: rebalancing")
    assert written.getvalue() == ""


def test_what_others_say_is_all_logged(written: io.StringIO) -> None:
    for _ in range(3):
        logging.getLogger("uvicorn.error").error("broken")
    assert len(written.getvalue().splitlines()) == 3
