"""The demo sets up logging for its own process; here that process goes on with other tests."""

import logging

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logging_as_before():
    root, talkative = logging.getLogger(), logging.getLogger("urllib3")
    handlers, levels, configured = root.handlers[:], (root.level, talkative.level), structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    talkative.setLevel(levels[1])
    structlog.configure(**configured)
