"""All logs have one format, and their reader may disappear."""

import json
import logging
import os
import sys
from contextlib import suppress

import pytest
import structlog

from lti_tool.logs import configure_logging


@pytest.fixture
def pipe(monkeypatch):
    """Standard error as a pipe: its read end and its write end."""
    reading, writing = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), "rw", strict=True))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", writing)
        configure_logging("INFO", "json")
    yield reading, writing
    reading.close()
    with suppress(BrokenPipeError):
        writing.close()


def test_all_logs_are_one_json_object_per_line(pipe):
    reading, writing = pipe
    structlog.get_logger("a").info("launch.accepted", family="moodle")
    structlog.get_logger("a").debug("not.told")
    logging.getLogger("a.exam_reader").warning("%d tries", 3)
    writing.close()
    ours, theirs = (json.loads(line) for line in reading)
    assert (ours["event"], ours["level"], ours["family"]) == ("launch.accepted", "info", "moodle")
    assert (theirs["event"], theirs["level"]) == ("3 tries", "warning")
    assert ours["timestamp"] <= theirs["timestamp"]


def test_a_closed_log_pipe_fails_nothing(pipe, monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    reading, writing = pipe
    reading.close()
    for _ in range(3):
        structlog.get_logger("a").info("launch.accepted")
        logging.getLogger("a.exam_reader").warning("tries")
    with pytest.raises(BrokenPipeError):
        print("x", file=writing, flush=True)
