"""Log lines are facts with keys (`incident.filed incident=7`), never sentences, never a person's data.

A failure is logged as what it is and where it happened. Its message is left out, and so are local variables:
either may hold a password or a phone number, and no pattern finds every one of them. What the database says is
cut down to its code and the rule that was broken, what the operating system says to its words and the file.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

from geo_app.core import masking

SEVERAL = 8
"""Frames of each exception that are shown, the last ones."""
SPEAKERS = ("", "_granian")
"""Loggers of the standard library with handlers of their own: the root, and the web server's."""


def configure(level: str = "info") -> None:
    """Write log lines of at least `level` to standard error, one a line, keys in order; quieten libraries' lines."""
    structlog.configure(
        processors=[
            _masked,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    for handler in (
        *(one for name in SPEAKERS for one in logging.getLogger(name).handlers),
        logging.lastResort,
    ):
        if handler is not None and type(handler) in {logging.StreamHandler, type(logging.lastResort)}:
            handler.setFormatter(Quiet("[%(levelname)s] %(message)s"))


class Quiet(logging.Formatter):
    """Formats what libraries log; of an exception only what `stack` tells."""

    def formatException(  # noqa: N802 - the name is logging's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return what may be told of an exception."""
        return stack(ei[1]) if ei[1] is not None else ""


def write(event: str, **keys: Any) -> None:
    """Write one line: the fact and its keys."""
    _logger().info(event, **keys)


def warn(event: str, **keys: Any) -> None:
    """Write one line about something a person should look at."""
    _logger().warning(event, **keys)


def failed(event: str, **keys: Any) -> None:
    """Write one line about a failure, with what may be told of the exception being handled."""
    error = sys.exception()
    _logger().error(event, **keys, stack=stack(error) if error else "")


def stack(error: BaseException) -> str:
    """Return what may be told of an exception and its causes on one line: kinds, codes and places, no values."""
    parts, seen = [], set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        frames = traceback.extract_tb(found.__traceback__)[-SEVERAL:]
        places = " > ".join(f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
        parts.append(f"{_kind(found)} at {places}" if places else _kind(found))
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return " | from ".join(parts)


def _masked(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask the numbers of phones and identity cards in a line's values: a net below what its writers leave out."""
    return {key: masking.numbers(one) if isinstance(one, str) else one for key, one in line.items()}


def _kind(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if hasattr(error, "pgcode"):  # the driver's errors, known by what they carry
        rule = getattr(getattr(error, "diag", None), "constraint_name", None)
        return " ".join(word for word in (kind, error.pgcode, rule) if word)
    if isinstance(error, OSError):
        return " ".join(str(word) for word in (kind, error.strerror, error.filename) if word)
    return kind


def _short(file: str) -> str:
    return "/".join(file.rsplit("/", 3)[-3:])


def _logger() -> Any:
    if not structlog.is_configured():  # its own way to show a failure would print local variables
        configure()
    return structlog.get_logger()
