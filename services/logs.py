"""What is logged: lines of JSON on standard error, ours and what libraries find wrong."""

from __future__ import annotations

import logging
import sys

import structlog

_PROCESSORS = (structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True))


def to_standard_error(level: int = logging.INFO) -> None:
    """Log from `level` up; of libraries, warnings and what is worse."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[*_PROCESSORS, structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=[*_PROCESSORS, structlog.stdlib.add_logger_name],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
