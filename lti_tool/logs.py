"""Structured logs: one line an event, on standard error, without secrets and without personal data."""

from __future__ import annotations

import json
import logging
import re
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog

_VALUES = re.compile(r"(?<=DETAIL:  ).*|(?<=Duplicate entry ').*(?=' for key)|(?<=Incorrect string value: ').*")
"""Where databases quote rows in their errors (PostgreSQL's DETAIL, MariaDB's duplicates): names and addresses."""


def hide_values(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Leave the values of rows out of tracebacks, which ``exc_info`` becomes here."""
    if "exc_info" not in event and "exception" not in event:
        return event
    event = structlog.processors.format_exc_info(_logger, _method, event)
    if isinstance(event.get("exception"), str):
        event["exception"] = _VALUES.sub("(hidden)", event["exception"])
    return event


class Forgiving:
    """A stream that may go away (a closed pipe, a full disk): no launch fails because its log line found no reader."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._by_lines = stream, getattr(stream, "line_buffering", False)

    def write(self, text: str) -> int:
        """Write, or lose it."""
        try:
            return self._stream.write(text)
        except OSError:
            return 0

    def flush(self) -> None:
        """Flush, or lose it; the interpreter's own standard error has then written the line already."""
        if not self._by_lines:
            with suppress(OSError):
                self._stream.flush()


_encoder = json.JSONEncoder(sort_keys=True, default=repr)


def _to_json(event: object, **_options: object) -> str:
    """Write one line; ``json.dumps`` would make an encoder for each."""
    return _encoder.encode(event)


def configure_logging(level: str, form: str) -> None:
    """Write events of ``level`` and above as ``json`` or, for a person at a terminal, as ``console``."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if form == "console"
        else structlog.processors.JSONRenderer(_to_json)
    )
    structlog.configure(
        processors=[*shared, hide_values, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", Forgiving(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    _adopt_standard_logging(level, shared, last)


def _adopt_standard_logging(
    level: str, shared: list[structlog.typing.Processor], last: structlog.typing.Processor
) -> None:
    """Let what libraries log come out in the same form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                hide_values,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # urllib3 logs addresses, and addresses here can be capabilities; the others tell of every turn of a wheel.
    for name in ("urllib3", "alembic", "huey"):
        logging.getLogger(name).setLevel(logging.WARNING)
