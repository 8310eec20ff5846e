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
    configure_logging("INFO", "json")
    log.info("before")
    configure_logging("INFO", "console")
    with capture_logs() as lines:
        log.info("after")
    assert [line["event"] for line in lines] == ["after"]
    assert "after" not in capsys.readouterr().err
