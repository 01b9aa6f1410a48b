"""What is logged: lines of JSON on standard error, ours and what libraries find wrong."""

from __future__ import annotations

import logging
import sys
import time

import structlog

# What these report comes to us as exceptions, or is in our own words: they log the same many times a second where
# Kafka is away, and whole binary messages where all is well.
_LEVELS = {"kafka": logging.CRITICAL, "aiokafka": logging.ERROR, "faust": logging.ERROR, "mode": logging.ERROR}
_AGAIN_AFTER_SECONDS = 60.0

_PROCESSORS = (structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True))


class SeldomTheSame(logging.Filter):
    """Of what Kafka's libraries log at one place in their source, once a minute is let through."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is let through."""
        if record.name.partition(".")[0] not in _LEVELS:
            return True
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now < self._told.get(place, float("-inf")) + _AGAIN_AFTER_SECONDS:
            return False
        self._told[place] = now
        return True


def quiet_libraries() -> None:
    """Have Kafka's libraries log only what nobody else tells."""
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)


def to_standard_error(level: int = logging.INFO) -> None:
    """Log from `level` up; of libraries, warnings and what is worse, of Kafka's only what is seldom."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[*_PROCESSORS, structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(SeldomTheSame())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=[*_PROCESSORS, structlog.stdlib.add_logger_name],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    quiet_libraries()
