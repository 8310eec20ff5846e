"""How the tool logs."""

import logging

import pytest
import structlog
from structlog.testing import capture_logs

from lti_tool.logs import configure_logging


@pytest.fixture
def standard_logging():
    """What is set for all of the process is put back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.usefixtures("standard_logging")
def test_a_logger_that_was_used_follows_when_logging_is_set_anew(capsys):
    log = structlog.get_logger()
    configure_logging("WARNING", "json")
    log.info("too little")
    log.warning("before")
    configure_logging("INFO", "console")
    with capture_logs() as lines:
        log.info("after")
    assert [line["event"] for line in lines] == ["after"]
    written = capsys.readouterr().err
    assert "before" in written
    assert "too little" not in written
    assert "after" not in written
