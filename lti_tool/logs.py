"""Structured logs: one line per event on standard error, without secrets or personal data."""

from __future__ import annotations

import logging
import re
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog

_VALUES = re.compile(r"(?<=DETAIL:  ).*|(?<=Duplicate entry ').*(?=' for key)|(?<=Incorrect string value: ').*")
"""Values that databases quote in errors (PostgreSQL's DETAIL, MariaDB's duplicates): names and addresses."""


def hide_values(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Format the traceback of ``exc_info``, and hide the values of rows in it."""
    if "exc_info" not in event and "exception" not in event:
        return event
    event = structlog.processors.format_exc_info(_logger, _method, event)
    if isinstance(event.get("exception"), str):
        event["exception"] = _VALUES.sub("(hidden)", event["exception"])
    return event


class LossyStream:
    """Ignores write errors (a closed pipe, a full disk): no launch fails because its log line can't be written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._line_buffered = getattr(stream, "line_buffering", False)

    def write(self, text: str) -> int:
        """Write ``text``, or lose it."""
        try:
            return self._stream.write(text)
        except OSError:
            return 0

    def flush(self) -> None:
        """Flush, or lose the text. A line-buffered stream has already written its lines."""
        if not self._line_buffered:
            with suppress(OSError):
                self._stream.flush()


def configure_logging(level: str, log_format: str) -> None:
    """Log events of ``level`` and above, as ``json`` or for a terminal as ``console``."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if log_format == "console"
        else structlog.processors.JSONRenderer(sort_keys=True, default=repr)
    )
    structlog.configure(
        processors=[*shared, hide_values, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", LossyStream(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    _configure_standard_logging(level, shared, renderer)


def _configure_standard_logging(
    level: str, shared: list[structlog.typing.Processor], renderer: structlog.typing.Processor
) -> None:
    """Log the records of libraries in the same format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                hide_values,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # urllib3 logs URLs, which can be package links; the others log every routine step.
    for name in ("urllib3", "alembic", "huey"):
        logging.getLogger(name).setLevel(logging.WARNING)
