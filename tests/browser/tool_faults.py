"""Faults of a running tool: each lasts while a page is opened, and the tool itself answers."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from unittest import mock

from flask import has_request_context
from sqlalchemy import event

from lti_tool.models import db
from lti_tool.web import limits


@contextmanager
def caused_fault(tool, name):
    """Cause the fault with this name in ``TOOL_FAULTS``; an empty name causes none."""
    if not name:
        yield
        return
    with tool.app_context():
        engine = db.engine
    with TOOL_FAULTS[name](tool, engine):
        yield


@contextmanager
def _failing_statements(engine, error):
    """Make the database answer each statement of a request with an error."""

    def fail(*_):
        if has_request_context():
            raise error

    event.listen(engine, "do_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "do_execute", fail)


def _away(_tool, engine):
    return _failing_statements(engine, _sqlite_error(sqlite3.SQLITE_CANTOPEN))


def _closed(_tool, engine):
    return _failing_statements(engine, _sqlite_error(sqlite3.SQLITE_READONLY))


def _bug(_tool, engine):
    return _failing_statements(engine, sqlite3.ProgrammingError("no such table"))


def _sqlite_error(code):
    error = sqlite3.OperationalError("it fails")
    error.sqlite_errorcode = code
    return error


def _small_requests(tool, _engine):
    return mock.patch.dict(tool.config, MAX_CONTENT_LENGTH=1)


def _failures_are_over(_tool, _engine):
    return mock.patch.object(limits, "FAILURES", 0)


TOOL_FAULTS = {
    "database-away": _away,
    "database-closed": _closed,
    "bug": _bug,
    "small-requests": _small_requests,
    "failures-are-over": _failures_are_over,
}
