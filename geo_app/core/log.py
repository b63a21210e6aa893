"""Log lines are facts with keys (`incident.filed incident=7`), never sentences, never a person's data."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure(level: str = "info") -> None:
    """Write log lines of at least `level` to standard error, one a line, keys in order."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def write(event: str, **keys: Any) -> None:
    """Write one line: the fact and its keys."""
    structlog.get_logger().info(event, **keys)


def warn(event: str, **keys: Any) -> None:
    """Write one line about something a person should look at."""
    structlog.get_logger().warning(event, **keys)


def failed(event: str, **keys: Any) -> None:
    """Write one line about a failure, with the stack of the exception being handled."""
    structlog.get_logger().error(event, exc_info=True, **keys)
